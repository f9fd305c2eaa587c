"""Carriers, and guessing one from a number.

Keys, names and addresses: carriers.csv in contracts/17track, of which these are the ones simulated. How 17TRACK tells
carriers by their numbers is not published; the patterns are the carriers' own public formats.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from xborder_sandbox.parcels import Parcel


@dataclass(frozen=True)
class Carrier:
    """A carrier; `country` is where it is at home, `is_post` whether UPU numbers of that country are its own."""

    key: int
    name: str
    country: str
    homepage: str
    is_post: bool = False


CARRIERS: dict[int, Carrier] = {
    carrier.key: carrier
    for carrier in (
        Carrier(3011, "China Post", "CN", "http://yjcx.ems.com.cn/", True),
        Carrier(3013, "China EMS", "CN", "http://www.11183.com.cn/"),
        Carrier(1151, "Australia Post", "AU", "http://auspost.com.au/", True),
        Carrier(1161, "Austrian Post", "AT", "http://www.post.at/", True),
        Carrier(2061, "Bpost", "BE", "https://track.bpost.cloud/", True),
        Carrier(2151, "Correios Brazil", "BR", "http://www.correios.com.br/", True),
        Carrier(3041, "Canada Post", "CA", "http://www.canadapost.ca/", True),
        Carrier(4011, "PostNord Danmark", "DK", "http://www.pakkeboksen.dk/", True),
        Carrier(6041, "Posti", "FI", "http://www.posti.fi/", True),
        Carrier(6051, "La Poste", "FR", "http://www.laposte.fr/", True),
        Carrier(7041, "DHL Paket", "DE", "https://www.dhl.de/en/privatkunden/pakete-empfangen/verfolgen.html"),
        Carrier(7044, "Deutsche Post Mail", "DE", "http://www.deutschepost.de/", True),
        Carrier(8011, "HongKong Post", "HK", "http://www.hongkongpost.hk/", True),
        Carrier(9051, "An Post", "IE", "https://www.anpost.com/", True),
        Carrier(9071, "Poste Italiane", "IT", "http://www.poste.it/", True),
        Carrier(10021, "Japan Post", "JP", "http://www.post.japanpost.jp/", True),
        Carrier(11031, "Royal Mail", "GB", "http://www.royalmail.com/", True),
        Carrier(11051, "Korea Post", "KR", "http://www.epost.go.kr/", True),
        Carrier(14041, "PostNL", "NL", "https://www.postnl.nl/", True),
        Carrier(14081, "Norway Post", "NO", "http://www.posten.no/", True),
        Carrier(18031, "Russian Post", "RU", "https://pochta.ru/", True),
        Carrier(19131, "Singapore Post", "SG", "http://www.singpost.com/", True),
        Carrier(19181, "Correos Spain", "ES", "http://www.correos.es/", True),
        Carrier(19241, "PostNord Sweden", "SE", "http://www.postnord.se/", True),
        Carrier(19251, "Swiss Post", "CH", "https://www.post.ch/", True),
        Carrier(21051, "USPS", "US", "http://www.usps.com/", True),
        Carrier(100001, "DHL", "DE", "http://www.dhl.com/"),
        Carrier(100002, "UPS", "US", "http://www.ups.com/"),
        Carrier(100003, "Fedex", "US", "http://www.fedex.com/"),
        Carrier(100004, "TNT", "NL", "http://www.tnt.com/"),
        Carrier(190002, "飞特物流", "CN", "http://www.flytexpress.com/"),
        Carrier(190008, "云途物流", "CN", "https://www.yunexpress.cn/"),
        Carrier(190012, "燕文物流", "CN", "http://www.yw56.com.cn/"),
        Carrier(190072, "顺友物流", "CN", "http://www.sypost.com/"),
        Carrier(190094, "递四方", "CN", "https://www.4px.com/"),
        Carrier(190271, "菜鸟", "CN", "https://www.cainiao.com/"),
    )
}
_POSTS = {carrier.country: carrier.key for carrier in CARRIERS.values() if carrier.is_post}
_BY_NAME = {carrier.name: carrier.key for carrier in CARRIERS.values()}

# Pattern -> key, and whether nobody else has such numbers.
_PATTERNS: tuple[tuple[re.Pattern[str], int, bool], ...] = (
    (re.compile(r"1Z[0-9A-Z]{16}"), 100002, True),
    (re.compile(r"YT\d{16}"), 190008, True),
    (re.compile(r"4PX\d{10,}CN"), 190094, True),
    (re.compile(r"LP\d{14,16}"), 190271, True),
    (re.compile(r"U[A-Z]\d{9}YP"), 190012, True),
    (re.compile(r"SY[A-Z]{2,3}\d{8,}"), 190072, True),
    (re.compile(r"(JJ?D\d{16,20}|00340\d{15})"), 7041, True),
    (re.compile(r"9[2-5]\d{20}"), 21051, True),
    (re.compile(r"\d{10}"), 100001, False),
    (re.compile(r"(\d{12}|\d{15})"), 100003, False),
    (re.compile(r"\d{9}"), 100004, False),
)
_UPU = re.compile(r"([A-Z])[A-Z](\d{9})([A-Z]{2})")
_UPU_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def detect(number: str) -> tuple[int, bool] | None:
    """Return the carrier a number looks like, and whether that is certain; None where it looks like none."""
    upu = _UPU.fullmatch(number)
    if upu:
        letter, digits, country = upu.groups()
        if country in _POSTS:
            return (3013 if country == "CN" and letter == "E" else _POSTS[country]), _is_upu(digits)
    for pattern, key, is_certain in _PATTERNS:
        if pattern.fullmatch(number):
            return key, is_certain
    return None


def carrier_of(parcel: Parcel) -> int | None:
    """Return the carrier of a parcel in this sandbox."""
    return _BY_NAME.get(parcel.carrier)


def _is_upu(digits: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_UPU_WEIGHTS, digits[:8], strict=True))
    rest = 11 - total % 11
    return int(digits[8]) == {10: 0, 11: 5}.get(rest, rest)
