"""The meaning of eBay's answers: three shapes of error body, and what each proves.

Shapes: REST `{"errors": [...]}` (FUL, schema Error); Post-Order `{"error": [...]}` or `{"errorMessage": {"error":
...}}`; OAuth `{"error": "...", "error_description": "..."}`.
"""

from __future__ import annotations

from dataclasses import replace

from xborder_sdk.errors import (
    AuthenticationFailed,
    Conflict,
    NotFound,
    PermissionDenied,
    Refused,
)
from xborder_sdk.hookspecs import GOOD, Meaning, Verdict, verdict_from_status
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Response

# FUL, the x-response-codes of each call. What the HTTP status alone would not say.
_ERRORS: dict[str, type[Refused]] = {
    "32100": NotFound,  # invalid order id, sent with 400
    "32400": PermissionDenied,  # the seller is suspended, sent with 400
    "34913": NotFound,
    "34916": Conflict,  # an open case
    "34917": Conflict,  # already refunded
    "34922": Conflict,  # an earlier refund is running
    "34919": PermissionDenied,  # unauthorized, sent with 409
}

# FUL: what issueRefund and the payment disputes answer with 409 and these numbers names a rule that stopped it before
# anything was done. A 409 without such a number proves nothing.
_REFUSED_WITH_409 = frozenset(
    str(number)
    for number in (
        *(34918, 34919, *range(34924, 34931)),
        # FUL, the calls of payment_dispute: a state or a revision that stopped it, or a number of files.
        *(33004, 33011, 33101, 33102, 33105),
    )
)

_HINTS = {
    "invalid_grant": "the consent has ended (a new password, or 18 months): let the seller consent again",
    "invalid_client": "compare client_id and client_secret with the keyset of this environment",
    "invalid_scope": "set scopes to those the seller consented to",
    "30850": "eBay refuses dates in the future: check this machine's clock",
    "32300": "check tracking number and carrier code; carrier_codes in the settings overrides the plugin's",
    "33004": "evidence can be added only until the dispute is contested",
    "33011": "read the dispute again, and decide again on what it says now",
    "33101": "read the dispute again: it cannot be answered so in its state",
    "33102": "add evidence first, or declare the shipment with its tracking number",
    "33103": "send fewer files; evidence_files_max in the settings stops it beforehand",
    "33105": "eBay takes no more files for this dispute",
    "34500": "eBay has no call that changes a declaration: declare again with the right number",
    "34917": "the order is refunded already",
    "34920": "the time for refunds is over; agree with the buyer in another way",
    "34922": "wait until the earlier refund is done",
    "34926": "add a payment method in Seller Hub",
}


def classify(response: Response) -> Verdict:
    """Reads an answer of any eBay API.

    Args:
        response: The answer.
    """
    if 200 <= response.status < 300:
        return GOOD
    request_id = response.header("x-ebay-request-id") or response.header("rlogid")
    body = response.object_if_any()
    code, message, category, domain = _first_error(body)
    verdict = verdict_from_status(response, code, message, request_id)
    hint = _HINTS.get(code or "")
    if verdict.meaning is Meaning.TOKEN_EXPIRED:
        return _unauthorised(replace(verdict, hint=hint), body, domain)
    if verdict.meaning is not Meaning.REFUSED:
        return verdict
    not_executed = verdict.not_executed and category != "APPLICATION"
    if response.status == 409:
        not_executed = code in _REFUSED_WITH_409
    error = AuthenticationFailed if code == "invalid_grant" else _ERRORS.get(code or "")
    if hint is None and response.status == 403:
        hint = "the token lacks a scope, or this seller may not do it"
    return replace(verdict, not_executed=not_executed, error=error, hint=hint)


def _unauthorised(verdict: Verdict, body: JsonObject, domain: str | None) -> Verdict:
    """A 401 is an expired token where eBay says so or, at Post-Order, says nothing; else the credentials are wrong."""
    oauth_answer = isinstance(body.get("error"), str)
    rest_answer = bool(body.children("errors"))
    token_fault = not oauth_answer and (not rest_answer or (verdict.code == "1001" and domain == "OAuth"))
    if token_fault:
        return verdict
    return replace(verdict, meaning=Meaning.REFUSED, error=AuthenticationFailed)


def _first_error(body: JsonObject) -> tuple[str | None, str | None, str | None, str | None]:
    """Code, words, category and domain of the first error, whichever shape the body has."""
    if isinstance(body.get("error"), str):
        return body.text_or_none("error"), body.text_or_none("error_description"), None, None
    for found in (body.children("errors"), body.children("error"), body.child("errorMessage").children("error")):
        if found:
            first = found[0]
            return (
                first.text_or_none("errorId"),
                first.text_or_none("longMessage") or first.text_or_none("message"),
                first.text_or_none("category"),
                first.text_or_none("domain"),
            )
    return None, None, None, None


def warnings(body: JsonObject) -> tuple[str, ...]:
    """What a success warns of, as numbers with eBay's words."""
    found = []
    for item in body.children("warnings"):
        words = item.text_or_none("longMessage") or item.text_or_none("message") or "no words"
        number = item.text_or_none("errorId")
        found.append(f"{number}: {words}" if number else words)
    return tuple(found)
