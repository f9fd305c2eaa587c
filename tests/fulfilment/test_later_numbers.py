"""Numbers and labels that come after the purchase: asked for by later runs, and each step goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fulfilment.bazaar import Bazaar, BazaarSeller, open_bazaar

from xborder_sdk.errors import UsageError
from xborder_sdk.fulfilment import Step, WorkState, label_file
from xborder_sdk.models import HoldReason

pytest.importorskip("xborder_sandbox")


@pytest.fixture
def bazaar() -> Iterator[Bazaar]:
    with open_bazaar() as found:
        found.put("A-1")
        yield found


@pytest.fixture
def seller(bazaar: Bazaar, tmp_path: Path) -> BazaarSeller:
    return BazaarSeller(tmp_path, bazaar)


def test_a_number_that_comes_later_is_asked_for_by_later_runs(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.number_after = 2
    bazaar.label_with_purchase = False
    for _ in range(2):
        seller.run()
        row = seller.row()
        assert (row.state, row.waybill, row.number, row.number_pending) == (WorkState.BOUGHT, "BZ000001", None, True)
        assert row.holds == ()
        assert not bazaar.declared
        seller.later(61)
    told = seller.run()
    row = seller.row()
    assert (row.state, row.waybill, row.number) == (WorkState.DECLARED, "BZ000001", "LB000001CN")
    steps = [progress.step for progress in told if progress.order_id == "A-1"]
    assert steps == [Step.NUMBER, Step.LABEL, Step.DECLARE]
    assert len(bazaar.shipments) == 1
    # The carrier is asked by its waybill, with the platform's order; the platform hears the number buyers follow.
    assert [asked["waybill"] for asked in bazaar.called("shipment")] == ["BZ000001"] * 2
    assert {asked["order"] for asked in bazaar.called("shipment")} == {"A-1"}
    assert [(one["waybill"], one["number"], one["order"]) for one in bazaar.called("documents")] == [
        ("BZ000001", "LB000001CN", "A-1")
    ]
    assert bazaar.declared == [{"order": "A-1", "number": "LB000001CN", "carrier": "bazaar", "service": "STD"}]
    assert [Path(path).name for path in row.files] == ["LB000001CN-label.pdf"]


def test_nothing_is_asked_before_it_is_due(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.number_after = 5
    for _ in range(3):
        seller.run()
    assert not bazaar.called("shipment")
    with seller.fulfilment() as fulfilment:
        assert fulfilment.next_due() is not None


def test_somebody_is_asked_to_look_only_after_the_time_configured(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.number_after = 4
    seller.rules["number_within_hours"] = 2
    seller.run()
    seller.later(3600)
    seller.run()
    assert seller.row().holds == ()
    seller.later(3600)
    seller.run()
    holds = seller.row().holds
    assert [(hold.reason, hold.field) for hold in holds] == [(HoldReason.MISSING_DATA, "tracking_number")]
    assert "waiting for a number" in holds[0].detail
    for _ in range(3):
        seller.later(61)
        seller.run()
    assert seller.row().state is WorkState.DECLARED  # asked for all the same
    assert seller.row().holds == ()


@pytest.mark.parametrize("hours", [0, 24])
def test_a_carrier_that_cannot_be_asked_now_is_asked_again(bazaar: Bazaar, seller: BazaarSeller, hours: int) -> None:
    bazaar.number_after = 1
    bazaar.faults["shipment"] = [404]
    seller.rules["number_within_hours"] = hours
    seller.run()
    seller.later(61)
    seller.run()
    assert seller.row().state is WorkState.BOUGHT
    assert [hold.field for hold in seller.row().holds] == (["tracking_number"] if hours == 0 else [])
    seller.later(3700)
    seller.run()
    assert seller.row().state is WorkState.DECLARED


def test_after_a_doubt_the_carrier_says_which_number_buyers_follow(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.faults["buy"] = ["lost"]
    seller.run()
    row = seller.row()
    assert (row.state, row.number, row.waybill) == (WorkState.DECLARED, "LB000001CN", "BZ000001")
    assert len(bazaar.called("buy")) == 1
    assert bazaar.declared[0]["number"] == "LB000001CN"


def test_after_a_doubt_a_number_may_still_come_later(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.faults["buy"] = ["lost"]
    bazaar.number_after = 2
    bazaar.label_with_purchase = False
    seller.run()
    assert (seller.row().state, seller.row().number) == (WorkState.BOUGHT, None)
    seller.later(61)
    seller.run()
    assert seller.row().number == "LB000001CN"
    assert len(bazaar.shipments) == 1


def test_a_purchase_without_papers_fetches_its_label_as_its_own_step(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.label_with_purchase = False
    bazaar.faults["documents"] = [404, 404]
    told = seller.run()
    assert [progress.step for progress in told if progress.failed] == [Step.LABEL]
    assert (seller.row().state, seller.row().number) == (WorkState.BOUGHT, "LB000001CN")
    for _ in range(2):
        seller.later(3700)
        told = seller.run()
    assert seller.row().state is WorkState.DECLARED
    assert Step.BUY not in {progress.step for progress in told}
    assert len(bazaar.shipments) == 1


@pytest.mark.parametrize("dies_at", ["later_number.LaterNumber.ask", "purchase.Purchase.papers", "paper_book.keep"])
def test_a_run_that_dies_at_any_of_these_steps_goes_on(
    bazaar: Bazaar, seller: BazaarSeller, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    bazaar.number_after = 1
    bazaar.label_with_purchase = False
    seller.run()
    seller.later(61)

    def dies(*args: Any, **kwargs: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"xborder_sdk.fulfilment.{dies_at}", dies)
        with pytest.raises(KeyboardInterrupt):
            seller.run()
    assert seller.row().state is WorkState.BOUGHT
    seller.run()
    assert seller.row().state is WorkState.DECLARED
    assert len(bazaar.shipments) == len(bazaar.declared) == 1


def test_a_number_and_a_label_from_the_carriers_site(bazaar: Bazaar, seller: BazaarSeller, tmp_path: Path) -> None:
    bazaar.number_after = 99
    seller.run()
    (tmp_path / "site.pdf").write_bytes(b"%PDF-1.7 invented")
    with seller.fulfilment() as fulfilment:
        with pytest.raises(UsageError, match="still to come"):
            fulfilment.supply_label("bazaar", "A-1", label_file(tmp_path / "site.pdf"))
        with pytest.raises(UsageError, match="empty"):
            fulfilment.supply_number("bazaar", "A-1", "  ")
        fulfilment.supply_number("bazaar", "A-1", " LB777CN ")
        with pytest.raises(UsageError, match="no number"):
            fulfilment.supply_number("bazaar", "A-1", "LB778CN")
    seller.run()
    assert (seller.row().state, seller.row().number) == (WorkState.DECLARED, "LB777CN")
    assert bazaar.declared[0]["number"] == "LB777CN"


def test_a_second_purchase_forgets_the_numbers_of_the_first(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    with seller.fulfilment() as fulfilment:
        row = fulfilment.buy_again("bazaar", "A-1")
    assert (row.waybill, row.number, row.tracking_number) == (None, None, None)
    seller.run()
    assert (seller.row().waybill, seller.row().number) == ("BZ000002", "LB000002CN")
    assert [one["number"] for one in bazaar.declared] == ["LB000001CN", "LB000002CN"]
