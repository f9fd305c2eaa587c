"""Who sends and who receives: one postal address with its contact and tax numbers."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from xborder_sdk.models.base import CountryCode, MaybePersonal, Model, Personal, PersonalLines


class TaxScheme(StrEnum):
    """What kind of number a tax or customs number is."""

    IOSS = "ioss"
    """EU import one-stop shop, `IM` and ten digits."""
    VAT = "vat"
    EORI = "eori"
    VOEC = "voec"
    """Norway."""
    GB_VAT = "gb_vat"
    """United Kingdom VAT of the seller or marketplace."""
    ABN = "abn"
    """Australian business number or ARN."""
    NZ_GST = "nz_gst"
    GST = "gst"
    EIN = "ein"
    """United States employer number."""
    OSS = "oss"
    PERSONAL = "personal"
    """A number of the buyer as a person (CPF, Codice Fiscale, NIF ...)."""
    OTHER = "other"


class TaxNumber(Model):
    """A tax or customs registration number.

    Attributes:
        scheme: What kind of number it is.
        number: The number as text; letters and leading zeros stay.
        issuer: Country that issued it, where known.
        name: The vendor's own word for the scheme when it is `OTHER`.
    """

    scheme: TaxScheme
    number: Personal
    issuer: CountryCode | None = None
    name: str | None = None


class Address(Model):
    """A postal address with its contact person.

    Street lines are kept as given: how long a line may be is the carrier's rule, checked before anything is bought.

    Attributes:
        name: The person. Some carriers need a company as well; they repeat the name where there is none.
        lines: One to several street lines, without city, postcode and country.
        region: State or province, as the platform gave it.
        postal_code: Empty where the country has none.
        residential: Whether it is a private home, where known.
        reference: A text that must be printed above the street, such as a forwarder's parcel reference.
    """

    name: Personal
    company: MaybePersonal = None
    lines: PersonalLines = Field(min_length=1)
    city: Personal
    region: MaybePersonal = None
    postal_code: MaybePersonal = None
    country: CountryCode
    phone: MaybePersonal = None
    email: MaybePersonal = None
    tax_numbers: tuple[TaxNumber, ...] = ()
    residential: bool | None = None
    reference: MaybePersonal = None


class AddressCheck(Model):
    """What a carrier says of an address.

    Attributes:
        serviceable: Whether the carrier can serve it.
        suggestions: The carrier's own spelling of place and postcode, best first.
        warnings: The carrier's remarks.
    """

    serviceable: bool
    suggestions: tuple[Place, ...] = ()
    warnings: tuple[str, ...] = ()


class Place(Model):
    """A place on the carrier's map."""

    country: CountryCode
    city: str | None = None
    postal_code: str | None = None
    region: str | None = None
    facility: str | None = None
    """The carrier's code of the station that serves it."""
