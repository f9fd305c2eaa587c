"""The gateways: IOP's `/sync` and `/rest`, and TOP's `/router/rest` (AliExpress reference, sections 1 and 6).

They read the request, check it, call the handler of the API, and write the answer in the shape asked for.
HTTP's status is 200 also for what they refuse. TOP answers XML unless `format=json` is asked for; the sandbox
has no XML and refuses it.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.aliexpress import errors
from xborder_sandbox.aliexpress.call import Call, Upload
from xborder_sandbox.aliexpress.errors import GatewayError, Refusal
from xborder_sandbox.aliexpress.limits import CHINA, Limits
from xborder_sandbox.aliexpress.operations import Operation
from xborder_sandbox.aliexpress.shapes import renumbered, wrapped, wrapper_name
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.aliexpress.signing import IOP_METHODS, TOP_METHODS, iop_signature, top_signature
from xborder_sandbox.aliexpress.tokens import Seller
from xborder_sandbox.multipart import read_parts
from xborder_sandbox.requests import Json

_IOP_SKEW = timedelta(seconds=7200)
_TOP_SKEW = timedelta(minutes=10)


@dataclass
class _Sent:
    """What came: text parameters and files."""

    parameters: dict[str, str]
    files: dict[str, Upload]


class Gateway:
    """Both generations of the vendor's gateway, for one set of APIs.

    Args:
        shop: The marketplace behind them.
        operations: The APIs by name.
    """

    def __init__(self, shop: Shop, operations: Mapping[str, Operation]) -> None:
        self._shop = shop
        self._operations = operations
        self._limits = Limits(shop.settings)
        self._requests = shop.random("requests")
        self.forbidden: set[str] = set()

    def iop_routes(self) -> list[Route]:
        """Return the routes below api-sg.aliexpress.com."""
        return [
            Route("/sync", self.sync, methods=["GET", "POST"]),
            Route("/rest/{path:path}", self.rest, methods=["GET", "POST"]),
        ]

    def top_routes(self) -> list[Route]:
        """Return the routes below eco.taobao.com."""
        return [Route("/router/rest", self.top, methods=["GET", "POST"])]

    async def sync(self, request: Request) -> Response:
        """Answer a call by method name."""
        try:
            sent = await _read(request)
            given = sent.parameters
            api = given.get("method", "")
            with self._shop.lock:
                if not api:
                    raise GatewayError(errors.MISSING_METHOD)
                self._check_iop(given, "")
                # Path-named APIs belong below /rest.
                operation = None if api.startswith("/") else self._operations.get(api)
                token = given.get("session", "")
                if self._shop.settings.sync_takes_access_token:
                    token = token or given.get("access_token", "")
                return self._answer(api, self._run(api, operation, token, sent), self._simplified(given))
        except GatewayError as error:
            return self._refuse_iop(error)

    async def rest(self, request: Request) -> Response:
        """Answer a call by path."""
        api = f"/{request.path_params['path']}"
        try:
            sent = await _read(request)
            with self._shop.lock:
                self._check_iop(sent.parameters, api)
                token = sent.parameters.get("access_token", "")
                return self._answer(api, self._run(api, self._operations.get(api), token, sent), simplified=True)
        except GatewayError as error:
            refusal = error.refusal
            text = f"{refusal.msg}: {error.detail}" if error.detail else refusal.msg
            return _json(
                {"type": refusal.kind, "code": refusal.code, "message": text, "request_id": self._request_id()}
            )

    async def top(self, request: Request) -> Response:
        """Answer a call of the legacy gateway."""
        try:
            sent = await _read(request)
            given = sent.parameters
            with self._shop.lock:
                api = given.get("method", "")
                if not api:
                    raise GatewayError(errors.MISSING_METHOD)
                self._check_top(given)
                operation = None if api.startswith("/") else self._operations.get(api)
                body = self._run(api, operation, given.get("session", ""), sent)
                return self._answer(api, body, self._simplified(given))
        except GatewayError as error:
            return self._refuse_top(error)

    def _check_iop(self, given: Mapping[str, str], prefix: str) -> None:
        self._check_common(given, _iop_time, _IOP_SKEW)
        if given.get("sign_method") not in IOP_METHODS:
            raise GatewayError(errors.WRONG_SIGN, "sign_method has to be sha256")
        _check_sign(given, iop_signature(self._shop.tokens.app_secret, given, prefix))

    def _check_top(self, given: Mapping[str, str]) -> None:
        self._check_common(given, _top_time, _TOP_SKEW)
        if given.get("format", "xml") != "json":
            raise GatewayError(errors.WRONG_FORMAT)
        method = given.get("sign_method", "")
        if method not in TOP_METHODS:
            raise GatewayError(errors.WRONG_SIGN, "sign_method has to be md5 or hmac")
        _check_sign(given, top_signature(self._shop.tokens.app_secret, given, method))

    def _check_common(self, given: Mapping[str, str], read_time: _ReadTime, skew: timedelta) -> None:
        if "app_key" not in given:
            raise GatewayError(errors.MISSING_APP_KEY)
        if given["app_key"] != self._shop.tokens.app_key:
            raise GatewayError(errors.WRONG_APP_KEY)
        if self._shop.settings.address_refused:
            raise GatewayError(errors.WRONG_ADDRESS)
        if "timestamp" not in given:
            raise GatewayError(errors.MISSING_TIMESTAMP)
        stamp = read_time(given["timestamp"])
        # A client stamps with the real time where it cannot know that the sandbox's clock was moved.
        if stamp is None or min(abs(stamp - self._shop.now), abs(stamp - datetime.now(UTC))) > skew:
            raise GatewayError(errors.WRONG_TIMESTAMP)
        if "sign" not in given:
            raise GatewayError(errors.MISSING_SIGN)

    def _run(self, api: str, operation: Operation | None, token: str, sent: _Sent) -> dict[str, Json]:
        if operation is None:
            raise GatewayError(errors.NO_SUCH_METHOD, api)
        seller = self._seller(token) if operation.needs_session else None
        if api in self.forbidden:
            raise GatewayError(errors.NO_PERMISSION, api)
        self._limits.count(api, self._shop.now)
        return operation.handler(self._shop, Call(api, sent.parameters, sent.files, seller))

    def _seller(self, token: str) -> Seller:
        if not token:
            raise GatewayError(errors.MISSING_SESSION)
        seller = self._shop.tokens.whose(token, self._shop.now)
        if seller is None:
            raise GatewayError(errors.WRONG_SESSION)
        return seller

    def _answer(self, api: str, body: dict[str, Json], simplified: bool) -> Response:
        settings = self._shop.settings
        numbered = renumbered(body, api, settings)
        shaped = numbered if isinstance(numbered, dict) else body
        stamp: dict[str, Json] = {"request_id": self._request_id()}
        if simplified:
            return _json({**shaped, **stamp})
        inner = wrapped(shaped, self._operations[api].inner_names, settings)
        return _json({wrapper_name(api): {**inner, **stamp}})

    def _simplified(self, given: Mapping[str, str]) -> bool:
        return self._shop.settings.simplifies and given.get("simplify", "").lower() == "true"

    def _refuse_iop(self, error: GatewayError) -> Response:
        refusal = error.refusal
        return _json(
            {"error_response": {"type": refusal.kind, "code": refusal.code, **self._told(refusal, error.detail)}}
        )

    def _refuse_top(self, error: GatewayError) -> Response:
        refusal = error.refusal
        return _json({"error_response": {"code": refusal.top, **self._told(refusal, error.detail)}})

    def _told(self, refusal: Refusal, detail: str) -> dict[str, Json]:
        told: dict[str, Json] = {"msg": refusal.msg}
        if refusal.sub_code:
            told["sub_code"] = refusal.sub_code
        if detail:
            told["sub_msg"] = detail
        return {**told, "request_id": self._request_id()}

    def _request_id(self) -> str:
        return f"2102{self._requests.getrandbits(80):020x}"


async def _read(request: Request) -> _Sent:
    """Return query, form and multipart form in one; what comes in the body has the last word."""
    parameters = dict(request.query_params.multi_items())
    files: dict[str, Upload] = {}
    body = await request.body()
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            for part in read_parts(content_type, body):
                if part.filename is None:
                    parameters[part.name] = part.content.decode()
                else:
                    files[part.name] = Upload(part.filename, part.content)
        elif kind == "application/x-www-form-urlencoded":
            parameters.update(parse_qsl(body.decode(), keep_blank_values=True))
        elif body:
            raise GatewayError(errors.WRONG_PARAMETER, "the body has to be a form")
    except ValueError:
        raise GatewayError(errors.WRONG_PARAMETER, "the body is no readable form") from None
    return _Sent({name: value for name, value in parameters.items() if name.strip() and value.strip()}, files)


def _check_sign(given: Mapping[str, str], expected: str) -> None:
    # Compared as it is: a signature in lower case is a wrong one.
    if not hmac.compare_digest(given["sign"].encode(), expected.encode()):
        raise GatewayError(errors.WRONG_SIGN)


class _ReadTime:
    """Reads the timestamps of one gateway."""

    def __init__(self, milliseconds: bool, form: str, zone: timedelta) -> None:
        self._milliseconds = milliseconds
        self._form = form
        self._zone = zone

    def __call__(self, text: str) -> datetime | None:
        """Return the instant, or None if this is no timestamp."""
        try:
            if self._milliseconds and re.fullmatch(r"\d{1,14}", text, re.ASCII):
                return datetime.fromtimestamp(int(text) / 1000, UTC)
            return datetime.strptime(text, self._form).replace(tzinfo=UTC) - self._zone
        except (ValueError, OverflowError):
            return None


_iop_time = _ReadTime(milliseconds=True, form="%Y-%m-%dT%H:%M:%SZ", zone=timedelta(0))
_top_time = _ReadTime(milliseconds=False, form="%Y-%m-%d %H:%M:%S", zone=CHINA.utcoffset(None))


def _json(body: dict[str, Json]) -> Response:
    content = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    return Response(content, 200, media_type="application/json;charset=UTF-8")
