"""What goes out and is read in logistics and disputes, held against the vendor's own names, types and required flags.

The exchange files are what goes out: the kit compares them with the requests of the connector. Here every name in them
is looked up in the vendor's documents.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from xborder_aliexpress import AliexpressConnector, dispute_words, online_words
from xborder_aliexpress.action_codes import ACTION_CODES
from xborder_sdk.hookspecs import (
    FindShipment,
    GetDispute,
    GetDocuments,
    GetShipment,
    KnownParcel,
    ListDisputes,
    QuoteShipment,
    ShippedLine,
    TrackParcels,
)
from xborder_sdk.models import Address, DisputeKind, DisputeStatus, Parcel, SolutionKind, TrackingStatus
from xborder_sdk.steps import Response, Send

EXCHANGES = Path(__file__).with_name("exchanges")
OPERATIONS = (
    "list_services", "quote", "create_shipment", "find_shipment", "get_shipment", "get_documents", "hand_over", "track",
    "list_disputes", "get_dispute", "accept_dispute", "contest_dispute", "propose_solution", "add_evidence",
)  # fmt: skip

# What one document has and the other lacks: a field of the metadata of 2018 that the class of 2023 leaves out.
_ONLY_IN_METADATA = {"address_d_t_os.pickup.from_warehouse_code"}
# An address by its id needs none of its own fields.
_NOT_REQUIRED_BESIDE_AN_ID = ("pickup_info.address", "return_info.address")


def turns() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for operation in OPERATIONS:
        for path in sorted((EXCHANGES / operation).glob("*.json")):
            data = json.loads(path.read_text(encoding="utf-8"))
            for page in data.get("pages", [data]):
                for turn in page["exchanges"]:
                    yield f"{operation}/{path.stem}", turn["expect"]["query"]["method"], turn


TURNS = list(turns())


@cache
def _apis(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "iop_fields.json").read_text(encoding="utf-8"))["apis"]
    return found


@cache
def _metadata(folder: Path, method: str) -> dict[str, Any] | None:
    path = folder / "top_metadata" / f"{method.replace('.', '_')}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def sent(turn: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a request, JSON opened."""
    expect = turn["expect"]
    form = expect.get("form", {name: text for name, text in expect["query"].items() if name != "method"})
    found = {name: value["json"] if isinstance(value, dict) else value for name, value in form.items()}
    return found | {part["name"]: part["base64"] for part in expect.get("multipart", ())}


def names(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every name with its value, lists passed through."""
    for item in value if isinstance(value, list) else [value]:
        for name, inner in item.items() if isinstance(item, dict) else ():
            place = f"{path}.{name}" if path else name
            yield place, inner
            yield from names(inner, place)


def specified(fields: list[dict[str, Any]], path: str = "", inner: str = "fields") -> dict[str, dict[str, Any]]:
    """Every field of a document by its path."""
    found: dict[str, dict[str, Any]] = {}
    for field in fields or ():
        place = f"{path}.{field['name']}" if path else field["name"]
        found[place] = field
        found |= specified(field.get(inner) or [], place, inner)
    return found


@pytest.mark.parametrize(("label", "method", "turn"), TURNS, ids=[f"{t[0]}-{n}" for n, t in enumerate(TURNS)])
def test_every_parameter_is_the_vendors(label: str, method: str, turn: dict[str, Any], vendor_documents: Path) -> None:
    api = _apis(vendor_documents)[method]
    assert api["protocol"] == "TOP /sync"
    known = specified(api["request"])
    metadata = _metadata(vendor_documents, method) or _metadata(vendor_documents, online_words.CREATE_OLDER)
    assert metadata is not None
    described = specified(metadata["requestParams"], inner="subParams")
    for place, value in names(sent(turn)):
        if place in known:
            _fits(place, known[place], value)
            continue
        # The goods are a text in the class, whose content the metadata describes.
        assert place in described, f"{label}: {method} has no {place}"
        assert place in _ONLY_IN_METADATA or place.startswith("declare_product_d_t_os."), place


def _fits(place: str, field: dict[str, Any], value: Any) -> None:
    if field.get("list"):
        # One list of texts is sent as a single text by live callers.
        assert isinstance(value, list) or place == "seller_address_query", place
    elif field["type"] in {"Long", "Integer"}:
        assert isinstance(value, int) or str(value).lstrip("-").isdecimal(), place
    elif field["type"] == "Boolean":
        assert value in (True, False, "true", "false"), place
    elif field["type"] == "file":
        assert value, place
    elif field["type"] == "object":
        assert isinstance(value, dict), place


# The newer call of a purchase has no metadata; with `pickup_type` the domestic courier may be left out there.
METADATA_OF = {
    online_words.CREATE: online_words.CREATE_OLDER,
    online_words.CREATE_OLDER: online_words.CREATE_OLDER,
    online_words.HAND_OVER: online_words.HAND_OVER,
    online_words.HAND_OVER_PAPER: online_words.HAND_OVER_PAPER,
    online_words.PROBLEMS: online_words.PROBLEMS,
}
DESCRIBED = [turn for turn in TURNS if turn[1] in METADATA_OF]


@pytest.mark.parametrize(("label", "method", "turn"), DESCRIBED, ids=[f"{t[0]}-{n}" for n, t in enumerate(DESCRIBED)])
def test_nothing_required_is_missing(label: str, method: str, turn: dict[str, Any], vendor_documents: Path) -> None:
    metadata = _metadata(vendor_documents, METADATA_OF[method])
    assert metadata is not None
    given = sent(turn)
    places = {place for place, _ in names(given)}
    for place, field in specified(metadata["requestParams"], inner="subParams").items():
        if not field.get("required") or place.startswith(_NOT_REQUIRED_BESIDE_AN_ID):
            continue
        if method == online_words.CREATE and place.startswith("domestic_"):
            continue
        parent = place.rpartition(".")[0]
        if not parent or parent in places:
            assert place in places, f"{label}: {method} requires {place}"


def test_every_call_is_shown_by_an_exchange() -> None:
    asked = {method for _, method, _ in TURNS}
    calls = {value for module in (online_words, dispute_words) for value in vars(module).values()
             if isinstance(value, str) and value.startswith(("aliexpress.", "cainiao."))}  # fmt: skip
    assert calls <= asked


@pytest.mark.parametrize(("label", "method", "turn"), TURNS, ids=[f"{t[0]}-{n}" for n, t in enumerate(TURNS)])
def test_every_field_of_an_invented_answer_is_the_vendors(
    label: str, method: str, turn: dict[str, Any], vendor_documents: Path
) -> None:
    answer = turn["answer"]["json"]
    if "error_response" in answer or any(name.endswith("_response") and name != "result_response" for name in answer):
        return
    known = specified(_apis(vendor_documents)[method]["response"])
    for place, _ in names(answer):
        assert place == "request_id" or place in known, f"{label}: the answer of {method} has no {place}"


# --- tables


def test_every_action_code_is_mapped(vendor_documents: Path) -> None:
    listed = json.loads((vendor_documents / "tracking_action_codes.json").read_text(encoding="utf-8"))["codes"]
    assert len(listed) == 115
    assert {entry["code"] for entry in listed} == set(ACTION_CODES)


EXPECTED = {
    "pre_transit": {TrackingStatus.LABEL_CREATED},
    "in_transit": {TrackingStatus.IN_TRANSIT, TrackingStatus.PICKED_UP},
    "customs": {TrackingStatus.CUSTOMS_PROCESSING},
    "exception": {TrackingStatus.EXCEPTION, TrackingStatus.CUSTOMS_HOLD, TrackingStatus.DELIVERY_ATTEMPTED},
    "out_for_delivery": {TrackingStatus.OUT_FOR_DELIVERY},
    "ready_for_pickup": {TrackingStatus.READY_FOR_PICKUP},
    "delivered": {TrackingStatus.DELIVERED},
    "returning": {TrackingStatus.RETURNING},
}


def test_meanings_agree_with_the_suggested_categories(vendor_documents: Path) -> None:
    listed = json.loads((vendor_documents / "tracking_action_codes.json").read_text(encoding="utf-8"))["codes"]
    for entry in listed:
        # A warehouse that cancels its step does not move the parcel on.
        if entry["code"] != "GWMS_CANCEL":
            assert ACTION_CODES[entry["code"]][0] in EXPECTED[entry["category"]], entry["code"]


def test_words_of_disputes_and_hand_overs_are_all_known(vendor_documents: Path) -> None:
    enums = json.loads((vendor_documents / "enums.json").read_text(encoding="utf-8"))["enums"]
    assert set(enums["reverse_detail_status"]) == set(dispute_words.STATUS)
    for word, gloss in enums["reverse_detail_status"].items():
        assert (dispute_words.STATUS[word] is DisputeStatus.SELLER_MUST_ACT) is gloss.startswith("SELLER ACTION"), word
        assert (dispute_words.STATUS[word] is DisputeStatus.BUYER_MUST_ACT) is (gloss == "buyer"), word
        assert (dispute_words.STATUS[word] is DisputeStatus.PLATFORM_DECIDES) is (gloss == "platform"), word
    assert {dispute_words.PROCESSING, *dispute_words.CLOSED} == set(enums["issue_status"])
    assert set(enums["solution_type"]) == set(dispute_words.SOLUTION)
    assert set(enums["solution_status"]) >= dispute_words.ON_THE_TABLE | dispute_words.AGREED
    assert dispute_words.SELLER_AGREED in enums["issue_process_action_type"]
    assert set(enums["submit_member_type"]) <= set(dispute_words.PARTY)
    assert set(enums["handover_type"]) == set(online_words.METHODS.values())
    assert {str(number) for number in online_words.HAND_OVER_PAPERS.values()} <= set(enums["handover_pdf_type"])
    assert {str(number) for number in online_words.UNDELIVERABLE.values()} == set(enums["undeliverable_decision"])
    assert set(enums["pickup_type"]) == set(online_words.METHOD_OF_PICKUP)


# --- samples


def play(account: AliexpressConnector, operation: str, request: Any, answers: list[Any]) -> Any:
    """Runs an operation on answers in order."""
    kind = next(kind for kind in account.kinds if operation in vars(kind))
    flow = getattr(kind(account), operation)(request)
    waiting = list(answers)
    try:
        step = next(flow)
        while True:
            assert isinstance(step, Send)
            step = flow.send(Response(200, (), json.dumps(waiting.pop(0)).encode()))
    except StopIteration as stop:
        assert not waiting
        return stop.value


@pytest.fixture
def sample(vendor_documents: Path) -> Callable[[str], Any]:
    folder = vendor_documents / "samples" / "constructed"
    return lambda name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("shape", ["simplified", "wrapped"])
def test_samples_are_read_alike_in_both_shapes(
    shape: str, sample: Callable[[str], Any], connector: Callable[..., AliexpressConnector]
) -> None:
    account = connector()
    bought = GetShipment(waybill="LP00143017183663", order_id="8989777868838")
    shipment = play(account, "get_shipment", bought, [sample(f"querylogisticsorderdetail_{shape}")])
    assert (shipment.number, shipment.vendor_status, str(shipment.price)) == (
        "CN88877777US",
        "pickup_success",
        "6.77 CNY",
    )
    asked = GetDocuments(waybill="LP1", tracking_number="CN1")
    (label,) = play(account, "get_documents", asked, [sample(f"getprintinfo_{shape}")])
    assert label.content.startswith(b"%PDF")
    lists = [sample(f"issuelist_{shape}")]
    (entry,) = play(account, "list_disputes", ListDisputes(kinds=(DisputeKind.CLAIM,)), lists).items
    assert (entry.dispute_id, entry.order_id) == ("680000000000804", "1160045860056286")
    wish = GetDispute(dispute_id=entry.dispute_id, kind=entry.kind)
    dispute = play(account, "get_dispute", wish, [*lists, sample(f"issue_detail_{shape}")])
    assert dispute.status is DisputeStatus.SELLER_MUST_ACT
    assert dispute.respond_by.isoformat() == "2018-12-19T07:10:20+00:00"
    assert [(one.proposal_id, one.kind, one.is_open) for one in dispute.proposals] == [
        ("445566", SolutionKind.REFUND, True)
    ]
    assert str(dispute.amount_max) == "9.99 USD"


def test_a_purchase_in_the_samples_is_found_by_its_order(
    sample: Callable[[str], Any], connector: Callable[..., AliexpressConnector]
) -> None:
    account = connector()
    moment = account.now()
    asked = FindShipment(reference="R", bought_from=moment, bought_to=moment, order_ids=("8989777868838",))
    found = play(account, "find_shipment", asked, [sample("querylogisticsorderdetail_wrapped")])
    assert found.shipment.waybill == "LP00143017183663"


def test_sample_prices_and_scans(sample: Callable[[str], Any], connector: Callable[..., AliexpressConnector]) -> None:
    account = connector()
    place = Address(name="Invented", lines=("1 Road",), city="Town", country="FR")
    inside = ShippedLine(account=account.account, order_id="1", line_id="2", quantity=1)
    asked = QuoteShipment(
        contents=(inside,), sender=place, recipient=place, parcels=(Parcel(weight_g=1),), ship_at=account.now()
    )
    (quote,) = play(account, "quote", asked, [sample("service_query_simplified")])
    assert (str(quote.price), str(quote.public_price), quote.transit_days) == ("70.10 CNY", "74.55 CNY", 45)
    parcel = KnownParcel(number="N", order_id="1", carrier_code="K", country="RU")
    wish = TrackParcels(numbers=("N",), known=(parcel,))
    (tracking,) = play(account, "track", wish, [sample("trackingresult_simplified")])
    assert (tracking.status, tracking.signed_by) == (TrackingStatus.DELIVERED, "L")
    assert [scan.at.isoformat() for scan in tracking.scans] == [
        "2023-11-14T22:13:20+00:00",
        "2023-11-25T08:13:20+00:00",
    ]
