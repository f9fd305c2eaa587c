"""The registered numbers of one account, and what the console sets."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from xborder_sandbox.parcels import ParcelBoard
from xborder_sandbox.requests import Json
from xborder_sandbox.track17.carriers import carrier_of, detect
from xborder_sandbox.track17.journey import Happening, Journey, invent, told_by
from xborder_sandbox.track17.statuses import ENDS, main_of
from xborder_sandbox.world import World

_QUIET = timedelta(days=30)  # 17track.md: auto-stop after 30 days without news or 15 after the end
_AFTER_END = timedelta(days=15)


@dataclass
class Registration:
    """A number under a carrier. `waits_from` is when it was registered or changed last: a result takes a while."""

    number: str
    carrier: int
    origin: int
    registered: datetime
    waits_from: datetime
    final_carrier: int = 0
    tag: str | None = None
    param: str | None = None
    lang: str | None = None
    email: str | None = None
    order_no: str | None = None
    order_time: str | None = None
    remark: str | None = None
    stopped: datetime | None = None
    stop_reason: str | None = None
    revived: datetime | None = None
    changes: int = 0
    pushed: datetime | None = None
    push_status: str = "NotPushed"
    push_code: int = 0
    told: tuple[int, str] = (0, "")

    @property
    def is_stopped(self) -> bool:
        """Whether it is not looked after any more."""
        return self.stopped is not None


@dataclass
class Settings:
    """What the console or the contract decides; action `settings`.

    Attributes:
        requests_per_second: 0 is without limit.
        first_result_seconds: How long the first result takes.
        quota_total: Units bought.
        max_track_daily: Most registrations a day.
        event_order: `newest-first` or `oldest-first`.
        account: `good` or `disabled`.
    """

    requests_per_second: int = 3
    first_result_seconds: int = 300
    quota_total: int = 200
    max_track_daily: int = 1000
    event_order: str = "newest-first"
    account: str = "good"


@dataclass
class Webhook:
    """Where news goes. `automatic` sends it when the clock is moved or a call finds some."""

    url: str = ""
    automatic: bool = True


@dataclass(frozen=True)
class View:
    """What is known of a number now: happenings oldest first."""

    journey: Journey
    happenings: tuple[Happening, ...]
    sub_status: str

    @property
    def status(self) -> str:
        """The main status."""
        return main_of(self.sub_status)


class Book:
    """Everything of one account.

    Args:
        world: The sandbox's surroundings.
        token: The account's key.
    """

    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self.token = token
        self.registrations: dict[tuple[str, int], Registration] = {}
        self.settings = Settings()
        self.webhook = Webhook()
        self.quota_used = 0
        self.daily: dict[str, int] = {}
        self.calls: list[datetime] = []
        self.added: dict[str, list[Happening]] = {}
        # The server's thread, a sender's and a test's may all be here.
        self.lock = threading.RLock()

    @property
    def now(self) -> datetime:
        """The sandbox's time, UTC."""
        return self._world.clock.now()

    @property
    def board(self) -> ParcelBoard:
        """The parcels of the other simulators."""
        return self._world.parcels

    def of_number(self, number: str, carrier: int) -> list[Registration]:
        """Return what is registered of a number; with any carrier where none (0) is given."""
        return [held for held in self.registrations.values() if held.number == number and carrier in (0, held.carrier)]

    def guess(self, number: str) -> tuple[int, bool] | None:
        """Return the carrier of a number and whether that is certain."""
        parcel = self.board.find(number)
        key = carrier_of(parcel) if parcel is not None else None
        return (key, True) if key is not None else detect(number)

    def has_result(self, held: Registration) -> bool:
        """Tell whether the carrier was asked since the number was registered or changed."""
        return self.now >= held.waits_from + timedelta(seconds=self.settings.first_result_seconds)

    def view(self, held: Registration) -> View:
        """Return what is known of a number by now, or was when it was stopped."""
        now = held.stopped or self.now
        journey = self._journey(held)
        found = [happening for happening in journey.happenings if happening.at <= now]
        found += [happening for happening in self.added.get(held.number, []) if happening.at <= now]
        found.sort(key=lambda happening: happening.at)
        sub_status = found[-1].sub_status if found else "NotFound_Other"
        if sub_status not in ENDS and now - self._last_news(held, found) >= _QUIET:
            sub_status = "Expired_Other"
        return View(journey, tuple(found), sub_status)

    def _journey(self, held: Registration) -> Journey:
        guess, parcel = self.guess(held.number), self.board.find(held.number)
        if guess is not None and guess[1] and guess[0] != held.carrier:
            # Another carrier than the parcel's has never heard of it.
            return Journey(())
        if parcel is not None:
            return told_by(parcel)
        return invent(self._world.stream(f"track17/journey/{held.number}"), held.registered)

    def _last_news(self, held: Registration, found: list[Happening]) -> datetime:
        moments = [held.registered, *(happening.at for happening in found)]
        return max([*moments, held.revived] if held.revived else moments)

    def stop_what_is_over(self) -> list[Registration]:
        """Stop numbers that have ended or been quiet for long; return those stopped now."""
        stopped = []
        for held in self.registrations.values():
            if held.is_stopped:
                continue
            view = self.view(held)
            since = self._last_news(held, list(view.happenings))
            over = since + (_AFTER_END if view.sub_status in ENDS else _QUIET)
            if self.now >= over:
                held.stopped, held.stop_reason = over, "Expired"
                stopped.append(held)
        return stopped

    def picture(self) -> dict[str, Json]:
        """Return the account as JSON."""
        return {
            "registrations": [
                {
                    "number": held.number,
                    "carrier": held.carrier,
                    "tag": held.tag,
                    "status": self.view(held).sub_status,
                    "tracking": "Stopped" if held.is_stopped else "Tracking",
                    "events": len(self.view(held).happenings),
                    "push": held.push_status,
                }
                for held in self.registrations.values()
            ],
            "quota": {"total": self.settings.quota_total, "used": self.quota_used},
            "webhook": {"url": self.webhook.url, "automatic": self.webhook.automatic},
        }
