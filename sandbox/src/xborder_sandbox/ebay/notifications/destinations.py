"""The destination resource (commerce_notification_v1), with the challenge of a new endpoint."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.errors import json_response
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.notifications.book import Destination, NotificationBook
from xborder_sandbox.ebay.notifications.errors import notification_error
from xborder_sandbox.ebay.notifications.pages import NOTIFICATION_PATH, answer_page, notification_base, read_body
from xborder_sandbox.ebay.words import BASE
from xborder_sandbox.loopback import UnreachableError, call, split_endpoint

_PATH = NOTIFICATION_PATH + "/destination"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,80}")
_NAME_LENGTH = 64


class Destinations:
    """Where notifications go."""

    def __init__(self, book: NotificationBook, guard: Guard) -> None:
        self._book = book
        self._guard = guard

    def routes(self) -> list[Route]:
        """Return the routes below api.ebay.com."""
        return [
            Route(_PATH, self.get_all, methods=["GET"]),
            Route(_PATH, self.create, methods=["POST"]),
            Route(_PATH + "/{destination_id}", self.get, methods=["GET"]),
            Route(_PATH + "/{destination_id}", self.update, methods=["PUT"]),
            Route(_PATH + "/{destination_id}", self.delete, methods=["DELETE"]),
        ]

    async def get_all(self, request: Request) -> Response:
        """Answer getDestinations."""
        self._guard.application(request, (BASE,))
        return answer_page(request, "destinations", [held.picture() for held in self._book.destinations.values()])

    async def create(self, request: Request) -> Response:
        """Answer createDestination."""
        self._guard.application(request, (BASE,))
        wanted = await self._read(request, self._book.new_id())
        if self._book.alert_email is None:
            raise notification_error(195003)
        await self._check_endpoint(wanted)
        self._book.destinations[wanted.destination_id] = wanted
        location = f"{notification_base(request)}/destination/{wanted.destination_id}"
        return json_response({}, 201, {"location": location})

    async def get(self, request: Request) -> Response:
        """Answer getDestination."""
        return json_response(self._find(request).picture())

    async def update(self, request: Request) -> Response:
        """Answer updateDestination; the endpoint is challenged again."""
        old = self._find(request)
        wanted = await self._read(request, old.destination_id)
        await self._check_endpoint(wanted)
        self._book.destinations[old.destination_id] = wanted
        return Response(status_code=204)

    async def delete(self, request: Request) -> Response:
        """Answer deleteDestination: one that is enabled or used stays."""
        held = self._find(request)
        if held.status == "ENABLED" or self._book.uses(held.destination_id):
            raise notification_error(195024)
        del self._book.destinations[held.destination_id]
        return Response(status_code=204)

    def _find(self, request: Request) -> Destination:
        self._guard.application(request, (BASE,))
        held = self._book.destinations.get(request.path_params["destination_id"])
        if held is None:
            raise notification_error(195022)
        return held

    async def _read(self, request: Request, destination_id: str) -> Destination:
        body = read_body(await request.body())
        name, status, delivery = body.get("name"), body.get("status"), body.get("deliveryConfig")
        if not isinstance(name, str) or not name or len(name) > _NAME_LENGTH or set("<>") & set(name):
            raise notification_error(195016)
        endpoint = delivery.get("endpoint") if isinstance(delivery, dict) else None
        token = delivery.get("verificationToken") if isinstance(delivery, dict) else None
        if not isinstance(endpoint, str) or split_endpoint(endpoint) is None:
            raise notification_error(195017)
        if status not in ("ENABLED", "DISABLED"):
            raise notification_error(195018)
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise notification_error(195019)
        return Destination(destination_id, name, str(status), endpoint, token)

    async def _check_endpoint(self, wanted: Destination) -> None:
        taken = (held for held in self._book.destinations.values() if held.destination_id != wanted.destination_id)
        if any(held.endpoint == wanted.endpoint for held in taken):
            raise notification_error(195021)
        code = f"{self._book.random.getrandbits(256):064x}"
        # In a thread: the endpoint may want to ask this very server for something before it answers.
        wrong = await asyncio.to_thread(challenge, wanted.endpoint, wanted.token, code)
        if wrong is not None:
            raise notification_error(195020, reason=wrong)


def challenge(endpoint: str, token: str, code: str) -> str | None:
    """Ask an endpoint for the hash of code, token and its own address (reference, section 7).

    Returns:
        What is wrong with its answer; None if nothing is.
    """
    joint = "&" if "?" in endpoint else "?"
    try:
        answer = call("GET", f"{endpoint}{joint}challenge_code={quote(code)}", {"accept": "application/json"})
    except UnreachableError as error:
        return str(error)
    if answer.status != 200:
        return f"status {answer.status}"
    if answer.content_type.partition(";")[0].strip().lower() != "application/json":
        return "the answer is not application/json"
    try:
        body = json.loads(answer.body)
    except ValueError:
        return "the answer is not JSON"
    expected = hashlib.sha256(f"{code}{token}{endpoint}".encode()).hexdigest()
    given = body.get("challengeResponse") if isinstance(body, dict) else None
    return None if given == expected else "the challengeResponse is wrong"
