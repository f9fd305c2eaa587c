"""Every parameter that is sent and every field that is read is one of the vendor's; its own examples can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from xborder_aliexpress import calls, envelopes
from xborder_sdk import hookspecs
from xborder_sdk.hookspecs import Meaning
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Response, Send
from xborder_sdk.testing import Exchange, read_exchange

FOLDER = Path(__file__).with_name("exchanges")
OPERATIONS: dict[str, type[hookspecs.Request]] = {
    "list_orders": hookspecs.ListOrders,
    "get_order": hookspecs.GetOrder,
    "declare_shipment": hookspecs.DeclareShipment,
    "list_declared_shipments": hookspecs.ListDeclaredShipments,
    "amend_shipment": hookspecs.AmendShipment,
    "cancel_order": hookspecs.CancelOrder,
    "list_messages": hookspecs.ListMessages,
    "send_message": hookspecs.SendMessage,
    "list_reviews": hookspecs.ListReviews,
    "reply_review": hookspecs.ReplyReview,
    "review_buyer": hookspecs.ReviewBuyer,
}
FILES = [path for operation in OPERATIONS for path in sorted((FOLDER / operation).glob("*.json"))]

# One order, two calls: what only one of them has is asked of the other too, since both describe the same object.
SISTERS = {
    "aliexpress.solution.order.info.get": ("result.data", "aliexpress.trade.new.redefining.findorderbyid", "target"),
    "aliexpress.trade.new.redefining.findorderbyid": ("target", "aliexpress.solution.order.info.get", "result.data"),
    "aliexpress.solution.order.receiptinfo.get": (
        "result",
        "aliexpress.trade.redefining.findorderreceiptinfo",
        "result",
    ),
    "aliexpress.trade.redefining.findorderreceiptinfo": (
        "result",
        "aliexpress.solution.order.receiptinfo.get",
        "result",
    ),
}
OPEN = {"aliexpress/message/send"}  # its answer is a map without names in the vendor's SDK


@pytest.fixture(scope="session")
def catalogue(vendor_documents: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((vendor_documents / "iop_fields.json").read_text(encoding="utf-8"))["apis"]
    return found


def paths(fields: list[dict[str, Any]], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for field in fields:
        path = f"{prefix}{field['name']}"
        yield path, field
        yield from paths(field.get("fields") or [], f"{path}.")


def answers(catalogue: dict[str, Any], method: str) -> set[str]:
    known = {path for path, _ in paths(catalogue[method]["response"])}
    if method in SISTERS:
        place, sister, there = SISTERS[method]
        known |= {
            place + path.removeprefix(there)
            for path, _ in paths(catalogue[sister]["response"])
            if path == there or path.startswith(f"{there}.")
        }
    return known


def flattened(value: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{prefix}{name}"
            yield from flattened(inner, f"{prefix}{name}.")
    elif isinstance(value, list):
        for item in value:
            yield from flattened(item, prefix)


def sent_by(exchange: Exchange) -> Iterator[tuple[str, dict[str, Any]]]:
    for page in exchange.pages:
        for turn in page.turns:
            if turn.expect is not None:
                yield turn.expect["query"]["method"], turn.expect["form"]


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_every_parameter_is_one_of_the_vendors(path: Path, catalogue: dict[str, Any]) -> None:
    older = read_exchange(path).settings.get("gateway") == "top"
    for method, form in sent_by(read_exchange(path)):
        known = dict(paths(catalogue[method]["request"]))
        given = {name: value["json"] if isinstance(value, dict) else value for name, value in form.items()}
        if older and method == "aliexpress.solution.order.get":
            given = given["param0"]
        for name in flattened(given):
            assert name in known, f"{method}: {name}"
        for name, value in given.items():
            fields = known[name]
            if not fields.get("fields") and fields["type"] == "Long":
                assert str(value).isdecimal(), f"{method}: {name}"
        for name, value in _leaves(given):
            if known[name]["type"] in {"Long", "Integer"} and "." in name:
                assert type(value) is int, f"{method}: {name}"


def _leaves(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{prefix}{name}.")
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, prefix)
    else:
        yield prefix.rstrip("."), value


class Watched(JsonObject):
    """Writes down every field that is asked of it."""

    __slots__ = ()
    seen: set[str] = set()

    def _note(self, key: str) -> None:
        self.seen.add(re.sub(r"\[\d+\]", "", self._at(key)))

    def get(self, key: str) -> Any:
        self._note(key)
        return super().get(key)

    def text_or_none(self, key: str) -> str | None:
        self._note(key)
        return super().text_or_none(key)

    def number_or_none(self, key: str) -> Any:
        self._note(key)
        return super().number_or_none(key)

    def flag(self, key: str) -> bool | None:
        self._note(key)
        return super().flag(key)

    def child(self, key: str) -> JsonObject:
        self._note(key)
        return Watched(super().child(key).data, self._at(key))

    def children(self, key: str) -> list[JsonObject]:
        self._note(key)
        return [Watched(each.data, each.path) for each in super().children(key)]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_field_that_is_read_is_one_of_the_vendors(
    operation: str,
    connector: Callable[..., Any],
    run: Callable[..., Any],
    catalogue: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: set[tuple[str, str]] = set()
    method = ""

    def watched(response: Response) -> calls.Answer:
        answer = plain_read(response)
        Watched.seen = set()
        return calls.Answer(Watched(answer.body.data), answer.raw)

    def note() -> None:
        read.update((method, field) for field in Watched.seen)
        Watched.seen = set()

    plain_read = calls.read_answer
    monkeypatch.setattr(calls, "read_answer", watched)
    for path in sorted((FOLDER / operation).glob("*.json")):
        exchange = read_exchange(path)
        if not exchange.is_good:
            continue
        account = connector(**{"carriers": {"chinapost": "CPAM", "forwarder": "OTHER_TEST"}, **exchange.settings})
        turns = iter([turn for page in exchange.pages[:1] for turn in page.turns])

        def vendor(step: Send, turns: Any = turns) -> Any:
            nonlocal method
            method = dict(step.query)["method"]
            turn = next(turns)
            return turn.answer.status, turn.answer.content

        # A field is noted under the call whose answer is read then or later: details are read last, by all of them.
        run(account, operation, OPERATIONS[operation].model_validate(exchange.request), vendor)
        note()
    known = {name.rpartition(".")[2] for each in {m for m, _ in read} for name in answers(catalogue, each)}
    for each, field in read:
        if each not in OPEN:
            assert field.rpartition(".")[2] in known | _everywhere(catalogue), f"{each}: {field}"


def _everywhere(catalogue: dict[str, Any]) -> set[str]:
    """Names of the fields of the calls whose answers an operation may read before its last one."""
    return {
        name.rpartition(".")[2]
        for method in (*SISTERS, "aliexpress.trade.seller.order.decrypt", "aliexpress.taxation.platform.open.get",
                       "aliexpress.logistics.querysellershipmentinfo", "aliexpress.solution.order.delivery.info.get",
                       "aliexpress.logistics.redefining.listlogisticsservice", "aliexpress/message/session/open")
        for name in answers(catalogue, method)
    }  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_every_field_of_our_answers_is_one_of_the_vendors(path: Path, catalogue: dict[str, Any]) -> None:
    """So that what is read from an exchange, by its whole path, is read from the vendor."""
    for page in read_exchange(path).pages:
        for turn in page.turns:
            body = json.loads(turn.answer.content)
            if turn.expect is None or "error_response" in body:
                continue
            method = turn.expect["query"]["method"]
            if method in OPEN:
                continue
            known = answers(catalogue, method) | {"request_id"}
            for name in flattened(calls.read_answer(Response(200, (), turn.answer.content)).body.data):
                assert name in known, f"{method}: {name}"


def test_the_list_fields_are_the_vendors(catalogue: dict[str, Any]) -> None:
    """No field that is an object in one of the calls used is taken for a list."""
    used = {method for path in FOLDER.glob("*/*.json") for method in _methods(path)}
    lists = {
        name: field for method in used for name, field in paths(catalogue[method]["response"]) if field.get("list")
    }
    missing = {name.rpartition(".")[2] for name in lists} - envelopes.LIST_FIELDS
    # `result` and `data` are lists in some calls and objects in most: those calls read them themselves.
    assert missing <= {"result", "data"}, missing
    for method in used:
        for name, field in paths(catalogue[method]["response"]):
            if name.rpartition(".")[2] in envelopes.LIST_FIELDS:
                assert field.get("list"), f"{method}: {name}"


def _methods(path: Path) -> Iterator[str]:
    for page in read_exchange(path).pages:
        for turn in page.turns:
            method = (turn.expect or {}).get("query", {}).get("method")
            if method is not None:
                yield method


# --- the vendor's own examples, and those built from its field lists


def sample(folder: Path, name: str) -> Any:
    return json.loads((folder / "samples" / f"{name}.json").read_text(encoding="utf-8"))


def test_the_example_of_a_list(connector: Callable[..., Any], run: Callable[..., Any], vendor_documents: Path) -> None:
    answers_of = iter([sample(vendor_documents, "solution_order_get"), {}])
    request = hookspecs.ListOrders(
        created_from=datetime(2017, 10, 12, 19, tzinfo=UTC),
        created_to=datetime(2017, 10, 12, 20, tzinfo=UTC),
    )
    page = run(connector(order_list="solution"), "list_orders", request, lambda _: next(answers_of))
    assert [item.order_id for item in page.items] == ["1160045860056286"]
    assert page.items[0].modified_at.isoformat() == "2017-10-12T19:12:12+00:00"


def test_the_list_built_from_the_field_lists(
    connector: Callable[..., Any], run: Callable[..., Any], vendor_documents: Path
) -> None:
    answers_of = iter([sample(vendor_documents, "constructed/orderlist_simplified"), {}])
    request = hookspecs.ListOrders(
        created_from=datetime(2023, 10, 12, tzinfo=UTC),
        created_to=datetime(2023, 10, 13, tzinfo=UTC),
    )
    page = run(connector(), "list_orders", request, lambda _: next(answers_of))
    assert [item.order_id for item in page.items] == ["1160045860056286"]


def test_the_example_of_an_address(
    connector: Callable[..., Any], run: Callable[..., Any], vendor_documents: Path
) -> None:
    detail = {"id": 1, "order_status": "WAIT_SELLER_SEND_GOODS", "gmt_create": "2026-03-18 09:15:30",
              "child_order_list": [{"id": 2, "product_count": 1}]}  # fmt: skip
    answers_of = iter([{"result": {"data": detail}}, sample(vendor_documents, "solution_order_receiptinfo_get")])
    order = run(
        connector(order_list="solution"), "get_order", hookspecs.GetOrder(order_id="1"), lambda _: next(answers_of)
    )
    assert order.ship_to.lines == ("center street No.99", "address 001")
    assert (order.ship_to.city, order.ship_to.country, order.ship_to.phone) == ("Babenki", "RU", "4679974")


def test_the_example_of_the_services(
    connector: Callable[..., Any], run: Callable[..., Any], vendor_documents: Path
) -> None:
    sent: list[Send] = []
    detail = {"id": 1, "order_status": "WAIT_SELLER_SEND_GOODS", "logistics_status": "NO_LOGISTICS",
              "child_order_list": [{"id": 2, "product_count": 1}]}  # fmt: skip
    told = [{"target": detail}, {}, sample(vendor_documents, "listlogisticsservice"),
            sample(vendor_documents, "constructed/sellershipmentfortop_simplified")]  # fmt: skip
    answers_of = iter(told)

    def vendor(step: Send) -> Any:
        sent.append(step)
        return next(answers_of)

    request = hookspecs.DeclareShipment(order_id="1", tracking_number="LX100000015CN", carrier_code="CPAM")
    assert run(connector(), "declare_shipment", request, vendor).vendor_carrier == "CPAM"
    assert dict(parse_qsl((sent[-1].content or b"").decode()))["send_type"] == "all"


def test_the_example_of_who_it_is(connector: Callable[..., Any], vendor_documents: Path) -> None:
    flow = connector(order_list="solution").whoami()
    next(flow)
    content = json.dumps(sample(vendor_documents, "solution_merchant_profile_get")).encode()
    with pytest.raises(StopIteration) as stop:
        flow.send(Response(200, {}, content))
    assert (stop.value.value.id, stop.value.value.name, stop.value.value.detail) == (
        "es1329072766xyzq",
        "test store",
        "ES",
    )


@pytest.mark.parametrize(
    ("name", "meaning", "proven"),
    [
        ("solution_order_fulfill", Meaning.GOOD, False),
        ("constructed/error_gateway_sync_ratelimit", Meaning.THROTTLED, True),
        ("constructed/error_gateway_sync_remote", Meaning.DOWN, False),
        ("constructed/error_gateway_sync_token", Meaning.TOKEN_EXPIRED, True),
        ("constructed/error_gateway_top_legacy", Meaning.REFUSED, True),
        ("constructed/error_rest_signature", Meaning.REFUSED, True),
        ("constructed/token_create", Meaning.GOOD, False),
        ("constructed/sellershipmentfortop_failed_simplified", Meaning.DOWN, False),
    ],
)
def test_what_the_examples_mean(
    connector: Callable[..., Any], vendor_documents: Path, name: str, meaning: Meaning, proven: bool
) -> None:
    content = json.dumps(sample(vendor_documents, name)).encode()
    verdict = connector().classify(Response(200, {}, content))
    assert (verdict.meaning, verdict.not_executed) == (meaning, proven)
