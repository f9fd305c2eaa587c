"""Countries the simulated network serves.

Codes of service areas are real ones of well-known cities, chosen by the sandbox; which postcodes belong to
which area, and the forms of postcodes, are simplified. ISO 3166 codes, ISO 4217 currencies, IANA time zones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class ServiceArea:
    """A service area of the network: three letters, the text that scans show, its time zone."""

    code: str
    description: str
    facility: str
    zone: str

    def local(self, instant: datetime) -> datetime:
        """Return the instant in local time."""
        return instant.astimezone(ZoneInfo(self.zone))


@dataclass(frozen=True)
class Country:
    """A country: its areas by the first character of the postcode, the first one being the default."""

    code: str
    name: str
    region: str
    currency: str
    postcode: str  # a regular expression; empty when the country has none
    areas: tuple[tuple[str, ServiceArea], ...]
    vat_percent: str
    in_customs_union: bool = False  # the EU's

    def area(self, postal_code: str) -> ServiceArea:
        """Return the service area of a postcode."""
        for first, area in self.areas:
            if first and postal_code[:1] in first:
                return area
        return self.areas[0][1]

    def has_postcode(self, postal_code: str) -> bool:
        """Tell whether the network knows the postcode: right in form, and not all zeros or nines."""
        text = postal_code.strip()
        if not self.postcode:
            return True
        digits = re.sub(r"\D", "", text)
        return re.fullmatch(self.postcode, text, re.IGNORECASE) is not None and not (
            len(digits) > 2 and set(digits) in ({"0"}, {"9"})
        )


def _area(code: str, city: str, country: str, zone: str, facility: str = "") -> ServiceArea:
    return ServiceArea(code, f"{city.upper()}-{country}", facility or code, zone)


_FIVE = r"\d{5}"
_FOUR = r"\d{4}"

# code | name | region | currency | postcode | VAT % | in the customs union
_COUNTRIES = rf"""
CN|CHINA, PEOPLES REPUBLIC|asia|CNY|\d{{6}}|13|
HK|HONG KONG SAR, CHINA|asia|HKD||0|
TW|TAIWAN, CHINA|asia|TWD|\d{{3}}(\d{{2,3}})?|5|
JP|JAPAN|asia|JPY|\d{{3}}-?\d{{4}}|10|
KR|KOREA, REPUBLIC OF|asia|KRW|{_FIVE}|10|
SG|SINGAPORE|asia|SGD|\d{{6}}|9|
MY|MALAYSIA|asia|MYR|{_FIVE}|10|
TH|THAILAND|asia|THB|{_FIVE}|7|
VN|VIETNAM|asia|VND|\d{{5,6}}|10|
PH|PHILIPPINES, THE|asia|PHP|{_FOUR}|12|
ID|INDONESIA|asia|IDR|{_FIVE}|11|
IN|INDIA|asia|INR|\d{{6}}|18|
AE|UNITED ARAB EMIRATES|gulf|AED||5|
SA|SAUDI ARABIA|gulf|SAR|{_FIVE}|15|
IL|ISRAEL|gulf|ILS|\d{{7}}|17|
AU|AUSTRALIA|oceania|AUD|{_FOUR}|10|
NZ|NEW ZEALAND|oceania|NZD|{_FOUR}|15|
US|UNITED STATES OF AMERICA|america|USD|\d{{5}}(-\d{{4}})?|0|
CA|CANADA|america|CAD|[A-Z]\d[A-Z] ?\d[A-Z]\d|5|
MX|MEXICO|america|MXN|{_FIVE}|16|
BR|BRAZIL|america|BRL|\d{{5}}-?\d{{3}}|17|
CL|CHILE|america|CLP|\d{{7}}|19|
GB|UNITED KINGDOM|europe|GBP|[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}|20|
CH|SWITZERLAND|europe|CHF|{_FOUR}|8.1|
NO|NORWAY|europe|NOK|{_FOUR}|25|
DE|GERMANY|europe|EUR|{_FIVE}|19|EU
FR|FRANCE|europe|EUR|{_FIVE}|20|EU
IT|ITALY|europe|EUR|{_FIVE}|22|EU
ES|SPAIN|europe|EUR|{_FIVE}|21|EU
PT|PORTUGAL|europe|EUR|\d{{4}}(-\d{{3}})?|23|EU
NL|NETHERLANDS, THE|europe|EUR|\d{{4}} ?[A-Z]{{2}}|21|EU
BE|BELGIUM|europe|EUR|{_FOUR}|21|EU
AT|AUSTRIA|europe|EUR|{_FOUR}|20|EU
IE|IRELAND|europe|EUR|[A-Z]\d[\dW] ?[A-Z\d]{{4}}|23|EU
DK|DENMARK|europe|DKK|{_FOUR}|25|EU
SE|SWEDEN|europe|SEK|\d{{3}} ?\d{{2}}|25|EU
FI|FINLAND|europe|EUR|{_FIVE}|25.5|EU
PL|POLAND|europe|PLN|\d{{2}}-?\d{{3}}|23|EU
CZ|CZECH REPUBLIC, THE|europe|CZK|\d{{3}} ?\d{{2}}|21|EU
HU|HUNGARY|europe|HUF|{_FOUR}|27|EU
RO|ROMANIA|europe|RON|\d{{6}}|21|EU
GR|GREECE|europe|EUR|\d{{3}} ?\d{{2}}|24|EU
"""

# country, first characters of the postcode (- for all others), code, time zone, city
_AREAS = """
CN - SHA Asia/Shanghai Shanghai
CN 5 SZX Asia/Shanghai Shenzhen
CN 1 BJS Asia/Shanghai Beijing
HK - HKG Asia/Hong_Kong Hong Kong
TW - TPE Asia/Taipei Taipei
JP - TYO Asia/Tokyo Tokyo
JP 5 OSA Asia/Tokyo Osaka
KR - SEL Asia/Seoul Seoul
SG - SIN Asia/Singapore Singapore
MY - KUL Asia/Kuala_Lumpur Kuala Lumpur
TH - BKK Asia/Bangkok Bangkok
VN - SGN Asia/Ho_Chi_Minh Ho Chi Minh
PH - MNL Asia/Manila Manila
ID - JKT Asia/Jakarta Jakarta
IN - DEL Asia/Kolkata Delhi
IN 4 BOM Asia/Kolkata Mumbai
AE - DXB Asia/Dubai Dubai
SA - RUH Asia/Riyadh Riyadh
IL - TLV Asia/Jerusalem Tel Aviv
AU - SYD Australia/Sydney Sydney
AU 3 MEL Australia/Melbourne Melbourne
NZ - AKL Pacific/Auckland Auckland
US - NYC America/New_York New York
US 9 LAX America/Los_Angeles Los Angeles
US 6 ORD America/Chicago Chicago
US 7 DFW America/Chicago Dallas
CA - YYZ America/Toronto Toronto
CA Vv YVR America/Vancouver Vancouver
MX - MEX America/Mexico_City Mexico City
BR - SAO America/Sao_Paulo Sao Paulo
CL - SCL America/Santiago Santiago
GB - LCY Europe/London London
CH - ZRH Europe/Zurich Zurich
NO - OSL Europe/Oslo Oslo
DE - FRA Europe/Berlin Frankfurt
DE 1 BER Europe/Berlin Berlin
DE 8 MUC Europe/Berlin Munich
FR - CDG Europe/Paris Paris
IT - MIL Europe/Rome Milan
ES - MAD Europe/Madrid Madrid
PT - LIS Europe/Lisbon Lisbon
NL - AMS Europe/Amsterdam Amsterdam
BE - BRU Europe/Brussels Brussels
AT - VIE Europe/Vienna Vienna
IE - DUB Europe/Dublin Dublin
DK - CPH Europe/Copenhagen Copenhagen
SE - STO Europe/Stockholm Stockholm
FI - HEL Europe/Helsinki Helsinki
PL - WAW Europe/Warsaw Warsaw
CZ - PRG Europe/Prague Prague
HU - BUD Europe/Budapest Budapest
RO - BUH Europe/Bucharest Bucharest
GR - ATH Europe/Athens Athens
"""


def _parse() -> dict[str, Country]:
    rows = [line.split("|") for line in _COUNTRIES.strip().splitlines()]
    names = {row[0]: row[1] for row in rows}
    areas: dict[str, list[tuple[str, ServiceArea]]] = {code: [] for code in names}
    for line in _AREAS.strip().splitlines():
        country, first, code, zone, city = line.split(" ", 4)
        areas[country].append(("" if first == "-" else first, _area(code, city, names[country], zone)))
    return {
        code: Country(code, name, region, currency, postcode, tuple(areas[code]), vat, union == "EU")
        for code, name, region, currency, postcode, vat, union in rows
    }


COUNTRIES = _parse()
CURRENCIES = frozenset(country.currency for country in COUNTRIES.values())

# The hub a parcel passes on its way into a region.
HUBS: dict[str, ServiceArea] = {
    "asia": _area("HKG", "Hong Kong", "HONG KONG SAR, CHINA", "Asia/Hong_Kong"),
    "oceania": _area("SIN", "Singapore", "SINGAPORE", "Asia/Singapore"),
    "gulf": _area("BAH", "Bahrain", "BAHRAIN", "Asia/Bahrain"),
    "america": _area("CVG", "Cincinnati Hub", "UNITED STATES OF AMERICA", "America/New_York"),
    "europe": _area("LEJ", "Leipzig", "GERMANY", "Europe/Berlin"),
}
