"""Call limits: how many were made today, and the calls that tell (developer_analytics_v1_beta)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.errors import json_response, rest_error
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.store import Store
from xborder_sandbox.ebay.times import write_time
from xborder_sandbox.ebay.words import BASE, USER_RATE_LIMIT
from xborder_sandbox.requests import Json

# The day of a limit starts at midnight there (reference, section 8: likely).
_PACIFIC = ZoneInfo("America/Los_Angeles")
_DAY = 86_400

# Path prefix -> context, name and version, as the Analytics API calls them.
_APIS = {
    "/sell/fulfillment/v1": ("sell", "fulfillment", "v1"),
    "/commerce/identity/v1": ("commerce", "identity", "v1"),
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
        return now.astimezone(_PACIFIC).date().isoformat()


def _next_midnight(now: datetime) -> datetime:
    tomorrow = now.astimezone(_PACIFIC).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=_PACIFIC)


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
