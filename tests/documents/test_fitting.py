"""How a page goes into a place: never clipped, never changed in silence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xborder_sdk.documents import Area, DoesNotFit, FitRules, Shrink, Size, fit

HAIR = Decimal("1e-9")
lengths = st.decimals(min_value=10, max_value=400, places=2)
sizes = st.builds(Size, lengths, lengths)


def size(width: str | int, height: str | int) -> Size:
    return Size(Decimal(width), Decimal(height))


def area(x: int, y: int, width: int, height: int) -> Area:
    return Area(Decimal(x), Decimal(y), Decimal(width), Decimal(height))


@st.composite
def pages_with_ink(draw: st.DrawFn) -> tuple[Size, Area]:
    page = draw(sizes)
    left = draw(st.decimals(min_value=0, max_value=page.width_mm - 5, places=2))
    top = draw(st.decimals(min_value=0, max_value=page.height_mm - 5, places=2))
    width = draw(st.decimals(min_value=1, max_value=page.width_mm - left, places=2))
    height = draw(st.decimals(min_value=1, max_value=page.height_mm - top, places=2))
    return page, Area(left, top, width, height)


@given(sizes, sizes)
def test_without_leave_a_page_keeps_its_size_or_is_refused(page: Size, place: Size) -> None:
    if not (place.holds(page, Decimal("0.5")) or place.turned.holds(page, Decimal("0.5"))):
        with pytest.raises(DoesNotFit) as refused:
            fit(page, place)
        assert str(page) in str(refused.value)
        assert str(place) in str(refused.value)
        return
    result = fit(page, place)
    assert result.scale == 1
    assert result.source == Area(Decimal(0), Decimal(0), page.width_mm, page.height_mm)
    assert result.printed in {page, page.turned}
    assert place.holds(result.printed, Decimal("0.5"))


@given(pages_with_ink(), sizes, st.booleans(), st.decimals(min_value="0.1", max_value=1, places=2))
def test_whatever_is_allowed_no_ink_is_cut(
    page_and_ink: tuple[Size, Area], place: Size, rotate: bool, least: Decimal
) -> None:
    page, ink = page_and_ink
    rules = FitRules(rotate=rotate, crop=True, shrink=Shrink(Decimal(1), least), slack_mm=0)
    try:
        result = fit(page, place, rules, ink)
    except DoesNotFit:
        turned = place.turned if rotate else place
        assert not place.holds(ink.size)
        assert not turned.holds(ink.size)
        return
    assert result.source.contains(ink, HAIR)
    assert Area(Decimal(0), Decimal(0), page.width_mm, page.height_mm).contains(result.source, HAIR)
    assert place.holds(result.printed, HAIR)
    assert least <= result.scale <= 1
    assert rotate or result.rotation == 0
    if place.holds(page) or (rotate and place.turned.holds(page)):
        assert result.scale == 1
        assert result.source.size == page


@given(sizes, sizes, st.decimals(min_value="0.1", max_value=1, places=2))
def test_bars_never_get_narrower_than_allowed(page: Size, place: Size, least: Decimal) -> None:
    assume(not place.holds(page) and not place.turned.holds(page))
    shrink = Shrink(module_mm=Decimal("0.375"), least_module_mm=Decimal("0.375") * least)
    best = max(
        min(target.width_mm / page.width_mm, target.height_mm / page.height_mm) for target in (place, place.turned)
    )
    if best < least:
        with pytest.raises(DoesNotFit, match="mm is needed"):
            fit(page, place, FitRules(shrink=shrink, slack_mm=0))
        return
    assume(best - least > Decimal("1e-6"))
    result = fit(page, place, FitRules(shrink=shrink, slack_mm=0))
    assert result.scale <= best
    assert result.scale * Decimal("0.375") >= shrink.least_module_mm
    assert place.holds(result.printed, HAIR)


def test_upright_is_preferred_to_turned_and_turned_to_cropped() -> None:
    assert fit(size(100, 150), size(210, 297)).rotation == 0
    assert fit(size(100, 150), size(210, "148.5")).rotation == 90
    rules = FitRules(crop=True)
    turned = fit(size(100, 150), size(210, "148.5"), rules, area(5, 5, 50, 50))
    assert (turned.rotation, turned.source.size) == (90, size(100, 150))
    with pytest.raises(DoesNotFit):
        fit(size(100, 150), size(210, "148.5"), FitRules(rotate=False))


def test_cropping_keeps_as_much_of_the_page_as_the_place_holds() -> None:
    result = fit(size(210, 297), size(100, 150), FitRules(crop=True), area(107, 12, 96, 136))
    assert result.source == Area(Decimal(105), Decimal(5), Decimal(100), Decimal(150))
    corner = fit(size(210, 297), size(100, 150), FitRules(crop=True), area(112, 2, 98, 136))
    assert corner.source == Area(Decimal(110), Decimal(0), Decimal(100), Decimal(150))


def test_cropping_may_turn_what_is_left() -> None:
    result = fit(size(297, 210), size(100, 150), FitRules(crop=True), area(20, 20, 140, 90))
    assert (result.rotation, result.printed, result.scale) == (90, size(100, 150), Decimal(1))


def test_page_sizes_rounded_to_points_fit() -> None:
    rounded = Size(284 * Decimal("25.4") / 72, 425 * Decimal("25.4") / 72)  # 100.19 x 149.93 mm
    assert fit(rounded, size(100, 150)).scale == 1
    with pytest.raises(DoesNotFit):
        fit(rounded, size(100, 150), FitRules(slack_mm=0))


def test_shrinking_takes_the_turn_that_leaves_more() -> None:
    rules = FitRules(shrink=Shrink(Decimal("0.5"), Decimal("0.25")))
    result = fit(size(200, 100), size(100, 150), rules)
    assert (result.rotation, result.scale) == (90, Decimal("0.75"))


def test_the_message_says_what_would_be_needed() -> None:
    with pytest.raises(DoesNotFit) as caught:
        fit(size("101.6", "152.4"), size(100, 150))
    assert "101.6 x 152.4 mm" in str(caught.value)
    assert "100 x 150 mm" in str(caught.value)
    assert "98.4 %" in str(caught.value)
    assert caught.value.label == size("101.6", "152.4")
    assert caught.value.area == size(100, 150)


def test_rules_are_checked() -> None:
    with pytest.raises(ValueError, match="slack"):
        FitRules(slack_mm=3)
    with pytest.raises(TypeError):
        FitRules(slack_mm=0.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="above 0"):
        Shrink(Decimal(0), Decimal(1))
    with pytest.raises(ValueError, match="ink"):
        fit(size(10, 10), size(10, 10), FitRules(crop=True))
    assert Shrink(Decimal("0.2"), Decimal("0.3")).least_scale == 1
