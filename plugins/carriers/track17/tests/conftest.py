"""A connector, a flow runner without any driver, and what the project was given about 17TRACK, if at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from xborder_sdk.errors import AnswerError, Refused, Throttled, VendorDown
from xborder_sdk.hookspecs import Meaning
from xborder_sdk.steps import Response, Send
from xborder_track17 import Track17Connector, Track17Settings

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def connector() -> Callable[..., Track17Connector]:
    """Makes a connector with some settings changed."""

    def make(**changes: Any) -> Track17Connector:
        settings = Track17Settings.model_validate({"api_key": "key-canary"} | changes)
        return Track17Connector("track-test", settings)

    return make


def answer_to(connector: Track17Connector, answer: Any) -> Response | AnswerError:
    """What a driver would send or throw into a flow for an answer, by the connector's own reading."""
    response = Response(200, (), json.dumps(answer).encode())
    verdict = connector.classify(response)
    if verdict.meaning is Meaning.GOOD:
        return response
    kinds: dict[Meaning, type[AnswerError]] = {Meaning.DOWN: VendorDown, Meaning.THROTTLED: Throttled}
    kind = verdict.error or kinds.get(verdict.meaning, Refused)
    return kind(verdict.message or "", status=200, code=verdict.code, hint=verdict.hint)


def run_flow(
    connector: Track17Connector, operation: str, request: Any, answers: Callable[[Send], Any] | Iterable[Any]
) -> tuple[list[Send], Any]:
    """Runs an operation against canned answers, or against a function that answers; what was sent, what came out."""
    implementation = next(kind for kind in connector.kinds if operation in vars(kind))
    flow: Generator[Any, Any, Any] = getattr(implementation(connector), operation)(request)
    waiting = None if callable(answers) else list(answers)
    sent: list[Send] = []
    try:
        step = next(flow)
        while True:
            assert isinstance(step, Send)
            sent.append(step)
            if callable(answers):
                answer = answers(step)
            else:
                assert waiting, f"the flow wants more: {step!r}"
                answer = waiting.pop(0)
            reply = answer_to(connector, answer)
            step = flow.throw(reply) if isinstance(reply, AnswerError) else flow.send(reply)
    except StopIteration as stop:
        assert not waiting, "the flow ended before the last answer"
        return sent, stop.value


@pytest.fixture(scope="session")
def run() -> Callable[..., tuple[list[Send], Any]]:
    """`run_flow`, for tests."""
    return run_flow


@pytest.fixture(scope="session")
def contracts() -> Path:
    """Samples and code tables, which are not part of this project."""
    place = os.environ.get("XBORDER_CONTRACTS")
    folder = Path(place) / "17track" if place else None
    if folder is None or not folder.is_dir():
        if os.environ.get("XBORDER_REQUIRE_CONTRACTS") == "1":
            pytest.fail("XBORDER_REQUIRE_CONTRACTS=1, but XBORDER_CONTRACTS names no folder with 17track/")
        pytest.skip("set XBORDER_CONTRACTS to check against what is known of 17TRACK")
    return folder
