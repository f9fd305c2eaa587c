"""What the sandbox's tests share: the vendors' documents as a yardstick, and a client for the eBay simulator."""

from __future__ import annotations

import asyncio
import copy
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import yaml

from xborder_sandbox import Sandbox, World

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Contract:
    """A vendor's OpenAPI 3.0 document, against which bodies are checked.

    Beyond what the document says, a property it does not name is refused: the simulators may not invent
    fields. What is known from real payloads and missing in the document is passed as `allow`.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._validators: dict[str, Any] = {}

    def operation(self, path: str, method: str) -> dict[str, Any]:
        return self.document["paths"][path][method.lower()]

    def check_response(
        self, path: str, method: str, status: int, body: Any, allow: frozenset[str] = frozenset()
    ) -> None:
        response = self.operation(path, method)["responses"][str(status)]
        self.check(self._schema(response["content"]), body, allow)

    def check_request(self, path: str, method: str, body: Any, allow: frozenset[str] = frozenset()) -> None:
        self.check(self._schema(self.operation(path, method)["requestBody"]["content"]), body, allow)

    def check(self, schema: dict[str, Any], body: Any, allow: frozenset[str] = frozenset()) -> None:
        key = json.dumps([schema, sorted(allow)], sort_keys=True)
        if key not in self._validators:
            whole = {**copy.deepcopy(schema), "components": copy.deepcopy(self.document.get("components", {}))}
            self._validators[key] = jsonschema_rs.Draft7Validator(_to_json_schema(whole, allow), validate_formats=False)
        faults = [f"{list(error.instance_path)}: {error.message}" for error in self._validators[key].iter_errors(body)]
        assert not faults, "\n".join(faults)

    @staticmethod
    def _schema(content: dict[str, Any]) -> dict[str, Any]:
        kind = next(kind for kind in content if "json" in kind)
        return content[kind]["schema"]


def _to_json_schema(node: Any, allow: frozenset[str], inside_properties: bool = False) -> Any:
    """Turn OpenAPI 3.0 into JSON Schema: `nullable`, and closed objects."""
    if isinstance(node, list):
        return [_to_json_schema(item, allow) for item in node]
    if not isinstance(node, dict):
        return node
    out = {
        key: _to_json_schema(value, allow, inside_properties=not inside_properties and key == "properties")
        for key, value in node.items()
        if inside_properties or key not in ("example", "examples", "discriminator", "xml")
    }
    if inside_properties:
        return out
    if out.get("nullable") is True and isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
        if "enum" in out:
            out["enum"] = [*out["enum"], None]
    composed = any(word in out for word in ("allOf", "anyOf", "oneOf"))
    if isinstance(out.get("properties"), dict) and "additionalProperties" not in out and not composed:
        out["properties"] = {**dict.fromkeys(allow, True), **out["properties"]}
        out["additionalProperties"] = False
    return out


@cache
def _load(path: Path) -> Contract:
    # Tabs stand where YAML allows none in one of the documents.
    text = path.read_text().replace("\t", "  ")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Contract(json.loads(text) if path.suffix == ".json" else yaml.load(text, loader))


@pytest.fixture(scope="session")
def contract_folder() -> Path:
    """The folder of the vendors' documents, from XBORDER_CONTRACTS."""
    folder = os.environ.get("XBORDER_CONTRACTS")
    if not folder:
        if os.environ.get("XBORDER_REQUIRE_CONTRACTS") == "1":
            pytest.fail("XBORDER_REQUIRE_CONTRACTS is set and XBORDER_CONTRACTS is not")
        pytest.skip("XBORDER_CONTRACTS does not say where the vendors' documents are")
    return Path(folder)


@pytest.fixture(scope="session")
def contract(contract_folder: Path) -> Callable[[str], Contract]:
    """Returns a vendor's document by its path, such as `ebay/openapi/sell_fulfillment_v1_oas3.json`."""

    def load(name: str) -> Contract:
        path = contract_folder / name
        if not path.is_file():
            pytest.fail(f"there is no {name} below XBORDER_CONTRACTS")
        return _load(path)

    return load


class InProcess(httpx.BaseTransport):
    """Calls an ASGI app without a socket."""

    def __init__(self, app: Any) -> None:
        self._runner = asyncio.Runner()
        self._transport = httpx.ASGITransport(app=app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._runner.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._transport.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

    def close(self) -> None:
        self._runner.close()


def in_process(app: Any) -> httpx.Client:
    return httpx.Client(transport=InProcess(app), base_url="http://testserver")


@pytest.fixture(name="in_process")
def in_process_fixture() -> Callable[[Any], httpx.Client]:
    return in_process


class EbayClient:
    """Speaks to the eBay simulator in-process, as an application with a seller's consent."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client, account: str = "ebay-us") -> None:
        self.sandbox = sandbox
        self.http = http
        self.account = account
        self._token: str | None = None
        self._application_token: str | None = None

    @property
    def settings(self) -> dict[str, Any]:
        found = [held for held in self.sandbox.accounts() if held["name"] == self.account]
        return found[0]["settings"]

    def ask_token(self, **form: str) -> httpx.Response:
        basic = (self.settings["client_id"], self.settings["client_secret"])
        return self.http.post("/ebay/api/identity/v1/oauth2/token", data=form, auth=basic)

    @property
    def token(self) -> str:
        if self._token is None:
            answer = self.ask_token(grant_type="refresh_token", refresh_token=self.settings["refresh_token"])
            self._token = answer.json()["access_token"]
        return self._token

    @property
    def application_token(self) -> str:
        if self._application_token is None:
            answer = self.ask_token(grant_type="client_credentials", scope="https://api.ebay.com/oauth/api_scope")
            self._application_token = answer.json()["access_token"]
        return self._application_token

    def call(
        self, method: str, path: str, *, token: str | None = None, host: str = "api", **more: Any
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {token or self.token}", **more.pop("headers", {})}
        return self.http.request(method, f"/ebay/{host}{path}", headers=headers, **more)

    def orders(self, query: str = "") -> httpx.Response:
        return self.call("GET", f"/sell/fulfillment/v1/order{query}")

    def order(self, order_id: str, query: str = "") -> dict[str, Any]:
        answer = self.call("GET", f"/sell/fulfillment/v1/order/{order_id}{query}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def admin(self, action: str, **body: Any) -> dict[str, Any]:
        return self.sandbox.vendors["ebay"].admin(action, body)

    def all_orders(self) -> list[dict[str, Any]]:
        return self.orders("?limit=200").json()["orders"]

    def order_of(self, name: str) -> dict[str, Any]:
        """Return the listed order that goes to the buyer of that name."""
        for order in self.all_orders():
            if order["buyer"]["buyerRegistrationAddress"]["fullName"] == name:
                return order
        raise LookupError(name)


def error_of(answer: httpx.Response) -> tuple[int, int]:
    """Return status and error number."""
    return answer.status_code, answer.json()["errors"][0]["errorId"]


@pytest.fixture
def error() -> Callable[[httpx.Response], tuple[int, int]]:
    return error_of


@pytest.fixture
def make_ebay() -> Iterator[Callable[..., EbayClient]]:
    clients: list[httpx.Client] = []

    def make(scenario: str = "demo", account: str = "ebay-us", seed: int = 1) -> EbayClient:
        sandbox = Sandbox(World(seed=seed, start=START), ["ebay"], scenario)
        clients.append(in_process(sandbox))
        return EbayClient(sandbox, clients[-1], account)

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def ebay(make_ebay: Callable[..., EbayClient]) -> EbayClient:
    """The scenario `demo`, seen by the seller in China."""
    return make_ebay()


@pytest.fixture
def ebay_uk(make_ebay: Callable[..., EbayClient]) -> EbayClient:
    """The scenario `demo`, seen by the seller in the UK."""
    return make_ebay(account="ebay-uk")
