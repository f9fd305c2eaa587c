"""What the simulator remembers."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from datetime import datetime

from xborder_sandbox.chinapost.journey import Event
from xborder_sandbox.chinapost.numbers import mail_number
from xborder_sandbox.chinapost.order import Order
from xborder_sandbox.chinapost.products import Family


@dataclass
class Number:
    """A number that was given out; `mail` once an order was sent for it."""

    number: str
    sender_no: str
    order_id: str
    product: str
    allocated: datetime


@dataclass
class Mail:
    """A parcel that was announced. `events` reach into the future."""

    number: str
    sender_no: str
    order: Order
    sent: datetime
    story: str
    events: list[Event]
    transport: str
    cancelled: datetime | None = None

    def visible(self, now: datetime) -> list[Event]:
        """Return what has happened by now, oldest first."""
        return sorted((event for event in self.events if event.at <= now), key=lambda event: event.at)

    def is_accepted(self, now: datetime) -> bool:
        """Tell whether the post office has it."""
        return any(event.code == "203" for event in self.visible(now))

    def forget_future(self, now: datetime) -> None:
        """Drop what was planned."""
        self.events = [event for event in self.events if event.at <= now]


@dataclass
class Settings:
    """What the vendor's documents leave open; action `settings`.

    Attributes:
        time_window: By how many seconds the gateway's timeStamp may be off.
        most_numbers: Most numbers of one call.
        allocation_pause: Seconds between two calls for numbers.
        number_check: Seconds until an order may be sent for a new number.
        numbers_left: How many numbers there are; -1 is any number of them.
        most_labels: Most labels of one call.
        label_error_status: HTTP status of a label that pcp refuses.
        special_characters: What must not be in names, addresses and telephone numbers.
        funds: `good`, `low` or `frozen`.
        number_field: How the gateway calls the number of an order, `waybillNo` or `waybill_no`.
        body_form: Whether the gateway's retBody is `text` or `object`.
        track_form: Whether events come as `list`, or in an object under `responseItems` or `traces`.
    """

    time_window: int = 600
    most_numbers: int = 100
    allocation_pause: int = 0
    number_check: int = 0
    numbers_left: int = -1
    most_labels: int = 50
    label_error_status: int = 500
    special_characters: list[str] = field(default_factory=lambda: ["+", "||"])
    funds: str = "good"
    number_field: str = "waybillNo"
    body_form: str = "text"
    track_form: str = "list"


@dataclass
class Store:
    """All numbers and parcels, in the order they were made."""

    chance: random.Random
    numbers: dict[str, Number] = field(default_factory=dict)
    mails: dict[str, Mail] = field(default_factory=dict)
    last_allocation: dict[str, datetime] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    # The server's thread and a test's thread may both be here.
    lock: threading.RLock = field(default_factory=threading.RLock)

    def new_number(self, family: Family) -> str:
        """Return a number nobody has."""
        while True:
            second = self.chance.choice("ABCDEFGHKLMNPQRSTVWXYZ")
            number = mail_number(family.letter + second, f"{self.chance.randrange(10**8):08d}")
            if number not in self.numbers and number not in self.mails:
                return number

    def has_order(self, sender_no: str, order_no: str) -> bool:
        """Tell whether a customer has used an order number."""
        return any(mail.sender_no == sender_no and mail.order.order_no == order_no for mail in self.mails.values())
