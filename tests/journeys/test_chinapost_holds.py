"""What China Post would refuse is said before anything is bought, and what is secret shows nowhere."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote as url_quote

import pytest
from tests.journeys.post import COLOURS, LINE, PARCEL, RECIPIENT, SENDER, Post, post, purchase, question

from xborder_sdk.errors import InvalidRequest, OutcomeUnknown, Refused, XborderError
from xborder_sdk.hookspecs import AttemptRecord, CancelShipment, GetDocuments, GetShipment, TrackParcels, hookimpl
from xborder_sdk.models import Dimensions


@pytest.fixture(params=["gateway", "pcp"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def customer(transport: str) -> Iterator[Post]:
    with post("sync", transport) as made:
        yield made


def sized(length: int, width: int, height: int) -> Any:
    return PARCEL.replace(dimensions=Dimensions(length_mm=length, width_mm=width, height_mm=height))


HELD: dict[str, tuple[dict[str, Any], str]] = {
    "+ in the name": ({"recipient": {"name": "Ottilie + Hans"}}, "recipient.name"),
    "|| in the street": ({"recipient": {"lines": ("Erdachtweg || 12",)}}, "recipient.lines"),
    "+ in the city": ({"recipient": {"city": "Muster+stadt"}}, "recipient.city"),
    "+ in the company": ({"sender": {"company": "Lantern + Lane"}}, "sender.company"),
    "|| in the goods": ({"line": {"description": "lamp || shade"}}, "customs.lines.0.description"),
    "+ in the goods": ({"line": {"description_local": "灯+罩"}}, "customs.lines.0.description_local"),
    "+ in the SKU": ({"line": {"sku": "LAMP+2"}}, "customs.lines.0.sku"),
    "an emoji": ({"recipient": {"lines": ("Erdachtweg 12 🦊",)}}, "recipient.lines"),
    "another script": ({"recipient": {"name": "Ирина Вымысел"}}, "recipient.name"),
    "60 bytes of English": ({"line": {"description": "x" * 60}}, "customs.lines.0.description"),
    "60 bytes of Chinese": ({"line": {"description_local": "灯" * 20}}, "customs.lines.0.description_local"),
    "goods without English": ({"line": {"description": "折纸灯"}}, "customs.lines.0.description"),
    "a SKU of 50 bytes": ({"line": {"sku": "L" * 50}}, "customs.lines.0.sku"),
    "a street of 513 bytes": ({"recipient": {"lines": ("x" * 513,)}}, "recipient.lines"),
    "a phone of 21 characters": ({"recipient": {"phone": "1" * 21}}, "recipient.phone"),
    "2,001 g": ({"parcels": (PARCEL.replace(weight_g=2001),)}, "parcels.0.weight_g"),
    "a side over 60 cm": ({"parcels": (sized(601, 120, 50),)}, "parcels.0.dimensions"),
    "sides over 90 cm": ({"parcels": (sized(500, 300, 101),)}, "parcels.0.dimensions"),
    "a postcard": ({"parcels": (sized(139, 110, 5),)}, "parcels.0.dimensions"),
    "no route": ({"recipient": {"country": "BO"}}, "recipient.country"),
}


@pytest.mark.parametrize("what", HELD)
def test_it_is_held_before_anything_reaches_the_post(customer: Post, what: str) -> None:
    changes, field = HELD[what]
    wish = purchase(**changes)
    holds = customer.caller.client.connector(customer.account).check_shipment(wish)
    assert field in {hold.field for hold in holds}
    with pytest.raises(InvalidRequest) as caught:
        customer.create_shipment(wish)
    assert caught.value.field == field
    assert customer.asked() == 0
    assert not customer.caller.store.history()


TAKEN: dict[str, dict[str, Any]] = {
    "59 bytes of English": {"line": {"description": "x" * 59}},
    "57 bytes of Chinese": {"line": {"description_local": "灯" * 19}},
    "59 bytes of both": {"line": {"description_local": "灯" * 19 + "ab"}},
    "a SKU of 49 bytes": {"line": {"sku": "L" * 49}},
    "a street of 512 bytes": {"recipient": {"lines": ("x" * 512,)}},
    "a plus in the phone": {"recipient": {"phone": "+49 221 5550123"}},
    "accents": {"recipient": {"name": "Zoë Łąka-Ørsted", "city": "Bielsko-Biała"}},
    "no region": {"recipient": {"region": None}},
    "one gram": {"parcels": (PARCEL.replace(weight_g=1),), "line": {"unit_weight_g": 1, "quantity": 1}},
    "2,000 g": {"parcels": (PARCEL.replace(weight_g=2000),)},
    "5,000 g to Russia": {"parcels": (PARCEL.replace(weight_g=5000),), "recipient": {"country": "RU"}},
    "sides of 60 and 90 cm": {"parcels": (sized(600, 200, 100),)},
    "no size": {"parcels": (PARCEL.replace(dimensions=None),)},
    "an HS code of none": {"line": {"hs_code": None, "sku": None}},
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_not_held_is_taken(customer: Post, what: str) -> None:
    wish = purchase(**TAKEN[what])
    assert not customer.caller.client.connector(customer.account).check_shipment(wish)
    bought = customer.create_shipment(wish)
    assert [held["number"] for held in customer.held()] == [bought.waybill]


@pytest.mark.parametrize(
    ("service", "country", "told"), [("002", "NC", "DF"), ("019", "GB", "GB"), ("007", "JP", "JP")]
)
def test_destinations_have_the_post_s_codes(customer: Post, service: str, country: str, told: str) -> None:
    customer.create_shipment(purchase(service, recipient={"country": country}))
    assert customer.held()[0]["to"] == told


def test_a_route_that_closed_since_is_the_post_s_to_refuse(transport: str) -> None:
    opened = {
        "family": "epacket",
        "valid_from": "2026-01-01",
        "max_g": 2000,
        "destinations": {"CL": 2000},
        "source": "an invented notice",
    }
    with post("async", transport, limits=[opened]) as customer:
        with pytest.raises(Refused) as caught:
            customer.create_shipment(purchase(recipient={"country": "CL"}))
        assert caught.value.code == "B16"
        assert "does not go" in (caught.value.hint or "")


def test_more_signs_that_the_post_refuses_are_named_when_it_does(customer: Post) -> None:
    customer.sandbox.admin("chinapost", "settings", special_characters=["+", "||", "#"])
    with pytest.raises(Refused) as caught:
        customer.create_shipment(purchase(recipient={"lines": ("Apt #3",)}))
    assert caught.value.code == "S14"
    assert "out of the texts" in (caught.value.hint or "")
    assert customer.held() == []


# -- what shows --------------------------------------------------------------------------------------------------------

# Without the postal code: five digits may as well be a port of this machine.
PEOPLE = (RECIPIENT.name, "Fährmann", "Erdachtweg", "5550123", "faehrmann.example", "Musterstadt")


class Listener:
    """Keeps every attempt it is told of."""

    def __init__(self) -> None:
        self.records: list[AttemptRecord] = []

    @hookimpl
    def on_attempt(self, record: AttemptRecord) -> None:
        self.records.append(record)


def shown(error: BaseException | None) -> str:
    """An exception in every form it is shown in."""
    parts: list[str] = []
    while error is not None:
        parts += [str(error), repr(error), repr(error.args), repr(vars(error))]
        trace = traceback.TracebackException.from_exception(error, capture_locals=True)
        trace.stack[:] = [
            f for f in trace.stack if "/xborder_sdk/" in f.filename or "/xborder_chinapost/" in f.filename
        ]
        parts += trace.format()
        if isinstance(error, XborderError):
            parts.append(repr(error.facts()))
        error = error.__cause__ or error.__context__
    return "\n".join(parts)


@pytest.mark.parametrize("colour", COLOURS)
def test_no_key_and_no_buyer_is_seen(colour: str, transport: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    listener = Listener()
    with post(colour, transport, timeout_s=0.4, hooks=[listener]) as customer:
        settings = customer.sandbox.settings(customer.account)
        keys = [str(settings[name]) for name in ("authorization", "sm4_key", "ak", "digest_key") if name in settings]
        assert keys
        seen: list[str] = []

        def attempt(call: Callable[[], object]) -> None:
            try:
                seen.append(repr(call()))
            except XborderError as error:
                seen.append(shown(error))

        echo = {"success": False, "retCode": "B00", "retMsg": f"{RECIPIENT.name}, {RECIPIENT.lines[0]} {keys[0]}"}
        if transport == "pcp":
            echo = {"success": "false", "reason": "B03", "msg": echo["retMsg"]}
        attempt(lambda: customer.quote(question()))
        bought = customer.create_shipment(purchase())
        seen += [repr(bought), str(bought)]
        attempt(lambda: customer.get_documents(GetDocuments(waybill=bought.waybill)))
        attempt(lambda: customer.track(TrackParcels(numbers=(bought.waybill,))))
        attempt(lambda: customer.get_shipment(GetShipment(waybill=bought.waybill)))
        attempt(lambda: customer.cancel_shipment(CancelShipment(waybill=bought.waybill)))
        faults: list[dict[str, Any]] = [
            {"kind": "status", "status": 200, "body": echo},
            {"kind": "status", "status": 500, "body": echo, "after": True},
            {"kind": "silence", "after": True},
            {"kind": "html"},
        ]
        for index, fault in enumerate(faults):
            customer.sandbox.inject(fault, vendor="chinapost")
            with pytest.raises((OutcomeUnknown, Refused)) as caught:
                customer.create_shipment(purchase(key=f"order-{index + 2}"))
            seen.append(shown(caught.value))
        attempt(lambda: customer.create_shipment(purchase(key="x", recipient={"name": f"{RECIPIENT.name} +"})))
        connector = customer.caller.client.connector(customer.account)
        seen += [repr(customer.caller.client), repr(connector), repr(connector.settings), repr(customer.effects())]
        seen += [repr(listener.records), repr(purchase()), repr(LINE), caplog.text]
        seen += [f"{record.getMessage()} {record.args!r} {record.exc_text}" for record in caplog.records]
        assert listener.records
        text = "\n".join(seen).casefold()
        canaries = [*keys, *(url_quote(key, safe="") for key in keys), *PEOPLE, SENDER.phone or "?"]
        assert [canary for canary in canaries if canary.casefold() in text] == []
