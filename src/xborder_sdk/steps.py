"""What a flow may ask the driver for: a closed set of steps, and nothing else.

A connector's operation is a generator. It yields steps, is sent the replies and returns the result; it does no I/O
itself. Every step says what it does to the world, and there is no default.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypedDict, TypeVar, Unpack
from urllib.parse import quote, urlencode

from xborder_sdk.errors import MalformedResponse, UsageError
from xborder_sdk.reading import Json, JsonObject, as_object, parse_json, write_json

T = TypeVar("T")


class Effect(StrEnum):
    """What a step does to the world."""

    READ = "read"
    """Nothing changes; may be repeated at will."""
    IDEMPOTENT = "idempotent"
    """Something changes, and repeating it changes nothing more."""
    ONCE = "once"
    """Must not happen twice: money moves, a label is bought, a message is sent."""


Pairs = Mapping[str, str] | Iterable[tuple[str, str]]

_UNQUOTED = re.compile(r'[\x00-\x1f\x7f"\\]')
_CHARSET = re.compile(r'charset\s*=\s*"?([\w-]+)', re.IGNORECASE)
_CHINESE = frozenset({"gbk", "gb2312", "gb18030"})  # the last holds the others


@dataclass(frozen=True, slots=True)
class Send:
    """An HTTP request to one of the connector's hosts.

    Attributes:
        effect: What it does to the world, whatever the HTTP verb.
        method: HTTP verb.
        path: Path below the host, already escaped (see `escape`).
        host: Name of the host in `Connector.hosts`.
        query: Query parameters in order; a name may repeat.
        headers: Extra headers.
        content: Body, exactly as it goes out.
        content_type: Its media type.
        credential: Which token authorises it (see `Connector.token`); None for none.
        accept: Media type asked for.
        max_bytes: Largest answer accepted, after decompression; None for the account's limit.
    """

    effect: Effect
    method: str
    path: str
    host: str = "api"
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes | None = field(default=None, repr=False)
    content_type: str | None = None
    credential: str | None = "default"
    accept: str = "application/json"
    max_bytes: int | None = None

    def __repr__(self) -> str:
        size = 0 if self.content is None else len(self.content)
        return f"Send({self.effect.value}, {self.method} {self.host}:{self.path.partition('?')[0]}, {size} bytes)"


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait that belongs to the vendor's protocol, in seconds; waiting for a vendor's work is due work instead."""

    seconds: float
    effect: Effect = Effect.READ


@dataclass(frozen=True, slots=True)
class Transmit:
    """Bytes over a plain TCP connection, for printers. The host must be on the local network, since nothing is secret.

    Attributes:
        reply_bytes: Most bytes of an answer to wait for; 0 for none.
        reply_ends: How often `reply_end` comes until the answer is whole; it is also over when the device closes.
        reply_end: What ends a part of the answer; without it the answer is what comes first.
        reply_within_s: Longest wait for the answer; None for the account's `timeout_s`.
    """

    effect: Effect
    host: str
    port: int
    data: bytes = field(repr=False)
    reply_bytes: int = 0
    reply_end: bytes = b""
    reply_ends: int = 1
    reply_within_s: float | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A blocking call, such as writing a file. The async driver runs it in a thread.

    Attributes:
        function: What to call.
        arguments: Its positional arguments.
    """

    effect: Effect
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = field(default=(), repr=False)


Step = Send | Pause | Transmit | Call
"""Everything a flow may yield."""

Flow = Generator[Step, Any, T]
"""A connector's logic: yields steps, is sent replies, returns T."""


class Response:
    """A vendor's answer, complete and bounded.

    Args:
        status: HTTP status.
        headers: Header pairs; names are compared without regard to case.
        content: The body after decompression.
    """

    __slots__ = ("_headers", "content", "status")

    def __init__(self, status: int, headers: Pairs = (), content: bytes = b"") -> None:
        self.status = status
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        self._headers: dict[str, str] = {}
        for name, value in pairs:
            self._headers.setdefault(name.lower(), value)
        self.content = content

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers by lower-case name; of a repeated one, the first."""
        return self._headers

    def header(self, name: str) -> str | None:
        """One header, or None."""
        return self._headers.get(name.lower())

    def json(self) -> Json:
        """The body as JSON, numbers with a fraction as `Decimal`.

        What is no UTF-8 is read by the character set that the answer names, where that is a Chinese one.

        Raises:
            MalformedResponse: It is not JSON.
        """
        try:
            return parse_json(self.content)
        except MalformedResponse:
            named = _CHARSET.search(self.header("content-type") or "")
            if named is None or named[1].lower() not in _CHINESE:
                raise
            return parse_json(self.content.decode("gb18030", "replace").encode())

    def object(self) -> JsonObject:
        """The body as a JSON object with lenient, typed access.

        Raises:
            MalformedResponse: It is not a JSON object.
        """
        return as_object(self.json())

    def object_if_any(self) -> JsonObject:
        """The same of an answer that may hold anything, such as a refusal: an empty object where it is none."""
        try:
            return self.object()
        except MalformedResponse:
            return JsonObject({})

    def __repr__(self) -> str:
        return f"Response({self.status}, {len(self.content)} bytes)"


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request as it will go out; what `Connector.sign` receives and returns.

    Its repr shows no query, header or body, since those hold credentials and buyers.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    content: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """One header, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def with_headers(self, headers: Mapping[str, str]) -> WireRequest:
        """The same with headers set, replacing those of the same name."""
        names = {name.lower() for name in headers}
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in names)
        return replace(self, headers=kept + tuple(headers.items()))

    def __repr__(self) -> str:
        return f"WireRequest({self.method} {self.url.partition('?')[0]}, {len(self.content)} bytes)"


def escape(segment: str) -> str:
    """One path segment, percent-encoded, so that an id from outside cannot leave its place in a path.

    Raises:
        UsageError: The segment is empty, `.` or `..`.
    """
    if segment in {"", ".", ".."}:
        raise UsageError("an identifier is empty or a path")
    return quote(segment, safe="")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file inside a request.

    Attributes:
        name: Its file name, without a folder; what would end a quoted text becomes `_`.
        content: Its bytes.
        media_type: Its media type.
    """

    name: str = field(repr=False)
    content: bytes = field(repr=False)
    media_type: str


class SendDetails(TypedDict, total=False):
    """What a request may carry besides its verb and path.

    Attributes:
        host: Name of the host in `Connector.hosts`.
        query: Parameters; a name may repeat.
        headers: Extra headers.
        json: Body as JSON; `Decimal` becomes the exact number.
        form: Body as a URL-encoded form.
        files: Body as `multipart/form-data`, by field name.
        content: Body as bytes, with its `content_type`.
        credential: Which token authorises it; None for none.
        accept: Media type asked for.
        max_bytes: Largest answer accepted, in bytes; without it the account's limit holds.
    """

    host: str
    query: Pairs
    headers: Pairs
    json: object
    form: Pairs
    files: Mapping[str, Upload]
    content: bytes
    content_type: str
    credential: str | None
    accept: str
    max_bytes: int


class Api:
    """Builds `Send` steps; the verb of each method is the effect, since many vendors read with POST.

    Args:
        host: Name of the host used where a call names none.
    """

    def __init__(self, host: str = "api") -> None:
        self._host = host

    def read(self, method: str, path: str, **details: Unpack[SendDetails]) -> Flow[Response]:
        """A request that changes nothing."""
        response: Response = yield self.step(Effect.READ, method, path, **details)
        return response

    def idempotent(self, method: str, path: str, **details: Unpack[SendDetails]) -> Flow[Response]:
        """A request that may be repeated without harm."""
        response: Response = yield self.step(Effect.IDEMPOTENT, method, path, **details)
        return response

    def once(self, method: str, path: str, **details: Unpack[SendDetails]) -> Flow[Response]:
        """A request that must not happen twice. A flow holds at most one."""
        response: Response = yield self.step(Effect.ONCE, method, path, **details)
        return response

    def step(self, effect: Effect, method: str, path: str, **details: Unpack[SendDetails]) -> Send:
        """The step itself, unsent. Escape foreign parts of the path with `escape`.

        Raises:
            ValueError: A number of the JSON body cannot be written exactly.
        """
        content, content_type = details.get("content"), details.get("content_type")
        if "json" in details:
            content, content_type = write_json(details["json"]), "application/json"
        elif "form" in details:
            content = urlencode(_pairs(details["form"])).encode()
            content_type = "application/x-www-form-urlencoded"
        elif "files" in details:
            content, content_type = _multipart(details["files"])
        return Send(
            effect,
            method,
            path,
            details.get("host", self._host),
            _pairs(details.get("query", ())),
            _pairs(details.get("headers", ())),
            content,
            content_type,
            details.get("credential", "default"),
            details.get("accept", "application/json"),
            details.get("max_bytes"),
        )


def _pairs(values: Pairs) -> tuple[tuple[str, str], ...]:
    return tuple(values.items() if isinstance(values, Mapping) else values)


def _multipart(files: Mapping[str, Upload]) -> tuple[bytes, str]:
    # The boundary comes from the content, so that the same request has the same bytes.
    boundary = f"xborder-{hashlib.sha256(b''.join(file.content for file in files.values())).hexdigest()[:32]}"
    body = b""
    for field_name, file in files.items():
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field_name}"; '
            f'filename="{_UNQUOTED.sub("_", file.name)}"\r\nContent-Type: {file.media_type}\r\n\r\n'
        )
        body += head.encode() + file.content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
