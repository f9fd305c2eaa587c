"""A refresh that the platform refuses: whatever its code, the seller must consent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xborder_sdk.errors import AuthenticationFailed, Refused, VendorDown


@pytest.fixture
def refreshing(connector: Callable[..., Any]) -> Any:
    flow = connector().token("main", None)
    next(flow)
    return flow


def test_any_refusal_asks_for_a_new_consent(refreshing: Any) -> None:
    # No document names the codes of a refresh that is refused, so no code may decide what the hint says.
    with pytest.raises(AuthenticationFailed, match="spent") as refused:
        refreshing.throw(Refused("the token is spent", status=200, code="SomeCode", request_id="r-1"))
    assert (refused.value.code, refused.value.request_id) == ("SomeCode", "r-1")
    assert "xborder login" in (refused.value.hint or "")


def test_a_gateway_in_trouble_says_nothing_of_the_consent(refreshing: Any) -> None:
    with pytest.raises(VendorDown):
        refreshing.throw(VendorDown("out of order", status=200))
