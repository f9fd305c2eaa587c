"""The catalogue: files as people make them, errors that say where, gaps that become holds and never guesses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fulfilment.making import CATALOGUE_CSV, catalogue, item, line, order

from xborder_sdk import Client
from xborder_sdk.fulfilment import Battery, Catalogue, CatalogueError, CatalogueHooks, CatalogueItem
from xborder_sdk.fulfilment.catalogue import gaps
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.models import Dimensions, HoldReason


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "goods.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def fault(folder: Path, text: str | bytes) -> CatalogueError:
    with pytest.raises(CatalogueError) as caught:
        Catalogue.read(written(folder, text))
    return caught.value


def test_reads_a_file(tmp_path: Path) -> None:
    goods = Catalogue.read(written(tmp_path, CATALOGUE_CSV))
    mug = goods.item("MUG-ENAMEL-350")
    assert mug == CatalogueItem(
        sku="MUG-ENAMEL-350",
        name_en="Camping mug, enamelled steel",
        name_local="搪瓷杯",
        weight_g=210,
        dimensions=Dimensions(length_mm=120, width_mm=100, height_mm=90),
        hs_code="732394",
        national_codes={"US": "7323940050"},
        origin="CN",
        battery=Battery.NONE,
    )
    assert goods.item("nobody") is None


def test_a_mark_windows_lines_blank_lines_and_any_order_of_columns(tmp_path: Path) -> None:
    text = "\ufeffWeight_g, SKU ,origin\r\n\r\n200,KITE,cn\r\n,,\r\n,OTHER,\r\n"
    goods = Catalogue.read(written(tmp_path, text))
    assert goods.item("KITE") == CatalogueItem(sku="KITE", weight_g=200, origin="CN")
    assert goods.item("OTHER") == CatalogueItem(sku="OTHER")


def test_points_in_a_code_are_taken_out(tmp_path: Path) -> None:
    found = Catalogue.read(written(tmp_path, "sku,hs_code,hs_code_us\nK,9503.00,9503.00.0073\n")).item("K")
    assert found is not None
    assert (found.hs_code, found.national_codes) == ("950300", {"US": "9503000073"})


@pytest.mark.parametrize(
    ("text", "where", "column", "says"),
    [
        ("sku,weight_g\nA,1\nB,1.5\n", 3, "weight_g", "whole number"),
        ("sku,weight_g\nA,0\n", 2, "weight_g", "above 0"),
        ("sku,weight_g\nA,-5\n", 2, "weight_g", "whole number"),
        ("sku,weight_g\nA,٣\n", 2, "weight_g", "whole number"),
        ("sku,wieght_g\nA,1\n", 1, "wieght_g", "unknown column"),
        ("sku,sku\nA,B\n", 1, "sku", "twice"),
        ("weight_g\n5\n", 1, "sku", "no column sku"),
        ("sku;weight_g\nA;5\n", 1, "sku;weight_g", "unknown column"),
        ("sku,origin\nA,China\n", 2, "origin", "pattern"),
        ("sku,hs_code\nA,95030\n", 2, "hs_code", "6 to 12 digits"),
        ("sku,hs_code_us\nA,9503.x\n", 2, "hs_code_us", "6 to 12 digits"),
        ("sku,battery\nA,lithium\n", 2, "battery", "none of the words"),
        ("sku,length_mm,width_mm,height_mm\nA,1,2,\n", 2, "height_mm", "another side"),
        ("sku,weight_g\nA,1\n\nA,2\n", 4, "sku", "line 2 already"),
        ("sku,weight_g\n,5\n", 2, "sku", "empty"),
        ("sku,name_en\nA,ab\n", 2, "name_en", "3"),
        ('sku,name_en\nA,"two\nlines"\nB,ab\n', 4, "name_en", "3"),
        ("sku,name_en\nA,Camping mug, steel\n", 2, None, "3 cells"),
        ('sku\n"A"x\n', 2, None, "expected"),
        ("", None, None, "empty"),
    ],
)
def test_an_error_says_where(tmp_path: Path, text: str, where: int | None, column: str | None, says: str) -> None:
    error = fault(tmp_path, text)
    assert (error.line, error.column) == (where, column)
    assert says in str(error)


def test_a_file_that_is_no_utf8_or_is_not_there(tmp_path: Path) -> None:
    assert "UTF-8" in str(fault(tmp_path, "sku,name_zh\nA,茶\n".encode("gb18030")))
    with pytest.raises(CatalogueError, match="cannot be read"):
        Catalogue.read(tmp_path / "nothing.csv")


def test_whatever_is_missing_is_named_with_its_sku() -> None:
    bare = CatalogueItem(sku="BARE")
    found = gaps(catalogue(bare).enrich(order(line(1, "BARE"), line(2, "WHO"), line(3, None))))
    assert [(hold.reason, hold.field) for hold in found] == [
        *[(HoldReason.MISSING_DATA, "lines.0.sku")] * 5,
        (HoldReason.UNKNOWN_SKU, "lines.1.sku"),
        (HoldReason.UNKNOWN_SKU, "lines.2.sku"),
    ]
    text = " ".join(f"{hold.detail} {hold.repair}" for hold in found)
    for word in ("weight", "HS code", "English customs name", "country of origin", "batter", "BARE", "WHO"):
        assert word in text


@pytest.mark.parametrize("missing", ["weight_g", "hs_code", "name_en", "origin", "battery"])
def test_each_single_gap_is_one_hold(missing: str) -> None:
    changes: dict[str, Any] = {missing: None}
    found = gaps(catalogue(item(**changes)).enrich(order()))
    assert len(found) == 1
    assert missing in (found[0].repair or "")


def test_without_customs_only_weight_and_battery_are_needed() -> None:
    enriched = catalogue(item(hs_code=None, name_en=None, origin=None)).enrich(order())
    assert gaps(enriched, customs=False) == ()
    assert len(gaps(enriched)) == 3


def test_a_function_serves_as_catalogue_and_is_asked_once_a_line() -> None:
    asked: list[str] = []

    def find(sku: str) -> CatalogueItem | None:
        asked.append(sku)
        return item(sku) if sku == "KITE" else None

    enriched = Catalogue(find).enrich(order(line(1, "KITE"), line(2, "WHO"), line(3, None)))
    assert asked == ["KITE", "WHO"]
    assert [facts.item is not None for facts in enriched.lines] == [True, False, False]


def test_behind_the_client_wide_hook_an_order_carries_the_gaps_once() -> None:
    hooks = CatalogueHooks(catalogue(item(weight_g=None)))
    with Client(accounts=[], store=SqliteStore(None), hooks=[hooks]) as client:
        once = client.hooks.enrich(order())
        twice = client.hooks.enrich(once)
    assert [hold.reason for hold in once.holds] == [HoldReason.MISSING_DATA]
    assert once == twice
    with Client(accounts=[], store=SqliteStore(None), hooks=[CatalogueHooks(catalogue())]) as client:
        assert client.hooks.enrich(order()) == order()


@given(st.text(max_size=200))
def test_any_text_is_a_catalogue_or_a_typed_error(text: str) -> None:
    from xborder_sdk.fulfilment.catalogue import _items

    try:
        found = tuple(_items(Path("x.csv"), text))
    except CatalogueError:
        return
    assert all(isinstance(one, CatalogueItem) for one in found)
