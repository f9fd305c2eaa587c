"""A seller with an order to ship, and the vendor's lists of fields, codes and words. All people are invented."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from xborder_sandbox import Sandbox
from xborder_sandbox.aliexpress.orders import life
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.goods import CATALOGUE
from xborder_sandbox.aliexpress.orders.order import WAREHOUSE_SENDS, Buyer, Line, Order, Receiver

START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # a Monday, 09:30 in Shenzhen, 17:30 on Sunday in California
ORDER = 8_100_200_300_400
USER = json.dumps({"top_user_key": "7"})


class Seller:
    """A seller with a caller of the simulator, who books parcels; answers are kept for the field check."""

    def __init__(self, caller: Any) -> None:
        self.caller = caller
        self.sandbox: Sandbox = caller.sandbox
        self.answers: list[tuple[str, dict[str, Any]]] = caller.answers
        self.call: Callable[..., dict[str, Any]] = caller.call
        self.admin: Callable[..., dict[str, Any]] = caller.admin
        self.advance: Callable[..., None] = caller.advance

    @property
    def shop(self) -> Any:
        return self.sandbox.vendors["aliexpress"]._shop  # type: ignore[attr-defined]

    def state(self) -> dict[str, Any]:
        return self.sandbox.vendors["aliexpress"].state()

    def refused(self, api: str, **parameters: Any) -> str:
        """Return what the gateway says about a call that it refuses."""
        return " ".join(self.caller.refused(api, **parameters))

    def upload(self, api: str, files: dict[str, bytes], **parameters: str) -> dict[str, Any]:
        """Call an API with a multipart form; files are not signed."""
        common = self.caller.common(method=api, v="2.0", format="json", session=self.caller.token, simplify="true")
        sent = self.caller.signed({**common, **parameters})
        given = {name: (f"{name}.bin", content) for name, content in files.items()}
        body: dict[str, Any] = self.caller.read(self.caller.http.post("/aliexpress/api/sync", data=sent, files=given))
        if "error_response" not in body:
            self.answers.append((api, body))
        return body

    def add_order(self, *, is_sent: bool = False) -> None:
        """Put the order in, ready to be sent or on its way."""
        order = make_order(START)
        if is_sent:
            send(order, START - timedelta(hours=12))
        self.shop.part(OrderBook).add(order)

    # What sellers do.

    def address_id(self, kind: str, province: str = "") -> int:
        kept = self.call("aliexpress.logistics.redefining.getlogisticsselleraddresses", seller_address_query=kind)
        listed = kept[f"{kind}_seller_address_list"]
        return int(next(entry["address_id"] for entry in listed if not province or entry["province"] == province))

    def order_request(self, service: str = "CPAM_WLB_FPXSZ", **changes: Any) -> dict[str, Any]:
        request: dict[str, Any] = {
            "trade_order_id": str(ORDER),
            "trade_order_from": "ESCROW",
            "warehouse_carrier_service": service,
            "pickup_type": "SELF_SEND",
            "undeliverable_decision": "0",
            "address_d_t_os": {
                "sender": {"address_id": self.address_id("sender")},
                "pickup": {"address_id": self.address_id("pickup")},
                "refund": {"address_id": self.address_id("refund")},
                "receiver": {
                    "name": "Élodie Garnier",
                    "country": "FR",
                    "province": "Rhône",
                    "city": "Lyon",
                    "street_address": "7 rue des Cerisiers",
                    "post_code": "69003",
                    "mobile": "0600000000",
                },
            },
            "declare_product_d_t_os": [goods()],
        }
        return {name: value for name, value in {**request, **changes}.items() if value is not None}

    def book(self, service: str = "CPAM_WLB_FPXSZ", **changes: Any) -> dict[str, Any]:
        answer = self.call("aliexpress.logistics.order.createorder", **self.order_request(service, **changes))
        assert answer["result"]["success"] is True, answer
        result: dict[str, Any] = answer["result"]
        return result

    def refusal(self, service: str = "CPAM_WLB_FPXSZ", **changes: Any) -> str:
        """Return why a booking is refused inside a good envelope."""
        answer = self.call("aliexpress.logistics.order.createorder", **self.order_request(service, **changes))
        assert answer["result"]["success"] is False, answer
        assert int(answer["result"]["error_code"]) != 1
        return str(answer["result"]["error_desc"])

    def detail(self, **filters: Any) -> list[dict[str, Any]]:
        answer = self.call("aliexpress.logistics.querylogisticsorderdetail", trade_order_id=str(ORDER), **filters)
        found: list[dict[str, Any]] = answer["result"].get("result_list", [])
        return found

    def track(self, number: str, **changes: str) -> dict[str, Any]:
        request = {"logistics_no": number, "origin": "ESCROW", "out_ref": str(ORDER)}
        request |= {"service_name": "CPAM", "to_area": "FR"}
        return self.call("aliexpress.logistics.redefining.querytrackingresult", **{**request, **changes})

    def plain(self, service: str = "CPAM_WLB_FPXSZ", story: str = "plain", **changes: Any) -> dict[str, Any]:
        """Book until a parcel fares as wanted."""
        for _ in range(200):
            result = self.book(service, **changes)
            held = next(
                p for p in self.state()["parcels"] if str(p["logistics_order_id"]) == str(result["warehouse_order_id"])
            )
            if held["story"] == story:
                return result
        raise LookupError(story)

    def commit(self, codes: list[str], **changes: Any) -> dict[str, Any]:
        request: dict[str, Any] = {
            "user_info": USER,
            "client": "SELLER-papercrane",
            "pickup_info": {"address_id": self.address_id("pickup")},
            "order_code_list": codes,
            "type": "self_send",
        }
        answer = self.call("cainiao.global.handover.commit", **{**request, **changes})
        result: dict[str, Any] = answer["result"]
        return result


def goods(**changes: Any) -> dict[str, Any]:
    line = {
        "product_id": 1005006110427302,
        "child_order_id": ORDER + 1,
        "category_cn_desc": "搪瓷杯",
        "category_en_desc": "Enamel mug",
        "product_num": 2,
        "product_declare_amount": "12.98",
        "product_weight": "0.520",
        "hs_code": "732394",
        "contains_battery": False,
        "sku_code": "MUG-02",
    }
    return {**line, **changes}


@pytest.fixture(name="goods")
def goods_fixture() -> Callable[..., dict[str, Any]]:
    return goods


def make_order(now: datetime, account: str = "ae-shop", order_id: int = ORDER) -> Order:
    """Return a paid and cleared order of two lines; the platform's warehouse sends the second."""
    mug, lamp = CATALOGUE["MUG-02"], CATALOGUE["LAMP-01"]
    paid = now - timedelta(days=2)
    order = Order(
        order_id=order_id,
        account=account,
        buyer=Buyer("fr1029384756", 1029384756, "Élodie", "Garnier", "FR"),
        receiver=Receiver(
            "Élodie Garnier", "FR", "France", "Rhône", "Lyon", "7 rue des Cerisiers", "69003", "0600000000"
        ),
        lines=[
            Line(order_id + 1, 1, mug, 2, mug.price, "CPAM", "China Post Registered Air Mail"),
            Line(order_id + 2, 2, lamp, 1, lamp.price, "CPAM", "China Post Registered Air Mail", WAREHOUSE_SENDS),
        ],
        currency="USD",
        freight=Decimal(0),
        created=paid,
        modified=paid,
        oaid="oaid-of-elodie",
        payment_type="MIXEDCARD",
    )
    life.pay(order, paid)
    life.clear(order, paid + timedelta(days=1))
    return order


def send(order: Order, at: datetime) -> None:
    """Let all lines be on their way."""
    for line in order.lines:
        line.sent = at
    order.stage, order.sent = "WAIT_BUYER_ACCEPT_GOODS", at


@pytest.fixture
def make_seller(make_ae: Callable[..., Any]) -> Callable[..., Seller]:
    def make(scenario: str = "empty", account: str = "ae-shop", **more: Any) -> Seller:
        seller = Seller(make_ae(scenario, account, **{"start": START, **more}))
        seller.admin("settings", numbers="listed", access_seconds=31_536_000)
        return seller

    return make


@pytest.fixture
def ae(make_seller: Callable[..., Seller]) -> Seller:
    """A marketplace in which `ae-shop` has one order to ship."""
    seller = make_seller()
    seller.add_order()
    return seller


@pytest.fixture
def sent(make_seller: Callable[..., Seller]) -> Seller:
    """The same when the order has been sent."""
    seller = make_seller()
    seller.add_order(is_sent=True)
    return seller


class FieldLists:
    """The vendor's field lists: names and types of everything an answer may have."""

    # The SDK's class for these items is another one's (note in the field list).
    _ONLINE = (
        "logistics_service_id logistics_service_name logistics_timeliness warehouse_name delivery_address "
        "trial_result is_express_logistics_service other_fees"
    )

    def __init__(self, folder: Path) -> None:
        self.apis: dict[str, Any] = json.loads((folder / "aliexpress/iop_fields.json").read_text())["apis"]
        self.enums: dict[str, Any] = json.loads((folder / "aliexpress/enums.json").read_text())["enums"]
        codes = json.loads((folder / "aliexpress/tracking_action_codes.json").read_text())["codes"]
        self.action_codes = {entry["code"] for entry in codes}

    def check(self, api: str, body: dict[str, Any]) -> None:
        rest = {name: value for name, value in body.items() if name != "request_id"}
        self._check(api, rest, self.apis[api]["response"], api)

    def _check(self, api: str, body: Any, fields: list[dict[str, Any]], path: str) -> None:
        assert isinstance(body, dict), path
        known = {field["name"]: field for field in fields}
        if path.endswith("getonlinelogisticsservicelistbyorderid.result_list"):
            fees = self.apis["aliexpress.logistics.service.query"]["response"][0]["fields"][2]["fields"][3]
            known = {name: {"name": name} for name in self._ONLINE.split()} | {"other_fees": fees}
        for name, value in body.items():
            where = f"{path}.{name}"
            assert name in known, f"{where} is not in the vendor's list"
            field = known[name]
            values = value if field.get("list") else [value]
            assert isinstance(values, list), f"{where} must be a list"
            for item in values:
                if field.get("fields"):
                    self._check(api, item, field["fields"], where)
                else:
                    self._check_type(item, field.get("type", ""), where)

    @staticmethod
    def _check_type(value: Any, kind: str, where: str) -> None:
        wanted = {"String": str, "Boolean": bool, "Long": int, "Integer": int}.get(kind)
        assert wanted is None or type(value) is wanted, f"{where} is {value!r}, not a {kind}"


@pytest.fixture
def fields(contract_folder: Path) -> FieldLists:
    return FieldLists(contract_folder)


class Pages:
    """A PDF as it would be printed."""

    def __init__(self, content: bytes) -> None:
        self._pdf = pypdfium2.PdfDocument(io.BytesIO(content))

    def sizes_mm(self) -> list[tuple[int, ...]]:
        return [tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in self._pdf]

    def texts(self) -> list[str]:
        return [page.get_textpage().get_text_range() for page in self._pdf]

    def blank_right_mm(self) -> list[float]:
        """Return how much paper is left on the right of the text of each page."""
        found = []
        for page in self._pdf:
            text = page.get_textpage()
            ends = [text.get_charbox(index)[2] for index in range(text.count_chars())]
            found.append((page.get_size()[0] - max(ends)) / 72 * 25.4)
        return found

    def barcodes(self) -> list[set[str]]:
        """Return the Code 128 codes a scanner reads on each page printed at 203 dpi."""
        pictures = [page.render(scale=203 / 72).to_pil() for page in self._pdf]
        return [
            {code.text for code in zxingcpp.read_barcodes(picture) if code.format == zxingcpp.BarcodeFormat.Code128}
            for picture in pictures
        ]


@pytest.fixture
def read_pdf() -> type[Pages]:
    return Pages


@pytest.fixture
def printed() -> Callable[[dict[str, Any]], bytes]:
    """Returns the document in the string of JSON of a printing answer."""

    def read(answer: dict[str, Any]) -> bytes:
        held = json.loads(answer["result"])
        assert held["StatusCode"] == 200, held
        assert set(held) == {"StatusCode", "body", "Content-Type", "Content-Disposition"}
        return base64.b64decode(held["body"], validate=True)

    return read
