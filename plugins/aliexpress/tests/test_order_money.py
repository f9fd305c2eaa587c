"""The money of an order: what each of the vendor's amounts is, and is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xborder_sdk.hookspecs import GetOrder


def usd(amount: str) -> dict[str, Any]:
    cent = int(amount.replace(".", ""))
    return {"amount": amount, "cent": cent, "cent_factor": 100, "currency_code": "USD"}


def test_the_first_order_amount_is_not_that_of_the_goods(
    connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    # Metadata of aliexpress.solution.order.info.get: `init_oder_amount` and `order_amount` are both "order amount".
    # Taken for the goods, it would hold every order whose buyer pays for delivery: its lines would never add up.
    line = {"child_order_id": 2, "product_count": 2, "product_price": usd("6.49"), "init_order_amt": usd("12.98")}
    detail = {
        "id": 1,
        "order_status": "WAIT_SELLER_SEND_GOODS",
        "fund_status": "PAY_SUCCESS",
        "gmt_create": "2026-03-01 10:00:00",
        "order_amount": usd("15.38"),
        "init_oder_amount": usd("15.38"),
        "logistics_amount": usd("2.40"),
        "child_order_list": [line],
    }
    order = run(connector(), "get_order", GetOrder(order_id="1"), lambda _: {"target": detail})
    assert order.totals.goods is None
    assert str(order.totals.delivery) == "2.40 USD"
    assert str(order.totals.total) == "15.38 USD"
    assert str(order.lines[0].total) == "12.98 USD"
