"""What an answer or its absence becomes: the outcome that decides on a retry, and the error a caller sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from xborder_sdk.errors import (
    AnswerError,
    AnswerTooLarge,
    AuthenticationFailed,
    Conflict,
    ConnectionLost,
    DeadlineExceeded,
    InvalidRequest,
    MalformedResponse,
    NotFound,
    NotSent,
    PermissionDenied,
    Refused,
    Throttled,
    TimedOut,
    VendorDown,
    XborderError,
)
from xborder_sdk.hookspecs import Meaning, Verdict
from xborder_sdk.runtime.commands import WireError
from xborder_sdk.runtime.retry import Happened, Outcome, retry_after
from xborder_sdk.steps import Response

_BY_STATUS: dict[int, type[Refused]] = {
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    429: Throttled,
}

_HAPPENED = {
    Meaning.GOOD: Happened.GOOD,
    Meaning.REFUSED: Happened.REFUSED,
    Meaning.THROTTLED: Happened.THROTTLED,
    Meaning.TOKEN_EXPIRED: Happened.TOKEN_EXPIRED,
    Meaning.DOWN: Happened.DOWN,
}


def outcome_of(verdict: Verdict, response: Response, now: datetime) -> Outcome:
    """What an answer means for the next try."""
    wait = retry_after(response.header("retry-after"), now)
    if wait is None:
        wait = verdict.retry_after_s
    return Outcome(_HAPPENED[verdict.meaning], verdict.not_executed, wait)


def answer_error(
    title: str, response: Response, verdict: Verdict, outcome: Outcome, scrubbed: Callable[[str], str]
) -> AnswerError:
    """The error of an answer that is not what was asked for.

    Args:
        title: The vendor's name for people.
        response: The answer.
        verdict: The connector's reading of it.
        outcome: What it means for the next try.
        scrubbed: Takes credentials and people out of the vendor's words.
    """
    kind: type[AnswerError]
    if verdict.error is not None:
        kind = verdict.error
    elif verdict.meaning is Meaning.DOWN:
        kind = VendorDown
    elif verdict.meaning is Meaning.THROTTLED:
        kind = Throttled
    elif verdict.meaning is Meaning.TOKEN_EXPIRED:
        kind = AuthenticationFailed
    else:
        kind = _BY_STATUS.get(response.status, Refused)
    did = "failed" if kind is VendorDown else "refused"
    message = f"{title} {did} ({response.status}"
    message += f", code {scrubbed(verdict.code)})" if verdict.code else ")"
    if verdict.message:
        message += f": {scrubbed(verdict.message)}"
    code = scrubbed(verdict.code) if verdict.code else None
    request_id = scrubbed(verdict.request_id) if verdict.request_id else None
    error = kind(message, status=response.status, code=code, request_id=request_id, hint=verdict.hint)
    if isinstance(error, Throttled):
        error.retry_after_s = outcome.retry_after_s
    return error


def transport_error(title: str, failure: WireError) -> XborderError:
    """The error of an exchange without an answer."""
    match failure.happened:
        case Happened.NOT_SENT:
            return NotSent(f"{title} could not be reached: {failure.detail}")
        case Happened.SILENT:
            return TimedOut(f"{title} did not answer: {failure.detail}")
        case Happened.DEADLINE:
            return DeadlineExceeded(f"the time for this call is spent: {failure.detail}")
        case Happened.TOO_LARGE:
            return AnswerTooLarge(
                f"{title}'s answer is larger than allowed: {failure.detail}",
                hint="raise max_answer_bytes in the account's settings if that is right",
            )
        case Happened.UNREADABLE:
            return MalformedResponse(f"{title}'s answer cannot be read: {failure.detail}")
        case Happened.UNSENDABLE:
            return InvalidRequest(f"the request cannot be sent: {failure.detail}")
        case _:
            return ConnectionLost(f"the connection to {title} broke: {failure.detail}")


def reason_of(error: XborderError, response: Response | None) -> str:
    """Why the outcome of an effect is unknown, in words."""
    if response is not None:
        code = error.code if isinstance(error, AnswerError) else None
        return f"it answered {response.status}" + (f", code {code}" if code else "")
    return error.message
