"""Following parcels: by the numbers buyers follow, with what is known of them, by whoever follows them best."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fulfilment.bazaar import Bazaar, BazaarSeller, Carts, open_bazaar
from tests.fulfilment.making import address, config

from xborder_sdk import read_config
from xborder_sdk.errors import ConfigurationError
from xborder_sdk.fulfilment import Progress, Step, WorkState, load_fulfilment
from xborder_sdk.hookspecs import TrackParcels
from xborder_sdk.models import Scan, Tracking, TrackingStatus
from xborder_sdk.steps import Flow


@pytest.fixture
def bazaar() -> Iterator[Bazaar]:
    with open_bazaar() as found:
        found.put("A-1", ship_to=address("DE", postal_code="50668"))
        found.put("A-2", ship_to=address("FR", postal_code="69001"))
        yield found


@pytest.fixture
def seller(bazaar: Bazaar, tmp_path: Path) -> BazaarSeller:
    made = BazaarSeller(tmp_path, bazaar)
    made.accounts["seventeen"] = {"connector": "kitepost", "hosts": {"api": bazaar.url}}
    return made


def follow(seller: BazaarSeller) -> list[Progress]:
    with seller.fulfilment() as fulfilment:
        return list(fulfilment.follow())


def test_every_number_is_asked_for_with_what_is_known_of_it(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    follow(seller)
    (asked,) = bazaar.called("track")
    assert asked["numbers"] == ["LB000001CN", "LB000002CN"]
    both = {"carrier": "bazaar", "carrier_code": None, "service": "STD"}
    assert asked["known"] == [
        both | {"number": "LB000001CN", "order_id": "A-1", "country": "DE", "postal_code": "50668"},
        both | {"number": "LB000002CN", "order_id": "A-2", "country": "FR", "postal_code": "69001"},
    ]
    with seller.fulfilment() as fulfilment:
        fulfilment.work.forget("bazaar", "A-1")
    follow(seller)
    assert [one["postal_code"] for one in bazaar.called("track")[1]["known"]] == [None, "69001"]


def test_a_number_that_is_still_to_come_is_not_asked_for(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.number_after = 9
    seller.run()
    assert follow(seller) == []
    assert not bazaar.called("track")


def test_another_account_may_follow_a_carriers_parcels(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.rules["track_with"] = {"bazaar": "seventeen"}
    seller.accounts["bazaar"]["tracks"] = False
    seller.run()
    bazaar.tracking = {"LB000001CN": TrackingStatus.OUT_FOR_DELIVERY, "LB000002CN": TrackingStatus.DELIVERED}
    told = follow(seller)
    assert [(one.order_id, one.state) for one in told] == [
        ("A-1", WorkState.IN_TRANSIT),
        ("A-2", WorkState.DELIVERED),
    ]
    (asked,) = bazaar.called("track")
    assert {one["carrier"] for one in asked["known"]} == {"bazaar"}  # the carrier, not who follows it
    assert all(row.handed_over_at is not None for row in seller.rows().values())


def test_a_carrier_that_follows_nothing_says_what_to_do(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.accounts["bazaar"]["tracks"] = False
    seller.run()
    told = follow(seller)
    assert [one.failed for one in told] == [True, True]
    assert told[0].detail == "bazaar does not follow parcels (name who can in fulfilment.track_with)"
    assert {row.state for row in seller.rows().values()} == {WorkState.DECLARED}


def test_one_that_fails_stops_no_other(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    seller.rules |= {"carriers": ["kite-post", "bazaar"], "track_with": {"kite-post": "seventeen"}}
    seller.accounts["kite-post"]["tracks"] = False
    seller.rules["rules"] = [{"name": "post", "use": "kite-post"}]
    bazaar.put("B-1")
    seller.run()
    bazaar.faults["track"] = [400]
    bazaar.tracking = {"LB000003CN": TrackingStatus.IN_TRANSIT}
    told = {one.order_id: one for one in follow(seller)}
    assert [told[name].failed for name in ("A-1", "A-2", "B-1")] == [True, True, False]
    assert seller.row("B-1").state is WorkState.IN_TRANSIT
    assert {one["carrier"] for one in bazaar.called("track")[-1]["known"]} == {"kitepost"}


@pytest.mark.parametrize(
    ("status", "left"),
    [
        (TrackingStatus.LABEL_CREATED, False),
        (TrackingStatus.EXCEPTION, False),
        (TrackingStatus.ON_HOLD, False),
        (TrackingStatus.CANCELLED, False),
        (TrackingStatus.PICKED_UP, True),
        (TrackingStatus.CUSTOMS_HOLD, True),
        (TrackingStatus.DELIVERED, True),
    ],
)
def test_what_is_seen_on_its_way_was_handed_over(
    bazaar: Bazaar, seller: BazaarSeller, status: TrackingStatus, left: bool
) -> None:
    seller.rules["declare_at"] = "handed_over"
    seller.run()
    bazaar.tracking = {"LB000001CN": status}
    follow(seller)
    assert (seller.row("A-1").handed_over_at is not None) is left
    seller.run()
    assert [one["order"] for one in bazaar.declared] == (["A-1"] if left else [])


@pytest.mark.parametrize("status", [TrackingStatus.RETURNED, TrackingStatus.CANCELLED])
@pytest.mark.parametrize("refuses", [True, False])
def test_a_parcel_that_ends_before_its_platform_is_told_is_not_lost(
    bazaar: Bazaar, seller: BazaarSeller, status: TrackingStatus, refuses: bool
) -> None:
    """It is never asked for again, so what it came to must stop its order now, whatever that waits for."""
    seller.rules["declare_at"] = "printed" if refuses else "handed_over"
    bazaar.faults["declare"] = [400, 400] if refuses else []
    seller.run()
    assert seller.row("A-1").state is WorkState.LABELLED
    bazaar.tracking = {"LB000001CN": status}
    (told, *_) = follow(seller)
    assert [hold.field for hold in told.holds] == ["tracking"]
    row = seller.row("A-1")
    assert (row.state, row.tracking, row.holds) == (WorkState.STOPPED, status, told.holds)
    seller.later(4000)
    seller.run()
    assert [one["order"] for one in bazaar.declared] == (["A-2"] if refuses else [])
    assert seller.row("A-1").holds == told.holds


def test_where_a_parcel_was_seen_is_told_and_not_kept(
    bazaar: Bazaar, seller: BazaarSeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last place is the buyer's town: it must not outlive what is forgotten of the buyer."""

    def track(self: Carts, request: TrackParcels) -> Flow[tuple[Tracking, ...]]:
        yield from ()
        scan = Scan(status=TrackingStatus.OUT_FOR_DELIVERY, place="Musterstadt-Canary")
        return tuple(Tracking.from_scans(number, (scan,)) for number in request.numbers)

    seller.run()
    monkeypatch.setattr(Carts, "track", track)
    told = follow(seller)
    assert [one.detail for one in told] == ["out for delivery, Musterstadt-Canary"] * 2
    assert seller.row("A-1").detail == "out for delivery"
    assert b"Musterstadt-Canary" not in b"".join(path.read_bytes() for path in seller.folder.glob("*.db*"))


def test_a_status_that_nobody_can_read_changes_nothing(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    bazaar.tracking = {"LB000001CN": TrackingStatus.UNKNOWN}
    told = follow(seller)
    assert {one.detail for one in told} == {"the carrier has not seen it yet"}
    assert {one.step for one in told} == {Step.FOLLOW}
    assert seller.row("A-1").tracking is None


def test_who_follows_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"fulfilment\.track_with\.fedex: fedex is not among"):
        config(track_with={"fedex": "seventeen"})
    path = tmp_path / "xborder.toml"
    path.write_text(
        """
[accounts.shop]
connector = "ebay"
[accounts.post]
connector = "dhl"
[fulfilment]
orders = ["shop"]
carriers = ["post"]
out = "papers"
track_with = { post = "seventeen" }
[fulfilment.sender]
name = "Export desk"
lines = ["88 Example Road"]
city = "Shenzhen"
country = "CN"
"""
    )
    with pytest.raises(ConfigurationError, match=r"fulfilment\.track_with\.post: there is no account named seventeen"):
        load_fulfilment(read_config(path))
