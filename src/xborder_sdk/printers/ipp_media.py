"""Finds among the media of an IPP printer the one of a wanted size, and says how to ask for it.

Sizes come in hundredths of a millimetre (RFC 8011 and PWG 5100.7: `media-size`, `media-left-margin` and its like) and
in the self-describing names of PWG 5101.1, such as `na_index-4x6_4x6in`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from xborder_sdk.models import Margins, PrinterMedia
from xborder_sdk.printers.ipp_encoding import Attribute, Attributes, Collection, Range, Tag

_NAME_SIZE = re.compile(r"_(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(mm|in)$")
_PER_MM = 100
_MM_PER_INCH = Decimal("25.4")
# Makers round sizes to whole points or tenths of an inch.
_SAME_MM = Decimal("0.6")


@dataclass(frozen=True, slots=True)
class Paper:
    """One size a printer takes, in hundredths of a millimetre; a range where it takes all sizes in between.

    Attributes:
        x: Width.
        y: Length.
        margins: Borders it cannot print on; None where it says nothing.
        name: Its name, where it has one.
        loaded: Whether it is in the printer.
    """

    x: Range
    y: Range
    margins: Margins | None
    name: str | None
    loaded: bool

    def is_of(self, width_mm: Decimal, height_mm: Decimal) -> bool:
        """Whether it has, or can have, this size."""
        return _within(width_mm, self.x) and _within(height_mm, self.y)

    def describe(self) -> PrinterMedia | None:
        """The paper for users; None for a range of custom sizes."""
        if self.x.lower != self.x.upper or self.y.lower != self.y.upper:
            return None
        width, height = Decimal(self.x.lower) / _PER_MM, Decimal(self.y.lower) / _PER_MM
        name = self.name or f"{width.normalize():f}x{height.normalize():f}mm"
        return PrinterMedia(
            name=name, width_mm=width, height_mm=height, margins=self.margins, loaded=self.loaded or None
        )


def papers_of(printer: Attributes) -> tuple[Paper, ...]:
    """Every size a printer tells of, what is loaded first; of the same size with several margins each stands.

    Args:
        printer: The printer's attributes.
    """
    found: dict[Paper, None] = {}
    for attribute, loaded in (("media-col-ready", True), ("media-col-database", False)):
        for collection in printer.collections(attribute):
            paper = _from_collection(collection, loaded)
            if paper is not None:
                found[paper] = None
    for attribute, loaded in (("media-ready", True), ("media-supported", False)):
        for name in printer.texts(attribute):
            named = _from_name(name, loaded)
            if named is not None and not any(paper.x == named.x and paper.y == named.y for paper in found):
                found[named] = None
    for collection in printer.collections("media-size-supported"):
        paper = _sized(collection, None, None, False)
        if paper is not None and not any(one.x == paper.x and one.y == paper.y for one in found):
            found[paper] = None
    return tuple(found)


def choose(papers: Iterable[Paper], width_mm: Decimal, height_mm: Decimal) -> Paper | None:
    """The paper of a size: a loaded one before others, a fixed size before a custom one, then the least margins.

    Args:
        papers: What there is.
        width_mm: Wanted width.
        height_mm: Wanted length.
    """
    fitting = [paper for paper in papers if paper.is_of(width_mm, height_mm)]
    return min(fitting, key=_preference, default=None)


def media_col(paper: Paper, width_mm: Decimal, height_mm: Decimal) -> Attribute:
    """The `media-col` that asks for a paper: by its own size where that is fixed, else by the wanted one.

    Args:
        paper: What was chosen.
        width_mm: Wanted width, for custom sizes.
        height_mm: Wanted length.
    """
    x = paper.x.lower if paper.x.lower == paper.x.upper else int(width_mm * _PER_MM)
    y = paper.y.lower if paper.y.lower == paper.y.upper else int(height_mm * _PER_MM)
    size = Attribute(
        "media-size",
        Tag.COLLECTION,
        ([Attribute("x-dimension", Tag.INTEGER, (x,)), Attribute("y-dimension", Tag.INTEGER, (y,))],),
    )
    members = [size]
    if paper.margins is not None:  # the same size often stands there with and without borders
        for side in ("bottom", "left", "right", "top"):
            value: Decimal = getattr(paper.margins, f"{side}_mm")
            members.append(Attribute(f"media-{side}-margin", Tag.INTEGER, (int(value * _PER_MM),)))
    return Attribute("media-col", Tag.COLLECTION, (members,))


def _preference(paper: Paper) -> tuple[bool, bool, Decimal]:
    margins = paper.margins or Margins()
    custom = paper.x.lower != paper.x.upper or paper.y.lower != paper.y.upper
    return (not paper.loaded, custom, max(margins.top_mm, margins.right_mm, margins.bottom_mm, margins.left_mm))


def _within(length_mm: Decimal, sizes: Range) -> bool:
    low, high = Decimal(sizes.lower) / _PER_MM, Decimal(sizes.upper) / _PER_MM
    slack = _SAME_MM if sizes.lower == sizes.upper else Decimal(0)
    return low - slack <= length_mm <= high + slack


def _from_collection(collection: Collection, loaded: bool) -> Paper | None:
    size = collection.first("media-size")
    if not isinstance(size, Collection):
        return None
    name = collection.first("media-size-name") or collection.first("media-key")
    return _sized(size, _margins(collection), name if isinstance(name, str) else None, loaded)


def _sized(size: Collection, margins: Margins | None, name: str | None, loaded: bool) -> Paper | None:
    x, y = _span(size.first("x-dimension")), _span(size.first("y-dimension"))
    if x is None or y is None:
        return None
    return Paper(x, y, margins, name, loaded)


def _span(value: object) -> Range | None:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return Range(value, value)
    if isinstance(value, Range) and 0 < value.lower <= value.upper:
        return value
    return None


def _margins(collection: Collection) -> Margins | None:
    sides = dict(_sides(collection))
    if len(sides) < 4:
        return None
    return Margins(top_mm=sides["top"], right_mm=sides["right"], bottom_mm=sides["bottom"], left_mm=sides["left"])


def _sides(collection: Collection) -> Iterator[tuple[str, Decimal]]:
    for side in ("top", "right", "bottom", "left"):
        value = collection.first(f"media-{side}-margin")
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            yield side, Decimal(value) / _PER_MM


def _from_name(name: str, loaded: bool) -> Paper | None:
    match = _NAME_SIZE.search(name)
    if match is None or name.startswith(("custom_min", "custom_max")):
        return None
    unit = _MM_PER_INCH if match[3] == "in" else Decimal(1)
    x, y = (int((Decimal(value) * unit * _PER_MM).to_integral_value()) for value in (match[1], match[2]))
    return Paper(Range(x, x), Range(y, y), None, name, loaded) if x and y else None
