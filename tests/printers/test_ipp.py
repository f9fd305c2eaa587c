"""IPP printers through both clients: what is asked of them, what they may answer, and what is never claimed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from tests.support.drivers import Caller
from tests.support.faults import close, half_body, html, reset, say, silence, unused_port
from tests.support.times import Waits

from xborder_sdk.documents import LabelDocument, read_barcodes
from xborder_sdk.errors import (
    AlreadyDone,
    AuthenticationFailed,
    InvalidSettings,
    MalformedResponse,
    NotSent,
    OutcomeUnknown,
    PrinterError,
    PrinterStopped,
    ReadOnlyAccount,
    Throttled,
    TransportError,
)
from xborder_sdk.hookspecs import CancelPrintJob, GetPrintJob, ListPrinters, PrintDocument
from xborder_sdk.ledger import EffectState
from xborder_sdk.models import Document, DocumentFormat, DocumentKind, PrinterTrouble, PrintState

from . import ipp_printer
from .ipp_printer import CANCEL_JOB, GET_PRINTER, OK, PRINT_JOB, VALUES, IppServer, answer, ipp, media
from .labels import label

NUMBER = "JD014600006281230704"


@pytest.fixture
def printer() -> Iterator[IppServer]:
    server = IppServer()
    yield server
    server.stop()


@pytest.fixture
def connect(caller: Callable[..., Caller], printer: IppServer, waits: Waits) -> Callable[..., Caller]:
    def make(**settings: Any) -> Caller:
        return caller({"labels": {"connector": "ipp", "uri": printer.uri, **settings}}, clock=waits.clock())

    return make


def job(number: str = NUMBER, **more: Any) -> PrintDocument:
    return PrintDocument(document=label(number), name=number, **more)


def test_asks_for_the_label_at_true_size(connect: Callable[..., Caller], printer: IppServer) -> None:
    printed = connect(user="packer").print_document("labels", job())
    assert (printed.job_id, printed.state, printed.pages) == ("41", PrintState.PENDING, 1)
    assert printed.reasons == ()
    (asked,) = printer.of(PRINT_JOB)
    assert asked.order[:4] == [
        "attributes-charset",
        "attributes-natural-language",
        "printer-uri",
        "requesting-user-name",
    ]
    assert asked.version == (2, 0)
    assert asked.get("printer-uri") == printer.uri
    assert asked.get("requesting-user-name") == "packer"
    assert asked.get("job-name") == NUMBER
    assert asked.get("document-format") == "application/pdf"
    assert asked.get("ipp-attribute-fidelity") is True
    assert asked.get("print-scaling", 2) == "none"
    column = asked.get("media-col", 2)
    assert column["media-size"][0] == {"x-dimension": [10000], "y-dimension": [15000]}
    assert {side: column[f"media-{side}-margin"] for side in ("top", "left")} == {"top": [0], "left": [0]}
    sheet = LabelDocument.read(asked.document)
    size = sheet.pages[0].size
    assert size is not None
    assert (size.width_mm.quantize(Decimal("0.1")), size.height_mm.quantize(Decimal("0.1"))) == (100, 150)
    (code,) = read_barcodes(sheet, dpi=203)
    assert code.text == NUMBER
    assert abs((code.module_mm or 0) - Decimal("0.375")) < Decimal("0.02")


def test_the_printers_margins_stay_free(connect: Callable[..., Caller], printer: IppServer) -> None:
    labels = [label(f"1000000{n}", 100, 150, frame=6) for n in range(4)]
    request = PrintDocument(document=labels[0], further=tuple(labels[1:]), name="sheet", media="a4-4up")
    printed = connect().print_document("labels", request)
    assert printed.pages == 1
    (asked,) = printer.of(PRINT_JOB)
    assert asked.get("media-col", 2)["media-size"][0] == {"x-dimension": [21000], "y-dimension": [29700]}
    sheet = LabelDocument.read(asked.document)
    from xborder_sdk.documents import ink_area

    ink = ink_area(sheet)
    assert ink is not None
    assert ink.x_mm >= Decimal("4.13")
    assert ink.y_mm >= Decimal("4.13")
    assert ink.right_mm <= 210 - Decimal("4.13")
    assert sorted(code.text for code in read_barcodes(sheet)) == [f"1000000{n}" for n in range(4)]


def test_a_label_that_margins_would_cut_is_refused(connect: Callable[..., Caller], printer: IppServer) -> None:
    printer.set(0x34, "media-col-database", [media(10000, 15000, (500, 500, 500, 500))])
    wide = PrintDocument(document=label("123", frame=3), name="wide")
    with pytest.raises(PrinterError, match="does not fit 90 x 140 mm"):
        connect().print_document("labels", wide)
    assert not printer.jobs
    connect(margins={"top_mm": "2", "bottom_mm": "2"}).print_document("labels", wide)
    assert len(printer.jobs) == 1


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turns_sheets_and_keeps_their_places(connect: Callable[..., Caller], printer: IppServer, rotation: int) -> None:
    labels = [label(f"1000000{n}", 90, 130) for n in range(3)]
    request = PrintDocument(document=labels[0], further=tuple(labels[1:]), name="sheet", media="a4-4up")
    connect(rotation=rotation).print_document("labels", request)
    sheet = LabelDocument.read(printer.jobs[41].document)
    size = sheet.pages[0].size
    assert size is not None
    assert round(size.width_mm) == 210
    places = {code.text: (code.area.x_mm > 105, code.area.y_mm > 148) for code in read_barcodes(sheet)}
    assert places == {"10000000": (False, False), "10000001": (True, False), "10000002": (False, True)}


def test_loaded_media_come_first_and_names_serve_where_there_is_nothing_else(
    connect: Callable[..., Caller], printer: IppServer
) -> None:
    printer.set(0x34, "media-col-ready", [media(10010, 15010, (100,) * 4)])
    connect().print_document("labels", job("1"))
    assert printer.of(PRINT_JOB)[-1].get("media-col", 2)["media-size"][0]["x-dimension"] == [10010]
    for name in ("media-col-ready", "media-col-database", "media-col-supported"):
        printer.set(0, name, [])
    printer.set(0x44, "media-supported", ["iso_a4_210x297mm", "oe_4x6-label_4x6in", "om_label_100x150mm"])
    connect().print_document("labels", job("2"))
    assert printer.of(PRINT_JOB)[-1].get("media", 2) == "om_label_100x150mm"
    connect(media="101.6x152.4mm").print_document("labels", job("3"))
    assert printer.of(PRINT_JOB)[-1].get("media", 2) == "oe_4x6-label_4x6in"


def test_custom_sizes_are_asked_for_exactly(connect: Callable[..., Caller], printer: IppServer) -> None:
    printer.set(0x34, "media-col-database", [media((2000, 10800), (1000, 100000), None)])
    connect(media="102x152.4mm-300dpi").print_document("labels", PrintDocument(document=label("7", 102, 152), name="7"))
    column = printer.of(PRINT_JOB)[-1].get("media-col", 2)
    assert column == {"media-size": [{"x-dimension": [10200], "y-dimension": [15240]}]}
    with pytest.raises(PrinterError, match="no paper"):
        connect(media="a4-1up").print_document("labels", job("8"))


def test_a_size_the_printer_has_not_is_refused(connect: Callable[..., Caller], printer: IppServer) -> None:
    printer.set(0x34, "media-col-database", [media(21590, 27940, (635,) * 4)])
    with pytest.raises(PrinterError, match=r"no paper of 100 x 150 mm; it has 215\.9"):
        connect().print_document("labels", job())
    assert not printer.jobs


def test_what_a_printer_does_not_say_is_told(connect: Callable[..., Caller], printer: IppServer) -> None:
    for name in ("media-col-database", "media-col-supported", "print-scaling-supported"):
        printer.set(0, name, [])
    printed = connect().print_document("labels", job())
    assert any("size is not checked" in reason for reason in printed.reasons)
    assert any("unscaled" in reason for reason in printed.reasons)
    assert not any(tag == 2 for tag, _ in printer.of(PRINT_JOB)[0].groups)


def test_a_printer_without_pdf_is_refused(connect: Callable[..., Caller], printer: IppServer) -> None:
    printer.set(0x49, "document-format-supported", ["image/pwg-raster"])
    with pytest.raises(PrinterError, match="no PDF"):
        connect().print_document("labels", job())
    with pytest.raises(PrinterError, match="own language"):
        connect(language="zpl").print_document("labels", job())


def test_zpl_goes_through_a_raw_queue(connect: Callable[..., Caller], printer: IppServer) -> None:
    client = connect(language="zpl", darkness=12)
    client.print_document("labels", job())
    program = b"^XA^PW800^LL1200^FO9,9^GB9,9,9^FS^XZ"
    zpl = Document(kind=DocumentKind.LABEL, format=DocumentFormat.ZPL, content=program, dpi=203)
    client.print_document("labels", PrintDocument(document=zpl, name="zpl"))
    first, second = printer.of(PRINT_JOB)
    assert first.get("document-format") == "application/octet-stream"
    assert first.document.startswith(b"~SD12\n^XA")
    assert first.get("ipp-attribute-fidelity") is False
    assert second.document == program
    printer.set(0x49, "document-format-supported", ["application/octet-stream", "application/vnd.cups-raw"])
    client.print_document("labels", job("2"))
    assert printer.of(PRINT_JOB)[-1].get("document-format") == "application/vnd.cups-raw"


@pytest.mark.parametrize(
    ("state", "reasons", "expected"),
    [
        (3, ["none"], PrintState.PENDING),
        (4, ["job-hold-until-specified"], PrintState.PENDING),
        (5, ["job-printing"], PrintState.PRINTING),
        (7, ["job-canceled-at-device"], PrintState.CANCELLED),
        (8, ["aborted-by-system"], PrintState.FAILED),
        (9, ["job-completed-successfully"], PrintState.PRINTED),
        (9, ["queued-in-device"], PrintState.SENT),
        (9, ["job-completed-with-errors"], PrintState.UNKNOWN),
        (99, ["none"], PrintState.UNKNOWN),
    ],
)
def test_job_states(
    connect: Callable[..., Caller], printer: IppServer, state: int, reasons: list[str], expected: PrintState
) -> None:
    client = connect()
    sent = client.print_document("labels", job())
    assert sent.state is PrintState.PENDING
    printer.jobs[41].state, printer.jobs[41].reasons = state, reasons
    found = client.get_print_job("labels", GetPrintJob(job_id=sent.job_id))
    assert found.state is expected
    assert found.reasons == tuple(reason for reason in reasons if reason != "none")


def test_a_job_that_stopped_says_why(connect: Callable[..., Caller], printer: IppServer) -> None:
    client = connect()
    client.print_document("labels", job())
    printer.jobs[41].state, printer.jobs[41].reasons = 6, ["printer-stopped"]
    printer.set(0x44, "printer-state-reasons", ["media-empty-error", "toner-low-warning"])
    found = client.get_print_job("labels", GetPrintJob(job_id="41"))
    assert found.state is PrintState.STOPPED
    assert found.troubles == (PrinterTrouble.PAPER_OUT,)
    assert found.reasons == ("printer-stopped", "media-empty-error", "toner-low-warning")


@pytest.mark.parametrize(
    ("reasons", "trouble", "hint"),
    [
        (["media-empty"], PrinterTrouble.PAPER_OUT, "new labels"),
        (["paused", "media-needed-error"], PrinterTrouble.PAPER_OUT, "new labels"),
        (["door-open"], PrinterTrouble.OPEN, "close"),
        (["cover-open-error"], PrinterTrouble.OPEN, "close"),
        (["media-jam-error"], PrinterTrouble.PAPER_JAM, "jammed"),
        (["marker-supply-empty-error"], PrinterTrouble.SUPPLY_OUT, "ribbon"),
        (["paused"], PrinterTrouble.PAUSED, "resume"),
        (["offline"], PrinterTrouble.OFFLINE, "switch"),
        (["spool-area-full-error"], PrinterTrouble.MEMORY, "wait"),
        (["com.invented.head-worn-error"], PrinterTrouble.OTHER, "look"),
        (["toner-low-warning"], PrinterTrouble.OTHER, "look"),
    ],
)
def test_a_stopped_printer_is_sent_nothing(
    connect: Callable[..., Caller], printer: IppServer, reasons: list[str], trouble: PrinterTrouble, hint: str
) -> None:
    printer.set(0x23, "printer-state", [5])
    printer.set(0x44, "printer-state-reasons", reasons)
    client = connect()
    with pytest.raises(PrinterStopped) as caught:
        client.print_document("labels", job())
    assert caught.value.trouble == trouble
    assert caught.value.reasons == tuple(reasons)
    assert hint in (caught.value.hint or "")
    assert not printer.jobs
    (described,) = client.list_printers("labels", ListPrinters())
    assert not described.ready
    assert described.reasons == tuple(reasons)
    printer.set(0x23, "printer-state", [3])
    assert client.print_document("labels", job()).job_id == "41"


def test_a_printer_that_takes_no_jobs(connect: Callable[..., Caller], printer: IppServer) -> None:
    printer.set(0x22, "printer-is-accepting-jobs", [False])
    with pytest.raises(PrinterError, match="takes no jobs"):
        connect().print_document("labels", job())
    printer.set(0x22, "printer-is-accepting-jobs", [True])
    printer.refuse = ipp_printer.NOT_ACCEPTING
    with pytest.raises(PrinterError, match="not-accepting-jobs"):
        connect().print_document("labels", job())


def test_describes_itself(connect: Callable[..., Caller], printer: IppServer) -> None:
    printer.set(0x34, "media-col-ready", [media(10000, 15000, (100, 0, 100, 0), "om_label_100x150mm")])
    (found,) = connect().list_printers("labels", ListPrinters())
    assert (found.name, found.description, found.ready) == ("labels", "Invented Thermal 4", True)
    assert found.formats == ("pdf", "png")
    assert found.media[0].name == "om_label_100x150mm"
    assert found.media[0].loaded is True
    assert (found.media[0].width_mm, found.media[0].height_mm) == (100, 150)
    assert found.media[0].margins is not None
    assert found.media[0].margins.top_mm == 1
    assert [m.name for m in found.media[1:]] == ["100x150mm", "210x297mm"]


def test_a_busy_printer_is_asked_again_and_prints_once(
    connect: Callable[..., Caller], printer: IppServer, waits: Waits
) -> None:
    printer.busy = 2
    printed = connect().print_document("labels", job())
    assert printed.job_id == "41"
    assert len(printer.of(PRINT_JOB)) == 3
    assert len(printer.jobs) == 1
    assert waits == [3.0, 3.0]


def test_a_printer_that_stays_busy_is_typed(connect: Callable[..., Caller], printer: IppServer) -> None:
    printer.busy = 99
    client = connect(max_attempts=2)
    with pytest.raises(Throttled) as caught:
        client.print_document("labels", job())
    assert caught.value.code == "server-error-busy"
    printer.busy = 0
    assert client.print_document("labels", job()).job_id == "41"


@pytest.mark.parametrize(
    "act", [close(), reset(), half_body(b"x" * 900), silence()], ids=["close", "reset", "half", "silence"]
)
def test_a_printer_that_vanishes_mid_job_leaves_a_doubt_and_no_second_label(
    connect: Callable[..., Caller], printer: IppServer, act: Any
) -> None:
    printer.on_print = act
    client = connect(timeout_s=0.3)
    with pytest.raises(OutcomeUnknown):
        client.print_document("labels", job())
    printer.on_print = None
    with pytest.raises(OutcomeUnknown):
        client.print_document("labels", job())
    assert len(printer.jobs) == 1
    record = client.store.get(f"labels/print::{NUMBER}", 1)
    assert record is not None
    assert record.state is EffectState.UNKNOWN


@pytest.mark.parametrize(
    "content",
    [answer(OK), answer(OK, (2, [(0x21, "job-id", [])])), b"\2\0", b""],
    ids=["no job", "no id", "cut off", "empty"],
)
def test_an_answer_that_cannot_be_read_is_kept_and_nothing_repeated(
    connect: Callable[..., Caller], printer: IppServer, content: bytes
) -> None:
    printer.on_print = ipp(content)
    client = connect()
    for _ in range(2):
        with pytest.raises((OutcomeUnknown, MalformedResponse)):
            client.print_document("labels", job())
    assert len(printer.jobs) == 1


def test_html_for_an_answer_is_malformed(connect: Callable[..., Caller], printer: IppServer) -> None:
    printer.raw = html()
    with pytest.raises(MalformedResponse, match="text/html"):
        connect().list_printers("labels", ListPrinters())


@pytest.mark.parametrize("status", [0x0500, 0x0504, 0x0505, 0x0508])
def test_errors_with_which_a_job_may_exist_leave_a_doubt(
    connect: Callable[..., Caller], printer: IppServer, status: int
) -> None:
    printer.refuse = status
    with pytest.raises(OutcomeUnknown):
        connect().print_document("labels", job())
    assert len(printer.of(PRINT_JOB)) == 1


def test_what_it_cannot_do_of_the_wishes_is_named(connect: Callable[..., Caller], printer: IppServer) -> None:
    printer.refuse = VALUES
    client = connect()
    with pytest.raises(PrinterError, match="print-scaling"):
        client.print_document("labels", job())
    printer.refuse = None
    assert client.print_document("labels", job()).state is PrintState.PENDING


def test_wishes_that_were_ignored_are_told(connect: Callable[..., Caller], printer: IppServer) -> None:
    printer.on_print = ipp(
        answer(1, (5, [(0x12, "media-col", [b""])]), (2, [(0x21, "job-id", [41]), (0x23, "job-state", [3])]))
    )
    printed = connect().print_document("labels", job())
    assert any("ignored media-col" in reason for reason in printed.reasons)


def test_the_same_job_is_printed_once_and_again_only_on_purpose(
    connect: Callable[..., Caller], printer: IppServer
) -> None:
    client = connect()
    first = client.print_document("labels", job())
    assert client.print_document("labels", job()) == first
    assert len(printer.jobs) == 1
    with pytest.raises(AlreadyDone):
        client.print_document("labels", PrintDocument(document=label("other"), name=NUMBER))
    again = client.print_document("labels", job(attempt=2))
    assert (again.job_id, len(printer.jobs)) == ("42", 2)
    record = client.store.get(f"labels/print::{NUMBER}", 2)
    assert record is not None
    assert record.outcome_id == "42"


def test_written_bytes_are_never_called_printed(connect: Callable[..., Caller], printer: IppServer) -> None:
    client = connect(max_attempts=1)
    client.print_document("labels", job())
    printer.raw = reset()
    with pytest.raises(TransportError):
        client.get_print_job("labels", GetPrintJob(job_id="41"))


def test_a_job_it_has_forgotten_is_unknown(connect: Callable[..., Caller]) -> None:
    found = connect().get_print_job("labels", GetPrintJob(job_id="7"))
    assert found.state is PrintState.UNKNOWN


@pytest.mark.parametrize("job_id", ["0", "-1", "x", "²", "9" * 30, "1 "])
def test_what_is_no_job_number_is_refused(connect: Callable[..., Caller], printer: IppServer, job_id: str) -> None:
    with pytest.raises(PrinterError, match="no job"):
        connect().get_print_job("labels", GetPrintJob(job_id=job_id))
    assert not printer.asked


def test_a_job_is_cancelled_and_cancelling_it_again_changes_nothing(
    connect: Callable[..., Caller], printer: IppServer
) -> None:
    client = connect()
    sent = client.print_document("labels", job())
    for _ in range(2):
        assert client.cancel_print_job("labels", CancelPrintJob(job_id=sent.job_id)).state is PrintState.CANCELLED
    assert [asked.get("job-id") for asked in printer.of(CANCEL_JOB)] == [41, 41]


def test_what_is_printed_cannot_be_cancelled(connect: Callable[..., Caller], printer: IppServer) -> None:
    client = connect()
    client.print_document("labels", job())
    printer.jobs[41].state = 9
    with pytest.raises(PrinterError, match="printed and cannot be cancelled"):
        client.cancel_print_job("labels", CancelPrintJob(job_id="41"))
    with pytest.raises(PrinterError, match="knows no job 9"):
        client.cancel_print_job("labels", CancelPrintJob(job_id="9"))


def test_an_unreachable_printer_was_sent_nothing(connect: Callable[..., Caller]) -> None:
    client = connect(uri=f"ipp://127.0.0.1:{unused_port()}/", max_attempts=1)
    with pytest.raises(NotSent):
        client.print_document("labels", job())


@pytest.mark.parametrize(
    ("status", "error", "hint"),
    [(401, AuthenticationFailed, "password"), (426, PrinterError, "ipps"), (404, PrinterError, "path")],
)
def test_http_refusals_say_what_to_do(
    connect: Callable[..., Caller], printer: IppServer, status: int, error: type[Exception], hint: str
) -> None:
    printer.raw = say(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode(), keep=True)
    with pytest.raises(error, match=hint):
        connect().print_document("labels", job())


def test_a_read_only_account_prints_and_cancels_nothing(connect: Callable[..., Caller], printer: IppServer) -> None:
    client = connect(read_only=True)
    for call, request in (
        (client.print_document, job()),
        (client.cancel_print_job, CancelPrintJob(job_id="41")),
    ):
        with pytest.raises(ReadOnlyAccount):
            call("labels", request)
    assert not printer.jobs
    assert client.list_printers("labels", ListPrinters())
    assert printer.of(GET_PRINTER)


def test_other_documents_and_printers_are_refused(connect: Callable[..., Caller], printer: IppServer) -> None:
    client = connect()
    epl = Document(kind=DocumentKind.LABEL, format=DocumentFormat.EPL, content=b"N\nP1\n")
    with pytest.raises(PrinterError, match="epl"):
        client.print_document("labels", PrintDocument(document=epl, name="e"))
    with pytest.raises(PrinterError, match="one printer"):
        client.print_document("labels", job(printer="other"))
    with pytest.raises(PrinterError, match="no media"):
        client.print_document("labels", job(media="a7"))
    assert not printer.jobs


@pytest.mark.parametrize(
    "settings",
    [
        {"uri": "http://192.168.1.4/ipp/print"},
        {"uri": "ipp:///ipp/print"},
        {"uri": "ipp://user:secret@192.168.1.4/ipp/print"},
        {"uri": "ipp://192.168.1.4/ipp/print?x=1"},
        {"uri": "ipp://192.168.1.4:x/ipp/print"},
        {"uri": "ipp://192.168.1.4/ü"},
        {"media": "a5"},
        {"media": "100x150"},
        {"rotation": 45},
        {"darkness": 31},
        {"version": "3.0"},
    ],
)
def test_settings_are_checked(connect: Callable[..., Caller], settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettings):
        connect(**settings).list_printers("labels", ListPrinters())
