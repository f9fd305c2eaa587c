"""What the eBay tests share: an account, a hand-cranked driver, the exchanges in files and the vendor's documents."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from xborder_ebay import EbayConnector, EbaySettings
from xborder_ebay.disputes import EbayDisputes
from xborder_ebay.orders import EbayOrders
from xborder_sdk import errors, hookspecs
from xborder_sdk.hookspecs import Meaning, Verdict
from xborder_sdk.steps import Flow, Response, Send

EXCHANGES = Path(__file__).parent / "exchanges"
NOW = 1_772_000_000.0

REQUESTS: dict[str, type[hookspecs.Request]] = {
    "list_orders": hookspecs.ListOrders,
    "get_order": hookspecs.GetOrder,
    "declare_shipment": hookspecs.DeclareShipment,
    "list_declared_shipments": hookspecs.ListDeclaredShipments,
    "refund_order": hookspecs.RefundOrder,
    "cancel_order": hookspecs.CancelOrder,
    "list_disputes": hookspecs.ListDisputes,
    "get_dispute": hookspecs.GetDispute,
    "accept_dispute": hookspecs.AcceptDispute,
    "contest_dispute": hookspecs.ContestDispute,
    "add_evidence": hookspecs.AddEvidence,
}

_BY_STATUS: dict[int, type[errors.Refused]] = {
    401: errors.AuthenticationFailed,
    403: errors.PermissionDenied,
    404: errors.NotFound,
    409: errors.Conflict,
}


def make_connector(**settings: Any) -> EbayConnector:
    values = {"client_id": "app-id", "client_secret": "cert-id", "refresh_token": "v^1.1#refresh", **settings}
    made = EbayConnector("ebay-test", EbaySettings.model_validate(values))
    made.now = lambda: datetime.fromtimestamp(NOW, UTC)
    return made


def as_error(verdict: Verdict, status: int) -> errors.XborderError:
    """What a driver throws into a flow for a verdict, without its retries."""
    facts: dict[str, Any] = {"status": status, "code": verdict.code, "request_id": verdict.request_id}
    facts["hint"] = verdict.hint
    words = verdict.message or "no words"
    if verdict.meaning is Meaning.THROTTLED:
        return errors.Throttled(words, **facts)
    if verdict.meaning is Meaning.DOWN:
        return errors.VendorDown(words, **facts)
    if verdict.meaning is Meaning.TOKEN_EXPIRED:
        return errors.AuthenticationFailed(words, **facts)
    return (verdict.error or _BY_STATUS.get(status, errors.Refused))(words, **facts)


@dataclass
class Crank:
    """Runs flows by hand: answers in order, refusals thrown as a driver would.

    Attributes:
        sent: The steps of the last run.
    """

    sent: list[Send] = field(default_factory=list)

    def run(self, connector: EbayConnector, flow: Flow[Any], answers: list[Response]) -> Any:
        self.sent = []
        waiting: Iterator[Response] = iter(answers)
        try:
            step = next(flow)
            while True:
                assert isinstance(step, Send)
                self.sent.append(step)
                answer = next(waiting, None)
                if answer is None:
                    raise LookupError(f"no answer left for {step!r}")
                verdict = connector.classify(answer)
                if verdict.meaning is Meaning.GOOD:
                    step = flow.send(answer)
                else:
                    step = flow.throw(as_error(verdict, answer.status))
        except StopIteration as end:
            if next(waiting, None) is not None:
                raise LookupError("an answer was not asked for") from None
            return end.value


def answer_of(exchange: dict[str, Any]) -> Response:
    given = exchange["answer"]
    content = (
        given["text"].encode() if "text" in given else json.dumps(given["json"]).encode() if "json" in given else b""
    )
    return Response(given["status"], given.get("headers", {}), content)


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    found["operation"] = path.parent.name
    if "pages" in found:  # the conformance kit turns them; here the first stands for all
        found |= found["pages"][0]
    return found


def kind_of(operation: str) -> type[EbayOrders | EbayDisputes]:
    return EbayOrders if hasattr(hookspecs.OrderSource, operation) else EbayDisputes


def exchange_files() -> list[Path]:
    """The exchanges of operations; those of the connector's own questions are the conformance kit's alone."""
    return sorted(path for path in EXCHANGES.glob("*/*.json") if path.parent.name in REQUESTS)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "exchange" in metafunc.fixturenames:
        files = exchange_files()
        names = [f"{path.parent.name}-{path.stem}" for path in files]
        metafunc.parametrize("exchange", [load(path) for path in files], ids=names)


@pytest.fixture
def crank() -> Crank:
    return Crank()


@pytest.fixture(scope="session")
def connect() -> Callable[..., EbayConnector]:
    return make_connector


@pytest.fixture
def connector() -> EbayConnector:
    return make_connector()


@pytest.fixture
def orders(connector: EbayConnector) -> EbayOrders:
    return EbayOrders(connector)


@pytest.fixture
def disputes(connector: EbayConnector) -> EbayDisputes:
    return EbayDisputes(connector)


@pytest.fixture(scope="session")
def good() -> Callable[[str, str], dict[str, Any]]:
    """An exchange file by operation and situation."""
    return lambda operation, situation: load(EXCHANGES / operation / f"{situation}.json")


@pytest.fixture
def play(crank: Crank) -> Callable[[dict[str, Any]], Any]:
    """Runs one exchange file."""

    def run(exchange: dict[str, Any]) -> Any:
        connector = make_connector(**exchange.get("settings", {}))
        operation = exchange["operation"]
        request = REQUESTS[operation].model_validate(exchange["request"])
        flow = getattr(kind_of(operation)(connector), operation)(request)
        return crank.run(connector, flow, [answer_of(one) for one in exchange["exchanges"]])

    return run


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The folder of eBay's documents."""
    folder = os.environ.get("XBORDER_CONTRACTS")
    path = Path(folder or "") / "ebay"
    if folder and path.is_dir():
        return path
    if os.environ.get("XBORDER_REQUIRE_CONTRACTS") == "1":
        pytest.fail("XBORDER_CONTRACTS must name the folder of the vendors' documents")
    pytest.skip("XBORDER_CONTRACTS does not name the folder of the vendors' documents")
