"""Which request meets a fault: patterns, skip, times; and descriptions that are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_sandbox.errors import FaultError
from xborder_sandbox.faults import KINDS, Faults

EMPTY = {"kind": "empty"}


def test_a_fault_fires_once_unless_told_otherwise():
    faults = Faults()
    faults.add({"fault": EMPTY})
    assert faults.take("ebay", "api", "GET", "/x") is not None
    assert faults.take("ebay", "api", "GET", "/x") is None


@given(st.integers(0, 6), st.one_of(st.none(), st.integers(1, 6)), st.integers(0, 20))
def test_skip_and_times(skip, times, asked):
    faults = Faults()
    fault = faults.add({"skip": skip, "times": times, "fault": EMPTY})
    fired = [faults.take("v", "h", "GET", "/") is fault for _ in range(asked)]
    expected = [place >= skip and (times is None or place < skip + times) for place in range(asked)]
    assert fired == expected
    assert fault.fired == sum(expected)


@pytest.mark.parametrize(
    ("spec", "meets"),
    [
        ({}, True),
        ({"vendor": "dhl"}, True),
        ({"vendor": "ebay"}, False),
        ({"host": "mydhlapi"}, True),
        ({"host": "api"}, False),
        ({"method": "post"}, True),
        ({"method": "GET"}, False),
        ({"path": "/shipments"}, True),
        ({"path": "/ship*"}, True),
        ({"path": "*/shipments"}, True),
        ({"path": "/shipments/*"}, False),
        ({"path": "/Shipments"}, False),
    ],
)
def test_matching(spec, meets):
    faults = Faults()
    faults.add({**spec, "fault": EMPTY})
    assert (faults.take("dhl", "mydhlapi", "POST", "/shipments") is not None) is meets


def test_the_first_that_is_due_fires():
    faults = Faults()
    first = faults.add({"skip": 1, "fault": EMPTY})
    second = faults.add({"fault": {"kind": "html"}})
    assert [faults.take("v", "h", "GET", "/") for _ in range(3)] == [second, first, None]
    assert [fault.picture()["fired"] for fault in faults.list()] == [1, 1]


def test_clearing():
    faults = Faults()
    one, two = faults.add({"fault": EMPTY}), faults.add({"fault": EMPTY})
    assert faults.clear(one.id) == 1
    assert faults.list() == [two]
    assert faults.clear(99) == 0
    assert faults.clear() == 1
    assert faults.list() == []


def test_a_picture_can_be_added_again():
    faults = Faults()
    spec = {
        "vendor": "dhl",
        "host": None,
        "method": "POST",
        "path": "/a*",
        "times": None,
        "skip": 2,
        "fault": {"kind": "drip", "interval": 0.5, "headers": True},
    }
    picture = faults.add(spec).picture()
    assert {name: picture[name] for name in spec} == spec


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"fault": None},
        {"fault": {}},
        {"fault": {"kind": "rain"}},
        {"fault": {"kind": "status"}},
        {"fault": {"kind": "status", "status": 99}},
        {"fault": {"kind": "status", "status": "500"}},
        {"fault": {"kind": "status", "status": 500, "headers": {"a": 1}}},
        {"fault": {"kind": "status", "status": 500, "retry_after_form": "soon"}},
        {"fault": {"kind": "delay"}},
        {"fault": {"kind": "delay", "seconds": -1}},
        {"fault": {"kind": "silence", "after": "yes"}},
        {"fault": {"kind": "empty", "after": True}},
        {"fault": {"kind": "mutate", "path": "a", "op": "explode"}},
        {"fault": {"kind": "unknown_code"}},
        {"fault": {"kind": "huge", "bytes": 1.5}},
        {"fault": EMPTY, "times": 0},
        {"fault": EMPTY, "times": True},
        {"fault": EMPTY, "skip": -1},
        {"fault": EMPTY, "path": 1},
        {"fault": EMPTY, "vendor": 1},
        {"fault": EMPTY, "paht": "/x"},
    ],
)
def test_what_is_refused(spec):
    faults = Faults()
    with pytest.raises(FaultError):
        faults.add(spec)
    assert faults.list() == []


def test_every_kind_has_its_function():
    from xborder_sandbox.fault_kinds import _KINDS

    assert set(_KINDS) == set(KINDS)
