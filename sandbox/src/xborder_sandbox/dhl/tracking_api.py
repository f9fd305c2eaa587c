"""GET /shipments/{no}/tracking, GET /tracking, GET /shipments/{no}/proof-of-delivery."""

from __future__ import annotations

import base64
from datetime import date, datetime

from xborder_sandbox.dhl.call import Answer, Call
from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.papers_pdf import proof_pdf
from xborder_sandbox.dhl.problems import Problem, missing_parameters, nothing_tracked, wrong_format
from xborder_sandbox.dhl.store import Shipment
from xborder_sandbox.dhl.tracking_answer import LEVELS, VIEWS, View, tracked

_MOST_NUMBERS = 200  # parameters shipmentTrackingNumber and pieceTrackingNumber: maxItems
_PROOFS = (
    "epod-detail",
    "epod-summary",
    "epod-detail-esig",
    "epod-summary-esig",
    "epod-table",
    "epod-table-detail",
    "epod-table-esig",
)


def get_one(network: Network, call: Call) -> Answer:
    """Track one shipment."""
    view = _view(network, call, with_offset=call.flag("requestGMTOffsetPerEvent"))
    shipment = network.store.shipments.get(call.path["shipmentTrackingNumber"])
    if shipment is None or not network.store.knows(shipment, network.now):
        raise nothing_tracked()
    return _answer(network, [shipment], view)


def get_many(network: Network, call: Call) -> Answer:
    """Track by waybill numbers, piece numbers or a reference; what is not found is left out."""
    # requestGMTOffsetPerEvent is a parameter of the single call only.
    view = _view(network, call, with_offset=False)
    known = [s for s in network.store.shipments.values() if network.store.knows(s, network.now)]
    reference = call.one("shipmentReference")
    numbers, pieces = call.all("shipmentTrackingNumber"), call.all("pieceTrackingNumber")
    for name, values in (("shipmentTrackingNumber", numbers), ("pieceTrackingNumber", pieces)):
        if len(values) > _MOST_NUMBERS:
            raise wrong_format([f"{name} (maxItems={_MOST_NUMBERS})"], "Wrong format")
    if numbers or pieces:
        wanted = set(numbers) | set(pieces)
        found = [s for s in known if wanted & {s.number, *(p.tracking_number for p in s.pieces)}]
        if not found:
            raise nothing_tracked()
    elif reference:
        account, start, end = _search(call)
        kind = call.one("shipmentReferenceType")
        found = [
            shipment
            for shipment in known
            if shipment.account == account
            and any(value == reference and kind in ("", code) for code, value in shipment.references)
            and shipment.dates()[0] <= end
            and shipment.dates()[1] >= start
        ]
        if not found:
            raise nothing_tracked(f"No Shipments Found for ReferenceID | {reference}")
    else:
        raise missing_parameters(["shipmentTrackingNumber"])
    return _answer(network, found, view)


def _search(call: Call) -> tuple[str, date, date]:
    # shipperAccountNumber is mandatory here by the example of the 400, the dates by their descriptions ("you need
    # to restrict the search by timeframe").
    call.need("shipperAccountNumber", "dateRangeFrom", "dateRangeTo")
    return call.one("shipperAccountNumber"), _day(call, "dateRangeFrom"), _day(call, "dateRangeTo")


def _day(call: Call, name: str) -> date:
    try:
        return datetime.fromisoformat(call.one(name)).date()
    except ValueError:
        raise wrong_format([f"{name} (YYYY-MM-DD)"], "Wrong format") from None


def _view(network: Network, call: Call, with_offset: bool) -> View:
    return View(
        call.choice("trackingView", VIEWS, VIEWS[0]),
        call.choice("levelOfDetail", LEVELS, LEVELS[0]),
        with_offset,
        network.store.settings.event_order,
    )


def _answer(network: Network, shipments: list[Shipment], view: View) -> Answer:
    now, chance = network.now, network.store.chance
    return Answer(
        {"shipments": [tracked(shipment, now, view, chance) for shipment in shipments]},
        headers={"Content-Language": "eng"},
    )


def get_proof(network: Network, call: Call) -> Answer:
    """Fetch the proof of delivery."""
    content = call.choice("content", _PROOFS, "epod-summary")
    shipment = network.store.shipments.get(call.path["shipmentTrackingNumber"])
    account = call.one("shipperAccountNumber")
    delivery = shipment.delivery(network.now) if shipment else None
    if shipment is None or delivery is None or account not in ("", shipment.account):
        # Seen in an answer of the real API: no detail, no message.
        raise Problem(404, "No data found")
    paper = proof_pdf(
        shipment.label,
        delivery.area.local(delivery.at),
        delivery.area.description,
        delivery.signed_by,
        is_detailed="detail" in content,
    )
    document = {"encodingFormat": "PDF", "content": base64.b64encode(paper).decode(), "typeCode": "POD"}
    return Answer({"documents": [document]}, headers={"Content-Language": "eng"})
