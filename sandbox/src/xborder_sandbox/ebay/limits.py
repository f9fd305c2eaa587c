"""Call limits: how many were made today, and the calls that tell (developer_analytics_v1_beta)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.errors import json_response, rest_error
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.store import Store
from xborder_sandbox.ebay.times import write_time
from xborder_sandbox.ebay.words import BASE, USER_RATE_LIMIT
from xborder_sandbox.requests import Json

_DAY = 86_400
_WINTER, _SUMMER = timedelta(hours=-8), timedelta(hours=-7)

# Path prefix -> context, name and version, as the Analytics API calls them.
_APIS = {
    "/sell/fulfillment/v1": ("sell", "fulfillment", "v1"),
    "/commerce/identity/v1": ("commerce", "identity", "v1"),
    "/commerce/notification/v1": ("commerce", "notification", "v1"),
    "/developer/analytics/v1_beta": ("developer", "analytics", "v1_beta"),
    "/developer/key_management/v1": ("developer", "key_management", "v1"),
}


@dataclass
class Limits:
    """Counts calls by API and day."""

    store: Store
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, path: str) -> None:
        """Count a call.

        Raises:
            ApiError: 429 when the limit is enforced and used up.
        """
        prefix = next((prefix for prefix in _APIS if path.startswith(prefix)), None)
        if prefix is None:
            return
        day = self._day(self.store.now())
        settings = self.store.settings
        if settings.enforce_limit and self._counts[day, prefix] >= settings.daily_limit:
            raise rest_error(
                429,
                2001,
                "ACCESS",
                "REQUEST",
                "Too many requests.",
                long_message="The request limit has been reached for the resource.",
            )
        self._counts[day, prefix] += 1

    def picture(self, context: str | None, name: str | None) -> list[Json]:
        """Return the limits, of one API or all."""
        now = self.store.now()
        day = self._day(now)
        limit = self.store.settings.daily_limit
        pictures: list[Json] = []
        for prefix, (api_context, api_name, version) in _APIS.items():
            if context not in (None, "", api_context) or name not in (None, "", api_name):
                continue
            used = self._counts[day, prefix]
            rate: Json = {
                "count": used,
                "limit": limit,
                "remaining": max(0, limit - used),
                "reset": write_time(_next_midnight(now)),
                "timeWindow": _DAY,
            }
            pictures.append(
                {
                    "apiContext": api_context,
                    "apiName": api_name,
                    "apiVersion": version,
                    "resources": [{"name": f"{api_context}.{api_name}", "rates": [rate]}],
                }
            )
        return pictures

    @staticmethod
    def _day(now: datetime) -> str:
        return _pacific_day(now).isoformat()


# The day of a limit starts at midnight Pacific time (reference, section 8: likely). The rule of summer time
# is written out, because a lean machine has no time zone database.
def _pacific_day(now: datetime) -> date:
    day = (now + _WINTER).date()
    following = day + timedelta(days=1)
    return following if now >= _midnight(following) else day


def _next_midnight(now: datetime) -> datetime:
    return _midnight(_pacific_day(now) + timedelta(days=1))


def _midnight(day: date) -> datetime:
    """Return when a day begins there: summer time is from the second Sunday of March to November's first."""
    begins, ends = _sunday(day.year, 3, 8), _sunday(day.year, 11, 1)
    offset = _SUMMER if begins < day <= ends else _WINTER
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - offset


def _sunday(year: int, month: int, earliest: int) -> date:
    """Return the first Sunday of the month from the day `earliest` on."""
    first = date(year, month, earliest)
    return first + timedelta(days=(6 - first.weekday()) % 7)


class Analytics:
    """The rate_limit and user_rate_limit resources."""

    def __init__(self, guard: Guard, limits: Limits) -> None:
        self._guard = guard
        self._limits = limits

    def routes(self) -> list[Route]:
        """Return the routes below api.ebay.com."""
        base = "/developer/analytics/v1_beta"
        return [
            *(Route(f"{base}/rate_limit{end}", self.of_application, methods=["GET"]) for end in ("", "/")),
            *(Route(f"{base}/user_rate_limit{end}", self.of_user, methods=["GET"]) for end in ("", "/")),
        ]

    async def of_application(self, request: Request) -> Response:
        """Answer getRateLimits."""
        self._guard.application(request, (BASE,))
        return self._answer(request)

    async def of_user(self, request: Request) -> Response:
        """Answer getUserRateLimits."""
        self._guard.seller(request, USER_RATE_LIMIT)
        return self._answer(request)

    def _answer(self, request: Request) -> Response:
        query = request.query_params
        found = self._limits.picture(query.get("api_context"), query.get("api_name"))
        return json_response({"rateLimits": found}) if found else Response(status_code=204)
