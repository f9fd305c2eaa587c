"""The demo: a seller's day over two platforms on the sandbox, with its clock turned on."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from time import sleep

from xborder_sdk.cli import fulfil
from xborder_sdk.cli.demo.clock import DemoTime
from xborder_sdk.cli.demo.configuration import ALIEXPRESS_SHOP, EBAY_SHOPS, configuration
from xborder_sdk.cli.demo.dispute import DemoDispute
from xborder_sdk.cli.demo.negotiation import DemoBargain
from xborder_sdk.cli.output import note, out
from xborder_sdk.cli.sandbox_server import SandboxServer
from xborder_sdk.client import Client, read_config
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.fulfilment import Fulfilment, Progress, WorkState

_HALF_HOUR_S, _HALF_DAY_S, _DAY_S = 1800, 12 * 3600, 24 * 3600
_FAST_STEPS, _MOST_STEPS = 20, 50
_DECIDED_S = 8 * 24 * 3600
# A real printer takes its time; it is asked so often, with such a pause.
_MOST_LOOKS, _PAUSE_S = 20, 1.5
_MARKER = "made-by-xborder-demo"
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
    written = configuration(server.get("accounts"), folder.resolve(), printer, media)
    config_path.write_text(written, encoding="utf-8")
    (folder / "catalogue.csv").write_text(
        files("xborder_sdk.cli.demo").joinpath("catalogue.csv").read_text(encoding="utf-8"), encoding="utf-8"
    )
    config, time = read_config(config_path), DemoTime(server)
    with Client(config, clock=time.clock) as client, Fulfilment.of(client) as fulfilment:
        day = _Day(fulfilment, time)
        day.morning(is_real_printer=printer is not None)
        day.hand_over(ALIEXPRESS_SHOP)
        DemoBargain(client, ALIEXPRESS_SHOP, server).strike()
        dispute = DemoDispute(client, EBAY_SHOPS[0], folder / "evidence")
        day.to_the_door(dispute)
        fulfil.show_rows(fulfilment.rows(), as_json=False)
        if dispute.tell():
            time.pass_(_DECIDED_S)
            dispute.tell_the_end()
    papers = sorted(path for path in folder.rglob("*.pdf"))
    out.print(f"{len(papers)} PDFs:")
    for path in papers:
        out.print(f"  {path}", markup=False)
    note(f"Configuration, catalogue and ledger are in {folder}: xborder --config {config_path} holds")


class _Day:
    """The seller's day, and the weeks until the last parcel is at the door."""

    def __init__(self, fulfilment: Fulfilment, time: DemoTime) -> None:
        self._fulfilment = fulfilment
        self._time = time

    def morning(self, *, is_real_printer: bool) -> None:
        """Everything that is due now, and half an hour later, when numbers that came late are there."""
        out.rule("xborder fulfil: check, choose, buy, label, print, tell the shop and the buyer", align="left")
        self._run()
        for _ in range(_MOST_LOOKS if is_real_printer else 0):
            if not self._any(frozenset({WorkState.LABELLED})):
                break
            sleep(_PAUSE_S)
            self._run()
        if any(row.number is None and row.waybill is not None for row in self._fulfilment.rows()):
            out.rule("xborder fulfil: half an hour later, for the number that had to be waited for", align="left")
            self._time.pass_(_HALF_HOUR_S)
            self._run()

    def hand_over(self, account: str) -> None:
        """The parcels of the platform's own logistics leave the house, with the papers for the driver."""
        out.rule(f"xborder hand-over {account}: what the driver takes, with list and bag label", align="left")
        fulfil.show_run(self._fulfilment.hand_over(account))

    def to_the_door(self, dispute: DemoDispute) -> None:
        """Follows every parcel; what is contested is contested as soon as the delivery proves it."""
        out.rule("xborder follow: to the door, with the sandbox's clock turned on", align="left")
        said: dict[str | None, str] = {}
        for step in range(_MOST_STEPS):
            if not self._any(_TRAVELLING):
                break
            self._time.pass_(_HALF_DAY_S if step < _FAST_STEPS else _DAY_S)
            fulfil.show_run(_news(self._fulfilment.follow(), said))
            dispute.look(self._fulfilment.rows(), self._time.now())

    def _run(self) -> None:
        fulfil.show_run(self._fulfilment.run())

    def _any(self, states: frozenset[WorkState]) -> bool:
        return any(row.state in states for row in self._fulfilment.rows())


def _news(happenings: Iterable[Progress], said: dict[str | None, str]) -> Iterator[Progress]:
    """Only what is new of each order."""
    for happening in happenings:
        if said.get(happening.order_id) != happening.detail:
            said[happening.order_id] = happening.detail
            yield happening


def _prepare(folder: Path) -> None:
    marker = folder / _MARKER
    if folder.exists() and any(folder.iterdir()):
        if not marker.is_file():
            raise InvalidRequest(f"{folder} is not empty and no demo wrote it", hint="name another folder with --out")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    marker.touch()
