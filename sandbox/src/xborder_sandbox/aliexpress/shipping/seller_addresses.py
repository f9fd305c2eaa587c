"""The addresses a seller keeps with the platform. All are invented."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from xborder_sandbox.requests import Json

KINDS = ("sender", "pickup", "refund")


@dataclass(frozen=True)
class SellerAddress:
    """An address with its id; the field names of the answer are in `picture`."""

    address_id: int
    kind: str
    language: str
    name: str
    province: str
    city: str
    county: str
    street: str
    street_address: str
    postcode: str
    mobile: str
    is_default: bool = True

    def picture(self) -> dict[str, Json]:
        """Return it as getlogisticsselleraddresses tells it."""
        return {
            "address_id": self.address_id,
            "country": "CN",
            "province": self.province,
            "city": self.city,
            "county": self.county,
            "street": self.street,
            "street_address": self.street_address,
            "postcode": self.postcode,
            "name": self.name,
            "mobile": self.mobile,
            "phone": "",
            "fax": "",
            "email": "",
            "member_type": "",
            "trademanage_id": "",
            "need_to_update": False,
            "is_default": int(self.is_default),
            "language": self.language,
        }


def draw_addresses(chance: Random) -> tuple[SellerAddress, ...]:
    """Return a seller's addresses: English as they are printed on labels, Chinese to be collected at."""
    first = chance.randrange(10**8, 9 * 10**8)
    mobile = f"1380000{chance.randrange(10**4):04d}"
    english = ("Guangdong", "Shenzhen", "Baoan", "Xixiang Street")
    chinese = ("广东省", "深圳市", "宝安区", "西乡街道")
    beijing = ("北京市", "北京市", "朝阳区", "酒仙桥街道")
    return (
        SellerAddress(first, "sender", "en", "Mei Qingyuan", *english, "6 Sandbox Road, Unit 402", "518101", mobile),
        SellerAddress(first + 1, "pickup", "zh", "梅清远", *chinese, "沙盒路6号402", "518101", mobile),
        SellerAddress(first + 2, "pickup", "zh", "梅清远", *beijing, "沙盒路16号", "100015", mobile, is_default=False),
        SellerAddress(
            first + 3, "refund", "en", "Mei Qingyuan", *english, "6 Sandbox Road, Warehouse", "518101", mobile
        ),
    )


# qureywlbdomesticlogisticscompany: 505 and its code stand in the vendor's example of createwarehouseorder, -1 is
# "other" (TOP metadata); the remaining ids are the sandbox's own.
COURIERS: tuple[tuple[int, str, str], ...] = (
    (-1, "OTHER", "其它"),
    (505, "TTKDEX", "天天快递"),
    (100, "SF", "顺丰速运"),
    (101, "YTO", "圆通速递"),
    (102, "ZTO", "中通快递"),
    (103, "EMS", "EMS"),
)
