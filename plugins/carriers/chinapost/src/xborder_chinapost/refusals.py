"""The meaning of answers. A failure comes inside HTTP 200, and which table its code is of shows in its shape:

* gateway: `{success, retCode, retMsg, retBody}`; good is `success` with `retCode` "00000", or an empty one;
* pcp, orders: `{success, reason, msg, waybillNo}`;
* pcp, numbers and fees: `{return_success, return_reason, return_msg, ...}`;
* pcp, cancelling: `{flag, message}`.

A refusal proves that nothing was done, unless its code says that something broke, or that the order is there already:
every order carries our own number, which the interface takes once only, so a repeat can be told from a purchase.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from xborder_sdk.errors import AuthenticationFailed, Conflict, MalformedResponse, PermissionDenied, Refused
from xborder_sdk.hookspecs import GOOD, Meaning, Verdict, verdict_from_status
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Response

_GOOD_CODE: Final = re.compile(r"0*")
"""`00000`, also as a number, or missing."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means.

    Attributes:
        hint: What to do.
        error: The error it becomes.
        meaning: What it means to the driver.
        proves: Whether it proves that nothing was done.
    """

    hint: str
    error: type[Refused] | None = None
    meaning: Meaning = Meaning.REFUSED
    proves: bool = True


_UNHEARD = "look at China Post's own words"
_REPORT = "report it: the request should not be made like this"
_KEYS = "check sender_no and the keys of the account"
_WHO = (
    "check who you are to China Post: sender_no and mail_type, over the gateway authorization too (production and test"
    " have their own), and for labels ak"
)
_BROKEN = "something broke at China Post; nothing tells whether it did anything"
_THERE = (
    "an order with our number is there already: look it up in China Post's customer site by the reference"
    " before anything else, and do not raise `attempt`"
)
_CODE_LIST = "look at `products`: the contract's codes are listed by the post office or by list_services over pcp"

# error_codes.csv, read from a published client; the wording is of the generation before pcp.
ALLOCATION: Final[dict[str, Code]] = {
    "S01": Code(_REPORT),
    "S02": Code(_KEYS, AuthenticationFailed),
    "S03": Code(_KEYS, AuthenticationFailed),
    "S04": Code("try again later", meaning=Meaning.DOWN, proves=False),
    "S05": Code("try again later", meaning=Meaning.DOWN, proves=False),
    "S06": Code(_REPORT),
    "S07": Code("look at the product code and the destination"),
    "B01": Code("the pool is empty: ask the post office for numbers"),
    "B02": Code(_CODE_LIST),
    "B03": Code(_REPORT),
    "B04": Code("ask for fewer numbers at once"),
    "B05": Code("ask for numbers less often", meaning=Meaning.THROTTLED),
    "B06": Code("check sender_no", PermissionDenied),
    "B07": Code("shorten the texts"),
    "B08": Code(_REPORT),
    "B09": Code("take commas and line breaks out of the texts"),
    "B12": Code("choose a product that goes to this destination"),
}

ORDER: Final[dict[str, Code]] = {
    "S01": Code(_REPORT),
    "S02": Code(_KEYS, AuthenticationFailed),
    "S03": Code("check wh_code and sender_no"),
    "S04": Code(_REPORT),
    "S05": Code(_REPORT),
    "S06": Code(_BROKEN, meaning=Meaning.DOWN, proves=False),
    "S12": Code(_WHO, PermissionDenied),
    "S14": Code("take characters such as + and || out of the texts"),
    "S15": Code("check the destination; `country_codes` may name the post's own code"),
    "B00": Code(_BROKEN, proves=False),
    "B01": Code("something the order needs is missing"),
    "B02": Code("check this machine's clock: times are sent with every order"),
    "B03": Code("something the order needs is empty: often the phone, the postcode or the province"),
    "B05": Code(_CODE_LIST),
    "B06": Code(_THERE, Conflict, proves=False),
    "B07": Code("shorten the texts"),
    "B08": Code(_THERE, Conflict, proves=False),
    "B09": Code("the number is still being checked: the order can be sent ten minutes after its number was allocated",
                Conflict),
    "B10": Code("the number belongs to another order", Conflict),
    "B11": Code("the number was not allocated to this platform", Conflict),
    "B12": Code("the parcel is over 2,000 g: split it, or choose another product"),
    "B13": Code("give the goods their English names"),
    "B14": Code("the balance is below its threshold: top it up", PermissionDenied),
    "B15": Code("the funds account is disabled or being paid out: ask the post office", PermissionDenied),
    "B16": Code("this product does not go to this destination"),
    "B98": Code(_BROKEN, proves=False),
}  # fmt: skip

# The gateway's own codes are not published. These words are those of the tables above.
_WORDS: Final = (
    ("重复", ORDER["B06"]),
    ("系统异常", ORDER["S06"]),
    ("系统错误", ORDER["S06"]),
    ("系统繁忙", ORDER["S06"]),
    ("服务异常", ORDER["S06"]),
    ("内部错误", ORDER["S06"]),
    ("超时", ORDER["S06"]),
    ("未知业务错误", ORDER["B00"]),
    ("保存失败", ORDER["B98"]),
    ("频繁", ALLOCATION["B05"]),
    ("签名", ORDER["S02"]),
    ("授权", ALLOCATION["S02"]),
    ("余额", ORDER["B14"]),
)


def classify(response: Response) -> Verdict:
    """Reads an answer."""
    body = _object(response)
    told = GOOD if body is None else _told(body)
    if 200 <= response.status < 300:
        return told
    # Labels of pcp: HTTP 200 for the PDF, otherwise JSON. A known code says more than the status, but no failing server
    # proves that nothing was done.
    if told.code is not None and told.hint != _UNHEARD:
        return replace(told, not_executed=told.not_executed and response.status < 500)
    return verdict_from_status(response)


def _told(body: JsonObject) -> Verdict:
    if "retCode" in body or "retMsg" in body or "retBody" in body:
        code, message = body.text_or_none("retCode"), body.text_or_none("retMsg")
        told = body.flag("success")
        if told is not False and _GOOD_CODE.fullmatch((code or "").strip()) and (told or code):
            return GOOD
        return _refused(told, code, message, ORDER, by_words=True)
    if "return_success" in body:
        told = body.flag("return_success")
        if told:
            return GOOD
        return _refused(told, body.text_or_none("return_reason"), body.text_or_none("return_msg"), ALLOCATION)
    if "success" in body:
        told = body.flag("success")
        if told:
            return GOOD
        return _refused(told, body.text_or_none("reason"), body.text_or_none("msg"), ORDER)
    if "flag" in body and body.flag("flag") is False:
        return _refused(False, None, body.text_or_none("message"), {})
    return GOOD


def _refused(
    told: bool | None, code: str | None, message: str | None, table: dict[str, Code], *, by_words: bool = False
) -> Verdict:
    # An answer that says neither yes nor no, or yes beside a code nobody knows, proves nothing by itself.
    known = table.get((code or "").strip().upper())
    if known is None and by_words:
        known = next((meant for word, meant in _WORDS if word in (message or "")), None)
    known = known or Code(_UNHEARD, proves=told is False)
    return Verdict(
        known.meaning,
        not_executed=known.proves,
        code=code,
        message=message,
        error=known.error,
        hint=known.hint,
    )


def _object(response: Response) -> JsonObject | None:
    if response.content.lstrip()[:1] != b"{":
        return None  # a label, a list, or nothing: the operation knows what it wants
    try:
        return response.object()
    except MalformedResponse:
        return None
