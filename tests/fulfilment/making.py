"""Orders, goods and rules for the tests of fulfilment. All people, places and numbers are invented."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from xborder_sdk.fulfilment import Battery, Catalogue, CatalogueItem, FulfilmentConfig, fulfilment_config
from xborder_sdk.fulfilment.rules import Facts
from xborder_sdk.fulfilment.targets import Target
from xborder_sdk.models import (
    Address,
    Buyer,
    Money,
    Order,
    OrderLine,
    OrderStatus,
    OrderTotals,
    Parcel,
    PaymentStatus,
    Quote,
    Service,
)

PARCELS = (Parcel(weight_g=250),)
NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
SENDER = {
    "name": "Export desk",
    "company": "Paper Kite Works",
    "lines": ["88 Example Road"],
    "city": "Shenzhen",
    "postal_code": "518000",
    "country": "CN",
    "phone": "+86 755 5550 0100",
}

CATALOGUE_CSV = """\
sku,name_en,name_zh,weight_g,length_mm,width_mm,height_mm,hs_code,hs_code_us,origin,battery
TEE-BLK-M,Men's cotton T-shirt,男士棉T恤,180,250,200,20,610910,6109100012,CN,none
MUG-ENAMEL-350,"Camping mug, enamelled steel",搪瓷杯,210,120,100,90,732394,7323940050,CN,none
LED-DESK-LAMP,LED desk lamp,台灯,900,350,180,90,940521,9405214010,CN,none
PHONE-CASE-15,Silicone phone case,手机壳,40,160,80,12,392690,3926909989,CN,none
YOGA-STRAP,Cotton yoga strap,瑜伽带,150,150,100,50,630790,6307909889,CN,none
USB-C-CABLE-1M,USB-C cable 1 m,数据线,45,120,80,20,854442,8544422000,CN,none
TEA-GIFT-TIN,Jasmine green tea in a tin,茉莉花茶,220,100,100,120,090210,0902101050,CN,none
POWERBANK-10K,Lithium ion power bank,充电宝,240,140,70,16,850760,8507600020,CN,ion_alone
"""


def address(country: str = "DE", **changes: Any) -> Address:
    values: dict[str, Any] = {
        "name": "Wanda Beispiel",
        "lines": ("Lindenallee 23",),
        "city": "Musterstadt",
        "postal_code": "50668",
        "country": country,
        "phone": "+49 221 5550123",
    }
    return Address.model_validate(values | changes)


def usd(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="USD")


def line(number: int = 1, sku: str | None = "KITE", quantity: int = 1, total: Money | None = None) -> OrderLine:
    value = total if total is not None else usd("12.00") * quantity
    return OrderLine(line_id=f"L{number}", sku=sku, title="A kite", quantity=quantity, total=value)


def order(*lines: OrderLine, **changes: Any) -> Order:
    found = lines or (line(),)
    goods: Money | None = None
    for one in found:
        if one.total is not None and (goods is None or goods.currency == one.total.currency):
            goods = one.total if goods is None else goods + one.total
    values: dict[str, Any] = {
        "account": "shop",
        "order_id": "10-00001-00001",
        "status": OrderStatus.AWAITING_SHIPMENT,
        "payment": PaymentStatus.PAID,
        "created_at": datetime(2026, 8, 30, 12, tzinfo=UTC),
        "modified_at": datetime(2026, 8, 30, 13, tzinfo=UTC),
        "paid_at": datetime(2026, 8, 30, 12, 5, tzinfo=UTC),
        "buyer": Buyer(id="wanda", name="Wanda Beispiel"),
        "ship_to": address(),
        "lines": found,
        "totals": OrderTotals(goods=goods),
    }
    return Order.model_validate(values | changes)


def item(sku: str = "KITE", **changes: Any) -> CatalogueItem:
    values: dict[str, Any] = {
        "sku": sku,
        "name_en": "Paper kite",
        "weight_g": 200,
        "dimensions": {"length_mm": 300, "width_mm": 200, "height_mm": 30},
        "hs_code": "950300",
        "origin": "CN",
        "battery": Battery.NONE,
    }
    return CatalogueItem.model_validate(values | changes)


def catalogue(*items: CatalogueItem) -> Catalogue:
    return Catalogue.of(items or (item(),))


def config(out: Path = Path("out"), **changes: Any) -> FulfilmentConfig:
    values: dict[str, Any] = {
        "orders": ["shop"],
        "carriers": ["kites-express"],
        "sender": SENDER,
        "out": str(out),
        "packaging_g": 50,
        "time_zone": "Asia/Shanghai",
    }
    return fulfilment_config(values | changes)


def quote(
    price: str | None,
    code: str = "P",
    *,
    account: str = "kites-express",
    currency: str = "CNY",
    days: int | None = 3,
    express: bool | None = True,
    agreement: bool = False,
) -> Quote:
    money = None if price is None else Money(amount=Decimal(price), currency=currency)
    service = Service(code=code, name=f"Service {code}", express=express)
    return Quote(account=account, service=service, price=money, transit_days=days, needs_agreement=agreement)


def facts(found: Order, chargeable: dict[str, int] | None = None, **changes: Any) -> Facts:
    """What rules look at, for an order of kites."""
    weights = chargeable or {}

    def billed(target: Target) -> frozenset[int]:
        return frozenset(weight for account, weight in weights.items() if target.covers(account))

    values: dict[str, Any] = {
        "account": found.account,
        "platform": "shop",
        "country": "DE" if found.ship_to is None else found.ship_to.country,
        "weight_g": 250,
        "value": usd("12.00"),
        "battery": Battery.NONE,
        "buyer_service": found.delivery.service,
        "tax_collected": False,
        "chargeable": billed,
    }
    return Facts(**(values | changes))
