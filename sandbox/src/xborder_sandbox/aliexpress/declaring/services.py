"""The services a seller can declare (listlogisticsservice).

The entry CPAM is the vendor's example, its regular expression included; SPAIN_LOCAL_CORREOS stands in the example of
solution.order.fulfill. The other keys are known from public clients; their regular expressions and days are the
sandbox's own. Keys that begin with OTHER are for carriers the platform does not know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class DeclaredService:
    """One service: its key, what it is called, and what its tracking numbers look like."""

    key: str
    name: str
    company: str
    pattern: str
    days: tuple[int, int]
    order: int

    @property
    def is_other(self) -> bool:
        """Whether the platform does not know the carrier."""
        return self.key.upper().startswith("OTHER")

    def takes(self, number: str) -> bool:
        """Tell whether the number looks right."""
        return re.search(self.pattern, number) is not None


_ANY = "^[A-Za-z0-9-]{5,40}$"
_S10 = "^[A-Z]{2}[0-9]{9}[A-Z]{2}$"

SERVICES = {
    service.key: service
    for service in (
        DeclaredService(
            "CAINIAO_STANDARD",
            "AliExpress Standard Shipping",
            "AliExpress Standard Shipping",
            "^([A-Z]{2}[0-9]{9}[A-Z]{2}|LP[0-9]{14}|[A-Z0-9]{10,30})$",
            (1, 7),
            1,
        ),
        DeclaredService(
            "CPAM",
            "China Post Registered Air Mail",
            "CPAM",
            "^[a-zA-z]{2}[A-Za-z0-9]{9}[a-zA-z]{2}$",
            (1, 5),
            11,
        ),
        DeclaredService("YANWEN_JYT", "China Post Ordinary Small Packet Plus", "YANWEN_JYT", _S10, (1, 5), 12),
        DeclaredService("HRB", "Russian Air", "HRB", _S10, (1, 5), 13),
        DeclaredService("EMS", "EMS", "EMS", _S10, (1, 5), 21),
        DeclaredService("DHL", "DHL", "DHL", "^[0-9]{10}$", (1, 5), 22),
        DeclaredService("SPAIN_LOCAL_CORREOS", "Correos Local", "Correos", "^[A-Z0-9]{13,23}$", (1, 3), 31),
        DeclaredService("OTHER", "Seller's Shipping Method", "Seller's Shipping Method", _ANY, (1, 7), 91),
        DeclaredService("OTHER_ES", "Seller's Shipping Method - ES", "Seller's Shipping Method", _ANY, (1, 7), 92),
    )
}
