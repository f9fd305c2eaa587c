"""What is printed on: label rolls and sheets, and the places for labels on them.

Own media are made like the stock ones, `Media("thermal-4x8in", Decimal("101.6"), Decimal("203.2"),
MediaKind.THERMAL, dpi=DPI_203)`, and own layouts with `Layout.grid` or as a list of areas (label sheets).

**Dots.** A thermal head is made in dots per millimetre, and its dpi figure is rounded for the brochure.
"203 dpi" is 8 dots/mm, exactly 203.2 dpi: 832 dots over 104 mm. Calling it 203.0 makes a 150 mm label one
dot short and no 0.125 mm module whole. "300 dpi" is 300.0 dpi (11.811 dots/mm) across the head: the
EPL2 programming manual counts "8 dots per mm" and "11.8 dots per mm"; Intermec's EasyCoder PC4
reference names 203.2 dpi (8 dots/mm) and 300 dpi (11.81 dots/mm). The same reference gives 304.8 dpi
(12 dots/mm) in the feed direction, and some makers' "300 dpi" heads have 12 dots/mm in both: for those, own
media with `DPI_12_PER_MM`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from xborder_sdk.documents.errors import InvalidLayout
from xborder_sdk.documents.geometry import MM_PER_INCH, Area, Millimetres, Size, exact

DPI_203 = Decimal("203.2")
"""8 dots/mm, sold as 203 dpi."""
DPI_300 = Decimal(300)
"""11.811 dots/mm."""
DPI_12_PER_MM = Decimal("304.8")
"""12 dots/mm, also sold as 300 dpi."""

# Longer than any roll label or A0 sheet; a bound because sizes decide how much memory a bitmap takes.
_LONGEST_MM = 2000


class MediaKind(StrEnum):
    """How a medium is printed."""

    THERMAL = "thermal"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Media:
    """One size of paper or label.

    Attributes:
        name: What it is called in configuration.
        width_mm: Width as it leaves the printer, int or Decimal.
        height_mm: Height, int or Decimal.
        kind: Thermal labels or sheets.
        dpi: Dots per inch of the print head; needed for thermal media, whose dots are addressed one by one.
    """

    name: str
    width_mm: Millimetres
    height_mm: Millimetres
    kind: MediaKind
    dpi: Decimal | None = None

    def __post_init__(self) -> None:
        for what, value in (("width_mm", self.width_mm), ("height_mm", self.height_mm)):
            if not 0 < exact(value, what) <= _LONGEST_MM:
                raise InvalidLayout(f"{what} of media {self.name!r} must be above 0 and at most {_LONGEST_MM} mm")
        if self.kind is MediaKind.THERMAL and self.dpi is None:
            raise InvalidLayout(f"thermal media {self.name!r} needs the dpi of its printer")
        if self.dpi is not None and not 50 <= exact(self.dpi, "dpi") <= 2400:
            raise InvalidLayout(f"dpi of media {self.name!r} must be between 50 and 2400")

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(Decimal(self.width_mm), Decimal(self.height_mm))

    def dots(self) -> tuple[int, int]:
        """Width and height in whole dots, rounded down: a dot beyond the edge falls on the platen.

        Raises:
            InvalidLayout: The medium has no dpi.
        """
        if self.dpi is None:
            raise InvalidLayout(f"media {self.name!r} has no dpi, so it has no dots")
        per_mm = self.dpi / MM_PER_INCH
        # A hair is added because 11.811... dots/mm is not a finite decimal.
        hair = Decimal("1e-9")
        return int(self.width_mm * per_mm + hair), int(self.height_mm * per_mm + hair)


@dataclass(frozen=True, slots=True)
class Layout:
    """The places for labels on one medium, in the order in which they are filled.

    Attributes:
        name: What it is called in configuration.
        media: The medium.
        slots: The places; they lie on the medium and do not overlap.
    """

    name: str
    media: Media
    slots: tuple[Area, ...]

    def __post_init__(self) -> None:
        if not self.slots:
            raise InvalidLayout(f"layout {self.name!r} has no slot")
        sheet = Area(Decimal(0), Decimal(0), self.media.size.width_mm, self.media.size.height_mm)
        for number, slot in enumerate(self.slots):
            if slot.width_mm <= 0 or slot.height_mm <= 0:
                raise InvalidLayout(f"slot {number} of layout {self.name!r} has no area")
            if not sheet.contains(slot):
                raise InvalidLayout(f"slot {number} of layout {self.name!r} leaves the {self.media.size} medium")
            if any(slot.overlaps(other) for other in self.slots[:number]):
                raise InvalidLayout(f"slot {number} of layout {self.name!r} overlaps another")

    @classmethod
    def grid(
        cls,
        name: str,
        media: Media,
        *,
        columns: int = 1,
        rows: int = 1,
        margin_mm: Millimetres = 0,
        gap_mm: Millimetres = 0,
    ) -> Layout:
        """Equal slots, filled row by row from the top left.

        Args:
            name: What the layout is called.
            media: What it lies on.
            columns: Slots side by side.
            rows: Slots on top of each other.
            margin_mm: Empty border on each side of the medium.
            gap_mm: Empty strip between two slots.

        Raises:
            InvalidLayout: Nothing is left for the slots.
        """
        if columns < 1 or rows < 1:
            raise InvalidLayout("a grid has at least one column and one row")
        margin, gap = exact(margin_mm, "margin_mm"), exact(gap_mm, "gap_mm")
        if margin < 0 or gap < 0:
            raise InvalidLayout("margin_mm and gap_mm cannot be negative")
        width = _share(media.size.width_mm, margin, gap, columns)
        height = _share(media.size.height_mm, margin, gap, rows)
        slots = tuple(
            Area(margin + column * (width + gap), margin + row * (height + gap), width, height)
            for row in range(rows)
            for column in range(columns)
        )
        return cls(name, media, slots)


def _share(length: Decimal, margin: Decimal, gap: Decimal, parts: int) -> Decimal:
    # Rounded down to a micrometre, so that thirds do not add up to more than the sheet.
    left = (length - 2 * margin - (parts - 1) * gap) / parts
    share = left.quantize(Decimal("0.001"), rounding="ROUND_FLOOR")
    if share <= 0:
        raise InvalidLayout("margins and gaps leave no room for a label")
    return share


THERMAL_100X150_203 = Media("thermal-100x150-203dpi", 100, 150, MediaKind.THERMAL, DPI_203)
THERMAL_100X150_300 = Media("thermal-100x150-300dpi", 100, 150, MediaKind.THERMAL, DPI_300)
A4 = Media("a4", 210, 297, MediaKind.SHEET)

LABEL_203 = Layout.grid("thermal-100x150-203dpi", THERMAL_100X150_203)
LABEL_300 = Layout.grid("thermal-100x150-300dpi", THERMAL_100X150_300)
A4_1_UP = Layout.grid("a4-1up", A4)
A4_2_UP = Layout.grid("a4-2up", A4, rows=2)
A4_4_UP = Layout.grid("a4-4up", A4, columns=2, rows=2)

STOCK_LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {layout.name: layout for layout in (LABEL_203, LABEL_300, A4_1_UP, A4_2_UP, A4_4_UP)}
)
"""The layouts that come with the SDK, by name."""
