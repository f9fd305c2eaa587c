"""Invented shipments, a flow runner without any driver, and what the project was given about China Post, if at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from xborder_chinapost import ChinaPostConnector, ChinaPostSettings
from xborder_sdk.errors import AnswerError, Refused, Throttled, VendorDown
from xborder_sdk.hookspecs import CreateShipment, Meaning, QuoteShipment
from xborder_sdk.models import Address, CustomsDeclaration, CustomsLine, Dimensions, Money, Parcel, TaxNumber, TaxScheme
from xborder_sdk.steps import Response, Send

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = "MDEyMzQ1Njc4OWFiY2RlZg=="
GATEWAY: dict[str, Any] = {
    "sender_no": "1100000000000",
    "authorization": "authorization-canary",
    "sm4_key": KEY,
    "ak": "label-key-canary",
    "digest_key": "digest-canary",
    "wh_code": "51800000",
    "mail_type": "PAPERCRANE",
    "products": {"019": "epacket", "001": "small_packet", "900": "ems"},
}
SENDER = Address(
    name="Mei Sampleson",
    company="Paper Crane Trading Co Ltd",
    lines=("Room 501, Block B", "12 Invention Road"),
    city="Shenzhen",
    region="Guangdong",
    postal_code="518101",
    country="CN",
    phone="+86 755 0000 0000",
)
RECIPIENT = Address(
    name="Jörg Beispiel",
    lines=("Erfindungsallee 7b",),
    city="Berlin",
    postal_code="10999",
    country="DE",
    phone="+49 30 0000000",
    email="joerg@beispiel.example",
)
PARCEL = Parcel(weight_g=320, dimensions=Dimensions(length_mm=251, width_mm=180, height_mm=95))


def usd(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="USD")


LINE = CustomsLine(
    description="folded paper lamp",
    description_local="折纸灯",
    quantity=2,
    unit_value=usd("4.60"),
    unit_weight_g=120,
    hs_code="9405210090",
    origin="CN",
    sku="LAMP-2",
)
CUSTOMS = CustomsDeclaration(
    lines=(LINE,),
    invoice_number="PC-1",
    invoice_date=date(2026, 3, 1),
    tax_numbers=(TaxNumber(scheme=TaxScheme.IOSS, number="IM3720099999"),),
)


@pytest.fixture(scope="session")
def connector() -> Callable[..., ChinaPostConnector]:
    """Makes a connector with some settings changed; its clock stands."""

    def make(**changes: Any) -> ChinaPostConnector:
        made = ChinaPostConnector("post-test", ChinaPostSettings.model_validate(GATEWAY | changes))
        made.now = lambda: NOW
        return made

    return make


@pytest.fixture(scope="session")
def create() -> Callable[..., CreateShipment]:
    """Makes a purchase with some fields changed; a changed address, line or declaration is given as a mapping."""

    def make(**changes: Any) -> CreateShipment:
        fields: dict[str, Any] = {
            "sender": SENDER,
            "recipient": RECIPIENT,
            "parcels": (PARCEL,),
            "ship_at": NOW,
            "customs": CUSTOMS,
            "service": "019",
            "key": "test-1",
        }
        line = changes.pop("line", None)
        if line is not None:
            fields["customs"] = CUSTOMS.replace(lines=(LINE.replace(**line),))
        for name, change in changes.items():
            nested = name in {"sender", "recipient", "customs"} and isinstance(change, Mapping)
            fields[name] = fields[name].replace(**change) if nested else change
        return CreateShipment(**fields)

    return make


@pytest.fixture(scope="session")
def quote(create: Callable[..., CreateShipment]) -> Callable[..., QuoteShipment]:
    """Makes a question for prices with some fields changed."""

    def make(**changes: Any) -> QuoteShipment:
        service = changes.pop("service", None)
        source = create(**changes)
        fields = {name: getattr(source, name) for name in QuoteShipment.model_fields}
        return QuoteShipment(**fields | {"service": service})

    return make


Answer = bytes | dict[str, Any] | tuple[int, bytes]


def answer_to(connector: ChinaPostConnector, answer: Answer) -> Response | AnswerError:
    """What a driver would send or throw into a flow for an answer, by the connector's own reading."""
    status, content = answer if isinstance(answer, tuple) else (200, answer)
    response = Response(status, (), content if isinstance(content, bytes) else json.dumps(content).encode())
    verdict = connector.classify(response)
    if verdict.meaning is Meaning.GOOD:
        return response
    kinds: dict[Meaning, type[AnswerError]] = {Meaning.DOWN: VendorDown, Meaning.THROTTLED: Throttled}
    kind = verdict.error or kinds.get(verdict.meaning, Refused)
    return kind(verdict.message or "", status=status, code=verdict.code, hint=verdict.hint)


def run_flow(
    connector: ChinaPostConnector, operation: str, request: Any, answers: Iterable[Answer]
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
        assert not waiting, "the flow ended before the last answer"
        return sent, stop.value
    flow.close()
    raise AssertionError(f"the flow wants more: {step!r}")


@pytest.fixture(scope="session")
def run() -> Callable[..., tuple[list[Send], Any]]:
    """`run_flow`, for tests."""
    return run_flow


@pytest.fixture(scope="session")
def contracts() -> Path:
    """Field lists, samples and code tables, which are not part of this project."""
    place = os.environ.get("XBORDER_CONTRACTS")
    folder = Path(place) / "chinapost" if place else None
    if folder is None or not folder.is_dir():
        if os.environ.get("XBORDER_REQUIRE_CONTRACTS") == "1":
            pytest.fail("XBORDER_REQUIRE_CONTRACTS=1, but XBORDER_CONTRACTS names no folder with chinapost/")
        pytest.skip("set XBORDER_CONTRACTS to check against what is known of China Post")
    return folder
