"""Puts labels on labels and sheets: one on a thermal label, one, two or four on A4, or on any layout.

Pages stay vectors at true size; only `FitRules` can change that. Labels fill the slots in the order in which they are
given, from the starting slot on, and the answer says which slot holds which label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from xborder_sdk.documents._compose import Drawing, Sheet, compose
from xborder_sdk.documents.errors import InvalidLayout
from xborder_sdk.documents.fitting import FitRules
from xborder_sdk.documents.geometry import Area
from xborder_sdk.documents.labels import LabelDocument
from xborder_sdk.documents.media import Layout
from xborder_sdk.documents.raster import fit_page


@dataclass(frozen=True, slots=True)
class Label:
    """A label to be printed.

    Attributes:
        reference: Whose it is: a waybill number or another name that comes back in its placements.
        document: The label, PDF or PNG.
        pages: Which of its pages are printed, in this order; None for all.
    """

    reference: str
    document: LabelDocument
    pages: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a label page went.

    Attributes:
        reference: Whose label it is.
        page: Index of the page in the label's document.
        sheet: Index of the sheet in the result.
        slot: Index of the slot in the layout.
        area: What it covers of the sheet, in mm from the upper left corner. It lies in its slot.
        rotation: 0, or 90 for a quarter turn clockwise.
        scale: 1 at true size.
    """

    reference: str
    page: int
    sheet: int
    slot: int
    area: Area
    rotation: int
    scale: Decimal


@dataclass(frozen=True, slots=True)
class Imposition:
    """Labels on sheets.

    Attributes:
        pdf: The sheets, one page each, of the exact size of the medium. Not shown by repr.
        layout: What they were laid out on.
        placements: Every label page, in printing order.
        sheets: How many sheets.
        next_slot: The first slot of the last sheet that is still free, to start with the next time; 0 if it is full.
    """

    pdf: bytes = field(repr=False)
    layout: Layout
    placements: tuple[Placement, ...]
    sheets: int
    next_slot: int


def impose(
    labels: Sequence[Label],
    layout: Layout,
    *,
    start_slot: int = 0,
    rules: FitRules = FitRules(),  # noqa: B008 (frozen)
) -> Imposition:
    """Puts labels on sheets, each page centred in a slot. Equal input gives equal bytes.

    Args:
        labels: The labels, in printing order. Each of their pages takes a slot.
        layout: The slots.
        start_slot: The first free slot of the first sheet, from 0, where a part of it is used up.
        rules: What may be done to a label so that it fits.

    Raises:
        InvalidLayout: No labels, or no such starting slot.
        DoesNotFit: A page is larger than its slot and the rules do not help; the error names the label. Nothing is
            drawn then.
        UnsupportedDocument: A ZPL label, or a page that a label does not have.
        BrokenDocument: A label's PDF turns out damaged while it is copied.
        DocumentTooLarge: More dots than the limits allow while white margins were looked for.
        MissingExtra: The extra `labels` is not installed.
    """
    if not labels:
        raise InvalidLayout("there are no labels to put on sheets")
    if not 0 <= start_slot < len(layout.slots):
        raise InvalidLayout(f"layout {layout.name!r} has slots 0 to {len(layout.slots) - 1}, not {start_slot}")
    placements: list[Placement] = []
    sheets: list[list[Drawing]] = []
    position = start_slot
    for label in labels:
        for page in range(len(label.document.pages)) if label.pages is None else label.pages:
            sheet, slot = divmod(position, len(layout.slots))
            place = layout.slots[slot]
            fitted = fit_page(label.document, page, place.size, rules, label.reference)
            x = place.x_mm + (place.width_mm - fitted.printed.width_mm) / 2
            y = place.y_mm + (place.height_mm - fitted.printed.height_mm) / 2
            area = Area(x, y, fitted.printed.width_mm, fitted.printed.height_mm).cut_to(place)
            placements.append(Placement(label.reference, page, sheet, slot, area, fitted.rotation, fitted.scale))
            if sheet == len(sheets):
                sheets.append([])
            sheets[sheet].append(
                Drawing(label.document, page, fitted.source, x, y, fitted.rotation, fitted.scale, area)
            )
            position += 1
    if not sheets:
        raise InvalidLayout("none of the labels has a page to print")
    pdf = compose([Sheet(layout.media.size, tuple(drawings)) for drawings in sheets])
    return Imposition(pdf, layout, tuple(placements), len(sheets), position % len(layout.slots))
