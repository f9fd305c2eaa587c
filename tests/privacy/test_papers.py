"""Every paper of an order goes with its buyer: those of the shipment before, and those that a crash left behind."""

from __future__ import annotations

import itertools
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.fulfilment import bazaar as the_platform
from tests.fulfilment.bazaar import Bazaar, BazaarSeller, open_bazaar

from xborder_sdk.fulfilment import WorkState, pipeline
from xborder_sdk.fulfilment.work_schema import WORK_V1, WORK_V2
from xborder_sdk.models import Document, DocumentFormat, DocumentKind
from xborder_sdk.privacy import Holdings


@pytest.fixture
def bazaar() -> Iterator[Bazaar]:
    with open_bazaar() as found:
        found.put("A-1")
        found.put("A-2")
        yield found


@pytest.fixture
def seller(bazaar: Bazaar, tmp_path: Path) -> BazaarSeller:
    return BazaarSeller(tmp_path, bazaar)


def papers(seller: BazaarSeller) -> list[str]:
    return sorted(path.name for path in (seller.folder / "papers").iterdir())


def forget(seller: BazaarSeller, *order_ids: str) -> int:
    with seller.fulfilment() as fulfilment:
        return Holdings(fulfilment.client.store, fulfilment.work).forget("bazaar", order_ids=order_ids).files


def test_the_label_of_the_shipment_before_goes_too(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    with seller.fulfilment() as fulfilment:
        fulfilment.buy_again("bazaar", "A-1")
    seller.run()
    assert papers(seller) == ["LB000001CN-label.pdf", "LB000002CN-label.pdf", "LB000003CN-label.pdf"]
    assert forget(seller, "A-1") == 2
    assert papers(seller) == ["LB000002CN-label.pdf"]
    assert forget(seller, "A-1") == 0


def test_a_label_that_was_drawn_anew_after_a_crash_goes_in_each_form(
    bazaar: Bazaar, seller: BazaarSeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = itertools.count()
    monkeypatch.setattr(
        the_platform, "_label", lambda shipment: b64encode(b"%%PDF-1.7 drawing %d" % next(drawn)).decode()
    )
    bazaar.label_with_purchase = False

    def dies(*args: Any) -> Any:
        raise RuntimeError

    for _ in range(3):
        with monkeypatch.context() as patch:
            patch.setattr(pipeline, "read_back", dies)
            seller.run()
        seller.later(4000)
    seller.run()
    assert seller.row("A-1").state is WorkState.DECLARED
    assert len(papers(seller)) == 8
    forget(seller, "A-1")
    assert all(name.startswith("LB000002CN") for name in papers(seller))
    assert len(papers(seller)) == 4


def test_a_label_that_was_supplied_goes(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.label_with_purchase = False
    bazaar.faults["documents"] = [404] * 9
    seller.run()
    with seller.fulfilment() as fulfilment:
        given = Document(kind=DocumentKind.LABEL, format=DocumentFormat.PDF, content=b"%PDF-1.7 by hand")
        fulfilment.supply_label("bazaar", "A-1", given)
        fulfilment.buy_again("bazaar", "A-1")
    assert papers(seller) == ["LB000001CN-label.pdf"]
    assert forget(seller, "A-1") == 1
    assert papers(seller) == []


def test_a_purge_takes_the_papers_of_a_shipment_before(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    with seller.fulfilment() as fulfilment:
        fulfilment.buy_again("bazaar", "A-1")
        fulfilment.stop("bazaar", "A-1", "by hand")
        seller.later(1)
        found = Holdings(fulfilment.client.store, fulfilment.work).purge(fulfilment.client.clock.now())
    assert found.files == 1
    assert papers(seller) == ["LB000002CN-label.pdf"]


def test_papers_are_found_from_any_folder(
    bazaar: Bazaar, seller: BazaarSeller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A timer that purges runs somewhere else than the terminal that bought."""
    monkeypatch.chdir(tmp_path)
    seller.rules["out"] = "papers"
    seller.run()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert forget(seller, "A-1") == 1
    assert papers(seller) == ["LB000002CN-label.pdf"]


def test_papers_of_a_store_from_before_are_known(bazaar: Bazaar, seller: BazaarSeller) -> None:
    """A file of the version before, with everything in it, is opened by this one."""
    seller.run()
    with closing(sqlite3.connect(seller.folder / "work.db")) as older:
        older.execute("DROP TABLE xborder_work_paper")
        older.execute("PRAGMA user_version = 2")
        older.commit()
    assert "xborder_work_paper" not in WORK_V1 + WORK_V2
    with seller.fulfilment() as fulfilment:
        fulfilment.buy_again("bazaar", "A-1")
    assert forget(seller, "A-1") == 1
    assert papers(seller) == ["LB000002CN-label.pdf"]
