"""Products of the simulated network and which lane has which.

Codes and names: reference-data example `productCode` of dpdhl-express-api-3.1.1 (D, U, 7, 1, O), its rate and
shipment examples (P, N, T, W-class names) and DHL's long-standing global codes for the rest. Which lane offers
which product is the sandbox's own rule; the authority on the real network is its /rates and /products.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from xborder_sandbox.dhl.lane import Lane
from xborder_sandbox.dhl.load import Load


@dataclass(frozen=True)
class Product:
    """A product.

    Attributes:
        content_code: Printed large on labels (WPX, DOX, ...).
        deliver_by: Promised local time of day.
        factor: Price over the base tariff.
        extra_days: Transit days over the fastest product.
        by_agreement: Only for customers with an agreement.
        day_definite: On the day-definite network (DD), else time-definite (TD).
    """

    code: str
    name: str
    content_code: str
    deliver_by: time
    factor: Decimal
    extra_days: int = 0
    by_agreement: bool = False
    day_definite: bool = False
    max_piece_kg: Decimal = Decimal(70)

    @property
    def network(self) -> str:
        """TD or DD."""
        return "DD" if self.day_definite else "TD"


def _product(
    code: str, name: str, content: str, by: str, factor: str, days: int = 0, piece: str = "70", **more: bool
) -> Product:
    return Product(
        code, name, content, time.fromisoformat(by), Decimal(factor), days, max_piece_kg=Decimal(piece), **more
    )


_END = "23:59"
GOODS = (
    _product("P", "EXPRESS WORLDWIDE", "WPX", _END, "1.00"),
    _product("Y", "EXPRESS 12:00", "TDY", "12:00", "1.25"),
    _product("E", "EXPRESS 9:00", "TDE", "09:00", "1.80"),
    _product("8", "EXPRESS EASY", "XEP", _END, "1.35", piece="25"),
    _product("H", "ECONOMY SELECT", "ESI", _END, "0.72", 3, day_definite=True),
    _product("B", "EXPRESS BREAKBULK", "BBX", _END, "0.90", 1, by_agreement=True),
)
DOCUMENTS = (
    _product("D", "EXPRESS WORLDWIDE", "DOX", _END, "0.85"),
    _product("T", "EXPRESS 12:00", "TDT", "12:00", "1.10"),
    _product("K", "EXPRESS 9:00", "TDK", "09:00", "1.60"),
    _product("7", "EXPRESS EASY", "XED", _END, "1.20", piece="25"),
)
UNION = (
    _product("U", "EXPRESS WORLDWIDE", "ECX", _END, "1.00"),
    _product("T", "EXPRESS 12:00", "TDT", "12:00", "1.25"),
    _product("K", "EXPRESS 9:00", "TDK", "09:00", "1.80"),
    _product("W", "ECONOMY SELECT", "ESU", _END, "0.60", 2, day_definite=True),
)
DOMESTIC = (
    _product("N", "EXPRESS DOMESTIC", "DOM", _END, "1.00"),
    _product("1", "EXPRESS DOMESTIC 12:00", "DOT", "12:00", "1.30"),
    _product("O", "EXPRESS DOMESTIC 10:30", "DOL", "10:30", "1.50"),
)
LONGEST_CM = Decimal(300)
ECONOMY_REGIONS = frozenset({"europe", "asia"})


def products_for(lane: Lane, dutiable: bool) -> tuple[Product, ...]:
    """Return the products of a lane for dutiable goods, or for what needs no customs declaration."""
    if lane.is_domestic:
        return () if dutiable else DOMESTIC
    if not lane.crosses_customs:
        return () if dutiable else UNION
    if not dutiable:
        return DOCUMENTS
    if lane.zone == 1 and lane.origin.country.region in ECONOMY_REGIONS:
        return GOODS
    return tuple(product for product in GOODS if not product.day_definite)


def can_carry(product: Product, load: Load) -> bool:
    """Tell whether no piece is too heavy or too long."""
    return load.heaviest_kg <= product.max_piece_kg and load.longest_cm <= LONGEST_CM


def all_products() -> list[Product]:
    """Return every product once, by code."""
    return list({p.code: p for group in (GOODS, DOCUMENTS, UNION, DOMESTIC) for p in group}.values())


@dataclass(frozen=True)
class Service:
    """A value-added service; `percent` of its value or `flat` in EUR, whichever is more."""

    code: str
    name: str
    flat: Decimal
    percent: Decimal = Decimal(0)
    by_agreement: bool = False
    needs_value: bool = False
    dutiable_only: bool = False


def _service(code: str, name: str, flat: str, percent: str = "0", **more: bool) -> Service:
    return Service(code, name, Decimal(flat), Decimal(percent), **more)


# Names and codes as in the document's example nonDocInternationalShipmentRatesResponse; prices are the sandbox's.
SERVICES: dict[str, Service] = {
    service.code: service
    for service in (
        _service("II", "SHIPMENT INSURANCE", "10", "1", needs_value=True),
        _service("DD", "DUTY TAX PAID", "15", "2", dutiable_only=True),
        _service("DS", "DUTIES & TAXES UNPAID", "0", dutiable_only=True),
        _service("WY", "PAPERLESS TRADE", "0", dutiable_only=True),
        _service("AA", "SATURDAY DELIVERY", "16"),
        _service("SF", "DIRECT SIGNATURE", "5"),
        _service("LX", "HOLD FOR COLLECTION", "0"),
        _service("EE", "GOGREEN CLIMATE NEUTRAL", "1"),
        _service("NN", "NEUTRAL DELIVERY", "4"),
        _service("PZ", "LABEL FREE", "0"),
        _service("PT", "DATA STAGING 03", "0", by_agreement=True),
        _service("HD", "LITHIUM ION PI966 SECTION II", "5", by_agreement=True),
        _service("HV", "LITHIUM ION PI967-SECTION II", "5", by_agreement=True),
        _service("HM", "LITHIUM METAL", "5", by_agreement=True),
        _service("HW", "LITHIUM METAL PI970-SECTION II", "5", by_agreement=True),
    )
}
FUEL_SURCHARGE = "FF"
FUEL_PERCENT = Decimal("21.3")


def offered(service: Service, dutiable: bool) -> bool:
    """Tell whether a lane with or without customs has the service."""
    return dutiable or not service.dutiable_only
