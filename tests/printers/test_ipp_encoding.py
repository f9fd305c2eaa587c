"""The IPP encoding: known bytes, everything that can be written comes back, and no bytes do harm."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xborder_sdk.errors import MalformedResponse
from xborder_sdk.printers.ipp_encoding import (
    Attribute,
    Collection,
    Group,
    Message,
    Opaque,
    OutOfBand,
    Range,
    Resolution,
    Tag,
    read_message,
    write_message,
)

from .ipp_printer import answer, item


def test_a_request_is_written_byte_for_byte() -> None:
    size = [Attribute("x-dimension", Tag.INTEGER, (10000,)), Attribute("y-dimension", Tag.INTEGER, (15000,))]
    column = [Attribute("media-size", Tag.COLLECTION, (size,))]
    written = write_message(
        (1, 1),
        0x0002,
        1,
        [
            (Group.OPERATION, [Attribute("attributes-charset", Tag.CHARSET, ("utf-8",))]),
            (
                Group.JOB,
                [
                    Attribute("copies", Tag.INTEGER, (20,)),
                    Attribute("ipp-attribute-fidelity", Tag.BOOLEAN, (True,)),
                    Attribute("sides", Tag.KEYWORD, ("one-sided", "two-sided")),
                    Attribute("media-col", Tag.COLLECTION, (column,)),
                ],
            ),
        ],
        b"%PDF",
    )
    assert written == (
        b"\x01\x01\x00\x02\x00\x00\x00\x01"
        b"\x01\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x02\x21\x00\x06copies\x00\x04\x00\x00\x00\x14"
        b"\x22\x00\x16ipp-attribute-fidelity\x00\x01\x01"
        b"\x44\x00\x05sides\x00\x09one-sided\x44\x00\x00\x00\x09two-sided"
        b"\x34\x00\x09media-col\x00\x00"
        b"\x4a\x00\x00\x00\x0amedia-size\x34\x00\x00\x00\x00"
        b"\x4a\x00\x00\x00\x0bx-dimension\x21\x00\x00\x00\x04\x00\x00\x27\x10"
        b"\x4a\x00\x00\x00\x0by-dimension\x21\x00\x00\x00\x04\x00\x00\x3a\x98"
        b"\x37\x00\x00\x00\x00\x37\x00\x00\x00\x00"
        b"\x03%PDF"
    )


def test_every_type_of_an_answer_is_read() -> None:
    content = answer(
        0x0001,
        (
            4,
            [
                (0x21, "number", [-5, 7]),
                (0x22, "yes", [True]),
                (0x23, "choice", [3]),
                (0x33, "range", [(1, 999)]),
                (0x32, "resolution", [b"\0\0\0\xcb\0\0\0\xcb\x03"]),
                (0x35, "said", [("de", "Papier fehlt")]),
                (0x13, "nothing", [b""]),
                (0x30, "octets", [b"\xff\0"]),
                (0x31, "when", [b"\x07\xea" + b"\0" * 9]),
                (0x34, "col", [[(0x21, "x", [1, 2]), (0x34, "in", [[(0x44, "k", ["v"])]])]]),
            ],
        ),
    )
    message = read_message(content)
    assert (message.code, message.version) == (1, (2, 0))
    found = message.group(Group.PRINTER)
    assert found.values["number"] == (-5, 7)
    assert found.boolean("yes") is True
    assert found.integer("choice") == 3
    assert found.values["range"] == (Range(1, 999),)
    assert found.values["resolution"] == (Resolution(203, 203, False),)
    assert found.text("said") == "Papier fehlt"
    assert found.values["nothing"] == (OutOfBand(0x13),)
    assert found.values["octets"] == (Opaque(0x30, b"\xff\0"),)
    (column,) = found.collections("col")
    assert column.members["x"] == (1, 2)
    inner = column.first("in")
    assert isinstance(inner, Collection)
    assert inner.first("k") == "v"
    assert found.integer("said") is None
    assert found.integer("yes") is None
    assert found.text("number") is None


def test_a_value_of_the_wrong_length_is_kept_unread() -> None:
    content = b"\2\0\0\0\0\0\0\1\4\x21\0\1n\0\2\0\1\x22\0\1b\0\0\3"
    found = read_message(content).group(Group.PRINTER)
    assert found.values["n"] == (Opaque(0x21, b"\0\1"),)
    assert found.integer("n") is None
    assert found.boolean("b") is None


SAMPLE = answer(
    0,
    (4, [(0x44, "media-supported", ["a4", "a5"]), (0x34, "col", [[(0x34, "size", [[(0x21, "x", [1])]])]])]),
    (2, [(0x21, "job-id", [7])]),
)


@pytest.mark.parametrize("length", range(len(SAMPLE)))
def test_a_message_that_is_cut_off_is_malformed(length: int) -> None:
    with pytest.raises(MalformedResponse):
        read_message(SAMPLE[:length])


def nested(depth: int) -> bytes:
    inner: list[Any] = [(0x21, "x", [1])]
    for _ in range(depth):
        inner = [(0x34, "c", [inner])]
    return b"\2\0\0\0\0\0\0\1\4" + item(0x34, "col", [inner]) + b"\3"


def test_depth_is_bounded() -> None:
    assert read_message(nested(5)).group(Group.PRINTER).collections("col")
    for depth in (20, 100_000 // 20):
        with pytest.raises(MalformedResponse, match="deep"):
            read_message(nested(depth) if depth < 100 else b"\2\0\0\0\0\0\0\1\4" + b"\x34\0\1c\0\0" + deep(depth))


def deep(depth: int) -> bytes:
    return b"\x4a\0\0\0\1c\x34\0\0\0\0" * depth


def test_the_number_of_values_is_bounded() -> None:
    many = b"\2\0\0\0\0\0\0\1\4\x44\0\1n\0\0" + b"\x44\0\0\0\0" * 60_000 + b"\3"
    with pytest.raises(MalformedResponse, match="many"):
        read_message(many)


@pytest.mark.parametrize(
    "body",
    [
        b"\x21\0\1n\0\4\0\0\0\1\3",  # an attribute before any group
        b"\4\x21\0\0\0\4\0\0\0\1\3",  # a further value of nothing
        b"\4\x34\0\1c\0\0\x21\0\0\0\4\0\0\0\1\x37\0\0\0\0\3",  # a member without a name
        b"\4\x34\0\1c\0\0\x4a\0\0\0\1m\3",  # a collection that is not closed
        b"\4\x34\0\1c\0\0\x4a\0\1x\0\1m\x37\0\0\0\0\3",  # a member with a name where none is
        b"\4\x21\xff\xff\3",  # a negative length
        b"\0\3",
    ],
)
def test_what_breaks_the_rules_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedResponse):
        read_message(b"\2\0\0\0\0\0\0\1" + body)


def test_html_is_malformed() -> None:
    with pytest.raises(MalformedResponse, match="not IPP"):
        read_message(b"<!DOCTYPE html><html></html>")


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=120).map(lambda tail: b"\2\0\0\0\0\0\0\1\4" + tail)))
@example(b"")
def test_any_bytes_are_a_message_or_malformed(data: bytes) -> None:
    try:
        found = read_message(data)
    except MalformedResponse:
        return
    assert isinstance(found, Message)


@given(st.data())
def test_a_damaged_message_is_a_message_or_malformed(data: st.DataObject) -> None:
    damaged = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read_message(bytes(damaged))
    except MalformedResponse:
        return
    assert sum(len(values) for group in found.groups for values in group.values.values()) < 50


NAMES = st.from_regex(r"[a-z][a-z-]{0,12}", fullmatch=True)
PLAIN = st.one_of(
    st.tuples(st.just(Tag.INTEGER), st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=3)),
    st.tuples(st.just(Tag.BOOLEAN), st.lists(st.booleans(), min_size=1, max_size=2)),
    st.tuples(st.just(Tag.NAME), st.lists(st.text(max_size=20), min_size=1, max_size=3)),
)


def attributes(depth: int) -> st.SearchStrategy[list[Attribute]]:
    values: st.SearchStrategy[Any] = PLAIN
    if depth:
        values = st.one_of(
            PLAIN, st.tuples(st.just(Tag.COLLECTION), st.lists(attributes(depth - 1), min_size=1, max_size=2))
        )
    one = st.tuples(NAMES, values).map(lambda drawn: Attribute(drawn[0], drawn[1][0], tuple(drawn[1][1])))
    return st.lists(one, max_size=3, unique_by=lambda attribute: attribute.name)


def plain(attribute: Attribute) -> tuple[Any, ...]:
    if attribute.tag is Tag.COLLECTION:
        return tuple(Collection({one.name: plain(one) for one in members}) for members in attribute.values)  # type: ignore[union-attr]
    return attribute.values


@given(attributes(3), st.binary(max_size=20))
def test_what_is_written_is_read_again(drawn: list[Attribute], document: bytes) -> None:
    found = read_message(write_message((2, 0), 2, 9, [(Group.JOB, drawn)], document))
    assert (found.code, found.request_id, found.data) == (2, 9, document)
    assert dict(found.group(Group.JOB).values) == {one.name: plain(one) for one in drawn}


@pytest.mark.parametrize(
    "wrong",
    [
        Attribute("n", Tag.INTEGER, (2**31,)),
        Attribute("n", Tag.INTEGER, (True,)),
        Attribute("n", Tag.INTEGER, ("1",)),
        Attribute("n", Tag.BOOLEAN, (1,)),
        Attribute("n", Tag.NAME, (1,)),
        Attribute("n", Tag.NAME, ("x" * 40_000,)),
        Attribute("n", Tag.COLLECTION, ("x",)),
        Attribute("n", Tag.NAME, ()),
    ],
)
def test_what_does_not_fit_is_not_written(wrong: Attribute) -> None:
    with pytest.raises(ValueError, match=r"needs|too long|no value"):
        write_message((2, 0), 2, 1, [(Group.JOB, [wrong])])
