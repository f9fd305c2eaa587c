"""Requests and answers as text that a person can read, without colours."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import parse_qsl

from xborder_sdk.errors import MalformedResponse
from xborder_sdk.reading import parse_json
from xborder_sdk.steps import WireRequest
from xborder_sdk.testing.exchange import Answer, json_text
from xborder_sdk.testing.vendor import Lost, Reply

_LONGEST = 3000


def told_request(request: WireRequest) -> str:
    """A request as text: the line, the parameters, the headers, the body."""
    address, _, query = request.url.partition("?")
    lines = [f"{request.method} {address}"]
    lines += [f"  ?{name} = {value}" for name, value in parse_qsl(query, keep_blank_values=True)]
    lines += _told_headers(request.headers)
    lines += _told_body(request.content)
    return _bounded("\n".join(lines))


def told_reply(reply: Reply) -> str:
    """An answer as text: the status, the headers, the body."""
    if isinstance(reply, Lost):
        return f"no answer: {reply.detail} ({reply.happened.name.lower()})"
    return _bounded("\n".join([str(reply.status), *_told_headers(reply.headers), *_told_body(reply.content)]))


def told_answer(answer: Answer) -> str:
    """An answer as text."""
    return told_reply(answer)


def _told_headers(headers: Iterable[tuple[str, str]]) -> list[str]:
    return [f"  {name}: {value}" for name, value in headers]


def _told_body(content: bytes) -> list[str]:
    if not content:
        return []
    try:
        parsed = parse_json(content[: _LONGEST * 20])
    except MalformedResponse:
        text = content[:_LONGEST].decode("utf-8", "backslashreplace")
        return ["", text]
    return ["", json.dumps(json.loads(json_text(parsed)), indent=2, ensure_ascii=False)]


def _bounded(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… ({len(text)} characters in all)"
