"""What the resources of the Notification API share: their path, bodies, and pages by continuation token."""

from __future__ import annotations

import base64
import binascii
import json

from starlette.requests import Request
from starlette.responses import Response

from xborder_sandbox.ebay.errors import json_response
from xborder_sandbox.ebay.notifications.errors import notification_error
from xborder_sandbox.ebay.order import Document
from xborder_sandbox.requests import Json

NOTIFICATION_PATH = "/commerce/notification/v1"
_DEFAULT_LIMIT = 20


def notification_base(request: Request) -> str:
    """Return the address of the API, with the host that the client used."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}{NOTIFICATION_PATH}"


def read_body(raw: bytes) -> Document:
    """Return a body's object; whatever is no object counts as an empty one, whose fields are all missing."""
    try:
        body = json.loads(raw)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def answer_page(request: Request, name: str, entries: list[Document]) -> Response:
    """Answer one page of a list.

    Raises:
        ApiError: 195004 for the limit, 195005 for the token.
    """
    text = request.query_params.get("limit", str(_DEFAULT_LIMIT))
    if not text.isascii() or not text.isdigit() or not 10 <= int(text[:9]) <= 100:
        raise notification_error(195004, limit=text)
    limit, start = int(text), _read_token(request.query_params.get("continuation_token"))
    if start > len(entries):
        raise notification_error(195005)
    base = f"{notification_base(request)}/{request.url.path.rsplit('/', 1)[1]}?limit={limit}"
    page: list[Json] = [*entries[start : start + limit]]
    answer: Document = {"total": len(entries), "href": base, "limit": limit, name: page}
    if start + limit < len(entries):
        token = base64.urlsafe_b64encode(f"from:{start + limit}".encode()).decode()
        answer["next"] = f"{base}&continuation_token={token}"
    return json_response(answer)


def _read_token(token: str | None) -> int:
    if token is None:
        return 0
    try:
        word, _, start = base64.b64decode(token, altchars=b"-_", validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError) as error:
        raise notification_error(195005) from error
    if word != "from" or not start.isdigit():
        raise notification_error(195005)
    return int(start)
