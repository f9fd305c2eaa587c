"""Fixtures of the core's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.support.drivers import DRIVERS, Caller
from tests.support.faults import Act, FaultServer
from tests.support.times import Waits

from xborder_sdk.runtime import call
from xborder_sdk.runtime.commands import Invoke


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    """Each driver and transport in turn."""
    return str(request.param)


@pytest.fixture
def serve() -> Iterator[Callable[..., FaultServer]]:
    """Starts servers that play the given acts, and stops them at the end."""
    servers: list[FaultServer] = []

    def start(*acts: Act) -> FaultServer:
        servers.append(FaultServer(*acts))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def caller(driver: str) -> Iterator[Callable[..., Caller]]:
    """Makes clients of the driver under test, and closes them at the end."""
    made: list[Caller] = []

    def make(accounts: Any, **more: Any) -> Caller:
        made.append(Caller(driver, accounts, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    """Makes every wait the engine asks for take no time, and lists them; `waits.clock()` tells the time they take."""
    asked = Waits()
    monkeypatch.setattr(call, "Wait", lambda seconds: Invoke(asked.append, (seconds,)))
    return asked
