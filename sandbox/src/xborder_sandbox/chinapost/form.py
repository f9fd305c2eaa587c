"""Forms as they come, and the times in them."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from starlette.requests import Request

CHINA = ZoneInfo("Asia/Shanghai")
_TIME = "%Y-%m-%d %H:%M:%S"
_MOST_FIELDS = 100


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a url-encoded form; nothing where the body is none."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return {}
    try:
        text = (await request.body()).decode()
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except ValueError:
        return {}


def read_time(text: str) -> datetime | None:
    """Return an instant written in China's time as `2026-01-15 10:00:00`, or None."""
    try:
        parsed = datetime.strptime(text, _TIME)  # noqa: DTZ007 - the zone is put in below
    except ValueError:
        return None
    return parsed.replace(tzinfo=CHINA) if len(text) == len("2026-01-15 10:00:00") else None


def write_time(instant: datetime) -> str:
    """Return an instant as China Post writes it."""
    return instant.astimezone(CHINA).strftime(_TIME)
