"""The open platform gateway: one address, the call named in the form.

Frame, sealing, codes: chinapost.md section 3. Which retCode answers which fault is not established; the
codes of the order list are used.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.chinapost.accounts import Account
from xborder_sandbox.chinapost.counter import allocate, labels, send_order, track
from xborder_sandbox.chinapost.form import read_form, read_time
from xborder_sandbox.chinapost.office import PostOffice
from xborder_sandbox.chinapost.order import read_json
from xborder_sandbox.chinapost.refusals import Refusal, refused
from xborder_sandbox.chinapost.sealing import UnsealedError, unseal
from xborder_sandbox.requests import Json

PATHS = ("/amp-prod-api/f/amp/api/open", "/amp-prod-api/f/amp/api/test")
_OK = "00000"
_FRAME = ("apiCode", "senderNo", "authorization", "timeStamp", "logitcsInterface")
_VERSIONS = ("", "V1.0.0")
_PAGE_TYPES = ("RM",)  # the only one known
_NOTHING_FOUND = "无查询信息"

Form = dict[str, str]


def gateway_routes(office: PostOffice) -> list[Route]:
    """Return the routes below `/gateway`."""
    endpoint = _endpoint(office)
    return [Route(path, endpoint, methods=["POST"]) for path in PATHS]


def _endpoint(office: PostOffice) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        with office.store.lock:
            try:
                account = _check_frame(office, form)
                content = unseal(form["logitcsInterface"], account.sm4_key)
                return CALLS[form["apiCode"]](office, account, form, content)
            except UnsealedError:
                return _answer(office, refused("S02", "logitcsInterface"))
            except Refusal as refusal:
                return _answer(office, refusal)

    return endpoint


def _check_frame(office: PostOffice, form: Form) -> Account:
    for name in _FRAME:
        if not form.get(name):
            raise refused("B03", name)
    account = office.account(form["senderNo"])
    if account is None or not account.authorization:
        raise refused("S12", "senderNo")
    if not hmac.compare_digest(form["authorization"].encode(), account.authorization.encode()):
        raise refused("S12", "authorization")
    if form.get("msgType", "0") != "0":
        raise refused("S05", "msgType")
    if form.get("version", "") not in _VERSIONS:
        raise refused("S04", "version")
    if form["apiCode"] not in CALLS:
        raise refused("S05", "apiCode")
    stamp = read_time(form["timeStamp"])
    if stamp is None:
        raise refused("B02", "timeStamp")
    # The client stamps with the real time and cannot know that the sandbox's clock was moved.
    window = timedelta(seconds=office.store.settings.time_window)
    if min(abs(office.now - stamp), abs(datetime.now(UTC) - stamp)) > window:
        raise refused("B02", "timeStamp")
    return account


def _answer(office: PostOffice, refusal: Refusal | None = None, body: Json = "", message: str = "") -> Response:
    if refusal is not None:
        answer: dict[str, Json] = {
            "success": False,
            "retCode": refusal.code,
            "retMsg": refusal.message,
            "retBody": "",
        }
    else:
        if office.store.settings.body_form == "text" and not isinstance(body, str):
            body = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        answer = {"success": True, "retCode": _OK, "retMsg": message, "retBody": body}
    return Response(json.dumps(answer, ensure_ascii=False).encode(), media_type="application/json")


def _order(office: PostOffice, account: Account, form: Form, content: str) -> Response:
    mail = send_order(office, account, content, "gateway")
    outside = form.get("biz_product_no", "")
    if outside and outside != mail.order.product.code:
        del office.store.mails[mail.number]
        raise refused("B05", "biz_product_no")
    return _answer(office, body={office.store.settings.number_field: mail.number})


def _numbers(office: PostOffice, account: Account, form: Form, content: str) -> Response:  # noqa: ARG001
    found: list[Json] = [dict(row) for row in allocate(office, account, content)]
    return _answer(office, body=found)


def _label(office: PostOffice, account: Account, form: Form, content: str) -> Response:  # noqa: ARG001
    wish = _object(content)
    if wish.get("ecCompanyId") != account.sender_no:
        raise refused("S12", "ecCompanyId")
    if not hmac.compare_digest(str(wish.get("ak", "")).encode(), account.ak.encode()):
        raise refused("S12", "ak")
    if wish.get("pageType") not in _PAGE_TYPES:
        raise refused("B00", "pageType")
    version = wish.get("version")
    if version not in ("1", "2"):
        raise refused("S04", "version")
    paper = labels(office, account, str(wish.get("barCode", "")))
    if version == "1":
        return Response(paper, media_type="application/pdf")
    return _answer(office, body={"data": base64.b64encode(paper).decode()})


def _track(office: PostOffice, account: Account, form: Form, content: str) -> Response:  # noqa: ARG001
    number = _object(content).get("waybillNo")
    if not isinstance(number, str) or not number:
        raise refused("B03", "waybillNo")
    events = track(office, account, number)
    kind = office.store.settings.track_form
    return _answer(
        office,
        body=events if kind == "list" else {kind: events},
        message="" if events else _NOTHING_FOUND,
    )


def _object(content: str) -> dict[str, object]:
    try:
        found = read_json(content)
    except ValueError:
        raise refused("S01") from None
    if not isinstance(found, dict):
        raise refused("S01")
    return found


CALLS: dict[str, Callable[[PostOffice, Account, Form, str], Response]] = {
    "110001": _order,
    "110002": _numbers,
    "120001": _label,
    "040001": _track,
}
