"""Call limits (AliExpress reference, section 6): per API and second, per application and day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from xborder_sandbox.aliexpress.errors import API_LIMIT, APP_LIMIT, GatewayError
from xborder_sandbox.aliexpress.settings import Settings

# The day ends at 24:00 GMT+8.
CHINA = timezone(timedelta(hours=8))
_BAN = timedelta(seconds=1)


@dataclass
class Limits:
    """Counts calls."""

    settings: Settings
    _day: Counter[str] = field(default_factory=Counter)
    _second: Counter[tuple[str, int]] = field(default_factory=Counter)
    _banned: dict[str, datetime] = field(default_factory=dict)

    def count(self, api: str, now: datetime) -> None:
        """Count a call.

        Raises:
            GatewayError: If a limit is used up.
        """
        day = now.astimezone(CHINA).date().isoformat()
        if 0 < self.settings.calls_per_day <= self._day[day]:
            raise GatewayError(APP_LIMIT)
        banned = self._banned.get(api)
        if banned is not None and now < banned:
            raise GatewayError(API_LIMIT)
        second = int(now.timestamp())
        if 0 < self.settings.calls_per_second <= self._second[api, second]:
            self._banned[api] = now + _BAN
            raise GatewayError(API_LIMIT)
        self._second = Counter({key: count for key, count in self._second.items() if key[1] == second})
        self._second[api, second] += 1
        self._day = Counter({day: self._day[day] + 1})
