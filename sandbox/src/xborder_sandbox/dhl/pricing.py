"""What a shipment costs. The tariff is the sandbox's own; its parts are those DHL's answers have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from xborder_sandbox.dhl.lane import Lane
from xborder_sandbox.dhl.load import Load
from xborder_sandbox.dhl.products import FUEL_PERCENT, FUEL_SURCHARGE, Product, Service

CENT = Decimal("0.01")
BASE_CURRENCY = "EUR"

# Units of a currency for one euro. Fixed, so that two quotes can be compared.
PER_EURO: dict[str, Decimal] = {
    code: Decimal(rate)
    for code, rate in (
        line.split()
        for line in """EUR 1
CNY 7.84
HKD 8.45
TWD 34.1
JPY 163
KRW 1480
SGD 1.45
MYR 4.75
THB 37.6
VND 26900
PHP 62.5
IDR 17400
INR 91.2
AED 3.98
SAR 4.06
ILS 4.02
AUD 1.66
NZD 1.80
USD 1.0835
CAD 1.47
MXN 19.9
BRL 6.15
CLP 1025
GBP 0.8565
CHF 0.9490
NOK 11.6
DKK 7.46
SEK 11.3
PLN 4.29
CZK 25.1
HUF 398
RON 4.97""".splitlines()
    )
}

# Euro for the first half kilogram and for each further one, by zone (lane.zone).
_FIRST = (Decimal("9.50"), Decimal("24.00"), Decimal("38.00"))
_NEXT = (Decimal("0.90"), Decimal("2.60"), Decimal("4.20"))
_PUBLIC_OVER_BILLED = Decimal("1.25")


@dataclass(frozen=True)
class ServiceWish:
    """A value-added service asked for, with its value in a currency when it has one."""

    service: Service
    value: Decimal = Decimal(0)
    currency: str = BASE_CURRENCY


@dataclass(frozen=True)
class Charge:
    """One line of a price; the transport itself has no service code."""

    name: str
    code: str
    base: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """With tax."""
        return self.base + self.tax


@dataclass(frozen=True)
class Price:
    """A price in one currency."""

    currency: str
    tax_percent: Decimal
    charges: tuple[Charge, ...]

    @property
    def total(self) -> Decimal:
        """All charges with tax."""
        return sum((charge.total for charge in self.charges), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """The tax in it."""
        return sum((charge.tax for charge in self.charges), Decimal(0))


def price(
    lane: Lane,
    product: Product,
    load: Load,
    wishes: Iterable[ServiceWish] = (),
    currency: str = BASE_CURRENCY,
    public: bool = False,
) -> Price:
    """Return what the carrier charges.

    Args:
        lane: From where to where. Only domestic transport is taxed.
        product: How.
        load: What.
        wishes: Value-added services asked for.
        currency: ISO 4217, one of `PER_EURO`.
        public: The public tariff instead of the customer's own.
    """
    steps = load.half_kilograms - 1
    transport = (_FIRST[lane.zone] + _NEXT[lane.zone] * steps) * product.factor
    if public:
        transport *= _PUBLIC_OVER_BILLED
    tax_percent = Decimal(lane.origin.country.vat_percent) if lane.is_domestic else Decimal(0)

    def charge(name: str, code: str, euros: Decimal) -> Charge:
        base = _round(euros * PER_EURO[currency], CENT)
        return Charge(name, code, base, _round(base * tax_percent / 100, CENT))

    charges = [charge(product.name, "", transport)]
    for wish in wishes:
        value = wish.value / PER_EURO[wish.currency]
        euros = max(wish.service.flat, value * wish.service.percent / 100)
        charges.append(charge(wish.service.name, wish.service.code, euros))
    charges.append(charge("FUEL SURCHARGE", FUEL_SURCHARGE, transport * FUEL_PERCENT / 100))
    return Price(currency, tax_percent, tuple(charges))


def convert(amount: Decimal, source: str, target: str) -> Decimal:
    """Return an amount in another currency, to the cent."""
    return _round(amount / PER_EURO[source] * PER_EURO[target], CENT)


_BEYOND_CENTS = 20


def _round(value: Decimal, step: Decimal | str) -> Decimal:
    if value.adjusted() > _BEYOND_CENTS:  # nobody's money: too long a number to have cents
        return value
    return value.quantize(Decimal(step), ROUND_HALF_UP)


def wire(value: Decimal) -> float:
    """Return a number for the answer.

    The document has JSON numbers. A float prints as the shortest decimal text that reads back the same, which
    for prices and weights is the Decimal's own digits.
    """
    return float(value)
