"""An account at the invented vendor, and what a seller asks of it. All people are invented."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from xborder_hello import HelloConnector, HelloSettings
from xborder_sdk.hookspecs import CreateShipment
from xborder_sdk.models import Address, Parcel

SENDER = Address(
    name="Lin Example",
    lines=("8 Sample Road",),
    city="Utrecht",
    postal_code="3511 AA",
    country="NL",
)
RECIPIENT = SENDER.replace(
    name="Erika Invented",
    lines=("Musterweg 12",),
    city="Berlin",
    postal_code="10115",
    country="DE",
)


@pytest.fixture
def connector() -> HelloConnector:
    """The connector of one account."""
    settings = HelloSettings(
        client_id="app", client_secret=SecretStr("word"), shop="77"
    )
    return HelloConnector("my-shop", settings)


@pytest.fixture
def purchase() -> CreateShipment:
    """A parcel of 1.25 kg to Berlin."""
    return CreateShipment(
        sender=SENDER,
        recipient=RECIPIENT,
        parcels=(Parcel(weight_g=1250),),
        ship_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        service="std",
        key="parcel-1",
        references=("H-1",),
    )
