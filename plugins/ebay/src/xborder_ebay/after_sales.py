"""Post-Order's four desks: inquiries, returns, cases and cancellation requests, and what they may be answered.

Paths are those of the Post-Order path lists (return, inquiry, case and cancellation); parameters and bodies stand on
the Post-Order pages, developer.ebay.com, Devzone/post-order, for which no machine-readable document is at hand: all of
them are unverified. What eBay has withdrawn or what no page at hand establishes is left out: refunds of cases
(withdrawn 2026-03-02), partial refunds and refunds of returned goods, replacements, labels, files, messages and
escalations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from xborder_ebay import dispute_words as words
from xborder_ebay.order_list import ebay_time
from xborder_ebay.vocabulary import CARRIER_CODES
from xborder_sdk.errors import InvalidRequest, UnsupportedOperation, UnsupportedOption
from xborder_sdk.hookspecs import AcceptDispute, ContestDispute, ShipmentProof
from xborder_sdk.models import DisputeKind

_CONNECTOR: Final = "ebay"
_ROOT: Final = "/post-order/v2"
MOST: Final = 200  # Post-Order pages, limit of return/search; the other searches take at least as many


@dataclass(frozen=True)
class Desk:
    """One of Post-Order's procedures.

    Attributes:
        path: Below which its calls are.
        dates: The word before `_from` and `_to` in its search.
        order: Parameter of its search that names an order.
        members: Where its search puts what it finds.
        search: What else its search is asked.
        get: What else its reading is asked.
        inside: The container of what is read; None for the answer itself.
    """

    path: str
    dates: str
    order: str = "order_id"
    members: str = "members"
    search: tuple[tuple[str, str], ...] = ()
    get: tuple[tuple[str, str], ...] = ()
    inside: str | None = None


_SELLER = (("role", "SELLER"),)  # the caller's role: without it a seller who buys gets his own purchases

DESKS: Final = {
    DisputeKind.NOT_RECEIVED: Desk(f"{_ROOT}/inquiry", "inquiry_creation_date_range"),
    # GetReturnFieldGroupEnum: only the summary tells what is due and what may be answered.
    DisputeKind.RETURN: Desk(
        f"{_ROOT}/return",
        "creation_date_range",
        search=_SELLER,
        get=(("fieldgroups", "SUMMARY"),),
        inside="summary",
    ),
    DisputeKind.CLAIM: Desk(f"{_ROOT}/casemanagement", "case_creation_date_range"),
    DisputeKind.CANCELLATION_REQUEST: Desk(
        f"{_ROOT}/cancellation",
        "creation_date_range",
        order="legacy_order_id",
        members="cancellations",
        search=_SELLER,
        get=(("fieldgroups", "FULL"),),
        inside="cancelDetail",
    ),
}


@dataclass(frozen=True)
class Reply:
    """An answer as it goes out.

    Attributes:
        action: The last part of its path.
        body: Its body; Post-Order wants one even where it says nothing.
        signed: Whether eBay wants it signed for EU and UK sellers.
    """

    action: str
    body: dict[str, object] = field(repr=False)
    signed: bool = False


def acceptance(request: AcceptDispute) -> Reply:
    """What giving in is at each desk.

    Args:
        request: What is accepted.

    Raises:
        UnsupportedOption: A wish this desk has no field for.
        UnsupportedOperation: eBay has no such call any more.
        InvalidRequest: A revision, which these procedures do not have.
    """
    _no_revision(request.revision)
    _refuse({"return_address": request.return_address}, words.ACCEPT)
    match request.kind:
        case DisputeKind.NOT_RECEIVED:
            return Reply("issue_refund", _comments(request.note), signed=True)
        case DisputeKind.RETURN:
            return Reply("decide", {"decision": words.APPROVE, **_comments(request.note)}, signed=True)
        case DisputeKind.CANCELLATION_REQUEST:
            _refuse({"note": request.note}, words.ACCEPT)
            return Reply("approve", {}, signed=True)
        case _:
            raise UnsupportedOperation(
                "eBay has withdrawn the call that refunds a case", hint="refund it in the Resolution Center"
            )


def objection(request: ContestDispute, carrier_codes: Mapping[str, str]) -> Reply:
    """What contesting is at each desk.

    Args:
        request: What is contested, and with what.
        carrier_codes: The account's own carrier codes.

    Raises:
        UnsupportedOption: A wish this desk has no field for.
        InvalidRequest: The shipment is missing or its carrier unknown, or there is a revision.
    """
    _no_revision(request.revision)
    _refuse({"return_address": request.return_address}, words.CONTEST)
    match request.kind:
        case DisputeKind.NOT_RECEIVED:
            return Reply("provide_shipment_info", _shipment_info(request, carrier_codes))
        case DisputeKind.RETURN:
            _refuse({"shipment": request.shipment}, words.CONTEST)
            return Reply("decide", {"decision": words.DECLINE, **_comments(request.note)}, signed=True)
        case DisputeKind.CANCELLATION_REQUEST:
            _refuse({"note": request.note}, words.CONTEST)
            return Reply("reject", _shipped(request.shipment))
        case _:
            _refuse({"shipment": request.shipment}, words.CONTEST)
            return Reply("appeal", _comments(request.note))


def _no_revision(revision: str | None) -> None:
    if revision is not None:
        raise InvalidRequest("only payment disputes have a revision at eBay", field="revision", hint="leave it out")


def _refuse(wishes: Mapping[str, object], operation: str) -> None:
    found = tuple(name for name, value in wishes.items() if value is not None)
    if found:
        raise UnsupportedOption(found, _CONNECTOR, operation)


def _comments(note: str | None, key: str = "comments") -> dict[str, object]:
    return {} if note is None else {key: {"content": note}}


def _shipment_info(request: ContestDispute, carrier_codes: Mapping[str, str]) -> dict[str, object]:
    """ShipmentInfoRequest."""
    shipment = request.shipment
    if shipment is None:
        raise InvalidRequest(
            "an inquiry is answered with the shipment", field="shipment", hint="or accept it, which refunds the buyer"
        )
    known = {**CARRIER_CODES, **carrier_codes}
    carrier = shipment.carrier_code or known.get(shipment.carrier or "")
    if carrier is None:
        raise InvalidRequest(
            f"eBay's name for the carrier {shipment.carrier!r} is not known",
            field="shipment.carrier",
            hint="pass carrier_code, or set carrier_codes in the account's settings",
        )
    found: dict[str, object] = {
        "shippingCarrierName": carrier,
        "shippedWithTracking": True,
        "trackingNumber": _number(shipment),
        **_comments(request.note, "sellerComments"),
    }
    if shipment.shipped_at is not None:
        found["shippingDate"] = {"value": ebay_time(shipment.shipped_at)}
    return found


def _shipped(shipment: ShipmentProof | None) -> dict[str, object]:
    """RejectCancelRequest, which has no carrier; both fields may be missing and the braces not."""
    if shipment is None:
        return {}
    _refuse({"shipment.carrier": shipment.carrier, "shipment.carrier_code": shipment.carrier_code}, words.CONTEST)
    found: dict[str, object] = {"trackingNumber": _number(shipment)}
    if shipment.shipped_at is not None:
        found["shipmentDate"] = {"value": ebay_time(shipment.shipped_at)}
    return found


def _number(shipment: ShipmentProof) -> str:
    number = "".join(shipment.tracking_number.split()).replace("-", "")
    if not (number.isascii() and number.isalnum()):
        raise InvalidRequest("eBay takes letters and digits only", field="shipment.tracking_number")
    return number
