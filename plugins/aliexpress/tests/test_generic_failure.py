"""The code -1, which many calls use for every failure: what stands beside it decides."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from xborder_sdk.hookspecs import Meaning
from xborder_sdk.steps import Response


def verdict(connector: Callable[..., Any], **failure: Any) -> Any:
    body = {"result_success": False, "result_error_code": "-1", **failure}
    return connector().classify(Response(200, {}, json.dumps(body).encode()))


def test_with_words_that_say_why_it_is_a_refusal(connector: Callable[..., Any]) -> None:
    found = verdict(connector, result_error_desc="the order status is not allowed")
    assert (found.meaning, found.not_executed, found.code) == (Meaning.REFUSED, True, "-1")


@pytest.mark.parametrize("words", [None, "", " ", "System error!", "-1", "系统异常"])
def test_with_nothing_that_says_why_nobody_knows_what_was_done(
    connector: Callable[..., Any], words: str | None
) -> None:
    found = verdict(connector, result_error_desc=words)
    assert (found.meaning, found.not_executed) == (Meaning.DOWN, False)
