"""The vendor of an exchange file: a transport for both clients that answers in this process. Nothing leaves it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from xborder_sdk.runtime.commands import WireError
from xborder_sdk.runtime.retry import Happened
from xborder_sdk.steps import WireRequest
from xborder_sdk.testing.exchange import Answer


@dataclass(frozen=True)
class Lost:
    """No answer: the vendor got the request, and then this happened."""

    happened: Happened = Happened.SILENT
    detail: str = "nothing came"


Reply = Answer | Lost


@dataclass
class Vendor:
    """Answers requests in order, and keeps what it was sent.

    Attributes:
        replies: What it says, in order.
        tokens: What it says to requests for a token, in order; the last one for good.
        sent: What it was sent, requests for a token left out.
        said: The replies it gave, one for each of `sent`.
        token_requests: The requests for a token.
        for_token: Whether the request now under way asks for a token; whoever runs the flow says so.
        overrun: The request that came after the last reply, as text.
        repeat_last: Whether the last reply holds for good.
    """

    replies: Sequence[Reply] = ()
    tokens: Sequence[Reply] = ()
    sent: list[WireRequest] = field(default_factory=list)
    said: list[Reply] = field(default_factory=list)
    token_requests: list[WireRequest] = field(default_factory=list)
    for_token: bool = False
    overrun: str | None = None
    repeat_last: bool = False

    @property
    def unasked(self) -> int:
        """Replies that nobody asked for."""
        return max(0, len(self.replies) - len(self.sent))

    def answer(self, request: Any) -> _Answered:
        """One exchange; `request` is as the HTTP library builds it."""
        sent = WireRequest(
            request.method, str(request.url), tuple(request.headers.multi_items()), bytes(request.content)
        )
        if self.for_token:
            self.token_requests.append(sent)
            reply = self._next(self.tokens, len(self.token_requests), sent, last_holds=True)
        else:
            self.sent.append(sent)
            reply = self._next(self.replies, len(self.sent), sent, last_holds=self.repeat_last)
            self.said.append(reply)
        if isinstance(reply, Lost):
            raise WireError(reply.happened, reply.detail)
        return _Answered(reply)

    def _next(self, replies: Sequence[Reply], number: int, sent: WireRequest, *, last_holds: bool) -> Reply:
        if number <= len(replies):
            return replies[number - 1]
        if last_holds and replies:
            return replies[-1]
        self.overrun = f"{sent.method} {sent.url.partition('?')[0]}"
        # Not an answer and not a failure of the wire: it ends the call, and no flow can take it for the vendor's word.
        raise WireError(Happened.UNSENDABLE, "the exchange has no answer left", never_sent=True)

    # The two methods of a transport of the HTTP library.
    def handle_request(self, request: Any) -> _Answered:
        """A blocking exchange."""
        return self.answer(request)

    async def handle_async_request(self, request: Any) -> _Answered:
        """An awaited exchange."""
        return self.answer(request)


class _Headers:
    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = pairs

    def multi_items(self) -> list[tuple[str, str]]:
        return list(self._pairs)


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


class _Answered:
    """An answer in the shape that the wire reads: status, headers and a stream to be iterated either way."""

    def __init__(self, answer: Answer) -> None:
        self.status_code = answer.status
        self.headers = _Headers(answer.headers)
        self.stream = _Body(answer.content)

    def close(self) -> None:
        """Nothing is open."""

    async def aclose(self) -> None:
        """Nothing is open."""
