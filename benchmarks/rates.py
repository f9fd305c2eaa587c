"""One DHL rate call without the network: request built, recorded answer read. Against karrio on the same answer.

karrio lives in an environment of its own: `XBORDER_BENCH_KARRIO` names a Python that has `karrio` and `karrio-mydhl`.
The recorded answer comes from DHL's contract documents, which `XBORDER_CONTRACTS` names. Without either it is skipped.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from measuring import Figure, Skipped, alone, faster

from xborder_dhl.connector import DhlConnector
from xborder_sdk import Client
from xborder_sdk.hookspecs import QuoteShipment
from xborder_sdk.models import Address, Dimensions, Parcel, Quote
from xborder_sdk.steps import Response, Send

_SAMPLE = "dhl/samples/rates.response-small.json"
_CALLS = 50
_ROUNDS = 12


def measure() -> list[Figure]:
    """All figures."""
    answer = _recorded()
    alone_us, client_us, theirs_us = _in_turns(_flow(answer), _client_call(answer), answer)
    figures = [alone("request built and answer read, connector alone", alone_us, None, "us")]
    if theirs_us is None:
        return [*figures, Figure("against karrio", "skipped: XBORDER_BENCH_KARRIO names no Python with it")]
    return [
        *figures,
        faster("request built and answer read, against karrio's call", alone_us, theirs_us, 3.0),
        faster("a client's whole call on a mock transport, against karrio's", client_us, theirs_us, 3.0),
    ]


def _recorded() -> bytes:
    folder = os.environ.get("XBORDER_CONTRACTS")
    if not folder:
        raise Skipped("XBORDER_CONTRACTS does not say where the recorded answer is")
    path = Path(folder, _SAMPLE)
    if not path.is_file():
        raise Skipped(f"there is no {_SAMPLE} under XBORDER_CONTRACTS")
    return json.dumps(json.loads(path.read_bytes())).encode()


def _request() -> QuoteShipment:
    return QuoteShipment(
        sender=Address(
            name="Wu Lan",
            company="Lantern Lane Goods",
            lines=("8 Canal Road",),
            city="Shenzhen",
            postal_code="518000",
            country="CN",
            phone="+8675500000000",
        ),
        recipient=Address(
            name="Ines Ekman",
            lines=("26 Willow Street",),
            city="Dayton",
            region="OH",
            postal_code="45402",
            country="US",
            phone="+19375550000",
        ),
        parcels=(
            Parcel(weight_g=1200, dimensions=Dimensions(length_mm=300, width_mm=200, height_mm=100)),
            Parcel(weight_g=800, dimensions=Dimensions(length_mm=200, width_mm=150, height_mm=100)),
        ),
        ship_at=datetime.now(UTC) + timedelta(days=1),
    )


_SETTINGS = {"api_key": "benchmark", "api_secret": "benchmark-secret", "account_number": "123456789"}


def _flow(answer: bytes) -> Callable[[], object]:
    connector = DhlConnector("dhl", DhlConnector.settings_model.model_validate(_SETTINGS))  # type: ignore[arg-type]
    rates = next(kind for kind in connector.kinds if "quote" in kind.honours)(connector)

    def call() -> tuple[Quote, ...]:
        flow = rates.quote(_request())  # type: ignore[attr-defined]
        assert isinstance(next(flow), Send)
        try:
            flow.send(Response(200, {"Content-Type": "application/json"}, answer))
        except StopIteration as stop:
            quotes: tuple[Quote, ...] = stop.value
            assert len(quotes) == 2
            return quotes
        raise AssertionError("the flow wants more than one answer")

    return call


def _client_call(answer: bytes) -> Callable[[], object]:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=answer))
    client = Client(accounts={"dhl": {"connector": "dhl", **_SETTINGS}}, transport=transport)
    return lambda: client.quote("dhl", _request())


def _in_turns(
    alone: Callable[[], object], client: Callable[[], object], answer: bytes
) -> tuple[float, float, float | None]:
    python = os.environ.get("XBORDER_BENCH_KARRIO")
    peer = _Peer(python, answer) if python else None
    taken: list[tuple[float, float, float]] = []
    try:
        for call in (alone, client):
            _per_call(call)
        taken += [(_per_call(alone), _per_call(client), peer.per_call() if peer else 0.0) for _ in range(_ROUNDS)]
    finally:
        if peer:
            peer.close()
    medians = [statistics.median(column) for column in zip(*taken, strict=True)]
    return medians[0], medians[1], medians[2] if peer else None


def _per_call(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    for _ in range(_CALLS):
        call()
    return (time.perf_counter() - started) / _CALLS * 1e6


class _Peer:
    def __init__(self, python: str, answer: bytes) -> None:
        script = str(Path(__file__).with_name("karrio_rates.py"))
        self._process = subprocess.Popen(
            [python, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._ask(answer)

    def _ask(self, line: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()

    def per_call(self) -> float:
        self._ask(str(_CALLS).encode())
        assert self._process.stdout is not None
        told = self._process.stdout.readline()
        if not told:
            raise RuntimeError("karrio's side failed: is karrio-mydhl installed there?")
        return float(told)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
