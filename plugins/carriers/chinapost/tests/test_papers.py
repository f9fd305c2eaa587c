"""Labels in answers: wherever the PDF is, it is found; what is no PDF is no label."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_chinapost.papers import label_of
from xborder_sdk.errors import MalformedResponse
from xborder_sdk.steps import Response

PDF = b"%PDF-1.4\n% invented\n%%EOF\n"
TEXT = base64.b64encode(PDF).decode()


def answer(body: Any) -> Response:
    return Response(200, (), body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    "body",
    [
        PDF,
        b"\xef\xbb\xbf\r\n" + PDF,
        {"retBody": TEXT},
        {"retBody": TEXT.rstrip("=")},
        {"retBody": TEXT[:20] + "\n" + TEXT[20:]},
        {"retBody": {"pdfBase64": TEXT}},
        {"retBody": [{"data": TEXT}]},
        {"retBody": json.dumps({"fileBase64": TEXT})},
        {"retBody": json.dumps([{"base64": TEXT}])},
        {"retBody": {"data": "not this", "content": TEXT}},
    ],
)
def test_a_label_is_found(body: Any) -> None:
    assert label_of(answer(body)).endswith(PDF)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>no label</html>",
        b"x" * 2000 + PDF,
        {},
        {"retBody": None},
        {"retBody": ""},
        {"retBody": base64.b64encode(b"hello, this is no PDF").decode()},
        {"retBody": {"data": base64.b64encode(b"GIF89a").decode()}},
        {"retBody": {"unheard_of": TEXT}},
        {"retBody": "no base64!"},
        [TEXT],
    ],
)
def test_what_is_no_pdf_is_no_label(body: Any) -> None:
    with pytest.raises(MalformedResponse):
        label_of(answer(body))


@given(st.binary(max_size=120))
def test_any_bytes_are_a_label_or_malformed(content: bytes) -> None:
    try:
        assert b"%PDF-" in label_of(answer(content))
    except MalformedResponse:
        pass
