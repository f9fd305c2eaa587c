"""An order that is not the seller's: the platform refuses the only parameter there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xborder_sdk.errors import NotFound, Refused
from xborder_sdk.hookspecs import GetOrder, ListOrders


def error(sub_code: str) -> dict[str, Any]:
    return {"error_response": {"code": "15", "msg": "Remote service error", "sub_code": sub_code, "sub_msg": "no"}}


@pytest.mark.parametrize("family", ["seller", "solution"])
def test_a_refused_number_is_an_order_that_is_not_there(
    connector: Callable[..., Any], run: Callable[..., Any], family: str
) -> None:
    shop = connector(order_list=family)
    with pytest.raises(NotFound) as missing:
        run(shop, "get_order", GetOrder(order_id="7"), lambda _: error("isv.invalid-parameter"))
    assert missing.value.code == "isv.invalid-parameter"
    page = run(shop, "list_orders", ListOrders(order_ids=("7",)), lambda _: error("isv.invalid-parameter"))
    assert (page.items, page.next) == ((), None)


def test_other_refusals_stay_what_they_are(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    with pytest.raises(Refused) as refused:
        run(connector(), "get_order", GetOrder(order_id="7"), lambda _: error("isv.seller-frozen"))
    assert type(refused.value) is Refused
