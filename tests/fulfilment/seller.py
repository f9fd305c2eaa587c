"""A seller on the sandbox: its accounts, its catalogue, and a clock that can be turned."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from tests.fulfilment.making import CATALOGUE_CSV, SENDER

from xborder_sandbox import Handle
from xborder_sdk import Client
from xborder_sdk.fulfilment import Catalogue, CatalogueItem, Fulfilment, Progress, WorkRow, WorkStore, fulfilment_config
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.runtime.account import Clock


class Seller:
    """A seller with a folder of its own.

    Args:
        folder: Where everything is kept.
        url: The sandbox.
        accounts: Its accounts.
    """

    def __init__(self, folder: Path, url: str, accounts: Iterable[dict[str, Any]]) -> None:
        self.folder = folder
        self.url = url
        self.turned = timedelta(0)
        self.accounts: dict[str, Any] = {
            account["name"]: {"connector": account["connector"], **account["settings"]} for account in accounts
        }
        self.accounts["labels"] = {"connector": "folder", "path": str(folder / "printed"), "media": "a4-4up"}
        self.rules: dict[str, Any] = {
            "orders": ["ebay-us"],
            "carriers": ["dhl-shenzhen"],
            "printer": "labels",
            "out": str(folder / "papers"),
            "packaging_g": 60,
            "time_zone": "Asia/Shanghai",
            "sender": SENDER,
            "ask_again_s": 60,
        }
        path = folder / "goods.csv"
        path.write_text(CATALOGUE_CSV)
        self.goods = Catalogue.read(path)
        self.skus: set[str] | None = None

    def now(self) -> datetime:
        return datetime.now(UTC) + self.turned

    def later(self, seconds: float) -> None:
        self.turned += timedelta(seconds=seconds)

    def item(self, sku: str) -> CatalogueItem | None:
        return self.goods.item(sku) if self.skus is None or sku in self.skus else None

    @contextmanager
    def fulfilment(self, **client: Any) -> Iterator[Fulfilment]:
        """A process of this seller."""
        clock = Clock(now=self.now)
        store = SqliteStore(self.folder / "ledger.db", clock=self.now)
        work = WorkStore(self.folder / "work.db", clock=self.now)
        catalogue = Catalogue(self.item)
        try:
            with (
                Client(accounts=self.accounts, store=store, clock=clock, random=lambda: 0.0, **client) as made,
                Fulfilment(made, fulfilment_config(self.rules), work, catalogue=catalogue) as fulfilment,
            ):
                yield fulfilment
        finally:
            store.close()

    def run(self, **client: Any) -> list[Progress]:
        """One run, to its end."""
        with self.fulfilment(**client) as fulfilment:
            return list(fulfilment.run())

    def rows(self) -> dict[str, WorkRow]:
        with self.fulfilment() as fulfilment:
            return {row.order_id: row for row in fulfilment.rows()}

    # -- the other side ------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(httpx.get(f"{self.url}/_admin/state").content)["vendors"]
        return found

    def shipments(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.state()["dhl"]["shipments"]
        return found

    def shipments_by_reference(self) -> Counter[str]:
        """How often each of our references was bought."""
        return Counter(
            reference["value"]
            for shipment in self.shipments()
            for reference in shipment["references"]
            if reference["type"] == "CU" and not reference["value"].startswith("DEMO")
        )


def purchases(sandbox: Handle) -> int:
    """How many purchases reached the carrier."""
    return len(sandbox.requests(vendor="dhl", path="*/shipments", method="POST"))


def declarations(sandbox: Handle) -> Counter[str]:
    """How often each order was declared, as the shop heard it."""
    found = sandbox.requests(vendor="ebay", path="*/shipping_fulfillment", method="POST")
    return Counter(record.path.split("/")[-2] for record in found)
