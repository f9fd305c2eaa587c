"""Numbers of any carrier followed through 17TRACK, with both clocks turned together; no wait takes real time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.disputes.conftest import SENDER as DHL_SENDER
from tests.journeys.post import COLOURS, DAY, PARCEL, purchase
from tests.support.drivers import Caller
from tests.support.times import START, Turned

from xborder_sandbox import Handle, running
from xborder_sdk.errors import AuthenticationFailed, PermissionDenied, ReadOnlyAccount, Refused, Throttled, XborderError
from xborder_sdk.hookspecs import ChangeCarrier, KnownParcel, StopTracking, TrackParcels
from xborder_sdk.models import Tracking, TrackingStatus
from xborder_sdk.runtime import call
from xborder_sdk.runtime.commands import Invoke

STRANGERS = tuple(
    f"LV{index:08d}{check}US" for index, check in zip(range(85), itertools.cycle("0123456789"), strict=False)
)


class Follower:
    """A seller with parcels at two carriers and a tracker.

    Attributes:
        sandbox: The other side.
        caller: The client.
        waits: How long it waited each time.
    """

    def __init__(self, sandbox: Handle, driver: str, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
        self.sandbox = sandbox
        self.turned = Turned()
        self.waits: list[float] = []
        accounts = {
            str(one["name"]): {"connector": one["connector"], **one["settings"]}  # type: ignore[dict-item]
            for one in sandbox.accounts()
        }
        accounts["track17"] |= settings
        self.caller = Caller(driver, accounts, connectors=(), clock=self.turned.clock())
        monkeypatch.setattr(call, "Wait", lambda seconds: Invoke(self._wait, (seconds,)))

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.pass_(seconds)

    def pass_(self, seconds: float) -> None:
        """Turns both clocks."""
        self.sandbox.world.clock.advance(seconds)
        self.turned.pass_(seconds)

    def track(self, *numbers: str, **more: Any) -> tuple[Tracking, ...]:
        found: tuple[Tracking, ...] = self.caller.track("track17", TrackParcels(numbers=numbers, **more))
        return found

    def settings(self, **values: Any) -> None:
        """Changes the simulator's settings."""
        self.sandbox.admin("track17", "settings", **values)

    def asked(self, operation: str = "*") -> int:
        """How many calls reached 17TRACK."""
        return len(self.sandbox.requests(vendor="track17", path=f"*/{operation}"))

    def registered(self) -> dict[str, dict[str, Any]]:
        """What 17TRACK follows."""
        state: Any = self.sandbox.sandbox.vendors["track17"].state()
        return {one["number"]: one for one in state["registrations"]}


@pytest.fixture
def sandbox() -> Iterator[Handle]:
    with running(seed=7, start=START, vendors=["chinapost", "dhl", "track17"]) as handle:
        yield handle


@pytest.fixture(params=COLOURS)
def follower(request: pytest.FixtureRequest, sandbox: Handle, monkeypatch: pytest.MonkeyPatch) -> Iterator[Follower]:
    made = Follower(sandbox, request.param, monkeypatch)
    yield made
    made.caller.close()


def dhl_parcel(follower: Follower) -> str:
    """Buys a parcel of DHL."""
    wish = purchase(
        "P", "order-2", sender=DHL_SENDER, parcels=(PARCEL.replace(weight_g=900),), ship_at=START + timedelta(days=1)
    )
    bought: str = follower.caller.create_shipment("dhl-shenzhen", wish).waybill
    return bought


def test_a_number_is_registered_when_it_is_seen_first(follower: Follower) -> None:
    number = follower.caller.create_shipment("chinapost", purchase()).waybill
    known = (KnownParcel(number=number, carrier="chinapost", order_id="10-00001-00001"),)
    (first,) = follower.track(number, known=known)
    assert not first.found
    assert follower.registered()[number]["carrier"] == 3011
    assert (follower.asked("register"), follower.asked("gettrackinfo")) == (1, 2)
    follower.pass_(301)
    (second,) = follower.track(number, known=known)
    assert not second.found, "17TRACK has asked the post, which has not got it"
    assert follower.asked("register") == 1


def test_two_carriers_to_the_door(follower: Follower) -> None:
    post = follower.caller.create_shipment("chinapost", purchase()).waybill
    dhl = dhl_parcel(follower)
    known = (KnownParcel(number=post, carrier="chinapost"), KnownParcel(number=dhl, carrier="dhl"))
    follower.track(post, dhl, known=known)
    seen: dict[str, list[TrackingStatus]] = {post: [], dhl: []}
    for _ in range(25):
        follower.pass_(DAY)
        for parcel in follower.track(post, dhl, known=known):
            if parcel.found and parcel.status not in seen[parcel.number][-1:]:
                seen[parcel.number].append(parcel.status)
    for number, states in seen.items():
        assert states[0] in {TrackingStatus.PICKED_UP, TrackingStatus.LABEL_CREATED, TrackingStatus.IN_TRANSIT}
        assert states[-1] in {TrackingStatus.DELIVERED, TrackingStatus.RETURNED}, number
    # The tracker and the carrier itself tell the same.
    (own,) = follower.caller.track("dhl-shenzhen", TrackParcels(numbers=(dhl,)))
    (told,) = follower.track(dhl)
    assert (told.status, told.delivered_at) == (own.status, own.delivered_at)
    assert [scan.at for scan in told.scans] == sorted(scan.at for scan in told.scans if scan.at)


@pytest.mark.parametrize("order", ["newest-first", "oldest-first"])
@pytest.mark.parametrize("version", ["v2.2", "v2.4"])
def test_scans_are_in_order_however_they_come(
    sandbox: Handle, monkeypatch: pytest.MonkeyPatch, version: str, order: str
) -> None:
    follower = Follower(sandbox, "sync", monkeypatch, version=version)
    follower.settings(event_order=order)
    number = follower.caller.create_shipment("chinapost", purchase()).waybill
    follower.track(number)
    follower.pass_(6 * DAY)
    (parcel,) = follower.track(number)
    assert [scan.at for scan in parcel.scans] == sorted(scan.at for scan in parcel.scans if scan.at)
    assert len(parcel.scans) > 5
    assert parcel.scans[0].status is TrackingStatus.PICKED_UP
    follower.caller.close()


def test_eighty_five_numbers_go_in_batches_and_wait_their_turn(follower: Follower) -> None:
    told = follower.track(*STRANGERS)
    assert tuple(parcel.number for parcel in told) == STRANGERS
    assert (follower.asked("register"), follower.asked("gettrackinfo")) == (3, 6)
    assert {record.status for record in follower.sandbox.requests(vendor="track17")} == {200}, "none was 429"
    assert follower.waits, "nine calls do not fit into a second"
    assert len(follower.registered()) == 85
    follower.pass_(301)
    follower.track(*STRANGERS)
    assert follower.asked("register") == 3


def test_a_limit_that_others_use_up_is_waited_for(follower: Follower) -> None:
    follower.settings(requests_per_second=1)
    follower.track(*STRANGERS[:2])
    statuses = [record.status for record in follower.sandbox.requests(vendor="track17")]
    assert 429 in statuses
    assert statuses[-1] == 200
    assert len(follower.registered()) == 2


def test_what_is_no_number_is_said_and_stops_nobody(follower: Follower) -> None:
    number = follower.caller.create_shipment("chinapost", purchase()).waybill
    follower.track(number)
    follower.pass_(3 * DAY)
    told = follower.track("1234", number, "with blanks in it", "x" * 51, "1-2-3-4-5-6")
    assert [parcel.found for parcel in told] == [False, True, False, False, False]
    assert all(parcel.vendor_note for parcel in told if not parcel.found)
    assert "carrier" in (told[-1].vendor_note or "")


def test_a_used_up_quota_is_said(follower: Follower) -> None:
    follower.settings(quota_total=1)
    number = follower.caller.create_shipment("chinapost", purchase()).waybill
    follower.track(number)
    follower.pass_(3 * DAY)
    told = follower.track(number, STRANGERS[2])
    assert told[0].found
    assert "quota" in (told[1].vendor_note or "")
    with pytest.raises(PermissionDenied) as caught:
        follower.track(STRANGERS[3])
    assert caught.value.code == "-18019908"
    assert "console" in (caught.value.hint or "")
    follower.settings(quota_total=200, max_track_daily=0)
    with pytest.raises(Throttled):
        follower.track(STRANGERS[4])


def test_a_wrong_key_is_said(sandbox: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = Follower(sandbox, "async", monkeypatch, api_key="sandbox-of-another")
    with pytest.raises(AuthenticationFailed) as caught:
        follower.track(STRANGERS[0])
    assert "api_key" in (caught.value.hint or "")
    assert follower.asked() == 1
    follower.caller.close()


def test_a_disabled_account_is_said(follower: Follower) -> None:
    follower.settings(account="disabled")
    with pytest.raises(PermissionDenied):
        follower.track(STRANGERS[0])


def test_a_read_only_account_registers_nothing(sandbox: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = Follower(sandbox, "sync", monkeypatch, read_only=True)
    with pytest.raises(ReadOnlyAccount):
        follower.track(STRANGERS[0])
    assert follower.registered() == {}
    follower.caller.close()
    asking = Follower(sandbox, "sync", monkeypatch, read_only=True, register_unknown=False)
    (told,) = asking.track(STRANGERS[0])
    assert "not registered" in (told.vendor_note or "")
    asking.caller.close()


def test_every_sub_state_is_read_and_an_unknown_one_by_its_main_state(follower: Follower) -> None:
    number = follower.caller.create_shipment("chinapost", purchase()).waybill
    follower.track(number)
    follower.pass_(2 * DAY)
    follower.sandbox.admin("track17", "add_event", number=number, sub_status="DeliveryFailure_NoBody", city="Berlin")
    (parcel,) = follower.track(number)
    assert parcel.status is TrackingStatus.DELIVERY_ATTEMPTED
    path = "data.accepted.*.track_info.latest_status.sub_status"
    follower.sandbox.inject(
        {"kind": "unknown_code", "path": path, "value": "AvailableForPickup_Drone"}, vendor="track17"
    )
    (parcel,) = follower.track(number)
    assert parcel.status is TrackingStatus.READY_FOR_PICKUP
    follower.sandbox.inject(
        {"kind": "unknown_code", "path": "data.accepted.*.track_info.latest_status.*", "value": "Beamed"},
        vendor="track17",
    )
    (parcel,) = follower.track(number)
    assert parcel.found
    assert parcel.status in {TrackingStatus.PICKED_UP, TrackingStatus.IN_TRANSIT}, "what was seen last still holds"


def test_a_parcel_under_a_wrong_carrier_is_found_after_the_change(follower: Follower) -> None:
    number = STRANGERS[7]
    follower.track(number, known=(KnownParcel(number=number, carrier_code="190008"),))
    was = follower.registered()[number]["carrier"]
    with pytest.raises(Refused):
        follower.caller.change_carrier("track17", ChangeCarrier(number=number, carrier="yanwen"))
    follower.pass_(301)
    follower.caller.change_carrier("track17", ChangeCarrier(number=number, carrier="yanwen"))
    assert follower.registered()[number]["carrier"] == 190012 != was
    follower.caller.stop_tracking("track17", StopTracking(numbers=(number,)))
    assert follower.registered()[number]["tracking"] == "Stopped"
    (again,) = follower.caller.stop_tracking("track17", StopTracking(numbers=(number,)))
    assert again.stopped


@pytest.mark.parametrize(
    "fault", [{"kind": "html"}, {"kind": "huge", "bytes": 60_000_000}, {"kind": "truncated"}, {"kind": "empty"}]
)
def test_odd_answers_are_errors_of_ours(follower: Follower, fault: dict[str, Any]) -> None:
    follower.sandbox.inject(fault, vendor="track17", times=None)
    with pytest.raises(XborderError):
        follower.track(STRANGERS[0])


def test_a_lost_registration_costs_one_unit(follower: Follower) -> None:
    follower.sandbox.inject({"kind": "reset", "after": True}, vendor="track17", path="*/register")
    follower.track(STRANGERS[0])
    assert list(follower.registered()) == [STRANGERS[0]]
    state: Any = follower.sandbox.sandbox.vendors["track17"].state()
    assert state["quota"]["used"] == 1


def test_the_quota_is_told(follower: Follower) -> None:
    assert "200 of 200" in (follower.caller.whoami("track17").detail or "")
    follower.track(STRANGERS[0])
    assert "199 of 200" in (follower.caller.whoami("track17").detail or "")
