"""`hand-over` and `follow` of a seller at an invented platform that carries its own parcels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fulfilment.bazaar import Bazaar, BazaarConnector, open_bazaar
from tests.fulfilment.making import CATALOGUE_CSV

from xborder_sdk import Client
from xborder_sdk.cli.session import Session

from .conftest import Run

CONFIG = """
[client]
ledger = "ledger.db"
[accounts.bazaar]
connector = "bazaar"
[accounts.bazaar.hosts]
api = "{url}"
[fulfilment]
orders = ["bazaar"]
carriers = ["bazaar"]
catalogue = "goods.csv"
out = "papers"
verify_labels = "off"
declare_at = "handed_over"
[fulfilment.sender]
name = "Export desk"
lines = ["88 Example Road"]
city = "Shenzhen"
country = "CN"
"""


@pytest.fixture
def bazaar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bazaar]:
    @contextmanager
    def client(self: Session) -> Iterator[Client]:
        with Client(self.config(), connectors=[BazaarConnector]) as made:
            yield made

    monkeypatch.setattr(Session, "client", client)
    with open_bazaar() as found:
        (tmp_path / "xborder.toml").write_text(CONFIG.format(url=found.url), encoding="utf-8")
        (tmp_path / "goods.csv").write_text(CATALOGUE_CSV, encoding="utf-8")
        found.put("A-1")
        found.put("A-2")
        yield found


def test_parcels_are_shown_then_handed_over_and_told(bazaar: Bazaar, run: Run) -> None:
    assert run("fulfil").code == 0
    shown = run("hand-over", "bazaar", "--dry-run")
    assert shown.code == 0
    assert "LB000001CN would be handed over to bazaar" in shown.out
    assert not bazaar.hand_overs
    bazaar.left_out = {"BZ000002": "no room"}
    done = run("hand-over", "bazaar", "--method", "brought", "--json")
    assert done.code == 0, done.err
    (told,) = done.json()["hand_overs"]
    assert (told["confirmation"], told["taken"], told["not_taken"]) == ("HO-1", ["BZ000001"], {"BZ000002": "no room"})
    assert [Path(path).name for path in told["files"]] == ["HO-1-manifest.pdf", "HO-1-bag_label.pdf"]
    assert bazaar.called("hand_over")[0]["method"] == "brought"
    assert [one["order"] for one in bazaar.declared] == ["A-1"]
    rows = {row["order_id"]: row for row in run("follow", "--json").json()}
    assert rows["A-1"]["hand_over"] == "HO-1"
    assert rows["A-2"]["handed_over_at"] is None
    assert json.loads(run("hand-over", "bazaar", "--json").out) == {"hand_overs": [], "happened": []}
    assert "nothing waits to be handed over to bazaar" in run("hand-over", "bazaar").err
    assert run("decide", "bazaar", "A-2", "retry").code == 0
    bazaar.left_out = {}
    again = run("hand-over", "bazaar")
    assert "HO-2\tBAG-HO-2\tdone\t1\t0\t" in again.out


def test_how_it_ends_is_told_by_its_exit_code(bazaar: Bazaar, run: Run) -> None:
    assert run("fulfil").code == 0
    other = run("hand-over", "nobody")
    assert (other.code, "UnknownAccount" in other.err) == (3, True)
    missing = run("hand-over", "bazaar", "--domestic-carrier", "SF")
    assert (missing.code, "UnsupportedOption" in missing.err) == (2, True)
    bazaar.faults["hand_over"] = [400]
    assert run("hand-over", "bazaar").code == 1
    bazaar.faults["hand_over"] = ["lost"]
    assert run("hand-over", "bazaar").code == 4
    assert run("hand-over", "bazaar").code == 4
    assert len(bazaar.called("hand_over")) == 2
    settled = run("review", "1", "--happened", "HO-1", "--by", "Mara")
    assert settled.code == 0, settled.err
    assert run("hand-over", "bazaar").code == 0
    assert len(bazaar.called("hand_over")) == 2
