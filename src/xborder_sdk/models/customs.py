"""What customs must know of a parcel."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from xborder_sdk.models.address import TaxNumber
from xborder_sdk.models.base import CountryCode, Grams, Model
from xborder_sdk.models.money import Money, total

HsCode = Annotated[str, Field(pattern=r"^[0-9]{6,12}$")]
"""Harmonised System code: digits only, 6 (worldwide) to 10 or more (national); leading zeros stay."""


class ContentsType(StrEnum):
    """Why the goods travel."""

    SALE = "sale"
    GIFT = "gift"
    SAMPLE = "sample"
    RETURN = "return"
    DOCUMENTS = "documents"
    OTHER = "other"


class Battery(StrEnum):
    """Which battery a piece has, by the IATA packing instructions (UN 3480/3481 lithium ion, UN 3090/3091 metal)."""

    NONE = "none"
    ION_IN_EQUIPMENT = "ion_in_equipment"
    """Built in: PI 967."""
    ION_WITH_EQUIPMENT = "ion_with_equipment"
    """In the box beside its device: PI 966."""
    ION_ALONE = "ion_alone"
    """Alone, such as a power bank: PI 965."""
    METAL_IN_EQUIPMENT = "metal_in_equipment"
    """PI 970."""
    METAL_WITH_EQUIPMENT = "metal_with_equipment"
    """PI 969."""
    METAL_ALONE = "metal_alone"
    """PI 968."""


class Incoterm(StrEnum):
    """Who pays duties. In parcels, `DAP`: the receiver at the door; `DDP`: the sender."""

    DAP = "DAP"
    DDP = "DDP"
    EXW = "EXW"
    FCA = "FCA"
    CPT = "CPT"
    CIP = "CIP"
    DPU = "DPU"


class CustomsLine(Model):
    """One kind of goods in the parcel.

    Attributes:
        description: Specific English name ("men's cotton T-shirt", not "clothes").
        quantity: Pieces.
        unit_value: What one piece was sold for.
        unit_weight_g: Net weight of one piece in grams.
        hs_code: Harmonised System code.
        origin: Where the goods were made.
        description_local: Name in the language of the sending country, where customs there ask for it.
        sku, gtin, manufacturer_part_no: Product identifiers; the EU asks for one from late 2026.
        order_line_id: The order line the goods come from.
        battery: Which battery is in a piece; None where nobody has said.
    """

    description: str = Field(min_length=3, max_length=512)
    quantity: int = Field(strict=True, gt=0)
    unit_value: Money
    unit_weight_g: Grams
    hs_code: HsCode | None = None
    origin: CountryCode | None = None
    description_local: str | None = None
    sku: str | None = None
    gtin: str | None = None
    manufacturer_part_no: str | None = None
    order_line_id: str | None = None
    battery: Battery | None = None

    @property
    def value(self) -> Money:
        """Value of all pieces."""
        return self.unit_value * self.quantity

    @property
    def weight_g(self) -> int:
        """Net weight of all pieces in grams."""
        return self.unit_weight_g * self.quantity


class CollectedTax(Model):
    """A tax the platform has already collected from the buyer and hands to the authority itself.

    Attributes:
        number: The number to declare with the goods (IOSS, VOEC, ...); None where the platform keeps it.
        amount: What was collected, where told.
        vendor_scheme: The platform's own word.
    """

    number: TaxNumber | None = None
    amount: Money | None = None
    vendor_scheme: str | None = None


class CustomsDeclaration(Model):
    """The declaration of one shipment.

    Attributes:
        lines: The goods; their values must be in one currency.
        contents: Why they travel.
        incoterm: Who pays duties.
        invoice_number: Number of the commercial invoice; the order's number is usual.
        invoice_date: Its date.
        tax_numbers: Numbers to declare, such as the platform's IOSS number.
        freight: Freight charged to the buyer, part of the customs value in many countries.
        insurance: Insurance charged to the buyer.
        invoice_remarks: Text for the invoice.
    """

    lines: tuple[CustomsLine, ...] = Field(min_length=1, max_length=999)
    contents: ContentsType = ContentsType.SALE
    incoterm: Incoterm = Incoterm.DAP
    invoice_number: str = Field(min_length=1, max_length=35)
    invoice_date: date
    tax_numbers: tuple[TaxNumber, ...] = ()
    freight: Money | None = None
    insurance: Money | None = None
    invoice_remarks: str | None = None

    @property
    def value(self) -> Money:
        """Sum of the lines.

        Raises:
            ValueError: The lines are in several currencies.
        """
        found = total(line.value for line in self.lines)
        assert found is not None  # noqa: S101 - at least one line is required
        return found

    @property
    def net_weight_g(self) -> int:
        """Net weight of all goods in grams."""
        return sum(line.weight_g for line in self.lines)


class LandedCost(Model):
    """Duties, taxes and fees at the destination, as a carrier estimates them.

    Attributes:
        total: All of it, with goods and freight, in one currency.
        duties: Customs duty alone, where told.
        taxes: Import taxes alone, where told.
        fees: The carrier's fees, where told.
    """

    total: Money
    duties: Money | None = None
    taxes: Money | None = None
    fees: Money | None = None
    warnings: tuple[str, ...] = ()
