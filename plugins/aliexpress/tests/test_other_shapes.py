"""Every answer of the exchange files in the other shapes a vendor may give it: what comes out stays the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xborder_aliexpress.envelopes import LIST_FIELDS
from xborder_sdk import hookspecs
from xborder_sdk.errors import XborderError
from xborder_sdk.steps import Send
from xborder_sdk.testing import read_exchange

FOLDER = Path(__file__).with_name("exchanges")
REQUESTS: dict[str, type[hookspecs.Request]] = {
    "list_orders": hookspecs.ListOrders, "get_order": hookspecs.GetOrder,
    "declare_shipment": hookspecs.DeclareShipment, "list_declared_shipments": hookspecs.ListDeclaredShipments,
    "amend_shipment": hookspecs.AmendShipment, "cancel_order": hookspecs.CancelOrder,
    "list_messages": hookspecs.ListMessages, "send_message": hookspecs.SendMessage,
    "list_reviews": hookspecs.ListReviews, "reply_review": hookspecs.ReplyReview,
    "review_buyer": hookspecs.ReviewBuyer, "list_services": hookspecs.ListServices,
    "quote": hookspecs.QuoteShipment, "create_shipment": hookspecs.CreateShipment,
    "find_shipment": hookspecs.FindShipment, "get_shipment": hookspecs.GetShipment,
    "get_documents": hookspecs.GetDocuments, "hand_over": hookspecs.HandOverParcels,
    "track": hookspecs.TrackParcels, "list_disputes": hookspecs.ListDisputes, "get_dispute": hookspecs.GetDispute,
    "accept_dispute": hookspecs.AcceptDispute, "contest_dispute": hookspecs.ContestDispute,
    "propose_solution": hookspecs.ProposeSolution, "add_evidence": hookspecs.AddEvidence,
}  # fmt: skip
FILES = [
    path
    for operation in REQUESTS
    for path in sorted((FOLDER / operation).glob("*.json"))
    if any(page.turns for page in read_exchange(path).pages)
]


def everywhere(value: Any, change: Callable[[str, Any], Any], name: str = "") -> Any:
    if isinstance(value, dict):
        value = {key: everywhere(inner, change, key) for key, inner in value.items()}
    elif isinstance(value, list):
        value = [everywhere(inner, change) for inner in value]
    return change(name, value)


def wrapped(method: str, body: Any) -> Any:
    name = method.replace(".", "_") + "_response"
    if "error_response" in body or name in body:
        return body
    inside = everywhere(
        body, lambda field, value: {"some_dto": value} if isinstance(value, list) and field in LIST_FIELDS else value
    )
    return {name: inside}


def flags(yes: Any, no: Any) -> Callable[[str, Any], Any]:
    return lambda _, body: everywhere(
        body, lambda _, value: (yes if value else no) if isinstance(value, bool) else value
    )


def all_texts(_: str, body: Any) -> Any:
    def change(_: str, value: Any) -> Any:
        return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value

    return everywhere(body, change)


def as_numbers(_: str, body: Any) -> Any:
    def change(_: str, value: Any) -> Any:
        plain = isinstance(value, str) and value.isascii() and value.isdecimal() and str(int(value)) == value
        return int(value) if plain else value

    return everywhere(body, change)


def gaps(_: str, body: Any) -> Any:
    return everywhere(body, lambda name, value: {} if value == [] and name in LIST_FIELDS else value)


def nothing(_: str, body: Any) -> Any:
    return everywhere(body, lambda name, value: None if value == [] and name in LIST_FIELDS else value)


WORDS = {
    "order_status": ["PLACE_ORDER_SUCCESS", "WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS", "IN_CANCEL",
                     "WAIT_BUYER_ACCEPT_GOODS", "FINISH", "RISK_CONTROL", "IN_ISSUE", "IN_FROZEN"],
    "frozen_status": ["NO_FROZEN", "IN_FROZEN"],
    "issue_status": ["NO_ISSUE", "IN_ISSUE", "END_ISSUE", "processing", "canceled_issue", "finish"],
    "fund_status": ["NOT_PAY", "PAY_SUCCESS", "WAIT_SELLER_CHECK"],
    "send_goods_operator": ["WAREHOUSE_SEND_GOODS"],
    "logistics_warehouse_type": ["cainiaoInternationalWarehouse"],
    "reverse_detail_status": ["wait_for_seller_response", "wait_for_buyer_response", "wait_for_AE_feedback"],
    "solution_type": ["refund", "return_and_refund"],
}  # fmt: skip


def in_other_cases(_: str, body: Any) -> Any:
    return everywhere(body, lambda name, value: value.swapcase() if value in WORDS.get(name, ()) else value)


SHAPES = {
    "wrapped": wrapped,
    "flags as texts": flags("True", "FALSE"),
    "flags as numbers": flags(1, 0),
    "numbers as texts": all_texts,
    "texts as numbers": as_numbers,
    "empty lists as objects": gaps,
    "empty lists as null": nothing,
    "words in another case": in_other_cases,
}


def outcome(run: Callable[..., Any], account: Any, path: Path, shape: Callable[[str, Any], Any]) -> Any:
    exchange = read_exchange(path)
    turns = iter([turn for page in exchange.pages[:1] for turn in page.turns])

    def vendor(step: Send) -> Any:
        answer = next(turns).answer
        try:
            body = json.loads(answer.content)
        except ValueError:
            return answer.status, answer.content
        return answer.status, shape(dict(step.query)["method"], body)

    request = REQUESTS[path.parent.name].model_validate(exchange.request)
    try:
        return run(account, path.parent.name, request, vendor)
    except XborderError as error:
        return type(error), error.message


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_the_shape_of_an_answer_changes_nothing(
    path: Path, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    account = connector(**read_exchange(path).settings)
    plain = outcome(run, account, path, lambda _, body: body)
    for shape, change in SHAPES.items():
        assert outcome(run, account, path, change) == plain, shape
