"""A read of a vendor kept as a fixture: nobody's data in it, and a connector reads it as it read the vendor."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_ebay import EbayConnector
from xborder_sdk.cli.lookalikes import LookAlikes
from xborder_sdk.client import Client
from xborder_sdk.client.core import EFFECTS
from xborder_sdk.hookspecs import ListDisputes, ListOrders
from xborder_sdk.models.base import personal_values
from xborder_sdk.runtime.redaction import secrets_of
from xborder_sdk.testing import ConnectorTests, run_kit

from .conftest import Run


def people(value: Any) -> Iterator[str]:
    """What names the sandbox's people: whole texts and the words of names and addresses."""
    for text in personal_values(value):
        yield text
        yield from (word for word in re.split(r"[\s,;/@.]+", text) if not (word.isalpha() and word.islower()))


@pytest.fixture
def known(seller: Path) -> tuple[list[Any], list[Any], set[str]]:
    """Orders, disputes, and everything that must not be in a file."""
    with Client(seller / "xborder.toml") as client:
        orders = list(client.iter_orders("ebay-us", ListOrders()))
        disputes = list(client.iter_disputes("ebay-us", ListDisputes()))
        connector = client.connector("ebay-us")
        token = client.store.get_token(connector.credential_key("user"))
        canaries = {*secrets_of(connector.settings), *secrets_of(token)}
    canaries |= {text for one in (*orders, *disputes) for text in people(one)}
    canaries |= {order.order_id for order in orders} | {dispute.dispute_id for dispute in disputes}
    canaries -= {"eBay", "Reference"}  # words of the file itself
    assert len(canaries) > 100
    return orders, disputes, canaries


def leaked(canaries: set[str], text: str) -> list[str]:
    return [
        one for one in canaries if len(one) >= 4 and re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text, re.IGNORECASE)
    ]


def record(run: Run, seller: Path, operation: str, request: dict[str, Any], *more: str) -> dict[str, Any]:
    (seller / "request.json").write_text(json.dumps(request), encoding="utf-8")
    target = seller / operation / "recorded.json"
    ended = run("record", "ebay-us", operation, "request.json", "--out", str(target), "--force", *more)
    assert ended.code == 0, ended.err
    found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
def test_no_order_leaves_anything_of_its_buyer(seller: Path, run: Run, known: Any) -> None:
    orders, _, canaries = known
    for order in orders:
        made = record(run, seller, "get_order", {"order_id": order.order_id})
        assert made["recorded"] is True
        assert "Recorded from eBay" in made["about"]
        assert not leaked(canaries, json.dumps(made, ensure_ascii=False))
        # The look-alike has the same shape: the same keys, the same state, the same money.
        told = made["result"]
        assert told["status"] == order.status.value
        assert Decimal(told["totals"]["total"]["amount"]) == order.totals.total.amount
        assert [line["quantity"] for line in told["lines"]] == [line.quantity for line in order.lines]
        if order.ship_to is not None:
            assert told["ship_to"]["country"] == order.ship_to.country
            assert len(told["ship_to"]["name"]) == len(order.ship_to.name)


@pytest.mark.slow
def test_lists_disputes_and_refusals_too(seller: Path, run: Run, known: Any) -> None:
    orders, disputes, canaries = known
    made = [
        record(run, seller, "list_orders", {"page_size": 3}),
        record(run, seller, "list_orders", {"order_ids": [orders[0].order_id, orders[1].order_id]}),
        record(run, seller, "list_declared_shipments", {"order_id": orders[0].order_id}),
        record(run, seller, "list_disputes", {}),
        *(
            record(run, seller, "get_dispute", {"dispute_id": one.dispute_id, "kind": one.kind.value})
            for one in disputes
        ),
        record(run, seller, "get_order", {"order_id": "99-99999-99999"}),
    ]
    for one in made:
        assert not leaked(canaries, json.dumps(one, ensure_ascii=False))
    assert made[-1]["error"]["type"] == "NotFound"
    assert made[-1]["error"]["code"] == "32100"


@pytest.mark.slow
def test_the_conformance_kit_reads_it(seller: Path, run: Run, known: Any, tmp_path: Path) -> None:
    orders, disputes, _ = known
    wanted = [
        ("get_order", {"order_id": orders[0].order_id}),
        ("get_order", {"order_id": "99-99999-99999"}),
        ("list_orders", {"page_size": 3}),
        ("list_disputes", {}),
        ("get_dispute", {"dispute_id": disputes[0].dispute_id, "kind": disputes[0].kind.value}),
    ]
    folder = tmp_path / "exchanges"
    for number, (operation, request) in enumerate(wanted):
        made = record(run, seller, operation, request)
        # The key's private half is a secret and stays out of the file, so the public half is of no use in it.
        made.get("settings", {}).pop("signing_key_jwe", None)
        path = folder / operation / f"recorded_{number}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(made), encoding="utf-8")

    class Recorded(ConnectorTests):
        connector = EbayConnector
        settings: ClassVar[dict[str, str]] = {
            "client_id": "app-id",
            "client_secret": "cert-id-invented",
            "refresh_token": "v^1.1#refresh",
        }
        exchanges = folder

    of_files = {"test_an_exchange_file_can_be_read", "test_it_asks_what_the_file_expects",
                "test_it_returns_what_the_file_promises", "test_it_refuses_as_the_file_says"}  # fmt: skip
    verdicts = run_kit(Recorded, of_files)
    assert [str(verdict) for verdict in verdicts if verdict.error is not None] == []
    assert {verdict.test for verdict in verdicts} == of_files


def test_the_same_text_becomes_the_same_look_alike(seller: Path, run: Run, known: Any) -> None:
    order = known[0][0]
    made = record(run, seller, "get_order", {"order_id": order.order_id})
    asked = made["request"]["order_id"]
    assert asked != order.order_id
    (exchange,) = made["exchanges"]
    assert exchange["expect"]["path"].endswith(asked)
    assert exchange["answer"]["json"]["orderId"] == asked == made["result"]["order_id"]


@pytest.mark.slow
def test_a_word_may_be_kept_but_never_somebodys(seller: Path, run: Run, known: Any) -> None:
    order = next(order for order in known[0] if order.ship_to is not None)
    request = {"order_id": order.order_id}
    title = order.lines[0].title
    assert title not in json.dumps(record(run, seller, "get_order", request), ensure_ascii=False)
    kept = record(run, seller, "get_order", request, "--keep", title)
    assert title in json.dumps(kept, ensure_ascii=False)
    name = order.ship_to.name
    again = record(run, seller, "get_order", request, "--keep", name)
    assert name not in json.dumps(again, ensure_ascii=False)


@pytest.mark.parametrize("operation", sorted(EFFECTS))
def test_effects_are_refused_before_anything_is_read(operation: str, seller: Path, sandbox: Any, run: Run) -> None:
    ended = run("record", "ebay-us", operation, "no-such-file.json", "--out", "x.json")
    assert ended.code == 2
    assert "only reads" in ended.err
    assert not sandbox.requests()


def test_a_connector_that_acts_while_it_reads_is_stopped(
    seller: Path, sandbox: Any, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xborder_ebay.orders import EbayOrders

    def acting(self: Any, request: Any) -> Any:
        return (yield from self.api.idempotent("POST", "/sell/fulfillment/v1/order/x/shipping_fulfillment", json={}))

    monkeypatch.setattr(EbayOrders, "get_order", acting)
    (seller / "request.json").write_text('{"order_id": "1"}')
    ended = run("record", "ebay-us", "get_order", "request.json", "--out", "x.json")
    assert ended.code != 0
    assert "read-only" in ended.err
    assert not sandbox.requests(vendor="ebay", path="*shipping_fulfillment")
    assert not (seller / "x.json").exists()


def test_what_cannot_be_kept_is_not(seller: Path, sandbox: Any, run: Run, known: Any) -> None:
    (seller / "request.json").write_text(json.dumps({"order_id": known[0][0].order_id}))
    words = ("record", "ebay-us", "get_order", "request.json", "--out", "x.json")
    sandbox.inject({"kind": "html"}, vendor="ebay", path="*/order/*", times=None)
    ended = run(*words)
    assert ended.code == 2
    assert "not JSON" in ended.err
    assert not (seller / "x.json").exists()
    sandbox.world.faults.clear()
    (seller / "x.json").write_text("mine")
    assert run(*words).code == 2
    assert (seller / "x.json").read_text() == "mine"
    (seller / "request.json").write_text('{"order": "canary"}')
    ended = run("record", "ebay-us", "get_order", "request.json", "--out", "y.json")
    assert ended.code == 2
    assert "canary" not in ended.err


def test_a_vendor_that_fails_is_recorded_once(seller: Path, sandbox: Any, run: Run, known: Any) -> None:
    sandbox.inject({"kind": "status", "status": 429, "retry_after": 0}, vendor="ebay", path="*/order/*", times=1)
    made = record(run, seller, "get_order", {"order_id": known[0][0].order_id})
    assert [one["answer"]["status"] for one in made["exchanges"]] == [200]


@pytest.mark.parametrize(
    "text", ["J1H 4A5", "2-14-7", "SW1A 2AA", "12/05/1980", "+44 113 496 0271", "A1B2C3D4", "07-12345-67890"]
)
def test_short_pieces_do_not_stay_together(text: str) -> None:
    for _ in range(20):
        assert LookAlikes().text(text) != text


@given(st.text(max_size=60))
def test_look_alikes_keep_the_shape_of_any_text(text: str) -> None:
    alike = LookAlikes()
    found = alike.text(text)
    assert alike.text(text) == found
    assert [part.isspace() for part in re.split(r"(\s+)", found)] == [
        part.isspace() for part in re.split(r"(\s+)", text)
    ]


@given(st.from_regex(r"[A-Z][a-z]{3,12} [A-Z][a-z]{3,12}", fullmatch=True), st.integers(10**9, 10**12))
def test_names_and_numbers_never_stay(name: str, number: int) -> None:
    found = LookAlikes().json({"a": name, "b": number, "c": str(number), "d": f"{name}, {number}"})
    assert not leaked({*name.split(), str(number)}, json.dumps(found))
    assert found["a"] in found["d"]
    assert str(found["b"]) == found["c"]


def test_secret_looking_files_and_addresses_are_replaced() -> None:
    label = base64.b64encode(b"%PDF-1.4 Klara Testperson" + b"x" * 200).decode()
    alike = LookAlikes(
        {"/sell/v1/order", "offset", "PAID"}, {"paid"}, {"http://127.0.0.1:9/ebay/api": "https://api.ebay.com"}
    )
    found = alike.json(
        {
            "label": label,
            "token": "v1.A9x8Y7z6B5c4D3e2F1",
            "mail": "Klara.Testperson@mail.example.com",
            "next": "http://127.0.0.1:9/ebay/api/sell/v1/order?offset=50&q=Testperson",
            "other": "https://klara.example/u/Klara?id=77",
            "state": "PAID",
            "12345678": "DE",
            "buyerName": "LI",
            "收件人": "王小明",
        }
    )
    text = json.dumps(found, ensure_ascii=False)
    for canary in ("Klara", "Testperson", "A9x8", "12345678", "mail.example", '"LI"', "王", "PAID", "127.0.0.1"):
        assert canary not in text
    assert base64.b64decode(found["label"]).startswith(b"%PDF")
    assert found["mail"].endswith("@example.invalid")
    assert found["next"].startswith("https://api.ebay.com/sell/v1/order?offset=50&")
    assert found["other"].startswith("https://example.invalid/")
    assert "DE" in found.values()
