"""The meaning of answers: HTTP status first, then `{code, data: {accepted, rejected, errors}}`.

A call whose `code` is not 0 failed as a whole. Numbers that are `rejected` fail alone; the operations read those.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from xborder_sdk.errors import AuthenticationFailed
from xborder_sdk.hookspecs import GOOD, Meaning, Verdict, verdict_from_status
from xborder_sdk.steps import Response
from xborder_track17.vocabulary import CODES, INTERNAL, PAUSE_S, Code

_UNKNOWN: Final = Code("an error without a known meaning", hint="look at 17TRACK's own words")
_UNAUTHORISED: Final = Code("the key is refused", AuthenticationFailed)


def classify(response: Response) -> Verdict:
    """Reads an answer."""
    body = response.object_if_any()
    failed = [body, *body.child("data").children("errors")]
    codes = [code for entry in failed if (code := entry.integer_or_none("code")) not in {None, 0}]
    texts = [text for entry in reversed(failed) if (text := entry.text_or_none("message"))]
    code = codes[-1] if codes else None
    message = texts[0] if texts else None
    told = None if code is None else str(code)
    if not 200 <= response.status < 300:
        verdict = verdict_from_status(response, told, message)
        if verdict.meaning is Meaning.TOKEN_EXPIRED:  # a key is no token that could be renewed
            known = CODES.get(code or 0, _UNAUTHORISED)
            return replace(verdict, meaning=Meaning.REFUSED, error=known.error, hint=known.hint)
        if verdict.meaning is Meaning.THROTTLED:
            return replace(verdict, retry_after_s=PAUSE_S)
        if code is None or verdict.meaning is Meaning.DOWN:
            return verdict
        known = CODES.get(code, _UNKNOWN)
        return replace(verdict, error=known.error, hint=known.hint)
    if code is None:
        return GOOD
    if code == INTERNAL:
        return Verdict(Meaning.DOWN, code=told, message=message, hint=CODES[INTERNAL].hint)
    known = CODES.get(code, _UNKNOWN)
    return Verdict(
        Meaning.REFUSED,
        not_executed=True,
        code=told,
        message=message or known.meaning,
        error=known.error,
        hint=known.hint,
    )
