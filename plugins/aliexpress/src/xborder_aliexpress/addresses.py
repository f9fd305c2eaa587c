"""Where an order goes: the platform's address, shown whole or masked, as our model.

Sources: the official IOP Java SDK 1.3.5-ae (findorderreceiptinfo, receiptinfo.get, order.decrypt), the public example
of aliexpress.solution.order.receiptinfo.get.
"""

from __future__ import annotations

import re
from typing import Final

from xborder_aliexpress import vocabulary as words
from xborder_sdk.models import Address, Hold, HoldReason, TaxNumber, TaxScheme
from xborder_sdk.reading import JsonObject

MASKED_FIELDS: Final = ("contact_person", "detail_address", "address2", "phone_number", "mobile_no")
"""What aliexpress.trade.seller.order.decrypt gives back in full."""

_MASK = "*"
_COUNTRY_NUMBER = re.compile(r"\+?([1-9]\d{0,3})")


def is_masked(receipt: JsonObject) -> bool:
    """Whether the platform hides a part of the address."""
    return any(_MASK in (receipt.text_or_none(name) or "") for name in MASKED_FIELDS)


def unmasked(receipt: JsonObject, whole: JsonObject) -> JsonObject:
    """The address with what the platform has given back in full.

    Args:
        receipt: The address as shown.
        whole: `result_obj` of aliexpress.trade.seller.order.decrypt.
    """
    found = {name: text for name in MASKED_FIELDS if (text := whole.text_or_none(name)) is not None}
    return JsonObject({**receipt.data, **found}, receipt.path)


def read_address(receipt: JsonObject, tax_numbers: tuple[TaxNumber, ...]) -> tuple[Address | None, tuple[Hold, ...]]:
    """The address and what speaks against printing it; None where nothing can be sent to it.

    Args:
        receipt: The address.
        tax_numbers: The buyer's numbers.
    """
    country = country_of(receipt.text_or_none("country"))
    lines = _street(receipt)
    if country is None or not lines:
        if not any(receipt.text_or_none(name) for name in ("country", "contact_person", *MASKED_FIELDS)):
            return None, ()
        field = "ship_to.country" if country is None else "ship_to.lines.0"
        detail = f"the country {receipt.text_or_none('country') or '(missing)'} is not understood"
        return None, (
            Hold(
                reason=HoldReason.BAD_ADDRESS,
                detail=detail if country is None else "the address has no street",
                field=field,
                repair="see the order at the platform",
            ),
        )
    address = Address(
        name=receipt.text_or_none("contact_person") or "",
        lines=lines,
        city=receipt.text_or_none("city") or "",
        region=receipt.text_or_none("province"),
        postal_code=receipt.text_or_none("zip"),
        country=country,
        phone=_phone(receipt),
        tax_numbers=tax_numbers,
    )
    if not is_masked(receipt):
        return address, ()
    return address, (
        Hold(
            reason=HoldReason.BAD_ADDRESS,
            detail="the platform shows the address masked",
            field="ship_to.lines",
            repair="allow decrypt in the account's settings, and the decryption call to the application",
        ),
    )


def country_of(code: str | None) -> str | None:
    """ISO 3166-1 alpha-2 of the vendor's country code; None where nobody knows it."""
    found = (code or "").strip().upper()
    found = words.COUNTRY.get(found, found)
    return found if len(found) == 2 and found.isascii() and found.isalpha() else None


def tax_number(number: str | None, country: str | None, name: str | None = None) -> tuple[TaxNumber, ...]:
    """A number of the buyer as a person, as a list of one; empty where there is none, or it is shown masked."""
    if number is None or _MASK in number:
        return ()
    return (TaxNumber(scheme=TaxScheme.PERSONAL, number=number.strip(), issuer=country, name=name),)


def _street(receipt: JsonObject) -> tuple[str, ...]:
    """Street and addition. `address` is read only where there is no `detail_address`: it may hold the whole of it."""
    street = receipt.text_or_none("detail_address") or receipt.text_or_none("address")
    found = (street, receipt.text_or_none("address2"))
    return tuple(dict.fromkeys(" ".join(line.split()) for line in found if line is not None))


def _phone(receipt: JsonObject) -> str | None:
    number = receipt.text_or_none("mobile_no")
    if number is None:
        parts = (receipt.text_or_none("phone_area"), receipt.text_or_none("phone_number"))
        number = " ".join(part.strip() for part in parts if part is not None) or None
    if number is None or number.strip().startswith("+"):
        return number and number.strip()
    country = _COUNTRY_NUMBER.fullmatch((receipt.text_or_none("phone_country") or "").strip())
    return number.strip() if country is None else f"+{country[1]} {number.strip()}"
