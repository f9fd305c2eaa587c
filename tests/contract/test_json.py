"""Vendors' JSON is read leniently and exactly, and ours is written exactly."""

from __future__ import annotations

import base64
import email
import email.policy
import json
import pickle
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_sdk import errors
from xborder_sdk.errors import MalformedResponse, UsageError, XborderError
from xborder_sdk.reading import JsonObject, as_object, parse_base64, parse_json, parse_offset, parse_time, write_json
from xborder_sdk.steps import Api, Effect, Response, Upload, escape

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text()
    | st.decimals(-(10**6), 10**6, places=4, allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


@given(VALUES)
def test_what_is_written_is_read_back_exactly(value: Any) -> None:
    assert parse_json(write_json(value)) == value


@pytest.mark.parametrize(
    ("value", "text"), [("0.10", b"0.1"), ("1.23E+3", b"1230"), ("100", b"100"), ("1e-7", b"1e-07")]
)
def test_numbers_are_written_as_numbers(value: str, text: bytes) -> None:
    assert write_json(Decimal(value)) == text


@pytest.mark.parametrize(
    "value", [Decimal("0.1234567890123456789"), Decimal(10**20 + 1), float("nan"), {1, 2}, object()]
)
def test_what_json_cannot_carry_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        write_json(value)


@given(st.binary())
def test_reading_never_crashes_otherwise(content: bytes) -> None:
    with suppress(MalformedResponse):
        parse_json(content)


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"", "nothing"), (b" \n", "nothing"), (b"<html>", "a web page"), (b"  <?xml", "a web page"), (b"{", "no JSON")],
)
def test_the_message_says_what_came(content: bytes, what: str) -> None:
    with pytest.raises(MalformedResponse, match=what):
        Response(200, (), content).json()


@pytest.mark.parametrize("charset", ["GBK", "gb2312", '"gb18030"'])
def test_a_chinese_character_set_is_read_where_the_answer_names_it(charset: str) -> None:
    said = '{"msg": "余额不足"}'
    named = {"Content-Type": f"text/plain; charset={charset}"}
    assert Response(200, named, said.encode("gbk")).object().text("msg") == "余额不足"
    assert Response(200, named, said.encode()).object().text("msg") == "余额不足"
    for headers in ({}, {"Content-Type": "application/json; charset=utf-8"}):
        with pytest.raises(MalformedResponse):
            Response(200, headers, said.encode("gbk")).json()


ODD = JsonObject(
    {
        "text": " a ", "blank": " ", "null": None, "number": 5, "decimal": Decimal("1.50"), "numeral": " 7.5 ",
        "words": "x1", "yes": True, "true": "True", "nan": "NaN", "huge": "1e999999999",
        "hugenumber": Decimal("1e999999"),
        "whole": Decimal("2.0"), "object": {"a": 1}, "list": [{"a": 1}, 3, {"a": 2}], "texts": ["a", 1, None, True],
        "when": "2026-03-01T10:00:00Z", "naive": "2026-03-01T10:00:00", "lone": {"a": 9},
    }
)  # fmt: skip


def test_fields_are_read_leniently() -> None:
    assert [ODD.text_or_none(k) for k in ("text", "blank", "null", "number", "decimal", "yes", "object", "gone")] == [
        " a ", None, None, "5", "1.50", None, None, None
    ]  # fmt: skip
    assert [ODD.number_or_none(k) for k in ("number", "decimal", "numeral", "words", "yes", "nan", "gone", "list")] == [
        5, Decimal("1.50"), Decimal("7.5"), None, None, None, None, None
    ]  # fmt: skip
    assert [ODD.integer_or_none(k) for k in ("number", "whole", "decimal", "numeral")] == [5, 2, None, None]
    assert [ODD.flag(k) for k in ("yes", "true", "text", "number", "gone")] == [True, True, None, None, None]
    assert [JsonObject({"f": value}).flag("f") for value in (1, "1", 0, " 0 ", "FALSE", 2, "01", Decimal(1), [])] == [
        True, True, False, False, False, None, None, None, None
    ]  # fmt: skip
    assert ODD.time_or_none("when") == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert [ODD.time_or_none(k) for k in ("naive", "text", "number", "gone")] == [None] * 4
    assert ODD.child("object").integer("a") == 1
    assert ODD.child("text").text_or_none("a") is None
    assert [child.integer("a") for child in ODD.children("list")] == [1, 2]
    assert [child.integer("a") for child in ODD.children("lone")] == [9]
    assert ODD.children("text") == []
    assert ODD.texts("texts") == ["a", "1"]
    assert ODD.texts("text") == [" a "]
    assert "null" not in ODD
    assert "text" in ODD


def test_a_number_of_a_million_digits_is_no_number() -> None:
    """Written out it would take the whole memory."""
    for key in ("huge", "hugenumber"):
        assert ODD.number_or_none(key) is None
        assert ODD.integer_or_none(key) is None


@pytest.mark.parametrize("read", ["text", "number", "integer", "time"])
def test_what_is_needed_and_missing_is_named_with_its_path_and_not_its_value(read: str) -> None:
    nested = as_object(parse_json(b'{"a": [{"b": {"c": [], "secret": "s3cret"}}]}'))
    inner = nested.children("a")[0].child("b")
    for key in ("c", "gone"):
        with pytest.raises(MalformedResponse, match=rf"field a\[0\]\.b\.{key} ") as caught:
            getattr(inner, read)(key)
        assert "s3cret" not in str(caught.value) + repr(inner)


def test_times_and_offsets() -> None:
    assert parse_time(" 2026-03-01T10:00:00+08:00 ") == datetime(2026, 3, 1, 2, tzinfo=UTC)
    assert parse_time("yesterday") is None
    assert parse_time("0001-01-01T00:00:00+14:00") is None, "a moment before the calendar of UTC"
    assert parse_time("9999-12-31T23:59:59-14:00") is None
    assert parse_time("9999-12-31T23:59:59Z") is not None
    assert parse_offset("GMT+01:00") == parse_offset("+0100") == timezone(timedelta(hours=1))
    assert parse_offset("-0530") == timezone(-timedelta(hours=5, minutes=30))
    assert parse_offset("Z") is UTC
    assert [parse_offset(text) for text in ("", "+99:00", "CET", "+1")] == [None] * 4


@given(st.text(min_size=1))
def test_an_id_from_outside_stays_in_its_place(segment: str) -> None:
    if segment in {".", ".."}:
        with pytest.raises(UsageError):
            escape(segment)
        return
    try:
        escaped = escape(segment)
    except (UnicodeEncodeError, UsageError):
        return
    assert not set("/?#\\ ") & set(escaped)


def test_steps_are_built_as_told() -> None:
    step = Api("other").step(Effect.READ, "POST", "/x", json={"a": Decimal("1.10")}, query=[("k", "1"), ("k", "2")])
    assert (step.host, step.content, step.content_type) == ("other", b'{"a":1.1}', "application/json")
    assert step.query == (("k", "1"), ("k", "2"))
    form = Api().step(Effect.READ, "POST", "/x", form={"a": "b c&d"})
    assert (form.content, form.content_type) == (b"a=b+c%26d", "application/x-www-form-urlencoded")
    assert Response(200, [("Retry-After", "1"), ("retry-after", "2")]).header("RETRY-AFTER") == "1"


@given(st.binary(min_size=1, max_size=200), st.booleans(), st.integers(1, 76))
def test_base64_is_read_with_and_without_padding_and_line_breaks(content: bytes, padded: bool, width: int) -> None:
    text = base64.b64encode(content).decode()
    text = text if padded else text.rstrip("=")
    assert parse_base64("\r\n ".join(text[at : at + width] for at in range(0, len(text), width))) == content


@pytest.mark.parametrize("text", ["", " ", "=", "a", "YQ==YQ==", "Y-_Q", "<html>", "标签", "YWJj."])
def test_what_is_no_base64_is_none(text: str) -> None:
    assert parse_base64(text) is None


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"null", b'"x"', b"{"])
def test_a_refusal_may_hold_anything(content: bytes) -> None:
    assert not Response(502, (), content).object_if_any().data
    assert Response(502, (), b'{"code": 7}').object_if_any().integer("code") == 7


@given(
    name=st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=300),
    contents=st.lists(st.binary(max_size=80), min_size=1, max_size=3),
)
def test_files_are_read_back_as_they_were_and_no_name_breaks_out(name: str, contents: list[bytes]) -> None:
    files = {f"file{index}": Upload(name, content, "image/png") for index, content in enumerate(contents)}
    step = Api().step(Effect.READ, "POST", "/x", files=files)
    assert step == Api().step(Effect.READ, "POST", "/x", files=files)
    assert step.content is not None
    boundary = (step.content_type or "").partition("boundary=")[2].encode()
    assert step.content.count(b"--" + boundary) == len(files) + 1
    head = f"Content-Type: {step.content_type}\r\n\r\n".encode()
    message = email.message_from_bytes(head + step.content, policy=email.policy.HTTP)
    parts = [part for part in message.iter_parts() if part.get_content_type() == "image/png"]
    assert [part.get_payload(decode=True) for part in parts] == contents
    assert [part.get_param("name", header="content-disposition") for part in parts] == list(files)
    for line in step.content.split(b"\r\n"):
        if line.startswith(b"Content-Disposition"):
            assert line.count(b'"') == 4


# -- errors -----------------------------------------------------------------------------------------------------------

MADE: list[XborderError] = [
    errors.MissingExtra("labels", "labels"),
    errors.UnsupportedOption(("insurance",), "dhl", "quote"),
    errors.InvalidRequest("too long", field="recipient.lines.0"),
    errors.Throttled("slow down", status=429, code="E1", request_id="r"),
    errors.OutcomeUnknown("nobody knows", intent="ship/1", reference="ABC"),
    errors.LeaseLost("gone", intent="ship/1"),
    errors.UnknownAccount("who?", hint="configured: none"),
]


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_errors_travel_between_processes_and_tell_their_facts(error: XborderError) -> None:
    error.locate("acc", "con", "op").locate("other", None, "other")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
    facts = json.loads(json.dumps(error.facts()))
    assert facts["error"] == type(error).__name__
    assert facts["message"] == error.message
    assert (facts["account"], facts["operation"]) == ("acc", "op")
    assert facts.get("hint") == error.hint
    assert str(error).startswith("[acc, op] ")


def test_facts_hold_the_errors_own_fields() -> None:
    assert MADE[1].facts()["options"] == ["insurance"]
    assert MADE[4].facts()["reference"] == "ABC"


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = [line for line in (errors.__doc__ or "").splitlines() if "─" in line]
    tree = {line.split("─ ")[1].split()[0]: line.index("─") // 4 for line in drawn}
    real = {name: cls for name, cls in vars(errors).items() if isinstance(cls, type) and issubclass(cls, XborderError)}
    assert {*tree, "XborderError"} == {*real}
    for name, depth in tree.items():
        assert len(real[name].__mro__) - len(XborderError.__mro__) == depth, name
