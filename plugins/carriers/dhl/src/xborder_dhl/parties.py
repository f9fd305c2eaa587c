"""Sender and recipient on the wire: address, contact, tax numbers, and why one of them cannot be sent.

Lengths: MyDHL API OpenAPI 3.1.1, schemas AddressCreateShipmentRequest, Contact and RegistrationNumbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from xborder_dhl.settings import DhlSettings
from xborder_dhl.texts import clean, text_holds, wrap
from xborder_dhl.vocabulary import (
    EU_BY_NUMERIC,
    REGISTRATION_TYPES,
    TAX_NUMBER_ISSUERS,
    TAX_NUMBER_TYPES,
)
from xborder_sdk.models import Address, Hold, HoldReason, TaxNumber, TaxScheme

LINE_WIDTH = 45
LINE_COUNT = 3
_REGION_CODE = re.compile(r"^[A-Z0-9]{2,3}$")
_PREFIXED = re.compile(r"^([A-Z]{2})[0-9A-Z]{2,}$")


def place(address: Address) -> dict[str, str]:
    """A place without its people, for rates and products."""
    found = {
        "postalCode": clean(address.postal_code or ""),
        "cityName": clean(address.city),
        "countryCode": address.country,
    }
    region = clean(address.region or "").upper()
    if _REGION_CODE.match(region):
        found["provinceCode"] = region
    return found


def place_holds(path: str, address: Address, script: str) -> Iterator[Hold]:
    """Why a place cannot be sent.

    Args:
        path: `sender` or `recipient`.
        address: The address.
        script: The account's `script` setting.
    """
    if not clean(address.city):
        yield Hold(reason=HoldReason.BAD_ADDRESS, detail=f"{path}.city is empty", field=f"{path}.city")
    yield from text_holds(f"{path}.city", address.city, 45, script)
    if address.postal_code:
        yield from text_holds(f"{path}.postal_code", address.postal_code, 12, script)


def _lines(address: Address) -> list[str]:
    # A forwarder's mark must be printed above the street, so it takes the first line.
    found = [clean(line) for line in (address.reference or "", *address.lines)]
    return [line for line in found if line]


def party(address: Address) -> dict[str, Any]:
    """An address with its contact."""
    postal: dict[str, Any] = place(address)
    for number, line in enumerate(_lines(address), 1):
        postal[f"addressLine{number}"] = line
    region = clean(address.region or "")
    if region and "provinceCode" not in postal:
        postal["provinceName"] = region
    name = clean(address.name)
    contact = {
        "phone": clean(address.phone or ""),
        "companyName": clean(address.company or "") or name,
        "fullName": name,
    }
    if email := clean(address.email or ""):
        contact["email"] = email
    return {"postalAddress": postal, "contactInformation": contact}


def pickup_party(address: Address) -> dict[str, Any]:
    """The same for pickups, whose address has no province name."""
    found = party(address)
    found["postalAddress"].pop("provinceName", None)
    return found


def party_holds(path: str, address: Address, script: str) -> Iterator[Hold]:
    """Why a party cannot be sent.

    Args:
        path: `sender` or `recipient`.
        address: The party.
        script: The account's `script` setting.
    """
    name_limit = 255 if clean(address.company or "") else 100  # without a company the name is sent as one
    if not clean(address.name):
        yield Hold(reason=HoldReason.MISSING_DATA, detail=f"{path}.name is empty", field=f"{path}.name")
    yield from text_holds(f"{path}.name", address.name, name_limit, script)
    if address.company:
        yield from text_holds(f"{path}.company", address.company, 100, script)
    yield from _line_holds(path, address, script)
    yield from place_holds(path, address, script)
    if address.region:
        yield from text_holds(f"{path}.region", address.region, 35, script)
    if not clean(address.phone or ""):
        detail = f"{path}.phone is missing and DHL takes no shipment without it"
        repair = "give a phone number, with the country code"
        yield Hold(reason=HoldReason.MISSING_DATA, detail=detail, field=f"{path}.phone", repair=repair)
    else:
        yield from text_holds(f"{path}.phone", address.phone or "", 70, script)
    if address.email:
        yield from text_holds(f"{path}.email", address.email, 70, script)


def _line_holds(path: str, address: Address, script: str) -> Iterator[Hold]:
    if address.reference:
        yield from text_holds(f"{path}.reference", address.reference, LINE_WIDTH, script)
    in_script = True
    for index, line in enumerate(address.lines):
        for hold in text_holds(f"{path}.lines.{index}", line, len(line), script):
            in_script = False
            yield hold
    room = LINE_COUNT - (1 if clean(address.reference or "") else 0)
    lines = [clean(line) for line in address.lines if clean(line)]
    if not lines:
        yield Hold(reason=HoldReason.BAD_ADDRESS, detail=f"{path}.lines are empty", field=f"{path}.lines")
        return
    long = next((index for index, line in enumerate(address.lines) if len(clean(line)) > LINE_WIDTH), None)
    if not in_script or (long is None and len(lines) <= room):
        return
    proposal = wrap(" ".join(lines), LINE_WIDTH, room)
    yield Hold(
        reason=HoldReason.BAD_ADDRESS,
        detail=f"{path}.lines do not fit: DHL takes {room} lines of {LINE_WIDTH} characters",
        field=f"{path}.lines" if long is None else f"{path}.lines.{long}",
        repair="break the lines anew, as proposed" if proposal else "shorten the street lines",
        proposal=proposal or (),
    )


def _registration(number: TaxNumber, settings: DhlSettings) -> dict[str, str] | str | None:
    """What goes out for a tax number, a sentence why nothing can, or None where nothing should."""
    if number.scheme is TaxScheme.OSS:
        return None  # a scheme for sales inside the EU, of no use at a border
    named = number.name if number.name in REGISTRATION_TYPES else None
    kind = settings.tax_number_types.get(number.scheme) or TAX_NUMBER_TYPES.get(number.scheme) or named
    if kind is None:
        return f"DHL has no registration type for tax scheme {number.scheme.value}"
    issuer = number.issuer or _issuer(number)
    if issuer is None:
        return f"the country that issued the {number.scheme.value} number is not given"
    text = clean(number.number)
    if not 1 <= len(text) <= 35:
        return f"the {number.scheme.value} number should have 1 to 35 characters"
    return {"typeCode": kind, "number": text, "issuerCountryCode": issuer}


def _issuer(number: TaxNumber) -> str | None:
    text = clean(number.number).upper()
    if number.scheme is TaxScheme.IOSS:
        return EU_BY_NUMERIC.get(text[2:5]) if text.startswith("IM") else None
    if number.scheme in {TaxScheme.VAT, TaxScheme.EORI} and (match := _PREFIXED.match(text)):
        return {"EL": "GR", "XI": "GB"}.get(match[1], match[1])
    return TAX_NUMBER_ISSUERS.get(number.scheme)


def registrations(numbers: Sequence[TaxNumber], settings: DhlSettings) -> list[dict[str, str]]:
    """The tax numbers of one party, each once."""
    found: list[dict[str, str]] = []
    for number in numbers:
        entry = _registration(number, settings)
        if isinstance(entry, dict) and entry not in found:
            found.append(entry)
    return found


def registration_holds(path: str, numbers: Sequence[TaxNumber], settings: DhlSettings) -> Iterator[Hold]:
    """Why a tax number cannot be sent: leaving it out in silence would have the buyer pay tax twice.

    Args:
        path: Path of the party or declaration.
        numbers: Its tax numbers.
        settings: The account's settings.
    """
    for index, number in enumerate(numbers):
        entry = _registration(number, settings)
        if isinstance(entry, str):
            yield Hold(
                reason=HoldReason.CUSTOMS,
                detail=entry,
                field=f"{path}.tax_numbers.{index}",
                repair="give its issuer, or map its scheme in the account's tax_number_types",
            )
