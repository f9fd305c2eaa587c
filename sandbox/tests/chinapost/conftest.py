"""A client for the China Post simulator in-process, and an order to send. All people and firms are invented.

The client seals and signs for itself, apart from the simulator's own code.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from xborder_sandbox import Sandbox, World

START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # a Monday, 09:30 in China
OPEN = "/chinapost/gateway/amp-prod-api/f/amp/api/open"
PCP = "/chinapost/pcp/pcpErp-web/a/pcp"

SENDER = {
    "name": "Lin Anqi",
    "company": "Paper Crane Trading",
    "post_code": "518000",
    "phone": "075500000000",
    "mobile": "",
    "email": "",
    "id_type": "",
    "id_no": "",
    "nation": "CN",
    "province": "Guangdong",
    "city": "Shenzhen",
    "county": "",
    "address": "8 Harbour Road",
    "gis": "",
    "linker": "Lin Anqi",
}
RECEIVER = {
    **SENDER,
    "name": "Odile Varenne",
    "company": "",
    "post_code": "75011",
    "phone": "0033100000000",
    "nation": "FR",
    "province": "Paris",
    "city": "Paris",
    "address": "12 rue des Tilleuls",
    "linker": "Odile Varenne",
}
ITEM = {
    "cargo_no": "KITE-S",
    "cargo_name": "纸风筝",
    "cargo_name_en": "Paper kite",
    "cargo_type_name": "玩具",
    "cargo_type_name_en": "Toy",
    "cargo_origin_name": "CN",
    "cargo_link": "",
    "cargo_quantity": 2,
    "cargo_value": 6.25,
    "cost": 6.25,
    "cargo_currency": "USD",
    "carogo_weight": 80,
    "cargo_description": "Paper kite",
    "cargo_serial": "9503008900",
    "unit": "个",
    "intemsize": "",
}


def seal(text: str, key: str) -> str:
    """SM4-ECB with PKCS7, as the gateway wants it."""
    raw = (text + key).encode()
    padding = 16 - len(raw) % 16
    encryptor = Cipher(SM4(base64.b64decode(key)), modes.ECB()).encryptor()
    return "|$4|" + base64.b64encode(encryptor.update(raw + bytes([padding]) * padding)).decode()


def digest(text: str, key: str) -> str:
    return base64.b64encode(hashlib.md5((text + key).encode()).digest()).decode()


class PostClient:
    """Speaks to the simulator with the keys of one of its accounts."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client, account: str) -> None:
        self.sandbox = sandbox
        self.http = http
        held = {found["name"]: found["settings"] for found in sandbox.accounts()}
        self.settings: dict[str, Any] = held[account]  # type: ignore[assignment]
        self.key = self.settings.get("digest_key") or self.settings["sm4_key"]

    def frame(self, code: str, business: Any, **changes: str) -> dict[str, str]:
        now = self.sandbox.world.clock.now() + timedelta(hours=8)
        text = business if isinstance(business, str) else json.dumps(business, ensure_ascii=False)
        return {
            "apiCode": code,
            "senderNo": self.settings["sender_no"],
            "authorization": self.settings["authorization"],
            "msgType": "0",
            "timeStamp": now.strftime("%Y-%m-%d %H:%M:%S"),
            "version": "V1.0.0",
            "logitcsInterface": seal(text, self.settings["sm4_key"]),
            **changes,
        }

    def open(self, code: str, business: Any, **changes: str) -> httpx.Response:
        answer = self.http.post(OPEN, data=self.frame(code, business, **changes))
        assert answer.status_code == 200
        return answer

    def ask(self, code: str, business: Any, **changes: str) -> Any:
        """Return the body of a good answer."""
        answer = self.open(code, business, **changes).json()
        assert answer["success"] is True, answer
        assert answer["retCode"] == "00000"
        return json.loads(answer["retBody"])

    def refusal(self, code: str, business: Any, **changes: str) -> str:
        """Return the code of a refusal."""
        answer = self.open(code, business, **changes).json()
        assert answer["success"] is False, answer
        assert answer["retMsg"]
        return answer["retCode"]

    def pcp(self, path: str, **form: str) -> httpx.Response:
        return self.http.post(PCP + path, data=form)

    def pcp_order(self, path: str, order: Any, **changes: str) -> dict[str, Any]:
        text = order if isinstance(order, str) else json.dumps(order, ensure_ascii=False)
        form = {
            "logistics_interface": text,
            "data_digest": digest(text, self.key),
            "msg_type": "B2C_TRADE",
            "ecCompanyId": self.settings["sender_no"],
            "data_type": "JSON",
            **changes,
        }
        answer = self.pcp(f"/orderService/{path}", **form)
        assert answer.status_code == 200
        return answer.json()

    def pcp_signed(self, path: str, field: str, value: str, sign: str = "dataDigest", **more: str) -> httpx.Response:
        who = {} if "senderNo" in more else {"ecCompanyId": self.settings["sender_no"]}
        return self.pcp(path, **{field: value, sign: digest(value, self.key), **who, **more})

    def order(self, number: str = "SO-1", **changes: Any) -> dict[str, Any]:
        order = {
            "created_time": "2026-03-02 09:30:00",
            "sender_no": self.settings["sender_no"],
            "wh_code": self.settings["wh_code"],
            "mailType": self.settings["mail_type"],
            "logistics_order_no": number,
            "batch_no": "",
            "waybill_no": "",
            "biz_product_no": "019",
            "weight": 180,
            "volume": None,
            "length": 20,
            "width": 15,
            "height": 5,
            "contents_total_weight": 160,
            "contents_total_value": 12.5,
            "transfer_type": "HK",
            "battery_flag": "0",
            "undelivery_option": "2",
            "declare_source": "2",
            "declare_type": "1",
            "declare_curr_code": "USD",
            "forecastshut": "0",
            "mail_sign": "2",
            "sender": SENDER,
            "receiver": RECEIVER,
            "items": [ITEM],
        }
        return copy.deepcopy({**order, **changes})

    def wish(self, number: str = "SO-1", **changes: Any) -> dict[str, Any]:
        wish = {
            "ecCompanyId": self.settings["sender_no"],
            "eventTime": "2026-03-02 09:30:00",
            "whCode": self.settings["wh_code"],
            "logisticsOrderId": number,
            "tradeId": "",
            "logisticsCompany": "POST",
            "logisticsBiz": "019",
            "mailType": self.settings["mail_type"],
            "faceType": "1",
            "rcountry": "FR",
        }
        return {"order": [{**wish, **changes}]}

    def send(self, number: str = "SO-1", **changes: Any) -> str:
        """Send an order through the gateway; return its number."""
        return self.ask("110001", self.order(number, **changes))["waybillNo"]

    def advance(self, **span: float) -> None:
        self.sandbox.world.clock.advance(timedelta(**span).total_seconds())

    def admin(self, action: str, **body: Any) -> dict[str, Any]:
        return self.sandbox.vendors["chinapost"].admin(action, body)

    def state(self) -> dict[str, Any]:
        return self.sandbox.vendors["chinapost"].state()

    def events(self, number: str) -> list[dict[str, Any]]:
        return self.ask("040001", {"waybillNo": number})

    def story(self, wanted: str) -> str:
        """Send orders until a parcel fares as wanted; return its number."""
        for index in range(300):
            number = self.send(f"STORY-{wanted}-{index}")
            if self.state()["parcels"][-1]["story"] == wanted:
                return number
        raise LookupError(wanted)


@pytest.fixture
def make_post(in_process: Callable[[Any], httpx.Client]) -> Iterator[Callable[..., PostClient]]:
    clients: list[httpx.Client] = []

    def make(account: str = "chinapost", scenario: str = "empty", seed: int = 1) -> PostClient:
        sandbox = Sandbox(World(seed=seed, start=START), ["chinapost"], scenario)
        clients.append(in_process(sandbox))
        return PostClient(sandbox, clients[-1], account)

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def post(make_post: Callable[..., PostClient]) -> PostClient:
    """An empty post office, as the customer of the gateway sees it."""
    return make_post()


@pytest.fixture
def pcp(make_post: Callable[..., PostClient]) -> PostClient:
    """An empty post office, as the customer of the order API sees it."""
    return make_post("chinapost-pcp")


@pytest.fixture
def sign() -> Callable[[str, str], str]:
    """Returns pcp's digest of a text and a key."""
    return digest
