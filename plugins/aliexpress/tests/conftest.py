"""A connector with invented credentials, a flow runner without a driver, the vendor's documents where they are."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from xborder_aliexpress import AliexpressConnector, AliexpressSettings
from xborder_sdk.errors import AnswerError, Refused, Throttled, VendorDown
from xborder_sdk.hookspecs import Meaning
from xborder_sdk.steps import Response, Send

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
SETTINGS: dict[str, Any] = {
    "app_key": "123456",
    "app_secret": "secret-canary",
    "refresh_token": "refresh-canary",
    "carriers": {"chinapost": "CPAM", "chinapost/epacket": "EMS_ZX_ZX_US", "forwarder": "OTHER_TEST"},
    "actual_carriers": {"forwarder": "invented-courier"},
}


def make_connector(**changes: Any) -> AliexpressConnector:
    account = AliexpressConnector("ali-test", AliexpressSettings.model_validate(SETTINGS | changes))
    account.now = lambda: NOW
    return account


@pytest.fixture(scope="session")
def connector() -> Callable[..., AliexpressConnector]:
    """Makes a connector with some settings changed."""
    return make_connector


def reply_to(connector: AliexpressConnector, status: int, content: bytes) -> Response | AnswerError:
    """What a driver would send or throw into a flow for an answer, by the connector's own reading."""
    response = Response(status, {"content-type": "application/json"}, content)
    verdict = connector.classify(response)
    if verdict.meaning is Meaning.GOOD:
        return response
    kinds: dict[Meaning, type[AnswerError]] = {Meaning.DOWN: VendorDown, Meaning.THROTTLED: Throttled}
    kind = verdict.error or kinds.get(verdict.meaning, Refused)
    return kind(verdict.message or "", status=status, code=verdict.code, hint=verdict.hint)


def drive(connector: AliexpressConnector, flow: Any, vendor: Callable[[Send], Any]) -> Any:
    """Runs a flow against a vendor: a function from a step to an answer's body, or to (status, body)."""
    try:
        step = next(flow)
        while True:
            assert isinstance(step, Send)
            answer = vendor(step)
            status, body = answer if isinstance(answer, tuple) else (200, answer)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            reply = reply_to(connector, status, content)
            step = flow.throw(reply) if isinstance(reply, AnswerError) else flow.send(reply)
    except StopIteration as stop:
        return stop.value


@pytest.fixture(scope="session")
def run() -> Callable[..., Any]:
    """Runs an operation against a vendor (see `drive`); returns its result."""

    def call(connector: AliexpressConnector, operation: str, request: Any, vendor: Callable[[Send], Any]) -> Any:
        kind = next(
            kind
            for kind in connector.kinds
            if any(operation in vars(base) for base in kind.__mro__ if base.__module__.startswith("xborder_aliexpress"))
        )
        return drive(connector, getattr(kind(connector), operation)(request), vendor)

    return call


@cache
def contracts() -> Path | None:
    """The vendor's documents; None where they are not at hand."""
    root = os.environ.get("XBORDER_CONTRACTS")
    found = Path(root, "aliexpress") if root else None
    return found if found is not None and found.is_dir() else None


@pytest.fixture(scope="session")
def vendor_documents() -> Path:
    """The folder of the vendor's documents.

    Skips without them, unless `XBORDER_REQUIRE_CONTRACTS=1` says that they must be there.
    """
    found = contracts()
    if found is None:
        if os.environ.get("XBORDER_REQUIRE_CONTRACTS") == "1":
            pytest.fail("XBORDER_CONTRACTS must name the folder of the vendors' documents")
        pytest.skip("XBORDER_CONTRACTS does not name the folder of the vendors' documents")
    return found
