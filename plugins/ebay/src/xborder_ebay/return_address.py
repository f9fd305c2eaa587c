"""Our address as the return address of a payment dispute.

FUL (OpenAPI sell_fulfillment_v1), schemas ReturnAddress and Phone: where it is given it must be whole, with full name
and phone number; the number is one run of digits with its area code and without the country's.
"""

from __future__ import annotations

from xborder_sdk.errors import InvalidRequest
from xborder_sdk.models import Address

_FIELD = "return_address"
_MOST_LINES = 2


def return_address(address: Address) -> dict[str, object]:
    """eBay's ReturnAddress.

    Args:
        address: Where the goods go back to.

    Raises:
        InvalidRequest: eBay's form has no room for something, or something it needs is missing.
    """
    company = () if address.company is None or address.company == address.name else (address.company,)
    lines = (*company, *address.lines)
    if len(lines) > _MOST_LINES:
        raise InvalidRequest("eBay has room for two lines with the company", field=f"{_FIELD}.lines")
    for name, value in (("name", address.name), ("city", address.city)):
        if not value.strip():
            raise InvalidRequest("eBay needs it in a return address", field=f"{_FIELD}.{name}")
    found: dict[str, object] = {
        "fullName": address.name,
        **dict(zip(("addressLine1", "addressLine2"), lines, strict=False)),
        "city": address.city,
        "country": address.country,
        "primaryPhone": {"countryCode": address.country, "number": _digits(address.phone)},
    }
    if address.region is not None:
        found["stateOrProvince"] = address.region
    if address.postal_code is not None:
        found["postalCode"] = address.postal_code
    return found


def _digits(phone: str | None) -> str:
    text = (phone or "").strip()
    if text.startswith(("+", "00")):
        raise InvalidRequest(
            "eBay takes the phone number without the country's code",
            field=f"{_FIELD}.phone",
            hint="give area code and number only; eBay knows the country from the address",
        )
    digits = "".join(mark for mark in text if mark.isascii() and mark.isdigit())
    if not digits or any(mark.isalpha() for mark in text):
        raise InvalidRequest("eBay needs a phone number in a return address", field=f"{_FIELD}.phone")
    return digits
