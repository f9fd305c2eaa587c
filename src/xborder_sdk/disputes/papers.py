"""What an order, a parcel and letters look like as papers. Facts only, each as its source tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from xborder_sdk.disputes.pack import EvidenceParcel, Letter
from xborder_sdk.documents.evidence_pages import Facts, Paper, Part, Table, Words
from xborder_sdk.models import (
    Address,
    DeclaredShipment,
    Dispute,
    DisputeParty,
    Order,
    Scan,
    Tracking,
    TrackingStatus,
)

_WHO = {
    DisputeParty.SELLER: "From the seller",
    DisputeParty.BUYER: "From the buyer",
    DisputeParty.PLATFORM: "From the platform",
    DisputeParty.SYSTEM: "Sent automatically",
    DisputeParty.UNKNOWN: "Message",
}


def order_paper(order: Order, platform: str) -> Paper:
    """What was bought, by whom, and where it goes."""
    facts = [
        ("Platform", platform if order.site is None else f"{platform} ({order.site})"),
        ("Order", order.order_id),
        ("Ordered", when(order.created_at)),
        ("Paid", when(order.paid_at)),
        ("Payment", order.payment.value.replace("_", " ")),
        ("Buyer", "\n".join(text for text in (order.buyer.name, order.buyer.id) if text)),
        ("Delivery address", address_text(order.ship_to)),
        ("Delivery chosen", order.delivery.service or ""),
    ]
    lines = Table(
        (("Pieces", 2), ("What", 12), ("SKU", 4), ("Price", 4)),
        tuple(
            (
                str(line.quantity),
                "\n".join([line.title, *(f"{name}: {choice}" for name, choice in line.variation)]),
                line.sku or "",
                str(line.total or ""),
            )
            for line in order.lines
        ),
        heading="Goods",
    )
    totals = [
        ("Goods", order.totals.goods),
        ("Delivery", order.totals.delivery),
        ("Discount", order.totals.discount),
        ("Total", order.totals.total),
    ]
    return Paper(
        "Order",
        f"{platform} order {order.order_id}",
        (_facts(facts), lines, _facts((name, str(money)) for name, money in totals if money is not None)),
    )


def notice_paper(order: Order, platform: str, told: Sequence[DeclaredShipment]) -> Paper:
    """What the platform and the buyer were told of the shipment."""
    parts: tuple[Part, ...] = tuple(
        _facts(
            (
                ("Tracking number", one.tracking_number or "none"),
                ("Carrier code", one.vendor_carrier or ""),
                ("Shipped", when(one.shipped_at)),
                ("Order lines", ", ".join(f"{line.line_id} (x {line.quantity})" for line in one.lines)),
                ("The platform's number", one.declaration_id or ""),
            )
        )
        for one in told
    )
    return Paper("Shipping notice", f"As {platform} holds it for order {order.order_id}", parts)


def tracking_paper(parcel: EvidenceParcel, carrier: str, tracking: Tracking, order: Order) -> Paper:
    """Where the parcel was, scan by scan."""
    delivered = next((scan for scan in reversed(tracking.scans) if scan.status is TrackingStatus.DELIVERED), None)
    facts = [
        ("Carrier", carrier),
        ("Waybill", parcel.number),
        ("Bought", when(parcel.bought_at)),
        ("State", tracking.status.value.replace("_", " ")),
        ("Delivered", "" if delivered is None else _moment(delivered)),
        ("Place of delivery", "" if delivered is None else delivered.place or ""),
        ("Signed by", tracking.signed_by or ""),
        ("Delivery address", address_text(order.ship_to)),
    ]
    scans = Table(
        (("Local time", 4), ("UTC", 4), ("Place", 5), ("What the carrier says", 9), ("Code", 2)),
        tuple(
            (
                _local(scan),
                "" if scan.at is None else f"{scan.at.astimezone(UTC):%Y-%m-%d %H:%M}",
                scan.place or scan.country or "",
                scan.text or scan.status.value.replace("_", " "),
                scan.code or "",
            )
            for scan in tracking.scans
        ),
        heading="Scans, oldest first",
    )
    return Paper(
        "Tracking history", f"{carrier}, waybill {parcel.number}, order {order.order_id}", (_facts(facts), scans)
    )


def letters_paper(letters: Sequence[Letter], order: Order) -> Paper:
    """What was written, in full and in the order given."""
    parts = []
    for letter in letters:
        head = ", ".join(text for text in (_WHO[letter.sender], when(letter.at), letter.subject) if text)
        parts.append(Words(letter.text, heading=head))
    return Paper("Correspondence", f"About order {order.order_id}", tuple(parts))


def dispute_facts(dispute: Dispute) -> tuple[tuple[str, str], ...]:
    """What a dispute is about, for the first page."""
    return _facts(
        (
            ("Dispute", f"{dispute.kind.value.replace('_', ' ')} {dispute.dispute_id}"),
            ("Reason given", dispute.vendor_reason or dispute.reason.value.replace("_", " ")),
            ("Amount", str(dispute.amount or "")),
            ("Opened", when(dispute.opened_at)),
            ("To be answered by", when(dispute.respond_by)),
        )
    ).rows


def when(moment: datetime | None) -> str:
    """A moment in UTC, or nothing."""
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def address_text(address: Address | None) -> str:
    """An address as it stands on a letter; without telephone and mail."""
    if address is None:
        return ""
    place = " ".join(part for part in (address.city, address.region, address.postal_code) if part)
    lines = [address.name, address.company, *address.lines, place, address.country]
    return "\n".join(line for line in lines if line)


def _facts(rows: Iterable[tuple[str, str]]) -> Facts:
    return Facts(tuple((name, value) for name, value in rows if value))


def _local(scan: Scan) -> str:
    if scan.local_time is not None:
        return scan.local_time.replace("T", " ")[:16]
    return "" if scan.at is None else f"{scan.at:%Y-%m-%d %H:%M}"


def _moment(scan: Scan) -> str:
    local = _local(scan)
    return f"{local} (local time)" + (f", {when(scan.at)}" if scan.at is not None else "")
