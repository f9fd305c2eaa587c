"""The routes a seller can book online, and the warehouses that take the parcels in.

Keys: CPAM_WLB_FPXSZ and CPAM_WLB_CPHSH stand in the vendor's description of `international_logistics_type` (SDK of
2016), HRB_WLB_ZTOGZ in that of `warehouse_carrier_service` (TOP metadata, createwarehouseorder), the others in public
clients. Prices, speeds, warehouse addresses and resource codes are the sandbox's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

WAYS = {"DOOR_PICKUP": "上门揽收", "SELF_POST": "自寄", "SELF_SEND": "自送"}


@dataclass(frozen=True)
class Warehouse:
    """A warehouse in China; `provinces` are those it collects in."""

    code: str
    name: str
    address: str
    provinces: tuple[str, ...]


@dataclass(frozen=True)
class Service:
    """A route. `number_delay` in seconds, prices in yuan, `countries` empty for all."""

    key: str
    name: str
    solution: str
    days: tuple[int, int]
    warehouse: Warehouse
    prefix: str
    per_kilogram: Decimal
    handling: Decimal
    number_delay: int = 0
    countries: tuple[str, ...] = ()
    takes_battery: bool = True
    is_express: bool = False
    is_zipped: bool = False
    recommend_index: int = 3
    heaviest: int = 2000

    @property
    def timeliness(self) -> str:
        """Days as the service lists print them."""
        return f"{self.days[0]}-{self.days[1]}天"

    @property
    def scheme(self) -> str:
        """What the vendor calls the scheme code of a solution at a warehouse."""
        return f"{self.solution}_{self.warehouse.code}"


SHENZHEN = Warehouse(
    "FPXSZ",
    "递四方深圳仓",
    "广东省深圳市宝安区沙盒路8号3号仓",
    ("Guangdong", "广东省", "Guangxi", "广西壮族自治区", "Fujian", "福建省"),
)
SHANGHAI = Warehouse(
    "CPHSH",
    "上海市邮政国际仓",
    "上海市浦东新区沙盒路18号",
    ("Shanghai", "上海", "上海市", "Jiangsu", "江苏省", "Zhejiang", "浙江省"),
)
POST_SHENZHEN = Warehouse("CPAMSZ", "深圳市邮政国际仓", "广东省深圳市龙岗区沙盒路28号", SHENZHEN.provinces)
BEIJING = Warehouse(
    "YANWENBJ",
    "燕文北京仓",
    "北京市朝阳区沙盒路38号",
    ("Beijing", "北京", "北京市", "Hebei", "河北省", "Tianjin", "天津市"),
)
GUANGZHOU = Warehouse("ZTOGZ", "中俄航空Ruston广州仓", "广东省广州市白云区沙盒路48号", ("Guangdong", "广东省"))
WAREHOUSES = (SHENZHEN, POST_SHENZHEN, SHANGHAI, BEIJING, GUANGZHOU)


def _standard(warehouse: Warehouse) -> Service:
    return Service(
        key=f"CAINIAO_STANDARD_{warehouse.code}",
        name="AliExpress 无忧物流-标准",
        solution="CAINIAO_STANDARD",
        days=(15, 45),
        warehouse=warehouse,
        prefix="LV",
        per_kilogram=Decimal("96.00"),
        handling=Decimal("18.50"),
        number_delay=1200,
        recommend_index=5,
    )


def _registered(warehouse: Warehouse, *, is_zipped: bool) -> Service:
    return Service(
        key=f"CPAM_WLB_{warehouse.code}",
        name="中国邮政挂号小包",
        solution="CPAM",
        days=(16, 35),
        warehouse=warehouse,
        prefix="RV",
        per_kilogram=Decimal("88.00"),
        handling=Decimal("19.00"),
        takes_battery=False,
        is_zipped=is_zipped,
    )


SERVICES: dict[str, Service] = {
    service.key: service
    for service in (
        _standard(SHENZHEN),
        _standard(BEIJING),
        _registered(SHENZHEN, is_zipped=False),
        _registered(SHANGHAI, is_zipped=True),
        Service(
            key="YANWENJYT_WLB_CPAMSZ",
            name="中国邮政平常小包+",
            solution="YANWEN_JYT",
            days=(20, 60),
            warehouse=POST_SHENZHEN,
            prefix="UV",
            per_kilogram=Decimal("68.00"),
            handling=Decimal("5.00"),
            takes_battery=False,
            recommend_index=1,
        ),
        Service(
            key="HRB_WLB_ZTOGZ",
            name="中俄航空 Ruston",
            solution="HRB",
            days=(15, 25),
            warehouse=GUANGZHOU,
            prefix="LV",
            per_kilogram=Decimal("76.00"),
            handling=Decimal("17.00"),
            countries=("RU",),
        ),
    )
}

# Where parcels go; a country that is not here cannot be reached.
COUNTRIES: dict[str, str] = {
    "RU": "Russian Federation",
    "US": "United States",
    "CA": "Canada",
    "MX": "Mexico",
    "BR": "Brazil",
    "CL": "Chile",
    "GB": "United Kingdom",
    "FR": "France",
    "DE": "Germany",
    "ES": "Spain",
    "IT": "Italy",
    "PT": "Portugal",
    "NL": "Netherlands",
    "BE": "Belgium",
    "AT": "Austria",
    "CH": "Switzerland",
    "IE": "Ireland",
    "SE": "Sweden",
    "NO": "Norway",
    "DK": "Denmark",
    "FI": "Finland",
    "PL": "Poland",
    "CZ": "Czech Republic",
    "UA": "Ukraine",
    "TR": "Turkey",
    "IL": "Israel",
    "SA": "Saudi Arabia",
    "AE": "United Arab Emirates",
    "AU": "Australia",
    "NZ": "New Zealand",
    "JP": "Japan",
    "KR": "Korea",
    "SG": "Singapore",
    "MY": "Malaysia",
    "TH": "Thailand",
}


def offered(service: Service, country: str) -> bool:
    """Tell whether a route reaches a country (ISO alpha-2)."""
    return country in (service.countries or COUNTRIES)


def by_solution(solution: str, warehouse: str = "") -> Service | None:
    """Return the route of a solution, at a warehouse if one is named."""
    for service in SERVICES.values():
        if service.solution == solution and warehouse in ("", service.warehouse.code):
            return service
    return None
