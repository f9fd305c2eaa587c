"""Invented shipments, a flow runner without any driver, and DHL's own documents where they are at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from xborder_dhl import DhlConnector, DhlSettings
from xborder_sdk.errors import AnswerError, Refused, Throttled, VendorDown
from xborder_sdk.hookspecs import CreateShipment, Meaning, QuoteShipment
from xborder_sdk.models import (
    Address,
    CustomsDeclaration,
    CustomsLine,
    Dimensions,
    Money,
    Parcel,
    TaxNumber,
    TaxScheme,
)
from xborder_sdk.steps import Response, Send

SENDER = Address(
    name="Lin Example",
    company="Example Trading Ltd",
    lines=("8 Sample Road", "Bao An District"),
    city="Shenzhen",
    region="Guangdong",
    postal_code="518000",
    country="CN",
    phone="+8675500000000",
)
RECIPIENT = Address(
    name="Erika Invented",
    lines=("Musterweg 12",),
    city="Berlin",
    postal_code="10115",
    country="DE",
    phone="+4930000000",
    email="erika@example.com",
)
PARCEL = Parcel(weight_g=1250, dimensions=Dimensions(length_mm=305, width_mm=200, height_mm=101))
SHIP_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def usd(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="USD")


CUSTOMS = CustomsDeclaration(
    lines=(
        CustomsLine(
            description="men's cotton T-shirt",
            quantity=3,
            unit_value=usd("12.50"),
            unit_weight_g=180,
            hs_code="6109100010",
            origin="CN",
            sku="TEE-1",
        ),
        CustomsLine(
            description="leather belt",
            quantity=1,
            unit_value=usd("20"),
            unit_weight_g=200,
            hs_code="420330",
            origin="VN",
        ),
    ),
    invoice_number="INV-1",
    invoice_date=date(2026, 3, 1),
    tax_numbers=(TaxNumber(scheme=TaxScheme.IOSS, number="IM2760000000"),),
    freight=usd("4.90"),
)


@cache
def _connector(settings_json: str) -> DhlConnector:
    base = {"api_key": "key-canary", "api_secret": "secret-canary", "account_number": "123456789"}
    return DhlConnector("dhl-test", DhlSettings.model_validate(base | json.loads(settings_json)))


@pytest.fixture(scope="session")
def connector() -> Callable[..., DhlConnector]:
    """Makes a connector with some settings changed."""
    return lambda **settings: _connector(json.dumps(settings, sort_keys=True))


@pytest.fixture(scope="session")
def create() -> Callable[..., CreateShipment]:
    """Makes a purchase with some fields changed; a changed address or declaration is given as a mapping."""

    def make(**changes: Any) -> CreateShipment:
        fields: dict[str, Any] = {
            "sender": SENDER,
            "recipient": RECIPIENT,
            "parcels": (PARCEL,),
            "ship_at": SHIP_AT,
            "customs": CUSTOMS,
            "service": "P",
            "key": "test-1",
        }
        for name, change in changes.items():
            nested = name in {"sender", "recipient", "customs"} and isinstance(change, Mapping)
            fields[name] = fields[name].replace(**change) if nested else change
        return CreateShipment(**fields)

    return make


@pytest.fixture(scope="session")
def quote(create: Callable[..., CreateShipment]) -> Callable[..., QuoteShipment]:
    """Makes a question for prices with some fields changed."""

    def make(**changes: Any) -> QuoteShipment:
        source = create(**changes)
        service = changes.get("service")
        fields = {name: getattr(source, name) for name in QuoteShipment.model_fields}
        return QuoteShipment(**fields | {"service": service})

    return make


Answer = tuple[int, Any]


def answer_to(connector: DhlConnector, answer: Answer) -> Response | AnswerError:
    """What a driver would send or throw into a flow for an answer, by the connector's own reading."""
    status, body = answer
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status, {"content-type": "application/json"}, content)
    verdict = connector.classify(response)
    if verdict.meaning is Meaning.GOOD:
        return response
    kinds: dict[Meaning, type[AnswerError]] = {Meaning.DOWN: VendorDown, Meaning.THROTTLED: Throttled}
    kind = verdict.error or kinds.get(verdict.meaning, Refused)
    return kind(verdict.message or "", status=status, code=verdict.code, hint=verdict.hint)


def run_flow(
    connector: DhlConnector, operation: str, request: Any, answers: Iterable[Answer], *, spare: bool = False
) -> tuple[list[Send], Any]:
    """Runs an operation against canned answers; returns what was sent and what came out."""
    implementation = next(kind for kind in connector.kinds if operation in vars(kind))
    flow: Generator[Any, Any, Any] = getattr(implementation(connector), operation)(request)
    sent: list[Send] = []
    waiting = list(answers)
    try:
        step = next(flow)
        while waiting:
            assert isinstance(step, Send)
            sent.append(step)
            reply = answer_to(connector, waiting.pop(0))
            step = flow.throw(reply) if isinstance(reply, AnswerError) else flow.send(reply)
    except StopIteration as stop:
        assert spare or not waiting, "the flow ended before the last answer"
        return sent, stop.value
    flow.close()
    raise AssertionError(f"the flow wants more: {step!r}")


@pytest.fixture(scope="session")
def run() -> Callable[..., tuple[list[Send], Any]]:
    """`run_flow`, for tests."""
    return run_flow


@pytest.fixture(scope="session")
def contracts() -> Path:
    """DHL's documents, which are not part of this project."""
    place = os.environ.get("XBORDER_CONTRACTS")
    folder = Path(place) / "dhl" if place else None
    if folder is None or not folder.is_dir():
        if os.environ.get("XBORDER_REQUIRE_CONTRACTS") == "1":
            pytest.fail("XBORDER_REQUIRE_CONTRACTS=1, but XBORDER_CONTRACTS names no folder with dhl/")
        pytest.skip("set XBORDER_CONTRACTS to check against DHL's own documents")
    return folder


@pytest.fixture(scope="session")
def openapi(contracts: Path) -> dict[str, Any]:
    """The OpenAPI document. It holds tab characters, which YAML forbids between tokens."""
    (path,) = (contracts / "openapi").glob("*.yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8").replace("\t", "  "), Loader=loader)
    return loaded
