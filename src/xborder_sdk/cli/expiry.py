"""What of an account stops working by itself: consents, keys. Said while there is time to renew it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from xborder_sdk.client import Client

_NOTICE = timedelta(days=90)
_WARNING = timedelta(days=30)


class Level(IntEnum):
    """How pressing it is."""

    OK = 0
    NOTICE = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        """The word JSON has for it: `ok`, `notice` (90 days), `warning` (30 days) or `error` (over)."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Expiring:
    """Something that ends.

    Attributes:
        what: Its name for people.
        at: When.
        level: How pressing it is.
        days: Whole days left; negative when it is over.
        cure: What renews it.
    """

    what: str
    at: datetime
    level: Level
    days: int
    cure: str

    @property
    def text(self) -> str | None:
        """What to tell the operator; None while there is plenty of time."""
        if self.level is Level.OK:
            return None
        when = f"ended on {self.at:%Y-%m-%d}" if self.level is Level.ERROR else f"ends in {self.days} days"
        return f"{self.level.label}: its {self.what} {when}: {self.cure}"

    def facts(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "what": self.what,
            "expires_at": self.at.isoformat(),
            "level": self.level.label,
            "days": self.days,
            "cure": self.cure,
        }


def expiring(client: Client, account: str) -> tuple[Expiring, ...]:
    """What of an account is known to end, the next first; asks nobody.

    Args:
        client: The client.
        account: Name of the account.

    Raises:
        XborderError: The ledger, which holds the tokens, cannot be read.
    """
    connector = client.connector(account)
    now = client.clock.now()
    found = [_judged(what, at, now, "make a new one and set it") for what, at in connector.expiries().items()]
    if getattr(connector.settings, connector.consent_setting, None) is not None:
        token = client.store.get_token(connector.credential_key(connector.consent_credential))
        if token is not None and token.refresh_expires_at is not None:
            found.append(_judged("consent", token.refresh_expires_at, now, f"run xborder login {account}"))
    return tuple(sorted(found, key=lambda one: one.at))


def _judged(what: str, at: datetime, now: datetime, cure: str) -> Expiring:
    left = at - now
    if left <= timedelta(0):
        level = Level.ERROR
    elif left <= _WARNING:
        level = Level.WARNING
    else:
        level = Level.NOTICE if left <= _NOTICE else Level.OK
    return Expiring(what, at, level, left.days, cure)
