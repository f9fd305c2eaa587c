"""What the simulated sellers sell. The list is part of the sandbox's promise: see the README."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Good:
    """A listing: its stock-keeping unit, its title, what it costs in US dollars."""

    sku: str
    title: str
    price: Decimal
    aspects: dict[str, str] = field(default_factory=dict)


CATALOGUE = {
    good.sku: good
    for good in (
        Good(
            "TEE-BLK-M",
            "Plain Cotton T-Shirt, black, size M",
            Decimal("14.90"),
            {"Color": "Black", "Size": "M"},
        ),
        Good("MUG-ENAMEL-350", "Enamel Camping Mug 350 ml", Decimal("9.50")),
        Good("LED-DESK-LAMP", "LED Desk Lamp, dimmable, USB powered", Decimal("32.00")),
        Good("PHONE-CASE-15", "Soft Phone Case 6.1 inch, clear", Decimal("6.80")),
        Good("YOGA-STRAP", "Cotton Yoga Strap 250 cm", Decimal("8.20")),
        Good("USB-C-CABLE-1M", "Braided USB-C Charging Cable 1 m", Decimal("5.40")),
        Good("TEA-GIFT-TIN", "Jasmine Green Tea, gift tin 120 g", Decimal("18.60")),
        Good("POWERBANK-10K", "Power Bank 10000 mAh, lithium-ion, USB-C", Decimal("27.50")),
    )
}

# Sold, but in no catalogue: somebody listed it and told nobody.
UNKNOWN = Good("MYSTERY-BOX-7", "Surprise Box No. 7", Decimal("21.00"))
