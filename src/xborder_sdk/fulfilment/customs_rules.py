"""Customs rules that change: data with the day they begin to hold and their source.

Nothing here is law advice. Each row holds from its first day until a later row of the same place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from xborder_sdk.models import Address, TaxScheme

EU: Final = frozenset(
    {"AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU"}
    | {"MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"}
)
"""Member states of the European Union, ISO 3166-1."""

_ONE_TERRITORY: Final = dict.fromkeys([*EU, "MC"], "EU") | {"LI": "CH"}
"""Countries without customs between them: Regulation (EU) 952/2013 article 4 (the EU, with Monaco); the customs treaty
between Switzerland and Liechtenstein of 1923."""

_APART: Final = {
    "ES": ("35", "38", "51", "52"),  # Canary Islands, Ceuta, Melilla
    "FI": ("22",),  # Aland
    "DE": ("27498", "78266"),  # Heligoland, Buesingen
    "IT": ("23041", "23030"),  # Livigno
    "GR": ("63086", "63087"),  # Mount Athos
    "FR": ("971", "972", "973", "974", "975", "976", "977", "978", "986", "987", "988"),  # overseas
}
"""Postcodes of member states that are outside the customs or VAT territory: Directive 2006/112/EC article 6."""


@dataclass(frozen=True, slots=True)
class HsLength:
    """How many digits of the HS code a destination asks for.

    Attributes:
        place: Country, or `EU`.
        digits: Fewest digits.
        since: First day.
        source: Where it is from.
    """

    place: str
    digits: int
    since: date
    source: str


HS_WORLDWIDE: Final = 6
"""WCO Harmonised System: six digits hold worldwide and are enough where no other rule is known."""

HS_LENGTHS: Final = (
    HsLength(
        "US", 10, date(2025, 8, 29), "Executive Order 14324 of 2025-07-30: formal or informal entry with HTS code"
    ),
    HsLength("US", 10, date(2026, 6, 24), "CBP interim final rules 91 FR 37789 (19 CFR 10.151), 91 FR 37801 (145.31)"),
    HsLength("EU", 6, date(2021, 7, 1), "data set H7 for consignments up to EUR 150: six digits"),
    HsLength("NO", 6, date(2024, 1, 1), "VOEC data, toll.no: six digits a line"),
)

_DESTINATION_OF_SCHEME: Final = {
    TaxScheme.IOSS: EU,
    TaxScheme.VOEC: frozenset({"NO"}),
    TaxScheme.GB_VAT: frozenset({"GB"}),
    TaxScheme.ABN: frozenset({"AU"}),
    TaxScheme.NZ_GST: frozenset({"NZ"}),
}
"""Where a platform's number is declared with the goods: IOSS Directive (EU) 2017/2455; skatteetaten.no (VOEC);
HMRC, VAT and overseas goods; ato.gov.au, GST on low value imported goods; ird.govt.nz, GST on low-value goods."""


def crosses_customs(sender: Address, recipient: Address) -> bool:
    """Whether customs stands between two addresses."""
    return _territory(sender) != _territory(recipient)


def _territory(address: Address) -> str:
    postcode = (address.postal_code or "").replace(" ", "").upper()
    if postcode.startswith(_APART.get(address.country, ("-",))):
        return f"{address.country}-{postcode[:3]}"
    return _ONE_TERRITORY.get(address.country, address.country)


def hs_digits(destination: str, on: date) -> HsLength:
    """How many digits a destination asks for on a day.

    Args:
        destination: Country.
        on: The day.
    """
    places = {destination, "EU"} if destination in EU else {destination}
    rules = [rule for rule in HS_LENGTHS if rule.place in places and rule.since <= on]
    worldwide = HsLength(destination, HS_WORLDWIDE, date(1988, 1, 1), "WCO Harmonised System convention")
    return max(rules, key=lambda rule: rule.since, default=worldwide)


def is_declared_in(scheme: TaxScheme, destination: str) -> bool:
    """Whether a platform's tax number of this scheme is declared with goods for a destination."""
    return destination in _DESTINATION_OF_SCHEME.get(scheme, frozenset())
