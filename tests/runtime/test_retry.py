"""The one decision whether a step goes out again, and how long until then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_sdk.hookspecs import Meaning, verdict_from_status
from xborder_sdk.runtime.retry import Happened, Outcome, RetryPolicy, decide, retry_after
from xborder_sdk.steps import Effect, Response

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
outcomes = st.builds(
    Outcome,
    st.sampled_from(Happened),
    st.booleans(),
    st.none() | st.floats(0, 1e6),
)
policies = st.builds(RetryPolicy, attempts=st.integers(1, 10))
jitter = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, 20), outcomes, policies, jitter)
def test_a_once_step_never_repeats_unless_nothing_was_done(
    attempt: int, outcome: Outcome, policy: RetryPolicy, spread: float
) -> None:
    pause = decide(attempt, Effect.ONCE, outcome, policy, spread)
    assert pause is None or outcome.not_executed


@given(st.integers(1, 20), st.sampled_from(Effect), outcomes, policies, jitter)
def test_no_step_repeats_forever_or_after_what_repeating_cannot_cure(
    attempt: int, effect: Effect, outcome: Outcome, policy: RetryPolicy, spread: float
) -> None:
    pause = decide(attempt, effect, outcome, policy, spread)
    if pause is None:
        return
    assert attempt < policy.attempts
    assert outcome.happened in {
        Happened.THROTTLED, Happened.DOWN, Happened.NOT_SENT, Happened.LOST, Happened.SILENT
    }  # fmt: skip
    assert 0 <= pause <= policy.patience_s
    if outcome.retry_after_s is not None:
        assert pause == outcome.retry_after_s


@pytest.mark.parametrize("happened", [Happened.THROTTLED, Happened.DOWN, Happened.NOT_SENT, Happened.LOST,
                                      Happened.SILENT])  # fmt: skip
@pytest.mark.parametrize("effect", [Effect.READ, Effect.IDEMPOTENT])
def test_what_may_repeat_does_with_growing_pauses(effect: Effect, happened: Happened) -> None:
    policy = RetryPolicy(attempts=10)
    pauses = [decide(n, effect, Outcome(happened), policy, 0.999999) or 0.0 for n in range(1, 8)]
    assert [round(pause, 2) for pause in pauses] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert decide(1, effect, Outcome(happened), policy, 0.0) == 0.25


def test_a_vendor_that_asks_for_more_than_patience_gets_no_retry() -> None:
    outcome = Outcome(Happened.THROTTLED, True, 61.0)
    assert decide(1, Effect.READ, outcome, RetryPolicy(), 0.5) is None


@given(st.integers(0, 10**6))
def test_both_forms_of_retry_after(seconds: int) -> None:
    assert retry_after(str(seconds), NOW) == seconds
    assert retry_after(format_datetime(NOW + timedelta(seconds=seconds), usegmt=True), NOW) == seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", 0.0),
        ("-inf", 0.0),
        ("inf", None),
        ("nan", None),
        ("1e400", None),
        (" 3 ", 3.0),
        ("0.5", 0.5),
        ("Mon, 02 Mar 2026 08:59:00 GMT", 0.0),
        ("Monday, 02-Mar-26 09:00:05 GMT", 5.0),
        ("Mon, 99 Foo 2026 25:61:00 GMT", None),
        ("Mon, 02 Mar 2026 10:00:05 +0100", 5.0),
    ],
)
def test_odd_retry_afters(text: str | None, expected: float | None) -> None:
    assert retry_after(text, NOW) == expected


@given(st.text() | st.text("0123456789 ,:+-.eGMTMonMar", max_size=40))
def test_no_retry_after_crashes_or_turns_negative(text: str) -> None:
    found = retry_after(text, NOW)
    assert found is None or 0 <= found < float("inf")


@given(st.integers(100, 599))
def test_what_a_status_proves(status: int) -> None:
    verdict = verdict_from_status(Response(status))
    if status >= 500:
        assert (verdict.meaning, verdict.not_executed) == (Meaning.DOWN, False)
    elif 200 <= status < 300:
        assert verdict.meaning is Meaning.GOOD
    else:
        assert verdict.meaning is {401: Meaning.TOKEN_EXPIRED, 429: Meaning.THROTTLED}.get(status, Meaning.REFUSED)
    # Statuses under which something may have begun.
    if status in {408, 409, 423, 424, 499} or status < 400:
        assert not verdict.not_executed
