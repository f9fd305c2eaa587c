"""A logistics order: one parcel that was booked online, and how it stands.

`warehouse_order_id` = `logistics_order_id` = `online_logistics_id`; `out_order_code` = `lp_number`;
`intl_tracking_no` = `international_logistics_num` = `internationallogistics_id` (vendor page 117914).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from xborder_sandbox.aliexpress.shipping.journey import PROBLEMS, STATUS_OF_SCAN, Scan
from xborder_sandbox.aliexpress.shipping.services import Service

STATUS_NAMES = {
    "init": "等待分配物流单号",
    "wait_warehouse_receive_goods": "等待仓库操作",
    "pickup_success": "揽收成功",
    "pickup_fail": "揽收失败",
    "warehouse_reject_goods": "入库失败",
    "wait_warehouse_send_goods": "等待出库",
    "out_stock_success": "出库成功",
    "out_stock_fail": "出库失败",
    "warehouse_send_goods_success": "发货成功",
    "send_goods_fail": "发货失败",
    "closed": "已关闭",
}


@dataclass(frozen=True)
class DeclaredGoods:
    """A line as declared to customs: grams and amount of the whole line."""

    product_id: int
    child_order_id: int
    chinese: str
    english: str
    quantity: int
    amount: Decimal
    weight: int
    hs_code: str = ""
    sku_code: str = ""
    has_battery: bool = False
    currency: str = "USD"


@dataclass(frozen=True)
class Receiver:
    """To whom a parcel goes, as printed on its label."""

    name: str
    country: str
    province: str
    city: str
    street: str
    post_code: str
    phone: str = field(repr=False)

    @property
    def lines(self) -> list[str]:
        """The address, line by line, without the name."""
        return [self.street, " ".join(part for part in (self.city, self.province, self.post_code) if part)]


@dataclass
class Parcel:
    """A logistics order. `scans` reach into the future.

    Attributes:
        number_at: When its international number is assigned.
        bag: The id of the big bag it is in.
        printed: When its label was first printed.
        closed: When it was closed; a closed one does nothing any more.
    """

    order_id: int
    code: str
    number: str
    seller: str
    trade_order_id: int
    service: Service
    way: str
    receiver: Receiver
    return_to: str
    sender: str
    goods: tuple[DeclaredGoods, ...]
    fee: Decimal
    created: datetime
    number_at: datetime
    closes: datetime
    story: str
    returns_unreachable: bool = True
    domestic: tuple[str, str] = ("", "")
    insured: bool = False
    bag: int | None = None
    printed: datetime | None = None
    started: datetime | None = None
    closed: datetime | None = None
    scans: list[Scan] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """Grams, as declared."""
        return sum(item.weight for item in self.goods)

    def known_number(self, now: datetime) -> str:
        """Return the international number, empty until it is assigned."""
        return self.number if now >= self.number_at else ""

    def seen(self, now: datetime) -> list[Scan]:
        """Return the scans that have happened, oldest first."""
        return sorted((scan for scan in self.scans if scan.at <= now), key=lambda scan: scan.at)

    def status(self, now: datetime) -> str:
        """Return the vendor's word for how it stands (enums, warehouse_order_status)."""
        if self.closed is not None:
            return "closed"
        for scan in reversed(self.seen(now)):
            if scan.code in STATUS_OF_SCAN:
                return STATUS_OF_SCAN[scan.code]
        return "wait_warehouse_receive_goods" if self.known_number(now) else "init"

    def changed(self, now: datetime) -> datetime:
        """Return when it last came to another state."""
        if self.closed is not None:
            return self.closed
        telling = [scan.at for scan in self.seen(now) if scan.code in STATUS_OF_SCAN]
        return telling[-1] if telling else self.number_at if now >= self.number_at else self.created

    def problem(self, now: datetime) -> Scan | None:
        """Return the scan that stopped it, if something did."""
        if self.status(now) not in PROBLEMS:
            return None
        return next(scan for scan in reversed(self.seen(now)) if STATUS_OF_SCAN.get(scan.code) in PROBLEMS)

    def waits_for_goods(self, now: datetime) -> bool:
        """Tell whether it can be put in a bag: it has its number, and nobody has taken it yet."""
        return self.status(now) == "wait_warehouse_receive_goods"
