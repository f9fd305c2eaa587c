"""What the seller knows of the goods: master data by SKU, and an order with it.

Marketplaces rarely send weights, customs names or HS codes, and an `Order` has no fields for them: they stay beside
the order, so that what the platform said and what the seller added can always be told apart.
"""

from __future__ import annotations

from pydantic import Field

from xborder_sdk.models import Battery, Dimensions, Model, Order, OrderLine
from xborder_sdk.models.base import CountryCode, Grams
from xborder_sdk.models.customs import HsCode

__all__ = ["Battery", "CatalogueItem", "EnrichedOrder", "LineFacts"]


class CatalogueItem(Model):
    """Master data of one SKU. What is None is not known, and nothing is put in its place.

    Attributes:
        name_en: Specific customs name in English, such as "men's cotton T-shirt".
        name_local: Name in the language of the country it is sent from, where customs there ask for it.
        weight_g: Net weight of one piece in grams.
        dimensions: Size of one packed piece.
        hs_code: Harmonised System code; its first six digits hold worldwide.
        national_codes: Longer codes of single destinations, by country, or `EU`.
        origin: Where it was made.
        battery: Which battery is in it; goods without one say `none`.
        gtin: Global trade item number.
    """

    sku: str = Field(min_length=1)
    name_en: str | None = Field(default=None, min_length=3, max_length=512)
    name_local: str | None = Field(default=None, min_length=1)
    weight_g: Grams | None = None
    dimensions: Dimensions | None = None
    hs_code: HsCode | None = None
    national_codes: dict[str, HsCode] = Field(default_factory=dict)
    origin: CountryCode | None = None
    battery: Battery | None = None
    gtin: str | None = Field(default=None, pattern=r"^[0-9]{8,14}$")


class LineFacts(Model):
    """An order line with its master data; None where the catalogue has none."""

    line: OrderLine
    item: CatalogueItem | None = None


class EnrichedOrder(Model):
    """An order with what the seller knows of its goods, line by line."""

    order: Order
    lines: tuple[LineFacts, ...]
