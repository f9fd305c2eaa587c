"""What is printed on labels and papers, apart from how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Party:
    """An address as printed, and whom to call."""

    company: str
    person: str
    street: tuple[str, ...]
    postal_code: str
    city: str
    country: str
    phone: str
    email: str = ""
    registrations: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        """Postcode and city."""
        return f"{self.postal_code} {self.city}".strip()

    @property
    def lines(self) -> list[str]:
        """The address, line by line, without a name printed twice."""
        names = [self.company] if self.company == self.person else [self.company, self.person]
        return [*names, *self.street, self.place, self.country]


@dataclass(frozen=True)
class LabelPiece:
    """A piece on its label: number one `of` two."""

    number: int
    of: int
    licence_plate: str
    weight: str
    content: str

    @property
    def barcode(self) -> str:
        """What its barcode says: the licence plate behind the data identifier J, as on DHL's labels."""
        return f"J{self.licence_plate}"

    @property
    def spaced(self) -> str:
        """The licence plate as printed below its barcode: (J) JD01 4600 ..."""
        plate = self.licence_plate
        return "(J) " + " ".join(plate[start : start + 4] for start in range(0, len(plate), 4))


@dataclass(frozen=True)
class LabelData:
    """Everything on a shipment's labels."""

    waybill: str
    product_code: str
    product_name: str
    content_code: str
    made_on: date
    shipper: Party
    receiver: Party
    origin: str
    routing: str
    routing_barcode: str
    features: str
    reference: str
    description: str
    pieces: tuple[LabelPiece, ...]
    free_text: str = ""
    account: str = ""
    declared_value: str = ""
    services: tuple[str, ...] = ()

    @property
    def spaced_waybill(self) -> str:
        """The number as printed: 11 0373 3901."""
        return f"{self.waybill[:2]} {self.waybill[2:6]} {self.waybill[6:]}"

    @property
    def spaced_routing(self) -> str:
        """The routing code as printed: (2L)US76449+48000001."""
        return f"({self.routing_barcode[:2]}){self.routing_barcode[2:]}"
