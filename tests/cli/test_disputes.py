"""`xborder disputes` as an operator types it."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import typer
from PIL import Image
from tests.cli.conftest import Run

LATE, SOON = "9098628491", "2961951217"  # of seed 1: Rhys Pendlebury's, and Tobias Kranz's as not described


def _contests(sandbox: Any) -> int:
    return len(sandbox.requests(vendor="ebay", method="POST", path="*/contest"))


@pytest.fixture
def delivered(seller: Path, sandbox: Any, run: Run) -> str:
    """A dispute of Rhys Pendlebury's whose parcel is at the door, whatever day of the week this is."""
    assert run("fulfil").code == 0
    sandbox.world.clock.advance(12 * 86400)
    opened = sandbox.admin("ebay", "open_dispute", orderId="14-41009-11485", reason="ITEM_NOT_RECEIVED")
    return str(opened["paymentDisputeId"])


def test_disputes_are_listed_by_deadline_without_the_buyer(seller: Path, run: Run) -> None:
    listed = run("disputes")
    assert listed.code == 0, listed.err
    rows = [line.split("\t") for line in listed.out.splitlines()[1:]]
    assert {"payment_dispute", "return", "not_received"} <= {row[2] for row in rows}
    assert [row[7] for row in rows] == sorted(row[7] for row in rows)
    assert {LATE, SOON} <= {row[0] for row in rows}
    assert "Pendlebury" not in listed.out
    found = run("disputes", "--json").json()
    assert [one["dispute_id"] for one in found] == [row[0] for row in rows]
    assert all(one["due_by"] for one in found)


def test_due_within_a_time_ends_with_five_if_there_is_any(seller: Path, run: Run) -> None:
    soon = run("disputes", "--due", "5d", "--account", "ebay-us", "--json")
    assert soon.code == 5
    ids = {one["dispute_id"] for one in soon.json()}
    assert SOON in ids
    assert LATE not in ids
    assert run("disputes", "--due", "1h").code == 0
    returns = run("disputes", "--kind", "return", "--json").json()
    assert {one["kind"] for one in returns} == {"return"}
    wrong = run("disputes", "--due", "soon")
    assert wrong.code == 2
    assert "48h" in wrong.err


def test_an_account_that_cannot_be_asked_is_said_and_hides_no_other(seller: Path, sandbox: Any, run: Run) -> None:
    sandbox.admin("ebay", "revoke", account="ebay-uk")
    ended = run("disputes", "--due", "9d")
    assert ended.code == 1
    assert "ebay-uk" in ended.err
    assert LATE in ended.out


def test_show_tells_what_is_asked_and_what_may_be_answered(seller: Path, run: Run) -> None:
    shown = run("disputes", "show", LATE)
    assert shown.code == 0, shown.err
    for word in ("ITEM_NOT_RECEIVED", "proof_of_delivery", "contest_dispute", "I was told it would be here"):
        assert word in shown.out
    assert "1500000" in shown.err
    assert run("disputes", "show", LATE, "--json").json()["dispute_id"] == LATE
    unknown = run("disputes", "show", "1")
    assert unknown.code == 2
    assert "disputes --all" in unknown.err


def test_evidence_is_looked_at_then_sent_as_it_was(
    delivered: str, seller: Path, sandbox: Any, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (seller / "letter.txt").write_text("Your lamp was delivered.", encoding="utf-8")
    made = run("disputes", "evidence", delivered, "--out", "proof", "--letter", "letter.txt", "--json")
    assert made.code == 0, made.err
    facts = made.json()
    assert facts["delivered"]
    assert facts["missing"] == []
    assert all(Path(path).is_file() for path in facts["paths"])
    asked: list[str] = []

    def refuse(text: str, **_: object) -> bool:
        asked.append(text)
        raise typer.Abort

    monkeypatch.setattr(typer, "confirm", refuse)
    declined = run("disputes", "contest", delivered, "--out", "proof", "--note", "Signed for on Thursday.")
    assert declined.code == 130
    assert "cannot be undone" in asked[0]
    for file in facts["files"]:
        assert f"{file['name']}, {file['bytes']} bytes, as {file['given_as']}" in declined.err
    assert "Signed for on Thursday." in declined.err
    assert "39.0 USD" in declined.err
    assert not sandbox.requests(vendor="ebay", path="*/upload_evidence_file")
    assert _contests(sandbox) == 0
    done = run("disputes", "contest", delivered, "--out", "proof", "--note", "Signed for.", "--yes", "--json")
    assert done.code == 0, done.err
    assert done.json()["status"] == "waiting"
    again = run("disputes", "contest", delivered, "--out", "proof", "--note", "Signed for.", "--yes")
    assert again.code == 0, again.err
    assert _contests(sandbox) == 1
    held = [file["name"] for piece in run("disputes", "show", delivered, "--json").json()["evidence"]
            for file in piece["files"]]  # fmt: skip
    assert len(held) == len(facts["files"]) == 5
    sandbox.world.clock.advance(10 * 86400)
    assert run("disputes", "show", delivered, "--json").json()["status"] == "won"
    assert delivered in {one["dispute_id"] for one in run("disputes", "--all", "--json").json()}
    assert delivered not in {one["dispute_id"] for one in run("disputes", "--json").json()}


def test_contest_puts_evidence_together_where_there_is_none(
    delivered: str, seller: Path, sandbox: Any, run: Run
) -> None:
    ended = run("disputes", "contest", delivered, "--yes")
    assert ended.code == 0, ended.err
    assert (seller / "out" / f"dispute-{delivered}" / "evidence.pdf").is_file()
    assert _contests(sandbox) == 1


def test_a_pack_changed_by_hand_is_not_sent(delivered: str, seller: Path, sandbox: Any, run: Run) -> None:
    made = run("disputes", "evidence", delivered, "--out", "proof", "--json").json()
    Path(made["paths"][1]).write_bytes(b"something else")
    ended = run("disputes", "contest", delivered, "--out", "proof", "--yes")
    assert ended.code == 2
    assert "changed" in ended.err
    assert not sandbox.requests(vendor="ebay", path="*/upload_evidence_file")


def test_a_lost_answer_is_settled_and_a_silent_one_is_a_doubt(delivered: str, sandbox: Any, run: Run) -> None:
    sandbox.inject({"kind": "status", "status": 500}, vendor="ebay", method="POST", path="*/contest")
    ended = run("disputes", "contest", delivered, "--yes")
    assert ended.code == 4
    assert run("review").code == 4
    assert run("disputes", "contest", delivered, "--yes").code == 4
    assert _contests(sandbox) == 1


def test_accept_shows_what_the_buyer_gets_and_asks(
    seller: Path, sandbox: Any, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise typer.Abort

    with monkeypatch.context() as patched:
        patched.setattr(typer, "confirm", refuse)
        declined = run("disputes", "accept", SOON)
    assert declined.code == 130
    assert "the buyer gets" in declined.err
    assert not sandbox.requests(vendor="ebay", path="*/accept")
    for _ in range(2):
        done = run("disputes", "accept", SOON, "--yes", "--json")
        assert done.code == 0, done.err
    assert len(sandbox.requests(vendor="ebay", path="*/accept")) == 1
    refused = run("disputes", "contest", SOON, "--no-evidence", "--yes")
    assert refused.code in {1, 4}
    assert _contests(sandbox) == 0


def test_a_photo_and_a_return_address_contest_what_is_not_as_described(seller: Path, sandbox: Any, run: Run) -> None:
    out = BytesIO()
    Image.radial_gradient("L").resize((400, 300)).convert("RGB").save(out, "JPEG")
    (seller / "blue mug.jpg").write_bytes(out.getvalue())
    made = run("disputes", "evidence", SOON, "--add", "description=blue mug.jpg", "--json")
    assert made.code == 0, made.err
    assert "description" in {file["given_as"] for file in made.json()["files"]}
    without = run("disputes", "contest", SOON, "--yes")
    assert without.code == 2
    assert "return address" in without.err
    home = {"name": "Returns", "lines": ["12 Quay"], "city": "Leeds", "postal_code": "LS1 1AA", "country": "GB"}
    (seller / "home.json").write_text(json.dumps(home | {"phone": "113 4960000"}), encoding="utf-8")
    done = run("disputes", "contest", SOON, "--return-to", "home.json", "--yes")
    assert done.code == 0, done.err
    assert _contests(sandbox) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--add", "photo.jpg"), "KIND=FILE"),
        (("--add", "description=nowhere.jpg"), "cannot be read"),
        (("--letter", "nowhere.txt"), "cannot be read"),
        (("--parcel", "1234"), "ACCOUNT/NUMBER"),
        (("--font", "nowhere.ttf"), "no font file"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_written(
    seller: Path, run: Run, words: tuple[str, ...], said: str
) -> None:
    ended = run("disputes", "evidence", LATE, *words)
    assert ended.code == 2
    assert said in ended.err
    assert not (seller / "out").exists()


def test_a_return_address_that_does_not_fit_shows_no_value(seller: Path, run: Run) -> None:
    (seller / "bad.json").write_text('{"name": "Canary", "country": "Wonderland"}', encoding="utf-8")
    ended = run("disputes", "accept", SOON, "--return-to", "bad.json", "--yes")
    assert ended.code == 2
    assert "country" in ended.err
    assert "Canary" not in ended.err
    assert "Wonderland" not in ended.err


def test_an_inquiry_is_answered_with_the_parcel_itself(seller: Path, sandbox: Any, run: Run) -> None:
    assert run("fulfil").code == 0
    listed = run("disputes", "--json").json()
    (inquiry,) = [one for one in listed if one["kind"] == "not_received" and one["account"] == "ebay-us"]
    ended = run("disputes", "contest", inquiry["dispute_id"], "--yes")
    assert ended.code == 0, ended.err
    (sent,) = sandbox.requests(vendor="ebay", path="*/provide_shipment_info")
    assert sent.status in {200, 204}
    again = run("disputes", "contest", inquiry["dispute_id"], "--yes")
    assert again.code == 0, again.err
    assert len(sandbox.requests(vendor="ebay", path="*/provide_shipment_info")) == 1


def test_an_offer_without_words_is_refused_before_anything_is_sent(seller: Path, sandbox: Any, run: Run) -> None:
    refused = run("disputes", "propose", SOON, "--refund", "1.96USD", "--note", "", "--yes", "--json")
    assert refused.code == 2
    assert json.loads(refused.err)["error"] == "InvalidRequest"
    assert "note (string_too_short)" in json.loads(refused.err)["message"]
