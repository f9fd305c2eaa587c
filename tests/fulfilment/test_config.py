"""The section `[fulfilment]`: what it holds, and errors that name the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.fulfilment.making import SENDER

from xborder_sdk import Client, read_config
from xborder_sdk.errors import ConfigurationError
from xborder_sdk.fulfilment import (
    Battery,
    Choose,
    Fulfilment,
    FulfilmentConfig,
    fulfilment_config,
    load_fulfilment,
    work_path,
)
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.models import Dimensions

TEXT = """
[client]
ledger = "state/ledger.db"

[accounts.shop]
connector = "ebay"
[accounts.kites-express]
connector = "dhl"
[accounts.labels]
connector = "folder"

[fulfilment]
orders = ["shop"]
carriers = ["kites-express"]
printer = "labels"
catalogue = "goods.csv"
out = "papers"
packaging_g = 60
box_mm = [250, 200, 100]
choose = "fastest"
[fulfilment.batteries]
kites-express = ["ion_in_equipment"]
[fulfilment.sender]
name = "Export desk"
lines = ["88 Example Road"]
city = "Shenzhen"
postal_code = "518000"
country = "CN"
phone = "+86 755 5550 0100"
tax_numbers = [{ scheme = "eori", number = "DE1234567" }]
"""

RULES = """
[fulfilment.zones]
far = ["BR", "CL"]
[fulfilment.chargeable.kites-express]
divisor = 5000
[fulfilment.buyer_services]
"US_*" = "kites-express"
[[fulfilment.rules]]
name = "far"
destination = ["far", "AU"]
use = ["kites-express/P"]
[[fulfilment.rules]]
name = "ebay"
platform = "ebay"
use = "kites-express"
choose = "fastest"
"""


def loaded(folder: Path, text: str = TEXT) -> FulfilmentConfig:
    path = folder / "xborder.toml"
    path.write_text(text)
    return load_fulfilment(read_config(path))


def test_reads_the_section_with_paths_beside_the_file(tmp_path: Path) -> None:
    found = loaded(tmp_path)
    assert found.catalogue == tmp_path / "goods.csv"
    assert found.out == tmp_path / "papers"
    assert found.box_mm == Dimensions(length_mm=250, width_mm=200, height_mm=100)
    assert found.choose is Choose.FASTEST
    assert found.batteries == {"kites-express": frozenset({Battery.ION_IN_EQUIPMENT})}
    assert found.sender.tax_numbers[0].number == "DE1234567"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('orders = ["shop"]', "", "fulfilment.orders"),
        ('orders = ["shop"]', "orders = []", "fulfilment.orders"),
        ('orders = ["shop"]', 'orders = ["other"]', "fulfilment.orders: there is no account named other"),
        ('orders = ["shop"]', 'orders = ["shop", "shop"]', "twice"),
        ('printer = "labels"', 'printer = "none"', "fulfilment.printer"),
        ("packaging_g = 60", "packaging_g = -1", "fulfilment.packaging_g"),
        ("packaging_g = 60", "packagin_g = 60", "fulfilment.packagin_g"),
        ("box_mm = [250, 200, 100]", "box_mm = [250, 200]", "fulfilment.box_mm"),
        ('choose = "fastest"', 'choose = "nicest"', "fulfilment.choose"),
        ('country = "CN"', "", "fulfilment.sender.country"),
        ('country = "CN"', 'country = "China"', "fulfilment.sender.country"),
        ('kites-express = ["ion_in_equipment"]', 'dhl = ["ion_alone"]', "fulfilment.batteries"),
        ("packaging_g = 60", 'time_zone = "Mars/Olympus"', "fulfilment.time_zone"),
    ],
)
def test_an_error_names_the_key(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(ConfigurationError, match=says) as caught:
        loaded(tmp_path, TEXT.replace(old, new))
    assert "Export desk" not in str(caught.value)


def test_rules_zones_and_reckonings_are_read(tmp_path: Path) -> None:
    found = loaded(tmp_path, TEXT + RULES)
    assert [rule.name for rule in found.rules] == ["far", "ebay"]
    assert str(found.rules[0].use[0]) == "kites-express/P"
    assert found.chargeable["kites-express"].divisor == 5000
    assert found.buyer_services["US_*"][0].account == "kites-express"
    with pytest.raises(
        ConfigurationError, match=r"fulfilment\.rules\.ebay\.platform: no order account is of aliexpress"
    ):
        loaded(tmp_path, TEXT + RULES.replace('platform = "ebay"', 'platform = "aliexpress"'))


def test_no_section(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"\[fulfilment\]"):
        loaded(tmp_path, "[accounts.shop]\nconnector = 'ebay'\n")


def test_the_work_store_is_beside_the_ledger(tmp_path: Path) -> None:
    found = loaded(tmp_path)
    with Client(tmp_path / "xborder.toml") as client:
        assert work_path(found, client) == tmp_path / "state" / "ledger-work.db"
    named = loaded(tmp_path, TEXT.replace("packaging_g = 60", 'work = "w.db"'))
    with Client(tmp_path / "xborder.toml") as client:
        assert work_path(named, client) == tmp_path / "w.db"


def test_a_ledger_that_is_no_file_needs_a_named_work_store(tmp_path: Path) -> None:
    found = loaded(tmp_path, TEXT.replace("state/ledger.db", "postgresql://host/db"))
    with (
        Client(tmp_path / "xborder.toml", store=SqliteStore(None)) as client,
        pytest.raises(ConfigurationError, match=r"fulfilment\.work"),
    ):
        work_path(found, client)


def test_fulfilment_of_a_client(tmp_path: Path) -> None:
    loaded(tmp_path)
    (tmp_path / "goods.csv").write_text("sku\nKITE\n")
    with Client(tmp_path / "xborder.toml") as client, Fulfilment.of(client) as fulfilment:
        assert fulfilment.rows() == ()
        assert fulfilment.catalogue.item("KITE") is not None


def test_without_a_catalogue_nothing_begins() -> None:
    table: dict[str, Any] = {"orders": ["shop"], "carriers": ["c"], "out": "out", "sender": SENDER}
    with Client(accounts=[], store=SqliteStore(None)) as client, pytest.raises(ConfigurationError, match="catalogue"):
        Fulfilment(client, fulfilment_config(table), None)  # type: ignore[arg-type]  # never reached
