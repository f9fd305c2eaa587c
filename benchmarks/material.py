"""What several benchmarks use: an invented eBay order, the accounts, and what an application hangs on its client."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loopback import Answer

from xborder_sdk.hookspecs import AttemptRecord, Context, hookimpl
from xborder_sdk.steps import Flow

ORDER: dict[str, Any] = json.loads(Path(__file__).with_name("order.json").read_text("utf-8"))
ORDER_ID: str = ORDER["orderId"]
ORDER_PATH = f"/sell/fulfillment/v1/order/{ORDER_ID}"
LIST_PATH = "/sell/fulfillment/v1/order"
TOKEN_PATH = "/identity/v1/oauth2/token"

TOKEN = b'{"access_token":"benchmark-token","expires_in":7200,"token_type":"User Access Token"}'
ORDER_BYTES = json.dumps(ORDER, separators=(",", ":"), ensure_ascii=False).encode()


def page_of(count: int) -> bytes:
    """A whole list of so many orders."""
    orders = [{**ORDER, "orderId": f"{number:02d}-00000-00000"} for number in range(count)]
    page = {"total": count, "limit": 200, "offset": 0, "orders": orders}
    return json.dumps(page, separators=(",", ":"), ensure_ascii=False).encode()


def ebay_answers(delay_s: float = 0.0, page: bytes = b"") -> dict[str, Answer]:
    """A server's answers for an eBay account."""
    return {
        TOKEN_PATH: Answer(TOKEN),
        ORDER_PATH: Answer(ORDER_BYTES, delay_s),
        LIST_PATH: Answer(page or page_of(1), delay_s),
    }


def ebay_account(url: str, **settings: object) -> Mapping[str, Any]:
    """Settings of an eBay account at another host."""
    return {
        "connector": "ebay",
        "client_id": "benchmark",
        "client_secret": "benchmark-secret",
        "refresh_token": "benchmark-refresh",
        "hosts": {"api": url, "apiz": url},
        **settings,
    }


class Policy:
    """A wrapper round every operation that does nothing but be there."""

    @hookimpl
    def around_operation(self, context: Context, flow: Flow[Any]) -> Flow[Any]:
        return (yield from flow)


class Observer:
    """Counts attempts and bytes."""

    def __init__(self) -> None:
        self.attempts = 0
        self.answer_bytes = 0

    @hookimpl
    def on_attempt(self, record: AttemptRecord) -> None:
        self.attempts += 1
        self.answer_bytes += record.answer_bytes


def everything_on() -> list[object]:
    """Three policies and two observers."""
    return [Policy(), Policy(), Policy(), Observer(), Observer()]
