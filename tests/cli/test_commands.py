"""What an operator types, and what comes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from xborder_sdk.ledger import EffectState, open_store

from .conftest import Run


def test_without_a_configuration_it_says_what_to_do(run: Run) -> None:
    ended = run("accounts")
    assert ended.code == 3
    assert "xborder.toml" in ended.err
    assert "--config" in ended.err


def test_an_unknown_option_is_a_wrong_call(run: Run) -> None:
    assert run("accounts", "--nonsense").code == 2


def test_connectors_lists_what_is_installed(run: Run) -> None:
    found = run("connectors", "--json")
    assert found.code == 0
    names = {name for plugin in found.json() for name in plugin["connectors"]}
    assert {"ebay", "dhl", "folder"} <= names
    assert all(plugin["error"] is None for plugin in found.json())


def test_one_connector_shows_settings_and_operations(run: Run) -> None:
    found = run("connectors", "dhl", "--json").json()
    settings = {setting["name"]: setting for setting in found["settings"]}
    assert settings["api_secret"]["secret"]
    assert settings["api_key"]["required"]
    assert "create_shipment" in found["operations"]
    assert "cancel_shipment" not in found["operations"]


def test_an_unknown_connector_is_answered_with_those_installed(run: Run) -> None:
    ended = run("connectors", "nonesuch")
    assert ended.code == 3
    assert "ebay" in ended.err


def test_accounts_in_a_pipe_are_plain_lines(seller: Path, run: Run) -> None:
    lines = run("accounts").out.splitlines()
    assert lines[0] == "account\tconnector"
    assert "ebay-us\tebay" in lines


def test_doctor_asks_nobody_unless_told(seller: Path, sandbox: Any, run: Run) -> None:
    assert run("doctor").code == 0
    assert not sandbox.requests()
    live = run("doctor", "--live", "--json")
    assert live.code == 0
    by_account = {finding["account"]: finding for finding in live.json()}
    assert "lantern-lane-goods" in by_account["ebay-us"]["identity"]
    assert by_account["ebay-us"]["clock"] is not None
    assert all(request.method == "GET" or "oauth2/token" in request.path for request in sandbox.requests())


def test_doctor_names_the_account_whose_credentials_are_wrong(seller: Path, run: Run) -> None:
    path = seller / "xborder.toml"
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("api_secret"))
    path.write_text(text.replace(line, 'api_secret = "wrong-secret"'), encoding="utf-8")
    ended = run("doctor", "--live", "--json")
    assert ended.code == 3
    failed = [finding["account"] for finding in ended.json() if finding["failed"]]
    assert failed == ["dhl-shenzhen"]
    assert "wrong-secret" not in ended.out + ended.err


def test_a_missing_secret_names_its_variable(seller: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_SET_ANYWHERE", raising=False)
    path = seller / "xborder.toml"
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("api_secret"))
    path.write_text(text.replace(line, 'api_secret = { env = "NOT_SET_ANYWHERE" }'), encoding="utf-8")
    ended = run("track", "dhl-shenzhen", "1234567890")
    assert ended.code == 3
    assert "NOT_SET_ANYWHERE" in ended.err


def test_orders_show_states_and_holds_and_no_buyer(seller: Path, run: Run) -> None:
    ended = run("orders", "ebay-us")
    assert ended.code == 0
    assert "awaiting_shipment" in ended.out
    assert "cancel_requested" in ended.out
    assert "Quist" not in ended.out
    assert len(run("orders", "ebay-us", "--limit", "3", "--json").json()) == 3


def test_orders_since_needs_a_zone(seller: Path, run: Run) -> None:
    assert run("orders", "ebay-us", "--since", "2026-01-01T00:00").code == 2
    assert run("orders", "ebay-us", "--since", "30d").code == 0


def test_an_unknown_account_lists_the_known_ones(seller: Path, run: Run) -> None:
    ended = run("orders", "ebay-fr")
    assert ended.code == 3
    assert "ebay-us" in ended.err


def test_quote_ship_label_print_track(seller: Path, sandbox: Any, run: Run) -> None:
    shipment = seller / "shipment.json"
    shipment.write_text(run("ship", "--example").out, encoding="utf-8")
    quotes = run("quote", "dhl-shenzhen", "shipment.json", "--json").json()
    assert {"P"} <= {quote["service"]["code"] for quote in quotes}
    bought = run("ship", "dhl-shenzhen", "shipment.json", "--yes", "--json")
    assert bought.code == 0, bought.err
    waybill = bought.json()["waybill"]
    again = run("ship", "dhl-shenzhen", "shipment.json", "--yes", "--json")
    assert again.json()["waybill"] == waybill
    assert len(sandbox.requests(vendor="dhl", path="*/shipments")) == 1
    label = next(Path(name) for name in bought.json()["files"] if "label" in name)
    assert label.read_bytes().startswith(b"%PDF")
    printed = run("print", "labels", str(label), "--json").json()
    assert printed[0]["state"] == "printed"
    assert Path(printed[0]["location"]).is_file()
    assert run("label", "dhl-shenzhen", waybill, "--kind", "waybill", "--out", "more").code == 0
    tracked = run("track", "dhl-shenzhen", waybill, "0000000000", "--scans", "--json").json()
    assert [parcel["number"] for parcel in tracked] == [waybill, "0000000000"]


def test_ship_refuses_a_file_that_does_not_fit_and_shows_no_value(seller: Path, run: Run) -> None:
    data = json.loads(run("ship", "--example").out)
    data["recipient"]["country"] = "Wonderland-canary"
    (seller / "bad.json").write_text(json.dumps(data), encoding="utf-8")
    ended = run("ship", "dhl-shenzhen", "bad.json", "--yes")
    assert ended.code == 2
    assert "recipient.country" in ended.err
    assert "canary" not in ended.err + ended.out


def test_a_doubt_is_listed_settled_and_gone(seller: Path, sandbox: Any, run: Run) -> None:
    (seller / "shipment.json").write_text(run("ship", "--example").out, encoding="utf-8")
    sandbox.inject({"kind": "status", "status": 500, "after": True}, vendor="dhl", method="POST", path="*/shipments")
    ended = run("ship", "dhl-shenzhen", "shipment.json", "--yes")
    assert ended.code == 4
    assert "review" in ended.err
    listed = run("review", "--json")
    assert listed.code == 4
    assert listed.json()[0]["intent"] == "ship/key/sample-0001"
    assert run("review", "1").code == 2
    settled = run("review", "1", "--happened", "1234567890", "--by", "Mara", "--json")
    assert settled.code == 0
    assert settled.json()["outcome_id"] == "1234567890"
    assert run("review").code == 0
    store = open_store(str(seller / "ledger.db"))
    try:
        record = store.get("ship/key/sample-0001", 1)
    finally:
        store.close()
    assert record is not None
    assert record.state is EffectState.SETTLED
    assert record.resolved_by == "Mara"
    assert len(sandbox.requests(vendor="dhl", method="POST", path="*/shipments")) == 1


def test_fulfil_dry_run_buys_nothing_then_fulfil_and_follow(seller: Path, sandbox: Any, run: Run) -> None:
    planned = run("fulfil", "--dry-run", "--json")
    assert planned.code == 0, planned.err
    assert {row["state"] for row in planned.json()} == {"held", "planned", "stopped"}
    assert not sandbox.requests(vendor="dhl", method="POST", path="*/shipments")
    done = run("fulfil", "--json").json()
    declared = [row for row in done if row["state"] == "declared"]
    assert declared
    assert len(sandbox.requests(vendor="dhl", method="POST", path="*/shipments")) == len(declared)
    again = run("fulfil", "--json")
    assert again.code == 0
    assert len(sandbox.requests(vendor="dhl", method="POST", path="*/shipments")) == len(declared)
    sandbox.world.clock.advance(12 * 86400)
    followed = run("follow", "--json").json()
    assert {row["state"] for row in followed} == {"delivered"}
    held = run("holds", "--json").json()
    assert {"unknown_sku", "bad_address", "unpaid", "cancel_requested"} <= {
        hold["reason"] for row in held for hold in row["holds"]
    }


def test_a_plan_says_why_each_order_got_its_service(seller: Path, sandbox: Any, run: Run) -> None:
    rules = """
[[fulfilment.rules]]
name = "islands"
destination = ["IS"]
use = ["dhl-shenzhen/P"]

[[fulfilment.rules]]
name = "the rest"
use = ["dhl-shenzhen"]
"""
    with (seller / "xborder.toml").open("a", encoding="utf-8") as file:
        file.write(rules)
    first = run("plan", "--why", "nobody")
    assert first.code == 2, first.err
    planned_all = run("plan", "--json")
    assert planned_all.code == 0, planned_all.err
    rows = planned_all.json()
    assert not sandbox.requests(vendor="dhl", method="POST", path="*/shipments")
    planned = next(row for row in rows if row["state"] == "planned")
    asked = len(sandbox.requests())
    told = run("plan", "--why", planned["order_id"])
    assert told.code == 0
    assert f"islands\tno\tdestination {planned['country']}, not IS" in told.out
    assert "the rest\tyes" in told.out
    assert f"{planned['service']}\t" in told.out
    assert len(sandbox.requests()) == asked
    why = run("plan", "--why", planned["order_id"], "--json").json()
    assert [rule["matched"] for rule in why["rules"]] == [False, True]
    assert [offer["service"] for offer in why["offers"] if offer["chosen"]] == [planned["service"]]
    held = next(row for row in rows if row["state"] == "held")
    assert run("plan", "--why", held["order_id"], "--json").json()["decided_by"] == "check"


def test_a_refusal_ends_with_one_and_is_json_on_request(seller: Path, sandbox: Any, run: Run) -> None:
    sandbox.inject({"kind": "status", "status": 403}, vendor="dhl", times=None)
    ended = run("track", "dhl-shenzhen", "1234567890", "--json")
    assert ended.code == 1
    assert json.loads(ended.err)["error"] == "PermissionDenied"


@pytest.mark.slow
def test_the_demo_runs_to_the_door(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from xborder_sdk.cli import main; main()",
        "demo",
        "--out",
        str(tmp_path / "demo"),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "delivered" in ended.stdout
    assert "Held" in ended.stdout or "reason\twhat" in ended.stdout
    assert len(list((tmp_path / "demo" / "papers").glob("*-label.pdf"))) >= 10


def test_the_demo_leaves_a_strangers_folder_alone(tmp_path: Path, run: Run) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    assert run("demo", "--out", "mine").code == 2
    assert (tmp_path / "mine" / "letter.txt").read_text(encoding="utf-8") == "dear"


def test_without_the_extra_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['typer'] = None; from xborder_sdk.cli import main; main()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 3
    assert "pip install 'xborder-sdk[cli]'" in ended.stderr


def test_an_operator_decides(seller: Path, sandbox: Any, run: Run) -> None:
    assert run("fulfil", "--json").code == 0
    held = run("holds", "--json").json()[0]
    stopped = run("decide", held["account"], held["order_id"], "stop", "--reason", "sent by hand", "--json")
    assert stopped.json()["state"] == "stopped"
    assert run("decide", held["account"], held["order_id"], "stop").code == 2
    bought = next(row for row in run("follow", "--json").json() if row["state"] == "declared")
    again = run("decide", bought["account"], bought["order_id"], "buy-again", "--yes", "--json")
    assert again.json()["state"] == "planned"
    before = len(sandbox.requests(vendor="dhl", method="POST", path="*/shipments"))
    after = run("fulfil", "--json").json()
    row = next(row for row in after if row["order_id"] == bought["order_id"])
    assert row["waybill"] != bought["waybill"]
    assert len(sandbox.requests(vendor="dhl", method="POST", path="*/shipments")) == before + 1
    refused = run("decide", bought["account"], bought["order_id"], "supply-label", "--label", row["files"][0])
    assert refused.code == 2


def test_a_question_that_nobody_answers_is_no_interruption(
    seller: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise typer.Abort

    monkeypatch.setattr(typer, "confirm", refuse)
    declined = run("decide", "ebay-us", "1", "buy-again")
    assert declined.code == 130
    assert "nothing was done" in declined.err
    assert "Interrupted" not in declined.err


def test_an_order_that_is_not_there_is_told_with_its_shop(seller: Path, run: Run) -> None:
    ended = run("decide", "ebay-us", "1", "retry")
    assert ended.code == 2
    assert "there is no order 1 of ebay-us" in ended.err


def test_a_shop_is_no_carrier_to_hand_over_to(seller: Path, run: Run) -> None:
    ended = run("hand-over", "ebay-us")
    assert ended.code == 2
    assert "not among fulfilment.carriers" in ended.err
    assert "dhl-shenzhen" in ended.err


def test_a_run_that_was_refused_says_so_by_its_exit_code(seller: Path, sandbox: Any, run: Run) -> None:
    assert run("fulfil").code == 0
    sandbox.inject({"kind": "status", "status": 403}, vendor="dhl", times=50)
    assert run("follow").code == 1
    sandbox.inject({"kind": "status", "status": 403}, vendor="ebay", times=50)
    assert run("plan").code == 1
    assert run("fulfil").code == 1
