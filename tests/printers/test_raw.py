"""Printers at a TCP port through both clients: what arrives there byte for byte, and what is never claimed."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.support.drivers import Caller
from tests.support.faults import unused_port

from xborder_sdk import Client
from xborder_sdk.documents import THERMAL_100X150_203, LabelDocument, read_barcodes, to_zpl
from xborder_sdk.errors import (
    AlreadyDone,
    InvalidSettings,
    MalformedResponse,
    NotSent,
    OutcomeUnknown,
    PrinterError,
    PrinterStopped,
    ReadOnlyAccount,
    UnsupportedOperation,
)
from xborder_sdk.hookspecs import CancelPrintJob, GetPrintJob, ListPrinters, PrintDocument
from xborder_sdk.ledger import EffectState, SqliteStore
from xborder_sdk.models import Document, DocumentFormat, DocumentKind, PrinterTrouble, PrintState
from xborder_sdk.printers.raw_status import read_status
from xborder_sdk.runtime import executors

from .labels import label
from .raw_printer import RawPrinter, host_status, vanish

NUMBER = "JD014600006281230704"


@pytest.fixture
def printer() -> Iterator[RawPrinter]:
    server = RawPrinter()
    yield server
    server.stop()


@pytest.fixture
def connect(caller: Callable[..., Caller], printer: RawPrinter) -> Callable[..., Caller]:
    def make(**settings: Any) -> Caller:
        return caller({"zebra": {"connector": "raw", "host": "127.0.0.1", "port": printer.port, **settings}})

    return make


def job(number: str = NUMBER, **more: Any) -> PrintDocument:
    return PrintDocument(document=label(number), name=number, **more)


def test_sends_the_dots_and_claims_no_more(connect: Callable[..., Caller], printer: RawPrinter) -> None:
    sent = connect(darkness=20).print_document("zebra", job(copies=2))
    assert sent.state is PrintState.SENT
    assert (sent.pages, sent.reasons) == (1, ())
    printer.wait_for(1)
    (arrived,) = printer.jobs
    wanted = to_zpl(LabelDocument.read(label(NUMBER).content), THERMAL_100X150_203, copies=2)
    assert arrived == b"~SD20\n" + wanted.data
    assert printer.questions == 1


def test_a_zpl_program_goes_as_it_is(connect: Callable[..., Caller], printer: RawPrinter) -> None:
    program = b"^XA^PW800^LL1200^FO50,50^BCN,100^FD123^FS^XZ"
    zpl = Document(kind=DocumentKind.LABEL, format=DocumentFormat.ZPL, content=program, dpi=203)
    client = connect(darkness=20, rotation=180)
    client.print_document("zebra", PrintDocument(document=zpl, name="z"))
    printer.wait_for(1)
    assert printer.jobs == [program]
    with pytest.raises(PrinterError, match="dpi"):
        client.print_document("zebra", PrintDocument(document=zpl.replace(dpi=300), name="y"))
    with pytest.raises(PrinterError, match="one by one"):
        client.print_document("zebra", PrintDocument(document=zpl, further=(zpl,), name="x"))
    unsaid = client.print_document("zebra", PrintDocument(document=zpl.replace(dpi=None), name="w"))
    assert "resolution" in unsaid.reasons[0]


def test_several_labels_and_media(connect: Callable[..., Caller], printer: RawPrinter) -> None:
    request = PrintDocument(document=label("1"), further=(label("2"),), name="two", media="100x150mm-300dpi")
    assert connect(encoding="hex").print_document("zebra", request).pages == 2
    printer.wait_for(1)
    assert re.findall(rb"\^PW(\d+)\^LL(\d+)", printer.jobs[0]) == [(b"1181", b"1771")] * 2
    assert b":Z64:" not in printer.jobs[0]


def test_pdf_goes_at_true_size_and_is_asked_nothing(connect: Callable[..., Caller], printer: RawPrinter) -> None:
    sent = connect(language="pdf").print_document("zebra", job())
    assert sent.state is PrintState.SENT
    printer.wait_for(1)
    (code,) = read_barcodes(LabelDocument.read(printer.jobs[0]), dpi=203)
    assert code.text == NUMBER
    assert printer.questions == 0


@pytest.mark.parametrize(
    ("flags", "trouble", "word"),
    [
        ({"b": 1, "c": 1}, PrinterTrouble.PAPER_OUT, "paper-out"),
        ({"o": 1, "c": 1}, PrinterTrouble.OPEN, "head-up"),
        ({"p": 1}, PrinterTrouble.SUPPLY_OUT, "ribbon-out"),
        ({"c": 1}, PrinterTrouble.PAUSED, "pause"),
        ({"l": 1}, PrinterTrouble.TEMPERATURE, "over-temperature"),
        ({"k": 1}, PrinterTrouble.TEMPERATURE, "under-temperature"),
        ({"f": 1}, PrinterTrouble.MEMORY, "buffer-full"),
        ({"j": 1}, PrinterTrouble.MEMORY, "corrupt-ram"),
    ],
)
def test_a_printer_in_trouble_is_sent_nothing(
    connect: Callable[..., Caller], printer: RawPrinter, flags: dict[str, int], trouble: PrinterTrouble, word: str
) -> None:
    printer.status = host_status(**flags)
    client = connect()
    with pytest.raises(PrinterStopped) as caught:
        client.print_document("zebra", job())
    assert caught.value.trouble == trouble
    assert word in caught.value.reasons
    assert caught.value.hint
    (described,) = client.list_printers("zebra", ListPrinters())
    assert not described.ready
    assert described.troubles[0] is trouble
    printer.status = host_status()
    assert client.print_document("zebra", job()).state is PrintState.SENT
    printer.wait_for(1)


def test_a_status_in_pieces_is_read_whole(connect: Callable[..., Caller], printer: RawPrinter) -> None:
    printer.pieces = True
    printer.status = host_status(o=1)
    with pytest.raises(PrinterStopped):
        connect().print_document("zebra", job())


@pytest.mark.parametrize(
    "status", [None, b"", b"what?\r\n", host_status()[:30]], ids=["silence", "none", "words", "half"]
)
def test_a_printer_that_tells_nothing(
    connect: Callable[..., Caller], printer: RawPrinter, status: bytes | None
) -> None:
    printer.status = status
    sent = connect(status_s=0.1).print_document("zebra", job())
    assert sent.reasons == ("the printer does not tell its status",)
    printer.wait_for(1)
    with pytest.raises(PrinterError, match="does not tell its status"):
        connect(status_s=0.1, status="require").print_document("zebra", job("2"))
    assert len(printer.jobs) == 1
    assert connect(status="off").print_document("zebra", job("3")).reasons == ()


def test_an_unreachable_printer_was_sent_nothing(connect: Callable[..., Caller], printer: RawPrinter) -> None:
    port = unused_port()
    client = connect(port=port)
    with pytest.raises(NotSent):
        client.print_document("zebra", job())
    assert not client.list_printers("zebra", ListPrinters())[0].ready
    for status in ("off", "auto"):
        with pytest.raises(NotSent):
            connect(port=port, status=status).print_document("zebra", job())


def test_what_was_not_sent_is_given_back(caller: Callable[..., Caller], printer: RawPrinter) -> None:
    store = SqliteStore(None)
    settings = {"connector": "raw", "host": "127.0.0.1", "status": "off"}
    lost = caller({"zebra": {**settings, "port": unused_port()}}, store=store)
    with pytest.raises(NotSent):
        lost.print_document("zebra", job())
    record = store.get(f"zebra/print::{NUMBER}", 1)
    assert record is not None
    assert record.state is EffectState.RELEASED
    found = caller({"zebra": {**settings, "port": printer.port}}, store=store)
    found.print_document("zebra", job())
    printer.wait_for(1)
    store.close()


def test_a_printer_that_vanishes_mid_job_leaves_a_doubt(connect: Callable[..., Caller], printer: RawPrinter) -> None:
    printer.on_job = vanish
    client = connect()
    with pytest.raises(OutcomeUnknown):
        client.print_document("zebra", job())
    printer.on_job = None
    with pytest.raises(OutcomeUnknown):
        client.print_document("zebra", job())
    assert printer.jobs == []
    record = client.store.get(f"zebra/print::{NUMBER}", 1)
    assert record is not None
    assert record.state is EffectState.UNKNOWN


def test_a_printer_that_stops_reading_leaves_a_doubt(connect: Callable[..., Caller], printer: RawPrinter) -> None:
    release = threading.Event()
    printer.on_job = lambda connection: (release.wait(5), None)[1]
    big = b"^XA^PW800^LL1200^FX" + b"x" * 15_000_000 + b"^FO0,0^GB9,9,9^FS^XZ"
    zpl = Document(kind=DocumentKind.LABEL, format=DocumentFormat.ZPL, content=big, dpi=203)
    try:
        with pytest.raises(OutcomeUnknown):
            connect(timeout_s=0.3).print_document("zebra", PrintDocument(document=zpl, name="big"))
    finally:
        release.set()


def test_unasked_words_do_not_break_a_job_off(connect: Callable[..., Caller], printer: RawPrinter) -> None:
    printer.greets = True
    connect().print_document("zebra", job())
    printer.wait_for(1)
    assert printer.jobs[0].endswith(b"^XZ\n")


def test_a_printer_that_keeps_the_connection_open(
    connect: Callable[..., Caller], printer: RawPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "_FAREWELL_S", 0.05)
    release = threading.Event()
    read = threading.Event()

    def hold(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass
        read.set()
        release.wait(5)

    printer.on_job = hold
    try:
        assert connect().print_document("zebra", job()).state is PrintState.SENT
        assert read.wait(5)
    finally:
        release.set()


def test_the_same_job_is_sent_once_and_again_only_on_purpose(
    connect: Callable[..., Caller], printer: RawPrinter
) -> None:
    client = connect()
    first = client.print_document("zebra", job())
    assert client.print_document("zebra", job()) == first
    with pytest.raises(AlreadyDone):
        client.print_document("zebra", job(copies=2))
    client.print_document("zebra", job(attempt=2))
    printer.wait_for(2)
    assert printer.jobs[0] == printer.jobs[1]
    assert len(printer.jobs) == 2


def test_a_port_has_no_jobs(connect: Callable[..., Caller]) -> None:
    client = connect()
    with pytest.raises(UnsupportedOperation, match="knows no jobs"):
        client.get_print_job("zebra", GetPrintJob(job_id="1"))
    with pytest.raises(UnsupportedOperation, match="knows no jobs"):
        client.cancel_print_job("zebra", CancelPrintJob(job_id="1"))


def test_describes_itself(connect: Callable[..., Caller], printer: RawPrinter) -> None:
    (found,) = connect(margins={"left_mm": "1.5"}).list_printers("zebra", ListPrinters())
    assert found.ready
    assert found.description == f"127.0.0.1:{printer.port}"
    (paper,) = found.media
    assert (paper.width_mm, paper.height_mm, paper.dpi) == (100, 150, 203)
    assert paper.margins is not None
    assert found.formats == ("pdf", "png", "zpl")


def test_a_label_that_does_not_fit_is_refused(connect: Callable[..., Caller], printer: RawPrinter) -> None:
    client = connect(crop=False)
    big = PrintDocument(document=label("1", 200, 200), name="big")
    with pytest.raises(PrinterError, match="does not fit"):
        client.print_document("zebra", big)
    with pytest.raises(PrinterError, match="not thermal"):
        client.print_document("zebra", job(media="a4-1up"))
    with pytest.raises(PrinterError, match="margins leave nothing"):
        connect(margins={"left_mm": 60, "right_mm": 60}).print_document("zebra", job())
    assert printer.jobs == []
    assert printer.questions == 0


def test_a_read_only_account_prints_nothing(connect: Callable[..., Caller], printer: RawPrinter) -> None:
    with pytest.raises(ReadOnlyAccount):
        connect(read_only=True).print_document("zebra", job())
    assert printer.jobs == []


@pytest.mark.parametrize("host", ["203.0.113.9", "printer.example.com", "8.8.8.8", "2001:db8::1", "localhost.example"])
def test_hosts_outside_the_local_network_are_refused(host: str) -> None:
    accounts = {"zebra": {"connector": "raw", "host": host, "status": "off"}}
    with Client(accounts=accounts, store=SqliteStore(None)) as client, pytest.raises(InvalidSettings, match="local"):
        client.print_document("zebra", job())


@pytest.mark.parametrize(
    "settings",
    [
        {"host": "socket://192.168.1.4"},
        {"host": ""},
        {"port": 0},
        {"media": "a5"},
        {"rotation": 1},
        {"darkness": 31},
        {"language": "epl"},
        {"margins": {"left_mm": -1}},
        {"darkness": 3, "darkness_change": 3},
    ],
)
def test_settings_are_checked(connect: Callable[..., Caller], settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettings):
        connect(**settings).list_printers("zebra", ListPrinters())


def test_a_status_says_what_waits() -> None:
    status = read_status(b"\r\n" + host_status(b=1))
    assert (status.label_dots, status.waiting, status.left) == (1200, 0, 0)
    for wrong in (b"", b"\x02\x03\x02\x03\x02\x03", b"\x02030,0\x03" * 3, b"~HS"):
        with pytest.raises(MalformedResponse):
            read_status(wrong)
