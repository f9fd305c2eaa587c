"""Exchange files: what a caller asks, what goes over the wire for it, and what the caller gets.

The format is described in the docstring of `xborder_sdk.testing`; this module reads it, writes it and says what is
wrong with a file in words its author can use.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, SecretStr
from pydantic_core import to_jsonable_python

from xborder_sdk.errors import MalformedResponse
from xborder_sdk.reading import parse_json
from xborder_sdk.steps import Send

_FILE = frozenset({"about", "recorded", "settings", "request", "exchanges", "pages", "result", "error"})
_PAGE = frozenset({"exchanges", "result"})
_TURN = frozenset({"expect", "answer"})
_BODIES = ("json", "form", "text", "xml", "base64", "multipart")
_EXPECT = frozenset({"effect", "method", "host", "path", "query", "headers", "credential", *_BODIES})
_ANSWER = frozenset({"status", "headers", "json", "form", "text", "xml", "base64"})
_ERROR = frozenset({"type", "code", "status", "field", "request_id", "hint", "says"})
_OWN_NOTE = "x-"

_MEDIA = {"json": "application/json", "form": "application/x-www-form-urlencoded", "text": "text/plain",
          "xml": "application/xml", "base64": "application/octet-stream"}  # fmt: skip


class BadExchange(ValueError):
    """An exchange file that does not hold what the format asks for; the message names the file and the place."""


@dataclass(frozen=True)
class Answer:
    """A vendor's answer as it goes over the wire.

    Attributes:
        status: HTTP status.
        headers: Header pairs.
        content: The body.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = field(default=b"", repr=False)

    def saying(self, content: bytes, media: str | None = None, status: int | None = None) -> Answer:
        """The same answer with another body."""
        kept = tuple(pair for pair in self.headers if media is None or pair[0].lower() != "content-type")
        headers = kept if media is None else (*kept, ("Content-Type", media))
        return Answer(self.status if status is None else status, headers, content)


@dataclass(frozen=True)
class Turn:
    """One request and its answer.

    Attributes:
        expect: What must go out, as written in the file; None where it is not looked at.
        answer: What comes back.
    """

    expect: Mapping[str, Any] | None
    answer: Answer


@dataclass(frozen=True)
class Page:
    """The turns of one call, and what it returns.

    Attributes:
        turns: Requests and answers in order.
        result: What the caller gets, as written in the file.
    """

    turns: tuple[Turn, ...]
    result: Any = None


@dataclass(frozen=True, eq=False)
class Exchange:
    """An exchange file.

    Attributes:
        path: The file.
        operation: Name of its folder.
        situation: Name of the file without its ending.
        settings: Settings of this file alone, over those of the test class.
        request: The request as JSON.
        pages: One call, or the calls of a list page after page.
        error: What the caller gets instead of a result.
    """

    path: Path
    operation: str
    situation: str
    settings: Mapping[str, Any]
    request: Mapping[str, Any]
    pages: tuple[Page, ...]
    error: Mapping[str, Any] | None

    @property
    def name(self) -> str:
        """`operation/situation`."""
        return f"{self.operation}/{self.situation}"

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns of the first call."""
        return self.pages[0].turns

    @property
    def result(self) -> Any:
        """The result of the first call."""
        return self.pages[0].result

    @property
    def is_good(self) -> bool:
        """Whether the caller gets a result."""
        return self.error is None

    @property
    def effects(self) -> tuple[str, ...]:
        """The effects that the file writes down, in order."""
        return tuple(str(turn.expect["effect"]) for turn in self.turns if turn.expect is not None)


def files_of(folder: Path) -> list[Path]:
    """The exchange files below a folder, `<operation>/<situation>.json`, in order."""
    return sorted(folder.glob("*/*.json"))


def read_exchange(path: Path) -> Exchange:
    """Reads an exchange file.

    Args:
        path: The file.

    Raises:
        BadExchange: It is no JSON, or does not hold what the format asks for.
    """
    label = f"{path.parent.name}/{path.name}"
    try:
        data = parse_json(path.read_bytes())
    except (OSError, MalformedResponse) as trouble:
        raise BadExchange(f"{label} cannot be read as JSON ({trouble})") from None
    if not isinstance(data, dict):
        raise BadExchange(f"{label} must hold a JSON object")
    _check_keys(data, _FILE, label)
    if "about" not in data:
        raise BadExchange(f'{label} needs "about": say where the exchange comes from, and that its people are invented')
    ways = [name for name in ("result", "error", "pages") if name in data]
    if len(ways) != 1:
        raise BadExchange(f'{label} needs one of "result", "error" and "pages"; it has {" and ".join(ways) or "none"}')
    refusal = data.get("error")
    if refusal is not None:
        refusal = _object(refusal, f"{label} error")
        _check_keys(refusal, _ERROR, f"{label} error")
        if "type" not in refusal:
            raise BadExchange(f'{label} error needs "type", the name of an error class, such as "NotFound"')
    if "pages" in data:
        if "exchanges" in data:
            raise BadExchange(f'{label} has "exchanges" beside "pages": each page has its own')
        pages = tuple(
            _page(_object(page, f"{label} pages[{n}]"), f"{label} pages[{n}]")
            for n, page in enumerate(_list(data["pages"], f"{label} pages"))
        )
        if not pages:
            raise BadExchange(f"{label} pages is empty")
    else:
        turns = _turns(data.get("exchanges"), f"{label} exchanges", may_be_silent=refusal is not None)
        pages = (Page(turns, data.get("result")),)
    return Exchange(
        path,
        path.parent.name,
        path.stem,
        _object(data.get("settings", {}), f"{label} settings"),
        _object(data.get("request", {}), f"{label} request"),
        pages,
        refusal,
    )


def _page(data: Mapping[str, Any], label: str) -> Page:
    _check_keys(data, _PAGE, label)
    if "result" not in data:
        raise BadExchange(f'{label} needs "result"')
    return Page(_turns(data.get("exchanges"), f"{label} exchanges"), data["result"])


def _turns(value: Any, label: str, *, may_be_silent: bool = False) -> tuple[Turn, ...]:
    found = []
    for n, each in enumerate(_list(value, label)):
        at = f"{label}[{n}]"
        turn = _object(each, at)
        _check_keys(turn, _TURN, at)
        if "answer" not in turn:
            raise BadExchange(f'{at} needs "answer", what the vendor says')
        expect = turn.get("expect")
        if expect is None and not may_be_silent:
            raise BadExchange(f'{at} needs "expect", the request that must go out')
        if expect is not None:
            _check_expect(_object(expect, f"{at} expect"), f"{at} expect")
        found.append(Turn(expect, read_answer(turn["answer"], f"{at} answer")))
    return tuple(found)


def _check_expect(expect: Mapping[str, Any], label: str) -> None:
    _check_keys(expect, _EXPECT, label)
    for name in ("effect", "method", "path"):
        if not isinstance(expect.get(name), str):
            raise BadExchange(f'{label} needs "{name}"')
    if expect["effect"] not in {"read", "idempotent", "once"}:
        raise BadExchange(f"{label} effect must be read, idempotent or once")
    if sum(name in expect for name in _BODIES) > 1:
        raise BadExchange(f"{label} has more than one body")
    for name in ("query", "headers"):
        if not isinstance(expect.get(name, {}), dict):
            raise BadExchange(f'{label} {name} is an object: {{"name": "text"}}, or a list of texts where it repeats')


def read_answer(data: Any, label: str = "the answer") -> Answer:
    """An answer as a file or a test class writes it.

    Args:
        data: `status`, `headers` and at most one body: `json`, `form`, `text`, `xml` or `base64`.
        label: Where it stands, for messages.

    Raises:
        BadExchange: It is none.
    """
    if isinstance(data, Answer):
        return data
    given = _object(data, label)
    _check_keys(given, _ANSWER, label)
    status = given.get("status", 200)
    if not isinstance(status, int) or not 100 <= status <= 599:
        raise BadExchange(f"{label} status must be an HTTP status")
    headers = _object(given.get("headers", {}), f"{label} headers")
    pairs = [(name, str(one)) for name, value in headers.items() for one in _several(value)]
    bodies = [name for name in _MEDIA if name in given]
    if len(bodies) > 1:
        raise BadExchange(f"{label} has more than one body: {', '.join(bodies)}")
    content = b""
    if bodies:
        content = body_bytes(bodies[0], given[bodies[0]], label)
        if "content-type" not in {name.lower() for name, _ in pairs}:
            pairs.append(("Content-Type", _MEDIA[bodies[0]]))
    return Answer(status, tuple(pairs), content)


def body_bytes(kind: str, value: Any, label: str) -> bytes:
    """A body of a file as it goes over the wire."""
    if kind == "json":
        return json_text(value).encode()
    if kind == "form":
        pairs = [(name, form_text(one)) for name, values in _object(value, label).items() for one in _several(values)]
        return urlencode(pairs).encode()
    text = "\n".join(value) if isinstance(value, list) else value
    if not isinstance(text, str):
        raise BadExchange(f"{label} {kind} must be a text or a list of lines")
    if kind == "base64":
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            raise BadExchange(f"{label} base64 is no base64") from None
    return text.encode()


def form_text(value: Any) -> str:
    """One value of a form or query: a text, or JSON written as text, `{"json": ...}`."""
    if isinstance(value, dict) and value.keys() == {"json"}:
        return json_text(value["json"])
    return value if isinstance(value, str) else json_text(value)


def json_text(value: Any) -> str:
    """JSON with exact numbers, exactly as they were read: `188.20` stays `188.20`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(k))}: {json_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(json_text(item) for item in value) + "]"
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value)


def plain(value: Any) -> Any:
    """A result as a file writes it: JSON values, sets in order, every field that is not its default.

    Args:
        value: A model, or a tuple, list or set of models.
    """
    return _plain(value, whole=False)


def whole(value: Any) -> Any:
    """A result with all its fields, to be held against a file; the tokens of a `Token` stand in it."""
    return _plain(value, whole=True)


def _plain(value: Any, *, whole: bool) -> Any:
    if isinstance(value, BaseModel):
        dumped = value.model_dump(mode="json", exclude_defaults=not whole, warnings=False)
        return {
            name: _plain(inner, whole=whole)
            if isinstance(inner := getattr(value, name, None), (BaseModel, tuple, frozenset, SecretStr))
            else told
            for name, told in dumped.items()
        }
    if isinstance(value, (tuple, list)):
        return [_plain(inner, whole=whole) for inner in value]
    if isinstance(value, frozenset):
        return sorted(_plain(inner, whole=whole) for inner in value)
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return to_jsonable_python(value)


def written_step(step: Send) -> dict[str, Any]:
    """A step as `expect` of a file, its body as JSON, form or text.

    Raises:
        BadExchange: Its body is neither.
    """
    made: dict[str, Any] = {
        "effect": step.effect.value,
        "method": step.method,
        "host": step.host,
        "path": step.path,
    }
    if step.query:
        made["query"] = as_object_of_texts(step.query)
    if step.headers:
        made["headers"] = as_object_of_texts(step.headers)
    if step.content is not None:
        try:
            made["json"] = json.loads(step.content)
        except ValueError:
            raise BadExchange("the request's body is not JSON") from None
    return made


def as_object_of_texts(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Pairs by name; a list where a name repeats."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        held = found.get(name)
        found[name] = value if held is None else [*(held if isinstance(held, list) else [held]), value]
    return found


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _check_keys(data: Mapping[str, Any], known: frozenset[str], label: str) -> None:
    for key in data:
        if key in known or key.startswith(_OWN_NOTE):
            continue
        near = get_close_matches(key, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}; notes of your own begin x-"
        raise BadExchange(f'{label} has "{key}" ({hint})')


def _object(value: Any, label: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadExchange(f"{label} must be a JSON object")
    return value


def _list(value: Any, label: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadExchange(f"{label} must be a JSON list; it is empty where nothing goes out")
    return value
