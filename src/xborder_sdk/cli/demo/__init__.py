"""The demo: the commands `fulfil`, `follow` and `disputes contest`, on the sandbox with its clock turned on."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xborder_sdk.cli import fulfil
from xborder_sdk.cli.demo.dispute import DemoDispute
from xborder_sdk.cli.output import note, out
from xborder_sdk.client import Client, read_config
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.fulfilment import Fulfilment, WorkState

if TYPE_CHECKING:
    from xborder_sdk.cli.sandbox import SandboxServer

_HALF_DAY_S = 12 * 3600
_MOST_HALF_DAYS = 40
_DECIDED_S = 8 * 24 * 3600
# A real printer takes its time; it is asked so often, with such a pause.
_MOST_LOOKS, _PAUSE_S = 20, 1.5
_MARKER = "made-by-xborder-demo"
_SHOPS = ("ebay-us", "ebay-uk")
_CARRIERS = ("dhl-shenzhen",)
_TRAVELLING = frozenset({WorkState.DECLARED, WorkState.IN_TRANSIT})


def run_demo(server: SandboxServer, folder: Path, printer: str | None = None, media: str | None = None) -> None:
    """Sets up a seller in `folder`, runs the main job to the end, and contests a dispute with evidence from it.

    Args:
        server: A running sandbox with its demo scenario.
        folder: Where configuration, labels and the ledger go. What an earlier demo left there is replaced.
        printer: URI of an IPP printer that gets the labels; None prints into a folder.
        media: What is in the printer; None for A4, with four labels on a sheet in the folder, and two where a printer
            needs its margins.

    Raises:
        InvalidRequest: The folder holds something that no demo wrote.
    """
    _prepare(folder)
    config_path = folder / "xborder.toml"
    written = _configuration(server.get("accounts"), folder.resolve(), printer, media)
    config_path.write_text(written, encoding="utf-8")
    (folder / "catalogue.csv").write_text(
        files("xborder_sdk.cli.demo").joinpath("catalogue.csv").read_text(encoding="utf-8"), encoding="utf-8"
    )
    config = read_config(config_path)
    with Client(config) as client, Fulfilment.of(client) as fulfilment:
        out.rule("xborder fulfil: check, buy, label, print, tell the shop", align="left")
        fulfil.show_run(fulfilment.run())
        for _ in range(_MOST_LOOKS if printer is not None else 0):
            if not any(row.state is WorkState.LABELLED for row in fulfilment.rows()):
                break
            time.sleep(_PAUSE_S)
            fulfil.show_run(fulfilment.run())
        dispute = DemoDispute(client, _SHOPS[0], folder / "evidence")
        out.rule("xborder follow: to the door, with the sandbox's clock turned on", align="left")
        for _ in range(_MOST_HALF_DAYS):
            if not any(row.state in _TRAVELLING for row in fulfilment.rows()):
                break
            server.advance(_HALF_DAY_S)
            fulfil.show_run(fulfilment.follow())
            dispute.look(fulfilment.rows(), datetime.fromisoformat(server.get("clock")["now"]))
        fulfil.show_rows(fulfilment.rows(), as_json=False)
        if dispute.tell():
            server.advance(_DECIDED_S)
            dispute.tell_the_end()
    papers = sorted(path for path in folder.rglob("*.pdf"))
    out.print(f"{len(papers)} PDFs:")
    for path in papers:
        out.print(f"  {path}", markup=False)
    note(f"Configuration, catalogue and ledger are in {folder}: xborder --config {config_path} holds")


def _prepare(folder: Path) -> None:
    marker = folder / _MARKER
    if folder.exists() and any(folder.iterdir()):
        if not marker.is_file():
            raise InvalidRequest(f"{folder} is not empty and no demo wrote it", hint="name another folder with --out")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    marker.touch()


def _configuration(
    accounts: list[dict[str, Any]], folder: Path, printer: str | None = None, media: str | None = None
) -> str:
    """An `xborder.toml` as a seller would write it, with the sandbox's credentials."""
    lines = ["# A seller on the sandbox. Every credential here is invented.", "", "[client]", 'ledger = "ledger.db"']
    for account in accounts:
        if account["name"] not in (*_SHOPS, *_CARRIERS):
            continue
        lines += ["", f"[accounts.{account['name']}]", f'connector = "{account["connector"]}"']
        lines += [f"{key} = {_toml(value)}" for key, value in account["settings"].items()]
        if account["connector"] == "ebay" and account["name"] == "ebay-uk":
            lines.append('seller_country = "GB"')
    lines += [
        "",
        "[accounts.labels]",
        *(
            ['connector = "folder"', f"path = {_toml(str(folder / 'labels'))}"]
            if printer is None
            else ['connector = "ipp"', f"uri = {_toml(printer)}"]
        ),
        f"media = {_toml(media or ('a4-4up' if printer is None else 'a4-2up'))}",
        "",
        "[fulfilment]",
        f"orders = {_toml(list(_SHOPS))}",
        f"carriers = {_toml(list(_CARRIERS))}",
        'printer = "labels"',
        'catalogue = "catalogue.csv"',
        'out = "papers"',
        "labels_per_job = 4",
        *(["ask_again_s = 1"] if printer is not None else []),
        "packaging_g = 60",
        "box_mm = [250, 200, 100]",
        'time_zone = "Asia/Shanghai"',
        "",
        "[fulfilment.sender]",
        'name = "Export Desk"',
        'company = "Lantern Lane Goods"',
        'lines = ["88 Example Road, Nanshan"]',
        'city = "Shenzhen"',
        'postal_code = "518000"',
        'country = "CN"',
        'phone = "+8675555500100"',
        "",
    ]
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
