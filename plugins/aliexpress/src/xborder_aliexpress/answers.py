"""The meaning of an answer: the error envelopes of both gateways, refusals inside a good one, and what each proves.

Shapes: `{"error_response": {"code", "msg", "sub_code", "sub_msg", "request_id", "type"}}` at `/sync` and the older
gateway, flat `{"type", "code", "message", "request_id"}` at `/rest`; the HTTP status is 200 as a rule. Sources: the
official IOP Java SDK 1.3.5-ae; for what the codes of the older gateway mean the vendor's error page (article 102707);
its page on limits (article 108426).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from xborder_aliexpress.envelopes import BusinessFailure, business_failure, unwrapped
from xborder_sdk.errors import AuthenticationFailed, MalformedResponse, PermissionDenied, Refused
from xborder_sdk.hookspecs import GOOD, Meaning, Verdict, verdict_from_status
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Response

# Codes by name (today's gateway) and by number (the older one); `ApiCallLimit` and 7 are per-second bans as a rule.
_THROTTLED: Final = frozenset({"apicalllimit", "appcalllimit", "4", "5", "6", "7", "8"})
_TOKEN: Final = frozenset({"illegalaccesstoken", "27"})
_CREDENTIALS: Final = frozenset({"incompletesignature", "invalidappkey", "24", "25", "26", "28", "29"})
_PERMISSION: Final = frozenset({"appwhiteiplimit", "insufficientpermission", "11", "12", "13", "42"})
_ARGUMENTS: Final = frozenset({"missingparameter", "40", "41"})
_DOWN: Final = frozenset({"unknownruntimeexception", "servicetimeout", "serviceunavailable", "10", "15"})

# Words of a failure that say nothing of the call itself: it may have been done.
_NO_VERDICT = re.compile(
    r"(system|unknown|internal|service)[ _]?(runtime[ _]?)?(error|exception|busy|unavailable)"
    r"|系统(错误|异常|繁忙)|(请求|调用|处理|网络|服务)超时|time_?out|timed out|\bisp\.",
    re.IGNORECASE,
)

_ANY_FAILURE: Final = "-1"
"""Beside "System error!" in examples of shipping notices that failed; alone it tells nothing."""

_BAN = re.compile(r"ban will last for (\d{1,6}) more second", re.IGNORECASE)
_PER_SECOND_BAN_S = 1.0  # article 108426: over a per-second limit an application is shut out for one second

_HINTS: Final = {
    "appwhiteiplimit": "add this machine's public address to the application's IP allow-list in the console",
    "incompletesignature": "compare app_key and app_secret with the console, and this machine's clock with the time",
    "invalidappkey": 'compare app_key with the console; a key of the older gateway needs gateway = "top"',
    "insufficientpermission": "apply for this group of calls in the console, and let the seller consent again",
    "illegalaccesstoken": "let the seller consent again: xborder login",
    "isv.account-migration-check-fail": "this kind of account cannot give its consent to this kind of application",
}  # fmt: skip


def classify(response: Response) -> Verdict:
    """Reads an answer of either gateway.

    Args:
        response: The answer.
    """
    if not 200 <= response.status < 300:
        return _by_status(response)
    try:
        root = response.object()
    except MalformedResponse:
        # A gateway in trouble sends its web page with status 200: nothing says what became of the call.
        return Verdict(Meaning.DOWN, message="the answer is no JSON")
    error = _error(root)
    if error is not None:
        return _verdict(error)
    body = unwrapped(root)
    failed = business_failure(body)
    if failed is not None:
        return _business_verdict(failed, body.text_or_none("request_id") or root.text_or_none("request_id"))
    return GOOD


def _by_status(response: Response) -> Verdict:
    """Another status than 200, which is the rule: a code that is known says more, though no failing server proves
    anything."""
    error = _error(response.object_if_any())
    if error is None:
        return verdict_from_status(response)
    told = _verdict(error)
    if response.status < 500 and (told.meaning is not Meaning.REFUSED or told.not_executed):
        return told
    if response.status >= 500 and told.meaning in {Meaning.THROTTLED, Meaning.TOKEN_EXPIRED}:
        return replace(told, not_executed=False)
    return verdict_from_status(response, told.code, told.message, told.request_id)


def _error(root: JsonObject) -> JsonObject | None:
    """The error of an answer; None where it is none."""
    if "error_response" in root:
        return root.child("error_response")
    code = root.text_or_none("code")
    if code is not None and code != "0" and ("message" in root or "msg" in root or "type" in root):
        return root
    return None


def _code(error: JsonObject) -> str | None:
    """What tells most: the sub-code where there is one."""
    return error.text_or_none("sub_code") or error.text_or_none("code")


def _message(error: JsonObject) -> str | None:
    return next((found for name in ("sub_msg", "msg", "message") if (found := error.text_or_none(name))), None)


def _verdict(error: JsonObject) -> Verdict:
    code = (error.text_or_none("code") or "").strip().lower()
    sub_code = (error.text_or_none("sub_code") or "").strip().lower() or code
    told, message, request_id = _code(error), _message(error), error.text_or_none("request_id")
    hint = _HINTS.get(sub_code) or _HINTS.get(code)

    def verdict(
        meaning: Meaning, *, proven: bool, error: type[Refused] | None = None, wait: float | None = None
    ) -> Verdict:
        return Verdict(meaning, proven, told, message, request_id, error, wait, hint)

    if code in _THROTTLED or sub_code.startswith("accesscontrol.limited"):
        # The gateway counts before it passes a call on.
        return verdict(Meaning.THROTTLED, proven=True, wait=_ban(message))
    if code in _TOKEN:
        return verdict(Meaning.TOKEN_EXPIRED, proven=True)
    if code in _CREDENTIALS:
        return verdict(Meaning.REFUSED, proven=True, error=AuthenticationFailed)
    if code in _PERMISSION:
        return verdict(Meaning.REFUSED, proven=True, error=PermissionDenied)
    if code in _ARGUMENTS:
        return verdict(Meaning.REFUSED, proven=True)
    if sub_code.startswith("isv."):
        # The service itself refuses what was asked; a call that ran out of time may have begun.
        if "timeout" in sub_code:
            return verdict(Meaning.DOWN, proven=False)
        return verdict(Meaning.REFUSED, proven=True)
    if sub_code.startswith("isp.") or code in _DOWN or error.text_or_none("type") in {"ISP", "SYSTEM"}:
        return verdict(Meaning.DOWN, proven=False)
    if code.isdecimal() and len(code) < 3:
        # Article 102707: below 100 (but for 15, 40 and 41) the platform's own checks of a request have failed.
        return verdict(Meaning.REFUSED, proven=True)
    return verdict(Meaning.REFUSED, proven=False)


def _ban(message: str | None) -> float:
    found = _BAN.search(message or "")
    return _PER_SECOND_BAN_S if found is None else float(found[1])


def _business_verdict(failed: BusinessFailure, request_id: str | None) -> Verdict:
    """A refusal inside a good envelope: the service has looked at the call and says no, or has broken down."""
    told = [word for word in (failed.code, failed.message) if word and word.strip() not in {"", _ANY_FAILURE}]
    silent = failed.code == _ANY_FAILURE and not told
    if silent or any(_NO_VERDICT.search(word) for word in told):
        return Verdict(Meaning.DOWN, False, failed.code, failed.message, request_id)
    return Verdict(Meaning.REFUSED, True, failed.code, failed.message, request_id)
