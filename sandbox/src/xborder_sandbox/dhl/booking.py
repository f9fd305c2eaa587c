"""Buying: an order becomes a shipment. Every call buys; the API has no idempotency key."""

from __future__ import annotations

from datetime import datetime, time

from xborder_sandbox.dhl.documents import Image, Press
from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.scans import Journey, choose_story, plan
from xborder_sandbox.dhl.schedule import PICKUP_LATEST, pickup_day
from xborder_sandbox.dhl.shipment_reading import Order
from xborder_sandbox.dhl.store import Document, Pickup, PieceRecord, Shipment

# documentImages.typeCode -> how get-image calls it.
_UPLOADED_KINDS = {"AWB": "waybill", "INV": "commercial-invoice", "CIN": "commercial-invoice"}


def uploaded_kind(type_code: str) -> str:
    """Return what get-image calls an uploaded document; its own code where get-image has no word for it."""
    return _UPLOADED_KINDS.get(type_code, type_code)


def book(
    network: Network, order: Order, uploads: list[Document], message_reference: str
) -> tuple[Shipment, list[Image]]:
    """Make the shipment, keep it, and return it with the documents of the answer."""
    store, now = network.store, network.now
    number = store.new_waybill()
    pieces = _pieces(network, order)
    press = Press(order, number, pieces, now.astimezone(order.planned.tzinfo).date())
    images = press.images()
    journey = Journey(order.lane, order.product, order.planned, order.receiver.person, order.dutiable)
    story = choose_story(network.chance(f"story/{number}"), order.dutiable)
    shipment = Shipment(
        number=number,
        created=now,
        account=order.account,
        journey=journey,
        description=order.content.text("description"),
        label=press.label,
        references=order.references,
        load=order.load,
        pieces=pieces,
        story=story,
        scans=plan(journey, story),
        documents=[Document(image.kind, image.form, image.content) for image in press.stored()] + uploads,
        message_reference=message_reference,
    )
    store.shipments[number] = shipment
    if order.request.at("pickup").flag("isRequested"):
        close = order.request.at("pickup").text("closeTime")
        shipment.pickup = book_pickup(network, order.account, order.planned, close, number).number
    return shipment, images


def book_pickup(network: Network, account: str, planned: datetime, close: str, shipment: str = "") -> Pickup:
    """Book a courier and keep the booking.

    Args:
        network: The carrier.
        account: The account number.
        planned: From when on the parcels are ready, local time with its offset.
        close: Until when, HH:MM local; may be empty.
        shipment: The waybill number when it is booked with a shipment.
    """
    day = pickup_day(planned)
    closes = datetime.combine(day, time.fromisoformat(close) if close else PICKUP_LATEST, planned.tzinfo)
    pickup = Pickup(network.store.new_pickup_number(day), account, planned, closes, shipment)
    network.store.pickups[pickup.number] = pickup
    return pickup


def _pieces(network: Network, order: Order) -> tuple[PieceRecord, ...]:
    packages = order.content.each("packages")
    return tuple(
        PieceRecord(
            number=index,
            tracking_number=network.store.new_piece_number(),
            weight=piece.weight,
            volumetric=piece.volumetric(order.load.metric),
            description=package.text("description"),
            sizes=(piece.length, piece.width, piece.height) if package.at("dimensions") else None,
            references=tuple((r.text("typeCode", "CU"), r.text("value")) for r in package.each("customerReferences")),
        )
        for index, (piece, package) in enumerate(zip(order.load.pieces, packages, strict=True), start=1)
    )
