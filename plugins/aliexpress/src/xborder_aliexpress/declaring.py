"""Shipping notices (声明发货): told once, read back first, amended.

Sources: the official IOP Java SDK 1.3.5-ae, aliexpress.logistics.sellershipmentfortop (whole orders),
aliexpress.logistics.order.shipment (lines), aliexpress.logistics.sellermodifiedshipmentfortop and
aliexpress.logistics.order.modifyshipment (changes).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from xborder_aliexpress import vocabulary as words
from xborder_aliexpress.calls import whole_id
from xborder_aliexpress.declarations import ALL, PART, Declared, as_shipment, indexes, read_back
from xborder_aliexpress.order_reading import line_id, own_lines, quantity_of
from xborder_aliexpress.shipping_codes import Notice, check, notice
from xborder_aliexpress.trade_order import trade_order
from xborder_sdk.errors import Conflict, InvalidRequest, NotFound
from xborder_sdk.hookspecs import AmendShipment, DeclareShipment, ListDeclaredShipments, OrderSource, hookimpl
from xborder_sdk.models import DeclaredShipment, LineQuantity
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow

if TYPE_CHECKING:
    from xborder_aliexpress.connector import AliexpressConnector

DECLARE: Final = "aliexpress.logistics.sellershipmentfortop"
DECLARE_LINES: Final = "aliexpress.logistics.order.shipment"
AMEND: Final = "aliexpress.logistics.sellermodifiedshipmentfortop"
AMEND_LINES: Final = "aliexpress.logistics.order.modifyshipment"


class Declaring(OrderSource):
    """The operations on shipping notices."""

    connector: AliexpressConnector
    honours: ClassVar[Mapping[str, frozenset[str]]] = {
        "declare_shipment": frozenset({"tracking_url"}),
        "amend_shipment": frozenset({"tracking_url"}),
    }

    @hookimpl
    def declare_shipment(self, request: DeclareShipment) -> Flow[DeclaredShipment]:
        """Tells the platform of a parcel: for the order as a whole, or by line where lines are named.

        What is declared already is read first. Where the same number covers it, that is the result and nothing is sent.
        A line of which fewer pieces than ordered are in the parcel is declared in part; declaring without lines
        completes everything that is left.

        Args:
            request: Which order, number, carrier and lines. Spaces in the number are taken out.

        Raises:
            InvalidRequest: The platform would refuse carrier, number or lines.
            Conflict: It is declared already under other numbers, or the order's state does not allow it.
        """
        connector = self.connector
        told = notice(
            connector.settings,
            number=request.tracking_number,
            carrier=request.carrier,
            service=request.service,
            carrier_code=request.carrier_code,
            tracking_url=request.tracking_url,
        )
        read = yield from trade_order(connector.calls, connector.settings, request.order_id)
        detail, lines = read.found, indexes(read.found)
        parcel = _contents(request, lines)
        known = yield from read_back(connector.calls, detail, read.raw, request.order_id)
        existing = _existing(known, told.number, parcel if request.lines else {}, lines)
        if existing is not None:
            return existing
        _must_be_shippable(detail, lines)
        left = {index: kind for index, kind in parcel.items() if index not in known.whole_lines()}
        if not left or (request.lines and len(left) < len(parcel)):
            raise Conflict("lines of it are declared already, under other numbers")
        yield from check(connector.calls, told)
        method, parameters = _as_told(request, told, left, detail)
        answer = yield from connector.calls.once(method, parameters)
        return DeclaredShipment(
            tracking_number=told.number,
            vendor_carrier=told.service,
            lines=request.lines or tuple(_quantity(lines[index]) for index in sorted(left)),
            raw=answer.raw,
        )

    @hookimpl
    def list_declared_shipments(self, request: ListDeclaredShipments) -> Flow[tuple[DeclaredShipment, ...]]:
        """What the platform has been told, number by number.

        Args:
            request: Which order.
        """
        connector = self.connector
        read = yield from trade_order(connector.calls, connector.settings, request.order_id)
        known = yield from read_back(connector.calls, read.found, read.raw, request.order_id)
        lines = indexes(read.found)
        return tuple(as_shipment(each, lines, known.raw) for each in known.declarations.values())

    @hookimpl
    def amend_shipment(self, request: AmendShipment) -> Flow[DeclaredShipment]:
        """Corrects a notice, for the lines it was given for. How often and for how long is the platform's secret.

        Args:
            request: Which number was wrong, and what is right.

        Raises:
            InvalidRequest: The platform would refuse carrier or number.
            NotFound: The old number was never declared.
        """
        connector = self.connector
        told = notice(
            connector.settings,
            number=request.tracking_number,
            carrier=request.carrier,
            service=request.service,
            carrier_code=request.carrier_code,
            tracking_url=request.tracking_url,
        )
        read = yield from trade_order(connector.calls, connector.settings, request.order_id)
        known = yield from read_back(connector.calls, read.found, read.raw, request.order_id)
        lines = indexes(read.found)
        old_number = "".join(request.old_number.split())
        old = known.declarations.get(old_number)
        if old is None:
            amended = known.declarations.get(told.number)
            if amended is not None:
                return as_shipment(amended, lines, known.raw)
            raise NotFound("AliExpress was never told the old number for this order")
        old_service = request.old_code or old.service
        if old_service is None:
            raise InvalidRequest(
                "AliExpress does not tell the service of the old number", field="old_code", hint="pass old_code"
            )
        yield from check(connector.calls, told)
        covered = old.whole | old.part
        if known.by_line and covered and covered != set(lines):
            method, parameters = AMEND_LINES, _amended_lines(request, told, old_number, old_service, old.part, covered)
        else:
            method, parameters = AMEND, _amended(request, told, old_number, old_service, partly=bool(old.part))
        answer = yield from connector.calls.once(method, parameters)
        return DeclaredShipment(
            tracking_number=told.number,
            vendor_carrier=told.service,
            lines=as_shipment(old, lines, known.raw).lines,
            raw=answer.raw,
        )


def _contents(request: DeclareShipment, lines: dict[int, JsonObject]) -> dict[int, str]:
    """Which lines are in the parcel, whole or in part, by index."""
    if not request.lines:
        return dict.fromkeys(lines, ALL)
    by_id = {line_id(line): index for index, line in lines.items()}
    found: dict[int, str] = {}
    for number, wanted in enumerate(request.lines):
        index = by_id.get(wanted.line_id)
        if index is None:
            raise InvalidRequest(
                "the seller ships no such line of this order",
                field=f"lines.{number}.line_id",
                hint="lines that the platform's own warehouse ships are not the seller's to declare",
            )
        ordered = quantity_of(lines[index])
        if wanted.quantity > ordered or index in found:
            raise InvalidRequest("more pieces than were ordered", field=f"lines.{number}.quantity")
        found[index] = ALL if wanted.quantity == ordered else PART
    return found


def _existing(
    known: Declared, number: str, parcel: dict[int, str], lines: dict[int, JsonObject]
) -> DeclaredShipment | None:
    """The declaration that says already what is to be said: this number, for all the lines meant."""
    found = known.declarations.get(number)
    if found is None:
        return None
    if known.by_line and not set(parcel) <= found.whole | found.part:
        return None
    return as_shipment(found, lines, known.raw)


def _must_be_shippable(detail: JsonObject, lines: dict[int, JsonObject]) -> None:
    if not lines:
        raise Conflict("the platform's own warehouse ships this order")
    word = detail.text_or_none("order_status")
    if word in words.SIDE_STATES | words.RISKY | words.FINISHED | {words.UNPAID, words.EXAMINE_MONEY}:
        raise Conflict(f"an order in state {word} takes no shipping notice")


def _as_told(
    request: DeclareShipment, told: Notice, left: dict[int, str], detail: JsonObject
) -> tuple[str, dict[str, object]]:
    every_line = len(own_lines(detail)) == len(detail.children("child_order_list"))
    if not request.lines and every_line:
        return DECLARE, {
            "service_name": told.service,
            "logistics_no": told.number,
            "send_type": ALL,
            "out_ref": request.order_id,
            "tracking_website": told.website,
            "actual_carrier": told.carrier,
        }
    return DECLARE_LINES, {
        "param_aeop_seller_shipment_sub_trade_order_request": {
            "trade_order_id": whole_id(request.order_id, "order_id"),
            "sub_trade_order_list": [_sub_order(index, left[index], told) for index in sorted(left)],
        }
    }


def _sub_order(index: int, send_type: str, told: Notice) -> dict[str, object]:
    return {"sub_trade_order_index": index, "send_type": send_type, "shipment_list": [told.shipment()]}


def _amended(
    request: AmendShipment, told: Notice, old_number: str, old_service: str, *, partly: bool
) -> dict[str, object]:
    return {
        "old_service_name": old_service,
        "old_logistics_no": old_number,
        "new_service_name": told.service,
        "new_logistics_no": told.number,
        "send_type": PART if partly else ALL,
        "out_ref": request.order_id,
        "tracking_website": told.website,
        "actual_carrier": told.carrier,
    }


def _amended_lines(
    request: AmendShipment, told: Notice, old_number: str, old_service: str, part: set[int], covered: set[int]
) -> dict[str, object]:
    return {
        "trade_order_id": whole_id(request.order_id, "order_id"),
        "old_service_name": old_service,
        "old_logistics_no": old_number,
        "sub_trade_order_list": [_sub_order(index, PART if index in part else ALL, told) for index in sorted(covered)],
    }


def _quantity(line: JsonObject) -> LineQuantity:
    return LineQuantity(line_id=line_id(line), quantity=quantity_of(line))
