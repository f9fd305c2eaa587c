"""What can be sent where: products of the contract, their families, weights and destinations.

Product codes are a matter of each contract and contradict each other in public clients (chinapost.md section 2,
"Product codes"): 019 is e邮宝 in one, 002 the registered packet in another; 007 is the sandbox's own.
Destinations of e邮宝 as of 2019: contracts/chinapost, eub_destinations_2019.csv.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# ISO 3166-1 alpha-2.
_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
# New Caledonia is DF to China Post (chinapost.md section 2, rules seen in clients).
COUNTRIES = frozenset(_COUNTRIES.split()) - {"CN", "NC"} | {"DF"}

_EPACKET = (
    "AU AT BE BR CA DK FI FR DE GR HK HU IE ID IL IT JP KZ KR LU MY MX NL NZ NO PL PT RU SA SG ES SE CH TH TR UA GB "
    "US VN"
)


@dataclass(frozen=True)
class Family:
    """A kind of service.

    Attributes:
        letter: What its numbers begin with (chinapost.md section 6).
        destinations: The countries it serves.
        grams: The most a parcel may weigh; `exceptions` by country.
        is_packet: Whether the size limits of small packets hold.
        item, gram: The sandbox's own tariff, in CNY.
        flight_days, local_days: How long it takes, in the sandbox.
    """

    name: str
    letter: str
    destinations: frozenset[str]
    grams: int
    is_packet: bool
    item: Decimal
    gram: Decimal
    flight_days: int
    local_days: int
    exceptions: tuple[tuple[str, int], ...] = ()

    def most_grams(self, country: str) -> int:
        """Return the most a parcel to a country may weigh."""
        return dict(self.exceptions).get(country, self.grams)

    def postage(self, grams: int) -> Decimal:
        """Return the price in CNY."""
        return (self.item + self.gram * grams).quantize(Decimal("0.01"))


# 2 kg; Russia 5 kg in a table of 2025. EMS: 30 kg, the sandbox's own.
EPACKET = Family(
    "epacket",
    "L",
    frozenset(_EPACKET.split()),
    2000,
    True,
    Decimal(15),
    Decimal("0.065"),
    5,
    2,
    exceptions=(("RU", 5000),),
)
SMALL_PACKET = Family("small_packet", "R", COUNTRIES, 2000, True, Decimal(8), Decimal("0.09"), 12, 4)
EMS = Family("ems", "E", COUNTRIES, 30_000, False, Decimal(130), Decimal("0.08"), 2, 1)

LONGEST_CM, SUM_CM = 60, 90  # chinapost.md section 6, "Size"


@dataclass(frozen=True)
class Product:
    """A product of the contract."""

    code: str
    name: str
    family: Family


CONTRACT: dict[str, Product] = {
    product.code: product
    for product in (
        Product("019", "e邮宝", EPACKET),
        Product("002", "国际挂号小包", SMALL_PACKET),
        Product("007", "国际特快专递", EMS),
    )
}
