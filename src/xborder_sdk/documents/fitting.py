"""Decides how a label page goes into a place, never changing its size in silence.

In this order, the first that works: true size; turned by 90 degrees; white margins left out, upright, then turned
(only when asked); shrunk (only when allowed, never below the given bar width). Otherwise `DoesNotFit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from xborder_sdk.documents.errors import DoesNotFit
from xborder_sdk.documents.geometry import Area, Millimetres, Size, exact

DEFAULT_SLACK_MM = Decimal("0.5")
# PDF writers round points to two or more decimals; 210 mm come back as 210.0003.
_HAIR_MM = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Shrink:
    """Leave to shrink a label, down to a bar width that the scanners of its way still read.

    Attributes:
        module_mm: Width of the narrowest bar on the label at true size (`Barcode.module_mm` measures it).
        least_module_mm: The narrowest that it may become.
    """

    module_mm: Millimetres
    least_module_mm: Millimetres

    def __post_init__(self) -> None:
        module, least = exact(self.module_mm, "module_mm"), exact(self.least_module_mm, "least_module_mm")
        if module <= 0 or least <= 0:
            raise ValueError("bar widths must be above 0")

    @property
    def least_scale(self) -> Decimal:
        """The smallest scale allowed."""
        return min(Decimal(1), Decimal(self.least_module_mm) / Decimal(self.module_mm))


@dataclass(frozen=True, slots=True)
class FitRules:
    """What may be done to a label so that it fits.

    Attributes:
        rotate: Turn it by 90 degrees.
        crop: Leave out white margins. What is printed on the label is never cut.
        shrink: Shrink it, and how far; None for never.
        slack_mm: By how much in all a page may be wider or higher than its place at true size: half of it then
            falls off each side. Carriers round page sizes to whole points (0.35 mm), so 0 refuses labels that
            are of the right size. Less than 0.005 mm counts as that.
    """

    rotate: bool = True
    crop: bool = False
    shrink: Shrink | None = None
    slack_mm: Millimetres = DEFAULT_SLACK_MM

    def __post_init__(self) -> None:
        if not 0 <= exact(self.slack_mm, "slack_mm") <= 2:
            raise ValueError("slack_mm must be between 0 and 2")


@dataclass(frozen=True, slots=True)
class Fit:
    """How a label page goes into a place.

    Attributes:
        source: The part of the page that is printed, as the page is viewed; the whole page unless cropped.
        rotation: 0, or 90 for a quarter turn clockwise.
        scale: 1 at true size, less when shrunk. Never more than 1.
        printed: Size on the medium, after turning and scaling.
    """

    source: Area
    rotation: int
    scale: Decimal
    printed: Size


def fit(page: Size, place: Size, rules: FitRules = FitRules(), ink: Area | None = None) -> Fit:
    """Decides how a page goes into a place.

    Args:
        page: Size of the page.
        place: Size of the place.
        rules: What may be done to it.
        ink: The part of the page that is not white (`ink_area`); needed for `crop`.

    Raises:
        DoesNotFit: Nothing that the rules allow makes it fit; the message has both sizes.
        ValueError: `rules.crop` without `ink`.
    """
    if rules.crop and ink is None:
        raise ValueError("cropping needs the ink area of the page")
    slack = max(Decimal(rules.slack_mm), _HAIR_MM)
    whole = Area(Decimal(0), Decimal(0), page.width_mm, page.height_mm)
    places = ((0, place), (90, place.turned)) if rules.rotate else ((0, place),)

    for rotation, target in places:
        if target.holds(page, slack):
            return _fit(whole, rotation, Decimal(1))
    if rules.crop and ink is not None:
        for rotation, target in places:
            if target.holds(ink.size, _HAIR_MM):
                return _fit(_window(whole, ink, target), rotation, Decimal(1))
    source = ink if rules.crop and ink is not None else whole
    scale, rotation = max(
        (min(target.width_mm / source.width_mm, target.height_mm / source.height_mm), -rotation)
        for rotation, target in places
    )
    scale = scale.quantize(Decimal("1e-6"), rounding="ROUND_FLOOR")
    if rules.shrink is not None and scale >= rules.shrink.least_scale:
        return _fit(source, -rotation, scale)
    raise DoesNotFit(page, place, _reason(rules, scale, ink if rules.crop else None))


def _fit(source: Area, rotation: int, scale: Decimal) -> Fit:
    size = Size(source.width_mm * scale, source.height_mm * scale)
    return Fit(source, rotation, scale, size.turned if rotation == 90 else size)


def _window(whole: Area, ink: Area, target: Size) -> Area:
    """As much of the page as the place holds, with all of the ink, as even around it as the page allows."""
    x, width = _span(whole.width_mm, ink.x_mm, ink.width_mm, target.width_mm)
    y, height = _span(whole.height_mm, ink.y_mm, ink.height_mm, target.height_mm)
    return Area(x, y, width, height)


def _span(page: Decimal, ink_start: Decimal, ink_length: Decimal, room: Decimal) -> tuple[Decimal, Decimal]:
    length = min(page, room)
    start = ink_start - (length - ink_length) / 2
    return min(max(start, Decimal(0)), page - length), length


def _reason(rules: FitRules, scale: Decimal, ink: Area | None) -> str:
    turned = "not even turned" if rules.rotate else "and turning it is not allowed"
    without = f", nor without its white margins ({ink.size} is printed on)" if ink is not None else ""
    if rules.shrink is None:
        return f"{turned}{without}; it would have to shrink to {_percent(scale)}, which is not allowed"
    bar = Decimal(rules.shrink.module_mm) * scale
    return (
        f"{turned}{without}; shrunk to {_percent(scale)} its narrowest bar would be {bar:.3f} mm, "
        f"at least {rules.shrink.least_module_mm} mm is needed"
    )


def _percent(scale: Decimal) -> str:
    return f"{(scale * 100).quantize(Decimal('0.1'), rounding='ROUND_FLOOR')} %"
