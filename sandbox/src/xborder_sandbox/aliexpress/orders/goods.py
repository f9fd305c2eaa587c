"""The articles that are sold. All are invented."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Goods:
    """An article: SKU code, product, price in US dollars, grams, and whether a battery is in it."""

    sku: str
    product_id: int
    category_id: str
    name: str
    price: Decimal
    grams: int
    has_battery: bool = False
    attributes: str = ""


CATALOGUE = {
    goods.sku: goods
    for goods in (
        Goods("LAMP-01", 1_005_006_110_427_301, "39050508", "Desk Lamp Folding Warm Light", Decimal("18.90"), 420),
        Goods(
            "MUG-02",
            1_005_006_110_427_302,
            "100003239",
            "Enamel Mug 350 ml",
            Decimal("6.49"),
            260,
            attributes='{"sku":[{"pName":"Color","pValue":"Blue"}]}',
        ),
        Goods("CASE-03", 1_005_006_110_427_303, "380230", "Phone Case with Stand", Decimal("4.15"), 60),
        Goods("TOY-04", 1_005_006_110_427_304, "200003225", "Wooden Puzzle Fox", Decimal("9.80"), 310),
        Goods("TORCH-05", 1_005_006_110_427_305, "39050105", "Pocket Torch Rechargeable", Decimal("12.75"), 140, True),
    )
}
