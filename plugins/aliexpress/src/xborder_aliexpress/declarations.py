"""What the platform has been told of an order's parcels, read back.

Two calls tell it: aliexpress.logistics.querysellershipmentinfo, by line, and the order's detail (`logistic_info_list`),
for the order as a whole (official IOP Java SDK 1.3.5-ae).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from xborder_aliexpress import pacific
from xborder_aliexpress.calls import Calls, whole_id
from xborder_aliexpress.order_reading import declared_numbers, line_id, own_lines, quantity_of
from xborder_sdk.errors import AuthenticationFailed, Refused, Throttled
from xborder_sdk.models import DeclaredShipment, LineQuantity, Raw
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow

SHIPMENTS: Final = "aliexpress.logistics.querysellershipmentinfo"
ALL: Final = "all"
PART: Final = "part"
_NOTHING_SENT: Final = frozenset({"NO_LOGISTICS", "WAIT_SELLER_SEND_GOODS"})
"""SDK, findorderbyid, logistics_status."""


@dataclass(slots=True)
class Declaration:
    """One number that the platform knows.

    Attributes:
        number: The number.
        service: Its service key.
        whole: Indexes of the lines that it completes.
        part: Indexes of the lines of which it holds some.
        sent_at: When, where the detail tells.
    """

    number: str
    service: str | None = None
    whole: set[int] = field(default_factory=set)
    part: set[int] = field(default_factory=set)
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """What the platform has been told of an order.

    Attributes:
        declarations: By number, in the platform's order.
        by_line: Whether it tells which lines.
        raw: The answer that says so.
    """

    declarations: dict[str, Declaration]
    by_line: bool
    raw: Raw

    def whole_lines(self) -> frozenset[int]:
        """Indexes of the lines that are wholly declared."""
        return frozenset(index for each in self.declarations.values() for index in each.whole)


def indexes(detail: JsonObject) -> dict[int, JsonObject]:
    """The lines the seller ships, by their number in the order (`order_sort_id`, from 1)."""
    lines = detail.children("child_order_list")
    numbered = {(line.integer_or_none("order_sort_id") or n): line for n, line in enumerate(lines, 1)}
    own = {id(line.data) for line in own_lines(detail)}
    return {index: line for index, line in numbered.items() if id(line.data) in own}


def read_back(calls: Calls, detail: JsonObject, detail_raw: Raw, order_id: str) -> Flow[Declared]:
    """Everything the platform knows of an order's parcels.

    Args:
        calls: The account's calls.
        detail: The order's detail.
        detail_raw: Its answer.
        order_id: The order.
    """
    found = _of_detail(detail)
    try:
        answer = yield from calls.read(SHIPMENTS, {"trade_order_id": whole_id(order_id, "order_id")})
    except (Throttled, AuthenticationFailed):
        raise
    except Refused:
        if found or detail.text_or_none("logistics_status") not in _NOTHING_SENT:
            raise
        # Whether it refuses an order without notices, nobody says; the detail tells that there are none.
        return Declared({}, by_line=False, raw=detail_raw)
    by_line = False
    for line in answer.body.children("sub_trade_order_list"):
        index = line.integer_or_none("sub_trade_order_index")
        for shipment in line.children("shipment_list"):
            number = shipment.text_or_none("logistics_no")
            if number is None:
                continue
            each = found.setdefault(number.strip(), Declaration(number.strip()))
            each.service = shipment.text_or_none("service_name") or each.service
            if index is not None and index > 0:
                by_line = True
                (each.part if line.text_or_none("send_type") == PART else each.whole).add(index)
    return Declared(found, by_line, answer.raw)


def _of_detail(detail: JsonObject) -> dict[str, Declaration]:
    found = {number: Declaration(number) for number in declared_numbers(detail)}
    for info in detail.children("logistic_info_list"):
        number = info.text_or_none("logistics_no")
        if number is not None:
            each = found[number.strip()]
            each.service = each.service or info.text_or_none("logistics_type_code")
            each.sent_at = each.sent_at or pacific.read(info.text_or_none("gmt_send"))
    return found


def as_shipment(declaration: Declaration, lines: dict[int, JsonObject], raw: Raw) -> DeclaredShipment:
    """A declaration as our model. Lines of which it holds a part stay out: nobody tells how many pieces.

    Args:
        declaration: What was read.
        lines: The order's lines by index.
        raw: The answer.
    """
    return DeclaredShipment(
        tracking_number=declaration.number,
        vendor_carrier=declaration.service,
        shipped_at=declaration.sent_at,
        lines=tuple(
            LineQuantity(line_id=line_id(lines[index]), quantity=quantity_of(lines[index]))
            for index in sorted(declaration.whole)
            if index in lines
        ),
        raw=raw,
    )
