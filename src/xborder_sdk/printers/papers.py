"""What the built-in printers print on, and how documents get onto it. Drawing waits until something is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from xborder_sdk.errors import DocumentError, PrinterError
from xborder_sdk.hookspecs import PrintDocument, Settings
from xborder_sdk.models import DocumentFormat, Margins

if TYPE_CHECKING:
    from xborder_sdk.documents import FitRules, Label, LabelDocument, Layout, Media

STOCK_MEDIA = ("thermal-100x150-203dpi", "thermal-100x150-300dpi", "a4-1up", "a4-2up", "a4-4up")
"""Names of the stock layouts of `xborder_sdk.documents`, repeated here so that settings are checked without it."""

# 305 is for heads that are sold as 300 dpi and have 12 dots/mm.
_OWN = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)x(\d{1,4}(?:\.\d{1,3})?)mm(?:-(203|300|305)dpi)?")
_PLACEABLE = frozenset({DocumentFormat.PDF, DocumentFormat.PNG})


def _known_media(value: str) -> str:
    if value not in STOCK_MEDIA and not _OWN.fullmatch(value):
        raise ValueError(f"no such media; there are {', '.join(STOCK_MEDIA)}, and own sizes such as 102x152mm-203dpi")
    return value


MediaName = Annotated[str, AfterValidator(_known_media)]


class PaperSettings(Settings):
    """What printers that draw need to know.

    Attributes:
        media: What is in the printer: a stock layout, or an own size in millimetres such as `102x152mm`, for thermal
            printers with its dpi, `102x152mm-203dpi` (203, 300, or 305 for heads of 12 dots/mm).
        rotation: Turns what is printed, clockwise in degrees.
        crop: Leave out white margins of a label that is larger than its place; what is printed is never cut.
        rotate: Turn a label by 90 degrees where it only fits so.
        darkness: Heat of a ZPL print head, 0 to 30; None leaves the printer's own.
        darkness_change: Added to the ZPL printer's own heat, -30 to 30; not together with `darkness`.
        threshold: Grey values below it become black in ZPL, 1 to 255.
        encoding: How ZPL pictures are written: `z64`, or `hex` for old firmware.
    """

    media: MediaName = STOCK_MEDIA[0]
    rotation: Literal[0, 90, 180, 270] = 0
    crop: bool = True
    rotate: bool = True
    darkness: int | None = Field(default=None, ge=0, le=30)
    darkness_change: int | None = Field(default=None, ge=-30, le=30)
    threshold: int = Field(default=128, ge=1, le=255)
    encoding: Literal["z64", "hex"] = "z64"

    @model_validator(mode="after")
    def _one_heat(self) -> Self:
        if self.darkness is not None and self.darkness_change is not None:
            raise ValueError("give darkness or darkness_change, not both")
        return self


def layout_named(name: str) -> Layout:
    """The layout of a media name.

    Raises:
        PrinterError: There is none of this name.
    """
    from xborder_sdk.documents import DPI_12_PER_MM, DPI_203, DPI_300, STOCK_LAYOUTS, Layout, Media, MediaKind

    if name in STOCK_LAYOUTS:
        return STOCK_LAYOUTS[name]
    match = _OWN.fullmatch(name)
    if match is None:
        raise PrinterError(
            f"there is no media {name}", hint=f"there are {', '.join(STOCK_MEDIA)}, and own sizes: 102x152mm-203dpi"
        )
    width, height, dpi = Decimal(match[1]), Decimal(match[2]), match[3]
    if dpi is None:
        return Layout.grid(name, Media(name, width, height, MediaKind.SHEET))
    head = {"203": DPI_203, "300": DPI_300, "305": DPI_12_PER_MM}[dpi]
    return Layout.grid(name, Media(name, width, height, MediaKind.THERMAL, head))


@contextmanager
def _placing() -> Iterator[None]:
    """Turns what is wrong with a document into the printer's error, before anything is sent."""
    try:
        yield
    except DocumentError as error:
        raise PrinterError(str(error), hint=error.hint) from None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What goes to the printer.

    Attributes:
        content: The bytes.
        pages: How many sheets or labels, without copies.
        remarks: What the user should know.
    """

    content: bytes
    pages: int
    remarks: tuple[str, ...] = ()


def sheets(settings: PaperSettings, request: PrintDocument, margins: Margins) -> Prepared:
    """The documents of a job as PDF sheets at true size, each label on them as often as there are copies.

    Args:
        settings: What they are put on, and how.
        request: What is printed.
        margins: Borders that stay empty; no label is put there.

    Raises:
        PrinterError: A document does not fit or cannot be put on sheets.
    """
    from xborder_sdk.documents import impose, turned_pages

    with _placing():
        layout = layout_named(request.media or settings.media)
        place = _turned(_inside(layout, margins), settings.rotation)
        labels: list[Label] = []
        for label in _labels(request, layout.name):
            labels.extend([label] * request.copies)
        imposed = impose(labels, place, rules=_rules(settings))
        return Prepared(turned_pages(imposed.pdf, settings.rotation), imposed.sheets)


def program(settings: PaperSettings, request: PrintDocument, margins: Margins) -> Prepared:
    """The documents of a job as a ZPL program; one that is ZPL already goes as it is.

    Args:
        settings: What they are put on, and how.
        request: What is printed.
        margins: Borders that stay empty.

    Raises:
        PrinterError: A document does not fit or cannot be printed so.
    """
    from xborder_sdk.documents import Edges, ThermalSetup, ZplEncoding, to_zpl

    with _placing():
        media = layout_named(request.media or settings.media).media
        if request.document.format is DocumentFormat.ZPL:
            return _as_it_is(request, media)
        setup = ThermalSetup(
            margins=Edges(margins.top_mm, margins.right_mm, margins.bottom_mm, margins.left_mm),
            rotation=settings.rotation,
            darkness=settings.darkness,
            darkness_change=settings.darkness_change,
            threshold=settings.threshold,
            encoding=ZplEncoding(settings.encoding),
        )
        parts = [
            to_zpl(label.document, media, setup, rules=_rules(settings), copies=request.copies)
            for label in _labels(request, media.name)
        ]
    return Prepared(b"".join(part.data for part in parts), sum(len(part.bitmaps) for part in parts))


def _rules(settings: PaperSettings) -> FitRules:
    from xborder_sdk.documents import FitRules

    return FitRules(rotate=settings.rotate, crop=settings.crop)


def _as_it_is(request: PrintDocument, media: Media) -> Prepared:
    from xborder_sdk.documents import LabelDocument, check_zpl

    if request.further:
        raise PrinterError("ZPL programs are printed one by one", hint="leave `further` out")
    if request.copies > 1:
        raise PrinterError("a ZPL program says itself how many labels it prints (^PQ)", hint="leave `copies` out")
    document = request.document
    label = LabelDocument.read(document.content, dpi=None if document.dpi is None else Decimal(document.dpi))
    if label.dpi is None:
        unchecked = "nobody says for which resolution this ZPL program was written, so its size is not checked"
        return Prepared(document.content, len(label.pages), (unchecked,))
    check_zpl(label, media)
    return Prepared(document.content, len(label.pages))


def _labels(request: PrintDocument, place: str) -> list[Label]:
    from xborder_sdk.documents import Label, LabelDocument

    found = []
    for document in (request.document, *request.further):
        if document.format not in _PLACEABLE:
            raise PrinterError(f"{document.format.value} documents cannot be put on {place}", hint="ask for PDF")
        dpi = Decimal(document.dpi) if document.dpi is not None and document.format is DocumentFormat.PNG else None
        read: LabelDocument = LabelDocument.read(document.content, dpi=dpi)
        found.append(Label(document.number or request.name, read))
    return found


def _turned(layout: Layout, rotation: int) -> Layout:
    """The layout such that turning the finished sheet clockwise brings every place to where it is in `layout`."""
    from xborder_sdk.documents import Area, Layout, Media

    if rotation == 0:
        return layout
    size, media = layout.media.size, layout.media
    slots = []
    for slot in layout.slots:
        right, below = size.width_mm - slot.right_mm, size.height_mm - slot.bottom_mm
        if rotation == 90:
            slots.append(Area(slot.y_mm, right, slot.height_mm, slot.width_mm))
        elif rotation == 180:
            slots.append(Area(right, below, slot.width_mm, slot.height_mm))
        else:
            slots.append(Area(below, slot.x_mm, slot.height_mm, slot.width_mm))
    if rotation in {90, 270}:
        media = Media(media.name, media.height_mm, media.width_mm, media.kind, media.dpi)
    return Layout(layout.name, media, tuple(slots))


def _inside(layout: Layout, margins: Margins) -> Layout:
    """The layout with its places cut to what the printer can print on."""
    from xborder_sdk.documents import Area, InvalidLayout, Layout

    if margins == Margins():
        return layout
    size = layout.media.size
    width = size.width_mm - margins.left_mm - margins.right_mm
    height = size.height_mm - margins.top_mm - margins.bottom_mm
    if width <= 0 or height <= 0:
        raise InvalidLayout(f"the margins leave nothing of {layout.name}")
    printable = Area(margins.left_mm, margins.top_mm, width, height)
    if not all(slot.overlaps(printable) for slot in layout.slots):
        raise InvalidLayout(f"the margins leave nothing of a place of {layout.name}")
    return Layout(layout.name, layout.media, tuple(slot.cut_to(printable) for slot in layout.slots))
