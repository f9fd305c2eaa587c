"""What the simulator remembers."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from xborder_sandbox.dhl.label_data import LabelData
from xborder_sandbox.dhl.load import Load
from xborder_sandbox.dhl.scans import Journey, Scan


@dataclass(frozen=True)
class Document:
    """A stored document; `kind` as get-image and the answers name it."""

    kind: str
    form: str
    content: bytes


@dataclass(frozen=True)
class PieceRecord:
    """A piece with its licence plate."""

    number: int
    tracking_number: str
    weight: Decimal
    volumetric: Decimal
    description: str
    sizes: tuple[Decimal, Decimal, Decimal] | None
    references: tuple[tuple[str, str], ...] = ()


@dataclass
class Shipment:
    """A shipment that was bought. `scans` reach into the future."""

    number: str
    created: datetime
    account: str
    journey: Journey
    description: str
    label: LabelData
    references: tuple[tuple[str, str], ...]
    load: Load
    pieces: tuple[PieceRecord, ...]
    story: str
    scans: list[Scan]
    documents: list[Document]
    pickup: str = ""
    message_reference: str = ""
    is_lost: bool = False
    invoice_numbers: list[str] = field(default_factory=list)

    def visible_scans(self, now: datetime) -> list[Scan]:
        """Return what has happened by now, oldest first."""
        return sorted((scan for scan in self.scans if scan.at <= now), key=lambda scan: scan.at)

    def delivery(self, now: datetime) -> Scan | None:
        """Return the scan of the delivery if it has happened."""
        return next((scan for scan in self.visible_scans(now) if scan.code == "OK"), None)

    def dates(self) -> tuple[date, date]:
        """Return the days it was made and is planned to be tendered, earlier one first."""
        zone = self.journey.planned.tzinfo
        days = sorted((self.created.astimezone(zone).date(), self.journey.planned.date()))
        return days[0], days[1]


@dataclass
class Pickup:
    """A booked pickup; `shipment` is set when it was booked with one."""

    number: str
    account: str
    planned: datetime
    close: datetime
    shipment: str = ""
    is_cancelled: bool = False

    def status(self, now: datetime) -> str:
        """Return booked, cancelled or completed."""
        if self.is_cancelled:
            return "cancelled"
        return "completed" if now > self.close else "booked"


@dataclass
class Settings:
    """What admin actions set."""

    lookup_delay: timedelta = timedelta(0)
    event_order: str = "newest-first"


@dataclass
class Store:
    """All shipments and pickups, by number, in the order they were made."""

    chance: random.Random
    shipments: dict[str, Shipment] = field(default_factory=dict)
    pickups: dict[str, Pickup] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    # The server's thread and a test's thread may both be here.
    lock: threading.RLock = field(default_factory=threading.RLock)

    def new_waybill(self) -> str:
        """Return a waybill number nobody has: nine digits and their remainder by seven."""
        while True:
            body = self.chance.randrange(10**8, 10**9)
            number = f"{body}{body % 7}"
            if number not in self.shipments:
                return number

    def new_piece_number(self) -> str:
        """Return a licence plate for a piece, such as JD014600004617230770."""
        return f"JD0146{self.chance.randrange(10**14):014d}"

    def new_pickup_number(self, day: date) -> str:
        """Return a dispatch confirmation number nobody has, such as PRG201220123456."""
        while True:
            number = f"PRG{day:%y%m%d}{self.chance.randrange(10**6):06d}"
            if number not in self.pickups:
                return number

    def knows(self, shipment: Shipment, now: datetime) -> bool:
        """Tell whether tracking sees the shipment already."""
        return now >= shipment.created + self.settings.lookup_delay
