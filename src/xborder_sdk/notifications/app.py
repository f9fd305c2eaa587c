"""The ASGI app that vendors push to: `POST /{account}` with a message, `GET /{account}` with a challenge.

Rules of this file:

* nothing of a message is believed, stored or logged before its signature holds;
* an answer has no body but a challenge's: a stranger learns a status and nothing else;
* a notification is marked handled after the handler has returned, and only then;
* blocking work runs in threads, so that one message never holds up another.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from xborder_sdk.client import AsyncClient
from xborder_sdk.errors import (
    ConfigurationError,
    NotificationRefused,
    UnknownAccount,
    UnsupportedOperation,
    XborderError,
)
from xborder_sdk.models import InboundMessage, Notification, NotificationKind
from xborder_sdk.notifications.seen import SeenStore, SqliteSeen, Standing
from xborder_sdk.privacy import Holdings
from xborder_sdk.runtime.redaction import place_of

Handler = Callable[[Notification], Awaitable[None]]
"""What an application does with a notification. It is called at least once for each, and may be called at once for
several; when it raises, the vendor is asked to push again."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_log = logging.getLogger("xborder_sdk.notifications")

_DONE: Final = 200
"""Some vendors take any success for one, others (17TRACK) send everything again that is not answered with 200."""
_TOO_LARGE: Final = 413
_MAX_QUERY: Final = 8 * 1024
_MOST_PARAMETERS: Final = 50


class _Answer(Exception):
    """Ends a request with a status."""

    def __init__(self, status: int, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers


class NotificationApp:
    """Receives what vendors push to the accounts of a client. An ASGI app for an asyncio server, alone or mounted.

    A message is bounded, proven by the account's connector, looked up among those handled already, and handed to the
    handler. The vendor hears 200 when that is done or was done before, the connector's status (eBay: 412) where the
    message is not the vendor's, 500 where the vendor should push again, 503 while another try is still at work.

    Where a user has closed the account at the platform, what is held of that user is forgotten first (see
    `xborder_sdk.privacy`); the handler is told too, for what the application itself holds.

    Args:
        client: Its accounts may be pushed to. Left open: it is its owner's.
        handler: What to do with a notification.
        seen: Where handled notifications are remembered; None for a file beside the client's ledger.
        holdings: What account deletions are carried out on; None for what the client's configuration names.
        max_body_bytes: Largest message, in bytes.
        read_within_s: Longest time for a message to arrive, in seconds.
        prove_within_s: Longest time to prove one, in seconds; a key may have to be fetched.
        lease_s: For how long nobody else begins a notification whose handler is at work, in seconds.

    Raises:
        ConfigurationError: The client's ledger is no file and `seen` is missing, or the configuration does not fit.
    """

    def __init__(
        self,
        client: AsyncClient,
        handler: Handler,
        *,
        seen: SeenStore | None = None,
        holdings: Holdings | None = None,
        max_body_bytes: int = 1_000_000,
        read_within_s: float = 10.0,
        prove_within_s: float = 10.0,
        lease_s: float = 300.0,
    ) -> None:
        self._client = client
        self._handler = handler
        self._owned: list[Callable[[], None]] = []
        if seen is None:
            seen = SqliteSeen(_beside_ledger(client), clock=client.clock.now)
            self._owned.append(seen.close)
        if holdings is None:
            holdings = Holdings.of(client)
            self._owned.append(holdings.close)
        self._seen = seen
        self._holdings = holdings
        self._max_body_bytes = max_body_bytes
        self._read_within_s = read_within_s
        self._prove_within_s = prove_within_s
        self._lease_s = lease_s

    def close(self) -> None:
        """Closes the stores that this app opened by itself; an ASGI server's shutdown does it."""
        while self._owned:
            self._owned.pop()()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection, as ASGI says."""
        match scope["type"]:
            case "lifespan":
                await self._live(receive, send)
            case "http":
                await self._serve(scope, receive, send)
            case "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 1008})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(self.close)
        await send({"type": "lifespan.shutdown.complete"})

    # -- HTTP ------------------------------------------------------------------------------------------------------

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: list[tuple[bytes, bytes]] = []
        body = b""
        try:
            account = _account(scope)
            match scope["method"]:
                case "POST":
                    await self._take(account, await self._message(scope, receive))
                    status = _DONE
                case "GET":
                    status, body, headers = 200, *self._challenged(account, _inbound(scope, b"", self._client))
                case _:
                    raise _Answer(405, (b"allow", b"GET, POST"))
        except _Answer as answer:
            status, headers = answer.status, list(answer.headers)
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _message(self, scope: Scope, receive: Receive) -> InboundMessage:
        said = dict(reversed(scope["headers"])).get(b"content-length", b"")
        if said.isdigit() and int(said) > self._max_body_bytes:
            raise _Answer(_TOO_LARGE, (b"connection", b"close"))
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._read_within_s):
                while True:
                    event = await receive()
                    if event["type"] == "http.disconnect":
                        raise _Answer(400)
                    chunk = event.get("body", b"")
                    size += len(chunk)
                    if size > self._max_body_bytes:
                        raise _Answer(_TOO_LARGE, (b"connection", b"close"))
                    chunks.append(chunk)
                    if not event.get("more_body", False):
                        return _inbound(scope, b"".join(chunks), self._client)
        except TimeoutError:
            raise _Answer(408, (b"connection", b"close")) from None

    def _challenged(self, account: str, message: InboundMessage) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        try:
            answer = self._client.answer_challenge(account, message)
        except UnknownAccount:
            raise _Answer(404) from None
        except Exception as error:  # noqa: BLE001 - the vendor hears that it failed, the log why
            raise self._failed(account, "a challenge could not be answered", error) from None
        if answer is None:
            raise _Answer(404)
        return answer.content, [(b"content-type", answer.content_type.encode("latin-1"))]

    # -- notifications -----------------------------------------------------------------------------------------------

    async def _take(self, account: str, message: InboundMessage) -> None:
        try:
            found = await self._client.read_notification(account, message, deadline_s=self._prove_within_s)
        except (UnknownAccount, UnsupportedOperation):
            raise _Answer(404) from None
        except NotificationRefused as refusal:
            _log.warning("%s: a pushed message was refused: %s", account, refusal.reason)
            raise _Answer(refusal.status) from None
        except Exception as error:  # noqa: BLE001 - the vendor hears that it failed, the log why
            raise self._failed(account, "a pushed message could not be proven", error) from None
        for notification in found:
            await self._once(notification)

    async def _once(self, notification: Notification) -> None:
        account, number, owner = notification.account, notification.notification_id, uuid.uuid4().hex
        try:
            standing = await asyncio.to_thread(self._seen.begin, account, number, owner, self._lease_s)
        except XborderError as error:
            raise self._failed(account, "the record of notifications cannot be used", error) from None
        if standing is Standing.SEEN:
            return
        if standing is Standing.BUSY:
            raise _Answer(503, (b"retry-after", b"30"))
        try:
            if notification.kind is NotificationKind.ACCOUNT_DELETION and notification.buyer_ids:
                await self._forget(notification)
            await self._handler(notification)
            await asyncio.to_thread(self._seen.finish, account, number, owner)
        except BaseException as error:
            await asyncio.shield(self._abandon(account, number, owner))
            if not isinstance(error, Exception):
                raise
            raise self._failed(account, "a notification could not be handled", error) from None

    async def _forget(self, notification: Notification) -> None:
        forgotten = await asyncio.to_thread(
            self._holdings.forget, notification.account, buyer_ids=notification.buyer_ids
        )
        if forgotten.still_open:
            _log.warning(
                "%s: a closed account's buyer is forgotten but for %d effects whose outcome is unknown: settle them",
                notification.account,
                len(forgotten.still_open),
            )

    async def _abandon(self, account: str, number: str, owner: str) -> None:
        try:
            await asyncio.to_thread(self._seen.abandon, account, number, owner)
        except XborderError as error:  # its lease runs out by itself
            _log.error("%s: a notification could not be given back: %s", account, type(error).__name__)

    def _failed(self, account: str, what: str, error: Exception) -> _Answer:
        """What the vendor hears of a failure of ours. The log says what kind it is and where, and none of its words."""
        _log.error("%s: %s: %s at %s", account, what, type(error).__name__, place_of(error))
        return _Answer(500)


def _account(scope: Scope) -> str:
    """The one segment of the path below where the app is mounted."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    if root and path.startswith(root + "/"):
        path = path[len(root) :]
    account = path.removeprefix("/").removesuffix("/")
    if not account or "/" in account:
        raise _Answer(404)
    return account


def _inbound(scope: Scope, body: bytes, client: AsyncClient) -> InboundMessage:
    query: bytes = scope.get("query_string", b"")
    if len(query) > _MAX_QUERY:
        raise _Answer(414)
    try:
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise _Answer(400) from None
    return InboundMessage(
        method=scope["method"],
        path=scope["path"],
        query=tuple(pairs),
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]),
        body=body,
        received_at=client.clock.now(),
    )


def _beside_ledger(client: AsyncClient) -> Path:
    path = getattr(client.store, "path", None)
    if not isinstance(path, Path):
        raise ConfigurationError(
            "there is no file beside which handled notifications could be remembered",
            hint="the ledger is no file: pass seen=SqliteSeen(path), or a store of your own that all workers share",
        )
    return path.with_name(f"{path.stem}-notifications{path.suffix}")
