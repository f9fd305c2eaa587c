"""The international order API (pcp): a form and a digest per call.

Paths, fields and answers: chinapost.md section 2. XML is not simulated.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.chinapost.accounts import Account
from xborder_sandbox.chinapost.counter import allocate, cancel, fees, labels, send_numbered_order, send_order
from xborder_sandbox.chinapost.form import read_form
from xborder_sandbox.chinapost.office import PostOffice
from xborder_sandbox.chinapost.products import CONTRACT
from xborder_sandbox.chinapost.refusals import ORDER, Refusal, no_number, refused
from xborder_sandbox.chinapost.sealing import digest, has_digest
from xborder_sandbox.requests import Json

_BASE = "/pcpErp-web/a/pcp"
_MESSAGE = "B2C_TRADE"

Form = dict[str, str]


def pcp_routes(office: PostOffice) -> list[Route]:
    """Return the routes below `/pcp`."""
    return [
        Route(_BASE + path, _endpoint(office, operation), methods=["POST"]) for path, operation in OPERATIONS.items()
    ]


def _endpoint(
    office: PostOffice, operation: Callable[[PostOffice, Form], Response]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        # Clients put queryType into the address as well as into the form.
        form = {**request.query_params, **await read_form(request)}
        with office.store.lock:
            return operation(office, form)

    return endpoint


def _json(body: Json, status: int = 200, media_type: str = "application/json") -> Response:
    return Response(json.dumps(body, ensure_ascii=False).encode(), status, media_type=media_type)


def _open(office: PostOffice, form: Form, content: str, sign: str, who: str = "ecCompanyId") -> Account:
    """Return who asks, after a look at the digest; `content` and `sign` are the names of the fields.

    Raises:
        Refusal: With a code of the list for orders.
    """
    for name in (content, sign, who):
        if not form.get(name):
            raise refused("B03", name)
    account = office.account(form[who])
    if account is None:
        raise refused("S12", who)
    if not has_digest(form[content], account.digest_key, form[sign]):
        raise refused("S02", sign)
    return account


def _allocate(office: PostOffice, form: Form) -> Response:
    try:
        try:
            account = _open(office, form, "logisticsOrder", "data_digest")
        except Refusal as refusal:
            # The same three faults have numbers of their own here.
            raise no_number({"S12": "S02", "S02": "S03"}.get(refusal.code, refusal.code)) from None
        if form.get("version") != "1.0":
            raise no_number("S06")
        if form.get("msg_type") != _MESSAGE:
            raise no_number("S07", "msg_type")
        found: list[Json] = [dict(row) for row in allocate(office, account, form["logisticsOrder"])]
    except Refusal as refusal:
        return _json({"return_success": "false", "return_reason": refusal.code, "return_msg": refusal.message})
    return _json({"return_success": "true", "barCodeList": found})


def _check_order_form(office: PostOffice, form: Form) -> Account:
    account = _open(office, form, "logistics_interface", "data_digest")
    if form.get("msg_type") != _MESSAGE:
        raise refused("S05", "msg_type")
    if form.get("data_type") != "JSON":
        raise refused("S01", "data_type")
    return account


def _receive(office: PostOffice, form: Form) -> Response:
    try:
        account = _check_order_form(office, form)
        send_numbered_order(office, account, form["logistics_interface"], "pcp")
    except Refusal as refusal:
        return _no(refusal)
    return _json({"success": "true", "reason": "", "msg": ""})


def _receive_back(office: PostOffice, form: Form) -> Response:
    try:
        account = _check_order_form(office, form)
        mail = send_order(office, account, form["logistics_interface"], "pcp")
    except Refusal as refusal:
        return _no(refusal)
    return _json({"success": "true", "reason": "", "msg": "", "waybillNo": mail.number})


def _no(refusal: Refusal) -> Response:
    return _json({"success": "false", "reason": refusal.code, "msg": refusal.message})


def _download(office: PostOffice, form: Form) -> Response:
    # Version 1.0 is a file; one client asks for 2.0 and gets hexadecimal text with a digest of its own.
    version = form.get("version")
    try:
        account = _open(office, form, "barCode", "dataDigest")
        if version not in ("1.0", "2.0"):
            raise refused("S04", "version")
        paper = labels(office, account, form["barCode"])
    except Refusal as refusal:
        if version == "2.0":
            return _json({"success": False, "err_code": refusal.code, "msg": refusal.message})
        body: Json = {"success": "false", "reason": refusal.code, "msg": refusal.message}
        return _json(body, office.store.settings.label_error_status, "text/json")
    if version == "2.0":
        return _json({"success": True, "data": paper.hex(), "digest": digest(paper.hex(), account.digest_key)})
    return Response(paper, media_type="application/pdf")


def _fee(office: PostOffice, form: Form) -> Response:
    try:
        account = _open(office, form, "waybillNos", "dataDigest")
        rows = fees(office, account, form["waybillNos"])
    except Refusal as refusal:
        return _json({"return_success": "false", "return_reason": refusal.code, "return_msg": refusal.message})
    return _json({"return_success": "true", "data": rows, "return_reason": "", "return_msg": ""})


def _cancel(office: PostOffice, form: Form) -> Response:
    try:
        account = _open(office, form, "waybillNo", "digest", who="senderNo")
        refusal = cancel(office, account, form["waybillNo"])
    except Refusal as found:
        refusal = found
    if refusal is not None:
        return _json({"flag": "false", "message": f"撤单失败: {refusal.message}"})
    return _json({"flag": "true", "message": "撤单成功"})


def _business(office: PostOffice, form: Form) -> Response:  # noqa: ARG001 - the same list for everybody
    if form.get("queryType") != "queryBusinessType":
        return _json({"return_success": "false", "return_reason": "B03", "return_msg": ORDER["B03"]})
    return _json(
        {"data": [{"businessCode": product.code, "businessName": product.name} for product in CONTRACT.values()]}
    )


OPERATIONS: dict[str, Callable[[PostOffice, Form], Response]] = {
    "/barCodesAssgine/barCodeService": _allocate,
    "/orderService/orderReceive": _receive,
    "/orderService/OrderReceiveBack": _receive_back,
    "/surface/download": _download,
    "/orderFeeService/getOrderFee": _fee,
    "/orderService/cancelOrder": _cancel,
    "/businessDataService/getBusinessData": _business,
}
