"""Against Debian's `ippeveprinter` and `cupsd`, inside the namespace that `real.py` makes; see `test_ipp_real.py`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.documents.test_zpl import pictures

from xborder_sdk import Client
from xborder_sdk.documents import LabelDocument, read_barcodes, read_bitmap
from xborder_sdk.errors import NotSent, PrinterError, PrinterStopped, Throttled, TimedOut, TransportError
from xborder_sdk.hookspecs import CancelPrintJob, GetPrintJob, ListPrinters, PrintDocument
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.models import Margins, PrinterTrouble, PrintJob, PrintState
from xborder_sdk.printers import papers
from xborder_sdk.printers.ipp import IppSettings

from .labels import label

FOLDER = Path(os.environ["REAL_PRINTERS"])
SPOOL, HOLD, EMPTY = FOLDER / "spool-ipp", FOLDER / "hold", FOLDER / "empty"
EVERYWHERE = "ipp://localhost:8631/ipp/print"
QUEUE = "ipp://localhost:8632/printers/zebra"


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    clients = []

    def make(uri: str = EVERYWHERE, **settings: Any) -> Client:
        accounts = {"labels": {"connector": "ipp", "uri": uri, "max_attempts": 1, **settings}}
        clients.append(Client(accounts=accounts, store=SqliteStore(None)))
        return clients[-1]

    yield make
    HOLD.unlink(missing_ok=True)
    EMPTY.unlink(missing_ok=True)
    for client in clients:
        client.close()


def job(number: str, **more: Any) -> PrintDocument:
    return PrintDocument(document=label(number), name=number, **more)


def until(client: Client, sent: PrintJob, *states: PrintState) -> PrintJob:
    """Looks at a job until it is in one of the states."""
    end = time.monotonic() + 30
    while True:
        found = client.get_print_job("labels", GetPrintJob(job_id=sent.job_id))
        if found.state in states:
            return found
        assert time.monotonic() < end, f"still {found}"
        time.sleep(0.1)


def spooled() -> set[Path]:
    return {path for path in SPOOL.rglob("*") if path.is_file() and path.suffix == ".pdf"}


class Port:
    """The device behind the queue: keeps what comes to port 9100."""

    def __init__(self) -> None:
        self.jobs: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 9100))
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                whole = b""
                while part := connection.recv(65536):
                    whole += part
                self.jobs.append(whole)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._listener.close()


@pytest.fixture
def port() -> Iterator[Port]:
    device = Port()
    yield device
    device.close()


def test_ippeveprinter_describes_itself(connect: Callable[..., Client]) -> None:
    (found,) = connect().list_printers("labels", ListPrinters())
    assert found.ready
    assert found.formats == ("pdf", "png")
    assert (found.media[0].name, found.media[0].loaded) == ("om_label_100x150mm", True)
    assert found.media[0].margins == Margins(
        top_mm=Decimal(1), right_mm=Decimal(1), bottom_mm=Decimal(1), left_mm=Decimal(1)
    )


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_ippeveprinter_gets_the_label_byte_for_byte(connect: Callable[..., Client], version: str) -> None:
    before = spooled()
    client = connect(version=version)
    number = f"JD0146000062812307{version.replace('.', '')}"
    sent = client.print_document("labels", job(number))
    assert sent.state in {PrintState.PENDING, PrintState.PRINTING}
    assert sent.reasons == () or all("ignored" not in reason for reason in sent.reasons)
    assert until(client, sent, PrintState.PRINTED).job_id == sent.job_id
    (path,) = spooled() - before
    margins = Margins.model_validate(dict.fromkeys(("top_mm", "right_mm", "bottom_mm", "left_mm"), 1))
    wanted = papers.sheets(IppSettings(uri=EVERYWHERE), job(number), margins)
    assert path.read_bytes() == wanted.content
    printed = LabelDocument.read(path.read_bytes())
    size = printed.pages[0].size
    assert size is not None
    assert abs(size.width_mm - 100) < Decimal("0.01")
    (code,) = read_barcodes(printed, dpi=203)
    assert code.text == number
    assert abs((code.module_mm or 0) - Decimal("0.375")) < Decimal("0.02")


def test_ippeveprinter_busy_then_free(connect: Callable[..., Client]) -> None:
    HOLD.touch()
    client = connect()
    first = client.print_document("labels", job("first"))
    assert until(client, first, PrintState.PRINTING).state is PrintState.PRINTING
    with pytest.raises(Throttled) as caught:
        client.print_document("labels", job("second"))
    assert caught.value.code == "server-error-busy"
    HOLD.unlink()
    until(client, first, PrintState.PRINTED)
    until(client, client.print_document("labels", job("second")), PrintState.PRINTED)


def test_ippeveprinter_cancels(connect: Callable[..., Client]) -> None:
    HOLD.touch()
    client = connect()
    sent = client.print_document("labels", job("cancelled"))
    until(client, sent, PrintState.PRINTING)
    client.cancel_print_job("labels", CancelPrintJob(job_id=sent.job_id))
    HOLD.unlink()
    until(client, sent, PrintState.CANCELLED)
    assert client.cancel_print_job("labels", CancelPrintJob(job_id=sent.job_id)).state is PrintState.CANCELLED


def test_ippeveprinter_forgets_nothing_it_never_had(connect: Callable[..., Client]) -> None:
    client = connect()
    assert client.get_print_job("labels", GetPrintJob(job_id="4711")).state is PrintState.UNKNOWN
    with pytest.raises(PrinterError, match="knows no job"):
        client.cancel_print_job("labels", CancelPrintJob(job_id="4711"))


def test_ippeveprinter_has_no_other_paper(connect: Callable[..., Client]) -> None:
    with pytest.raises(PrinterError, match="no paper of 62 x 100 mm"):
        connect(media="62x100mm").print_document("labels", job("small"))


def test_ippeveprinter_reports_its_paper_in_its_own_words(connect: Callable[..., Client]) -> None:
    """It calls everything a report while it is idle, which by RFC 8011 keeps nothing from being printed."""
    EMPTY.touch()
    client = connect()
    until(client, client.print_document("labels", job("last")), PrintState.PRINTED)
    (found,) = client.list_printers("labels", ListPrinters())
    assert found.reasons == ("media-empty-report",)
    assert found.troubles == ()


def test_a_wrong_path_is_named(connect: Callable[..., Client]) -> None:
    with pytest.raises(PrinterError, match="path"):
        connect("ipp://localhost:8632/printers/nobody").print_document("labels", job("lost"))


@pytest.mark.parametrize("dpi", [203, 300])
def test_a_raw_queue_of_cups_hands_the_dots_on(connect: Callable[..., Client], port: Port, dpi: int) -> None:
    settings: dict[str, Any] = {"language": "zpl", "media": f"thermal-100x150-{dpi}dpi", "darkness": 18}
    client = connect(QUEUE, **settings)
    number = f"JD01460000628123{dpi}"
    sent = client.print_document("labels", job(number))
    assert sent.state is not PrintState.PRINTED
    until(client, sent, PrintState.PRINTED)
    (arrived,) = port.jobs
    wanted = papers.program(IppSettings(uri=QUEUE, **settings), job(number), Margins())
    assert arrived == wanted.content
    (picture,) = pictures(arrived, Decimal("203.2") if dpi == 203 else Decimal(300))
    assert [code.text for code in read_bitmap(picture)] == [number]


def test_a_raw_queue_of_cups_hands_pdf_on(connect: Callable[..., Client], port: Port) -> None:
    client = connect(QUEUE)
    sent = client.print_document("labels", job("JD0146PDF"))
    assert any("size is not checked" in reason for reason in sent.reasons)
    until(client, sent, PrintState.PRINTED)
    (arrived,) = port.jobs
    assert arrived == papers.sheets(IppSettings(uri=QUEUE), job("JD0146PDF"), Margins()).content


def test_a_queue_without_its_device_never_calls_a_job_printed(connect: Callable[..., Client]) -> None:
    client = connect(QUEUE, language="zpl")
    sent = client.print_document("labels", job("waits"))
    until(client, sent, PrintState.PRINTING, PrintState.STOPPED)
    end = time.monotonic() + 3
    while time.monotonic() < end:
        found = client.get_print_job("labels", GetPrintJob(job_id=sent.job_id))
        assert found.state in {PrintState.PENDING, PrintState.PRINTING, PrintState.STOPPED}
        time.sleep(0.2)
    client.cancel_print_job("labels", CancelPrintJob(job_id=sent.job_id))
    until(client, sent, PrintState.CANCELLED)


def test_a_queue_that_is_paused_or_closed(connect: Callable[..., Client]) -> None:
    client = connect(QUEUE, language="zpl")
    subprocess.run(["/usr/sbin/cupsdisable", "zebra"], check=True, timeout=10)
    try:
        with pytest.raises(PrinterStopped) as caught:
            client.print_document("labels", job("paused"))
        assert caught.value.trouble == PrinterTrouble.PAUSED
    finally:
        subprocess.run(["/usr/sbin/cupsenable", "zebra"], check=True, timeout=10)
    subprocess.run(["/usr/sbin/cupsreject", "zebra"], check=True, timeout=10)
    try:
        with pytest.raises(PrinterError, match="takes no jobs"):
            client.print_document("labels", job("closed"))
    finally:
        subprocess.run(["/usr/sbin/cupsaccept", "zebra"], check=True, timeout=10)


def test_the_raw_connector_reaches_a_port(port: Port) -> None:
    accounts = {"zebra": {"connector": "raw", "host": "127.0.0.1", "status": "off"}}
    with Client(accounts=accounts, store=SqliteStore(None)) as client:
        assert client.print_document("zebra", job("raw")).state is PrintState.SENT
    (arrived,) = port.jobs
    (picture,) = pictures(arrived, Decimal("203.2"))
    assert [code.text for code in read_bitmap(picture)] == ["raw"]


def test_ippeveprinter_vanishes_mid_job(connect: Callable[..., Client]) -> None:
    """The last test: the printer is gone afterwards."""
    HOLD.touch()
    client = connect(timeout_s=2)
    sent = client.print_document("labels", job("vanishes"))
    until(client, sent, PrintState.PRINTING)
    pid = int(os.environ["REAL_PRINTER_PID"])
    os.kill(pid, signal.SIGSTOP)  # its port still takes connections, but nobody answers
    try:
        with pytest.raises(TimedOut):
            client.get_print_job("labels", GetPrintJob(job_id=sent.job_id))
    finally:
        os.kill(pid, signal.SIGKILL)
        os.kill(pid, signal.SIGCONT)
    end = time.monotonic() + 5
    while True:
        with pytest.raises(TransportError) as caught:
            client.get_print_job("labels", GetPrintJob(job_id=sent.job_id))
        if isinstance(caught.value, NotSent):  # its port is closed at last
            break
        assert time.monotonic() < end
    with pytest.raises(NotSent):
        client.print_document("labels", job("nobody"))
