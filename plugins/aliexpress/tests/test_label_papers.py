"""Labels out of texts and archives that may be made to harm."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_aliexpress import label_archive
from xborder_aliexpress.label_archive import bare_name, files_in
from xborder_aliexpress.print_info import read_print_info
from xborder_sdk.errors import MalformedResponse, NotFound, Refused, XborderError
from xborder_sdk.models import DocumentFormat, DocumentKind

PDF = b"%PDF-1.7\ninvented\n%%EOF"


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, (2026, 3, 1, 0, 0, 0))
            entry.compress_type = method
            archive.writestr(entry, content)
    return buffer.getvalue()


def read(value: Any) -> Any:
    return read_print_info(value, DocumentKind.LABEL, "LB1")


def envelope(content: bytes, **changes: Any) -> str:
    return json.dumps({"StatusCode": 200, "body": base64.b64encode(content).decode()} | changes)


def test_the_bytes_decide_what_a_label_is() -> None:
    said_to_be_zip = envelope(PDF, **{"Content-Type": "application/x-zip-compressed"})
    (paper,) = read(said_to_be_zip)
    assert (paper.format, paper.content, paper.number) == (DocumentFormat.PDF, PDF, "LB1")
    (late,) = read(envelope(b"\n\n" + PDF))
    assert late.format is DocumentFormat.PDF
    assert [paper.content for paper in read(envelope(zipped(("a.pdf", PDF), ("b.pdf", PDF + b"2"))))] == [
        PDF,
        PDF + b"2",
    ]


def test_status_and_case_are_taken_as_they_come() -> None:
    for text in (envelope(PDF, StatusCode="200"), envelope(PDF, StatusCode=200.0), base64.b64encode(PDF).decode()):
        assert read(text)[0].content == PDF
    assert read({"StatusCode": 200, "body": base64.encodebytes(PDF).decode()})[0].content == PDF
    with pytest.raises(Refused) as refused:
        read(envelope(PDF, StatusCode=500))
    assert refused.value.code == "500"
    with pytest.raises(NotFound):
        read(envelope(PDF, StatusCode="404"))


@pytest.mark.parametrize(
    "value",
    [
        "{",
        "[1]",
        "{}",
        envelope(b""),
        '{"StatusCode": 200, "body": "%%%"}',
        '{"StatusCode": 200, "body": 7}',
        "no base64 !",
        envelope(b"<html></html>"),
    ],
)
def test_what_holds_no_label_is_malformed(value: str) -> None:
    with pytest.raises(MalformedResponse):
        read(value)


def test_names_of_the_envelope_in_any_case_and_one_level_deeper() -> None:
    body = base64.b64encode(PDF).decode()
    plain = {"STATUSCODE": "200", "Body": body, "content-disposition": "attachment;filename=7.pdf"}
    for value in (plain, json.dumps(plain), {"data": plain}, {"data": json.dumps(plain)}):
        (paper,) = read(value)
        assert (paper.content, paper.name) == (PDF, "7.pdf")
    assert read({"data": body})[0].content == PDF
    with pytest.raises(MalformedResponse):
        read({"data": {"data": plain}})


@pytest.mark.parametrize("value", [None, "", "  ", [], 7])
def test_nothing_is_no_label_yet(value: Any) -> None:
    with pytest.raises(NotFound):
        read(value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=8,
)
_ENVELOPE = st.fixed_dictionaries(
    {}, optional={name: _JSON | st.just(200) for name in ("StatusCode", "body", "Content-Disposition", "Content-Type")}
)


@given(_JSON | _ENVELOPE | _ENVELOPE.map(json.dumps) | st.binary().map(lambda b: base64.b64encode(b).decode()))
def test_any_envelope_gives_papers_or_a_typed_error(value: Any) -> None:
    try:
        papers = read(value)
    except XborderError:
        return
    assert papers
    assert all(paper.content for paper in papers)


@given(st.binary(max_size=400), st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_archive_is_never_more_than_malformed(tail: bytes, place: int, value: int) -> None:
    whole = bytearray(zipped(("a.pdf", PDF), ("b.pdf", PDF)) + tail)
    whole[place % len(whole)] = value
    try:
        found = files_in(bytes(whole))
    except MalformedResponse:
        return
    assert all(len(content) <= label_archive.MOST_BYTES for _, content in found)


# --- what archives are made to do


def test_a_bomb_is_cut_off() -> None:
    grown = label_archive.MOST_BYTES + 1
    with pytest.raises(MalformedResponse, match="grows beyond"):
        files_in(zipped(("bomb.pdf", b"\0" * grown)))


def test_a_bomb_below_the_limit_in_bytes_is_cut_off_by_its_growth() -> None:
    with pytest.raises(MalformedResponse, match="grows beyond"):
        files_in(zipped(("bomb.pdf", b"\0" * (8 * 1024 * 1024))))


def test_many_files_that_are_large_only_together_are_cut_off() -> None:
    noise = bytes(zlib.crc32(n.to_bytes(4, "big")) & 0xFF for n in range(64 * 1024)) * 64  # 4 MiB
    files = [(f"{n}.pdf", noise[n:] + noise[:n]) for n in range(9)]
    with pytest.raises(MalformedResponse, match="grows beyond"):
        files_in(zipped(*files, method=zipfile.ZIP_STORED))


def test_a_size_that_is_a_lie_is_found_out() -> None:
    content = bytearray(zipped(("a.pdf", b"\0" * (8 * 1024 * 1024))))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.index(mark) + place
        content[at : at + 4] = struct.pack("<I", 10)  # "ten bytes, uncompressed"
    with pytest.raises(MalformedResponse):
        files_in(bytes(content))


def test_a_thousand_files_are_refused_before_the_directory_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped(*((f"{n}.pdf", b"") for n in range(1000)))
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the directory is read"))
    with pytest.raises(MalformedResponse, match="more than 200 files"):
        files_in(content)


def test_an_archive_inside_an_archive_is_refused() -> None:
    with pytest.raises(MalformedResponse, match="another archive"):
        files_in(zipped(("labels.pdf", zipped(("a.pdf", PDF)))))


def test_an_encrypted_archive_is_refused() -> None:
    content = bytearray(zipped(("a.pdf", PDF)))
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.index(mark) + place] |= 1
    with pytest.raises(MalformedResponse, match="encrypted"):
        files_in(bytes(content))


def test_an_unusual_compression_is_refused() -> None:
    with pytest.raises(MalformedResponse, match="unusual"):
        files_in(zipped(("a.pdf", PDF), method=zipfile.ZIP_BZIP2))


def test_an_archive_without_a_label_is_malformed() -> None:
    with pytest.raises(MalformedResponse, match="holds no label"):
        read(envelope(zipped(("readme.txt", b"words"))))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/a.pdf", "a.pdf"),
        ("C:\\labels\\a.pdf", "a.pdf"),
        ("\\\\host\\share\\a.pdf", "a.pdf"),
        ("..", None),
        ("a.pdf:hidden", "hidden"),
        ("a\x00\n.pdf", "a.pdf"),
        ("标签.pdf", "标签.pdf"),
        ("x" * 300, "x" * 100),
        ("", None),
        (None, None),
    ],
)
def test_names_lead_nowhere(name: str | None, expected: str | None) -> None:
    assert bare_name(name) == expected


@given(st.text())
def test_no_name_holds_a_path(name: str) -> None:
    found = bare_name(name)
    assert found is None or (found.isprintable() and not set(found) & set("/\\:") and found not in {".", ".."})
