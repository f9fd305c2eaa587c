"""A client for the AliExpress simulator in-process, and the vendor's lists of fields and values as a yardstick."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from xborder_sandbox import Sandbox, World

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PACIFIC = ZoneInfo("America/Los_Angeles")
SELLER_LIST = "aliexpress.trade.seller.orderlist.get"
SOLUTION_LIST = "aliexpress.solution.order.get"
DETAIL = "aliexpress.trade.new.redefining.findorderbyid"


def text_to_sign(parameters: Mapping[str, str]) -> str:
    return "".join(key + parameters[key] for key in sorted(parameters))


def sha256(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest().upper()


class AeClient:
    """Speaks to the simulator in-process, as an application with a seller's consent."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client, account: str = "ae-shop") -> None:
        self.sandbox = sandbox
        self.http = http
        self.account = account
        self.answers: list[tuple[str, dict[str, Any]]] = []
        self._token: str | None = None

    @property
    def settings(self) -> dict[str, Any]:
        return next(held["settings"] for held in self.sandbox.accounts() if held["name"] == self.account)

    @property
    def now(self) -> datetime:
        return self.sandbox.world.clock.now()

    @property
    def token(self) -> str:
        if self._token is None:
            answer = self.rest("/auth/token/refresh", refresh_token=self.settings["refresh_token"])
            self._token = answer["access_token"]
        return self._token

    def common(self, **more: str) -> dict[str, str]:
        stamp = str(int(self.now.timestamp() * 1000))
        return {"app_key": self.settings["app_key"], "timestamp": stamp, "sign_method": "sha256", **more}

    def signed(self, parameters: dict[str, str], prefix: str = "") -> dict[str, str]:
        return {**parameters, "sign": sha256(self.settings["app_secret"], prefix + text_to_sign(parameters))}

    def rest(self, path: str, **parameters: str) -> dict[str, Any]:
        sent = self.signed(self.common(**parameters), path)
        return self.read(self.http.post(f"/aliexpress/api/rest{path}", data=sent))

    def raw(self, api: str, *, simplify: bool = True, **parameters: Any) -> dict[str, Any]:
        """Call an API; dicts and lists are sent as JSON. Return the answer as it came."""
        texts = {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in parameters.items()
        }
        common = self.common(method=api, v="2.0", format="json", session=self.token)
        if simplify:
            common["simplify"] = "true"
        every = self.signed({**common, **texts})
        query = {name: every[name] for name in (*common, "sign")}
        return self.read(self.http.post("/aliexpress/api/sync", params=query, data=texts))

    def call(self, api: str, **parameters: Any) -> dict[str, Any]:
        """Call an API that does not refuse; return the simplified answer."""
        answer = self.raw(api, **parameters)
        assert "error_response" not in answer, answer
        self.answers.append((api, answer))
        return answer

    def refused(self, api: str, **parameters: Any) -> tuple[str, str]:
        """Call an API that refuses; return the gateway's code and the finer text."""
        error = self.raw(api, **parameters)["error_response"]
        return error["code"], error.get("sub_msg", "")

    @staticmethod
    def read(answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json;charset=UTF-8"
        return answer.json()

    def admin(self, action: str, **body: Any) -> dict[str, Any]:
        return self.sandbox.vendors["aliexpress"].admin(action, body)

    def advance(self, **span: float) -> None:
        self.sandbox.world.clock.advance(timedelta(**span).total_seconds())

    def pacific(self, at: datetime) -> str:
        return at.astimezone(PACIFIC).strftime("%Y-%m-%d %H:%M:%S")

    def ago(self, **span: float) -> str:
        return self.pacific(self.now - timedelta(**span))

    def list_call(self, **query: Any) -> dict[str, Any]:
        """Ask the account's own list; by default for the last 100 days. Return `result`."""
        asked = {"create_date_start": self.ago(days=100), "current_page": 1, "page_size": 50, **query}
        asked = {name: value for name, value in asked.items() if value is not None}
        if self.settings["order_list"] == "seller":
            return self.call(SELLER_LIST, param_aeop_order_query=asked)["result"]
        return self.call(SOLUTION_LIST, **asked)["result"]

    def orders(self, **query: Any) -> list[dict[str, Any]]:
        result = self.list_call(**query)
        assert result["success"] is True, result
        return result["target_list"]

    def order_to(self, country: str) -> dict[str, Any]:
        """Return the detail of the newest order that goes to a country, in whatever state."""
        for held in reversed(self.sandbox.vendors["aliexpress"].state()["newest_orders"]):
            if held["country"] == country and held["account"] == self.account:
                return self.detail(held["order_id"])
        raise LookupError(country)

    def detail(self, order_id: Any) -> dict[str, Any]:
        return self.call(DETAIL, param1={"order_id": int(order_id)})["target"]

    def status(self, order_id: Any) -> str:
        return self.detail(order_id)["order_status"]

    def add(self, **order: Any) -> int:
        """Put a new order in, ready to be sent; return its id."""
        return int(self.admin("add_order", account=self.account, order=order)["order_id"])

    def declare(self, order_id: Any, number: str = "RV123456785CN", **more: Any) -> dict[str, Any]:
        sent = {"service_name": "CPAM", "logistics_no": number, "send_type": "all", "out_ref": str(order_id), **more}
        return self.call("aliexpress.logistics.sellershipmentfortop", **sent)


@pytest.fixture
def make_ae(in_process: Callable[[Any], httpx.Client]) -> Iterator[Callable[..., AeClient]]:
    clients: list[httpx.Client] = []

    def make(
        scenario: str = "demo",
        account: str = "ae-shop",
        seed: int = 1,
        start: datetime = START,
        sandbox: Sandbox | None = None,
    ) -> AeClient:
        sandbox = sandbox or Sandbox(World(seed=seed, start=start), ["aliexpress"], scenario)
        clients.append(in_process(sandbox))
        return AeClient(sandbox, clients[-1], account)

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def ae(make_ae: Callable[..., AeClient]) -> AeClient:
    """The scenario `demo`, as the seller in China sees it."""
    return make_ae()


@pytest.fixture
def ae_overseas(make_ae: Callable[..., AeClient]) -> AeClient:
    """The scenario `demo`, as the seller in Spain sees it."""
    return make_ae(account="ae-overseas")


_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class Fields:
    """The vendor's field lists (`iop_fields.json`): unknown fields and wrong types are faults."""

    def __init__(self, apis: dict[str, Any], enums: dict[str, Any]) -> None:
        self.apis = apis
        self.enums = enums

    def check(self, api: str, body: dict[str, Any]) -> None:
        """Check a simplified answer."""
        faults = list(self._object(self.apis[api]["response"], body, "", {"request_id", "code"}))
        assert not faults, f"{api}: {faults}"

    def unwrapped(self, api: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return a wrapped answer simplified; every list has to be wrapped."""
        (outer,) = body
        assert outer == api.strip("/").replace(".", "_").replace("/", "_") + "_response"
        return self._unwrap(self.apis[api]["response"], body[outer])

    def _unwrap(self, fields: list[dict[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
        known = {field["name"]: field for field in fields}
        plain = {}
        for name, value in body.items():
            field = known.get(name, {})
            if field.get("list"):
                assert isinstance(value, dict), name
                assert len(value) == 1, name
                (inner,) = value.values()
                assert isinstance(inner, list)
                assert inner
                plain[name] = [self._unwrap(field["fields"], item) if "fields" in field else item for item in inner]
            else:
                inner_fields = field.get("fields")
                plain[name] = self._unwrap(inner_fields, value) if isinstance(value, dict) and inner_fields else value
        return plain

    def _object(self, fields: list[dict[str, Any]], body: Any, path: str, more: set[str]) -> Iterator[str]:
        if not isinstance(body, dict):
            yield f"{path} is no object"
            return
        known = {field["name"]: field for field in fields}
        for name, value in body.items():
            if name in more:
                continue
            if name not in known:
                yield f"{path}{name} is not in the list"
            else:
                yield from self._value(known[name], value, f"{path}{name}")

    def _value(self, field: dict[str, Any], value: Any, path: str) -> Iterator[str]:
        if field.get("list"):
            if not isinstance(value, list):
                yield f"{path} is no list"
                return
            for item in value:
                yield from self._value({**field, "list": False}, item, path)
        elif "fields" in field:
            yield from self._object(field["fields"], value, f"{path}.", set())
        elif value is not None and not _fits(field["type"], value):
            yield f"{path} is {value!r}, not {field['type']}"
        elif isinstance(value, str | int) and not self._is_word(path, str(value)):
            yield f"{path} has the unknown value {value!r}"

    def _is_word(self, path: str, value: str) -> bool:
        enum = _ENUMS.get(".".join(path.split(".")[-2:])) or _ENUMS.get(path.rsplit(".", 1)[-1])
        return enum is None or value in self.enums[enum]


# Field, or field with the one around it -> its list of values.
_ENUMS = {
    "order_status": "order_status",
    "son_order_status": "order_status",
    "show_status": "order_status",
    "logistics_status": "logistics_status_of_order",
    "issue_status": "issue_status_of_order",
    "issue_info.issue_status": "issue_status",
    "child_issue_info.issue_status": "issue_status",
    "frozen_status": "frozen_status",
    "fund_status": "fund_status",
    "loan_status": "loan_status",
    "biz_type": "biz_type",
    "send_goods_operator": "send_goods_operator",
    "receive_status": "receive_status",
    "refund_status": "refund_status",
    "refund_type": "refund_type",
    "send_type": "send_type",
    "package_type": "package_type",
    "template_id": "message_template_id",
    "from_account_type": "message_account_type",
    "to_account_type": "message_account_type",
}


def _fits(kind: str, value: Any) -> bool:
    if kind == "Boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if kind in ("Long", "Integer"):
        return not isinstance(value, bool) and _NUMBER.fullmatch(str(value)) is not None
    if kind.startswith("HashMap"):
        return isinstance(value, dict)
    return isinstance(value, str | int | float) and not isinstance(value, bool)


@pytest.fixture(scope="session")
def fields(contract_folder: Path) -> Fields:
    """The vendor's lists of fields and values."""
    folder = contract_folder / "aliexpress"
    apis = json.loads((folder / "iop_fields.json").read_text())["apis"]
    return Fields(apis, json.loads((folder / "enums.json").read_text())["enums"])
