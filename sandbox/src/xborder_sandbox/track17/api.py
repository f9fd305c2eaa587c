"""The API on HTTP: key, limit, envelope.

17track.md sections "Base and auth", "Limits" and "Calls".
"""

from __future__ import annotations

import hmac
import json
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from xborder_sandbox.requests import Json
from xborder_sandbox.track17 import calls
from xborder_sandbox.track17.book import Book
from xborder_sandbox.track17.errors import CallError, Rejection
from xborder_sandbox.track17.listing import track_list
from xborder_sandbox.track17.webhook import UPDATED, Messenger

VERSIONS = ("v2.2", "v2.4")
CALLS: dict[str, calls.Call] = {
    "register": calls.register,
    "gettrackinfo": calls.get_track_info,
    "stoptrack": calls.stop_track,
    "retrack": calls.retrack,
    "deletetrack": calls.delete_track,
    "changecarrier": calls.change_carrier,
    "changeinfo": calls.change_info,
}
_OTHERS = ("gettracklist", "getquota", "push", "getrealtimetrackinfo")
_MOST_NUMBERS = 40


class Api:
    """Answers the calls of one account."""

    def __init__(self, book: Book, messenger: Messenger) -> None:
        self._book = book
        self._messenger = messenger

    async def endpoint(self, request: Request) -> Response:
        """Answer a request."""
        version, name = str(request.path_params["version"]), str(request.path_params["call"])
        body = await request.body()
        with self._book.lock:
            try:
                if version not in VERSIONS or name not in (*CALLS, *_OTHERS):
                    raise CallError(404, 404, "Not found.")
                self._check_key(request.headers.get("17token", ""))
                self._check_limit()
                self._messenger.look_for_news()
                answer = self._run(version, name, body)
            except CallError as error:
                return _response(refusal(error), error.status)
            self._messenger.start()
            return _response(answer)

    def _check_key(self, token: str) -> None:
        if not hmac.compare_digest(token.encode(), self._book.token.encode()):
            raise CallError(-18010002, 401)
        if self._book.settings.account == "disabled":
            raise CallError(-18010004, 401)

    def _check_limit(self) -> None:
        book, now = self._book, self._book.now
        most = book.settings.requests_per_second
        book.calls = [at for at in book.calls if timedelta(0) <= now - at < timedelta(seconds=1)]
        if most and len(book.calls) >= most:
            raise CallError(429, 429, "Too many requests.")
        book.calls.append(now)

    def _run(self, version: str, name: str, body: bytes) -> dict[str, Json]:
        if name == "getquota":
            return self._quota()
        wish = _load(body)
        if name == "gettracklist":
            return track_list(self._book, wish)
        if name == "getrealtimetrackinfo":
            raise CallError(-18019912)
        call = self._push if name == "push" else CALLS[name]
        return self._each(call, wish, version)

    def _each(self, call: calls.Call, wish: object, version: str) -> dict[str, Json]:
        if not isinstance(wish, list) or not wish or not all(isinstance(item, dict) for item in wish):
            raise CallError(-18010013)
        if len(wish) > _MOST_NUMBERS:
            raise CallError(-18010014)
        accepted: list[Json] = []
        rejected: list[Json] = []
        for item in wish:
            try:
                accepted.extend(call(self._book, item, version))
            except Rejection as rejection:
                number, tag = item.get("number"), item.get("tag")
                error: dict[str, Json] = {"code": rejection.code, "message": rejection.message}
                rejected.append({"number": number, "tag": tag, "error": error})
        return {"code": 0, "data": {"accepted": accepted, "rejected": rejected}}

    def _push(self, book: Book, item: calls.Item, version: str) -> list[dict[str, Json]]:  # noqa: ARG002
        number = calls.number_of(item)
        found = book.of_number(number, calls.carrier_in(item))
        if not found:
            raise Rejection(-18019902, number)
        if not book.webhook.url:
            raise Rejection(-18010204)
        if not all(book.has_result(held) for held in found):
            raise Rejection(-18019909)
        for held in found:
            self._messenger.compose(held, UPDATED)
        return [{"number": held.number, "carrier": held.carrier} for held in found]

    def _quota(self) -> dict[str, Json]:
        total, used = self._book.settings.quota_total, self._book.quota_used
        return {
            "code": 0,
            "data": {
                "quota_total": total,
                "quota_used": used,
                "quota_remain": max(total - used, 0),
                "max_track_daily": self._book.settings.max_track_daily,
            },
        }


def refusal(error: CallError) -> dict[str, Json]:
    """Return the body of a refused call."""
    return {"code": error.code, "data": {"errors": [{"code": error.code, "message": error.message}]}}


def _load(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise CallError(-18010013) from None


def _response(body: dict[str, Json], status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False).encode(), status, media_type="application/json")
