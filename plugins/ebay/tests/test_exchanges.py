"""Every exchange file: what is sent, and what becomes of the answer. Test data is invented; see each file."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from pydantic import BaseModel

from xborder_sdk import errors
from xborder_sdk.steps import Effect, Send

BUYER = ("Klara", "Testperson", "Beispielweg", "example.invalid", "0300000001", "ring twice")

Play = Callable[[dict[str, Any]], Any]


def assert_holds(found: Any, wanted: Any, path: str = "result") -> None:
    """`found` holds all of `wanted`: objects may have more keys, lists not more items."""
    if isinstance(wanted, dict):
        assert isinstance(found, dict), path
        for key, value in wanted.items():
            if value is None:
                assert found.get(key) is None, f"{path}.{key}"
            else:
                assert key in found, f"{path}.{key}"
                assert_holds(found[key], value, f"{path}.{key}")
    elif isinstance(wanted, list):
        assert isinstance(found, list), path
        assert len(found) == len(wanted), f"{path}: {len(found)} items, not {len(wanted)}"
        for index, (one, other) in enumerate(zip(found, wanted, strict=True)):
            assert_holds(one, other, f"{path}[{index}]")
    else:
        assert found == wanted, path


def plain(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, BaseModel):
        dumped = value.model_dump(mode="json")
        for name in ("actions", "choices"):
            if name in dumped:
                dumped[name] = sorted(dumped[name])
        if "items" in dumped:
            dumped["items"] = plain(value.items)  # type: ignore[attr-defined]
        return dumped
    return value


def assert_sent(step: Send, expected: dict[str, Any]) -> None:
    assert (step.method, step.host, step.path) == (expected["method"], expected["host"], expected["path"])
    assert query_of(step) == expected["query"]
    assert step.effect is Effect(expected["effect"])
    assert dict(step.headers) == expected.get("headers", {})
    assert step.credential == "user"
    if "multipart" in expected:
        assert the_only_part(step) == expected["multipart"]
        return
    body = None if step.content is None else json.loads(step.content)
    assert body == expected.get("json")
    assert step.content_type == (None if body is None else "application/json")


def query_of(step: Send) -> dict[str, str | list[str]]:
    """The query by name; a list where a name repeats."""
    found: dict[str, str | list[str]] = {}
    for name, value in step.query:
        known = found.get(name)
        found[name] = value if known is None else [*([known] if isinstance(known, str) else known), value]
    return found


def the_only_part(step: Send) -> dict[str, str | None]:
    """What a multipart body holds, read by the standard library and not by what wrote it."""
    whole = message_from_bytes(f"Content-Type: {step.content_type}\r\n\r\n".encode() + (step.content or b""))
    parts = whole.get_payload()
    assert isinstance(parts, list)
    (part,) = parts
    assert isinstance(part, Message)
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return {
        "name": str(part.get_param("name", header="content-disposition")),
        "filename": part.get_filename(),
        "type": part.get_content_type(),
        "content": base64.b64encode(content).decode(),
    }


def test_exchange(exchange: dict[str, Any], play: Play, crank: Any) -> None:
    wanted = exchange.get("error")
    if wanted is None:
        assert_holds(plain(play(exchange)), exchange["result"])
    else:
        with pytest.raises(getattr(errors, wanted["type"])) as caught:
            play(exchange)
        assert type(caught.value).__name__ == wanted["type"]
        for name in ("code", "status", "field", "request_id"):
            if name in wanted:
                assert getattr(caught.value, name) == wanted[name]
        assert wanted.get("says", "") in caught.value.message
        shown = f"{caught.value} {caught.value.hint} {caught.value.facts()}"
        assert [word for word in BUYER if word in shown] == []
    assert len(crank.sent) == len(exchange["exchanges"])
    for step, one in zip(crank.sent, exchange["exchanges"], strict=True):
        assert_sent(step, one["expect"])


def test_at_most_one_step_of_a_flow_happens_once(exchange: dict[str, Any]) -> None:
    effects = [one["expect"]["effect"] for one in exchange["exchanges"]]
    assert effects.count("once") <= 1
    assert "once" not in effects[:-1]
