"""The folder printer through the client: true size, shared sheets, the same job once, names that cannot leave."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from reportlab.graphics.barcode import code128
from reportlab.pdfgen.canvas import Canvas

from xborder_sdk import Client
from xborder_sdk.documents import LabelDocument, read_barcodes
from xborder_sdk.errors import InvalidSettings, PrinterError, ReadOnlyAccount
from xborder_sdk.hookspecs import GetPrintJob, ListPrinters, PrintDocument
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.models import Document, DocumentFormat, DocumentKind, PrintState

MM = 72 / 25.4


def label(number: str, width: float = 100, height: float = 150, inset: float = 10) -> Document:
    """A label with one bar code; invented."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width * MM, height * MM), invariant=True)
    code128.Code128(number, barHeight=20 * MM, barWidth=0.375 * MM).drawOn(canvas, inset * MM, 60 * MM)
    canvas.save()
    return Document(kind=DocumentKind.LABEL, format=DocumentFormat.PDF, content=buffer.getvalue(), number=number)


def client_for(folder: Path, **settings: object) -> Client:
    return Client(accounts={"paper": {"connector": "folder", "path": str(folder), **settings}}, store=SqliteStore(None))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with client_for(tmp_path / "out") as client:
        yield client


def test_prints_at_true_size_and_says_where(client: Client, tmp_path: Path) -> None:
    job = client.print_document("paper", PrintDocument(document=label("1234567890"), name="1234567890"))
    assert job.state is PrintState.PRINTED
    assert job.location == str(tmp_path / "out" / "1234567890.pdf")
    assert job.pages == 1
    printed = LabelDocument.read(Path(job.location).read_bytes())
    size = printed.pages[0].size
    assert size is not None
    assert abs(size.width_mm - 100) < Decimal("0.01")
    assert abs(size.height_mm - 150) < Decimal("0.01")
    (code,) = read_barcodes(printed)
    assert code.text == "1234567890"
    assert code.module_mm is not None
    assert abs(code.module_mm - Decimal("0.375")) < Decimal("0.02")


def test_labels_share_a_sheet(tmp_path: Path) -> None:
    numbers = [f"10000000{n}" for n in range(5)]
    first, *rest = [label(number, 100, 140) for number in numbers]
    with client_for(tmp_path / "out", media="a4-4up") as client:
        job = client.print_document("paper", PrintDocument(document=first, further=tuple(rest), name="morning"))
    assert job.pages == 2
    printed = LabelDocument.read(Path(job.location or "").read_bytes())
    codes = read_barcodes(printed)
    assert [sorted(c.text for c in codes if c.page == page) for page in (0, 1)] == [numbers[:4], numbers[4:]]


def test_a_part_used_sheet_starts_where_it_is_free(tmp_path: Path) -> None:
    with client_for(tmp_path / "out", media="a4-4up", start_slot=3) as client:
        job = client.print_document("paper", PrintDocument(document=label("123456", 100, 140), name="x"))
    (code,) = read_barcodes(LabelDocument.read(Path(job.location or "").read_bytes()))
    assert code.area.x_mm > 105
    assert code.area.y_mm > Decimal("148.5")


def test_the_same_job_is_written_once_and_another_is_refused(client: Client) -> None:
    request = PrintDocument(document=label("1234567890"), name="job")
    first = client.print_document("paper", request)
    path = Path(first.location or "")
    before = path.stat()
    assert client.print_document("paper", request) == first
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    with pytest.raises(PrinterError, match="other content"):
        client.print_document("paper", request.replace(document=label("999")))
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_the_file_is_durable_before_it_is_called_printed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    true_sync = os.fsync

    def fsync(handle: int) -> None:
        synced.append(os.fstat(handle).st_size)
        true_sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    job = client.print_document("paper", PrintDocument(document=label("77"), name="77"))
    assert Path(job.location or "").stat().st_size in synced
    assert len(synced) >= 2  # the file and its folder


def test_names_from_outside_stay_in_the_folder(client: Client, tmp_path: Path) -> None:
    job = client.print_document("paper", PrintDocument(document=label("5"), name="../../etc/passwd"))
    assert Path(job.location or "").parent == tmp_path / "out"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    for job_id in ("../secret.pdf", ".hidden", "a/b.pdf"):
        with pytest.raises(PrinterError, match="no job"):
            client.get_print_job("paper", GetPrintJob(job_id=job_id))


def test_a_job_is_looked_at(client: Client) -> None:
    job = client.print_document("paper", PrintDocument(document=label("5"), name="five"))
    assert client.get_print_job("paper", GetPrintJob(job_id=job.job_id)).state is PrintState.PRINTED
    Path(job.location or "").unlink()
    assert client.get_print_job("paper", GetPrintJob(job_id=job.job_id)).state is PrintState.UNKNOWN


def test_zpl_goes_as_it_is_and_only_where_its_resolution_fits(tmp_path: Path) -> None:
    program = b"^XA^PW800^LL1200^FO50,50^BCN,100^FD123^FS^XZ"
    zpl = Document(kind=DocumentKind.LABEL, format=DocumentFormat.ZPL, content=program, dpi=203)
    request = PrintDocument(document=zpl, name="z")
    with client_for(tmp_path / "out") as client:
        job = client.print_document("paper", request)
        assert Path(job.location or "").name == "z.zpl"
        assert Path(job.location or "").read_bytes() == program
        unsaid = request.replace(document=zpl.replace(dpi=None), name="unsaid")
        assert "resolution" in client.print_document("paper", unsaid).reasons[0]
        with pytest.raises(PrinterError, match="dpi"):
            client.print_document("paper", request.replace(document=zpl.replace(dpi=300), name="y"))
        with pytest.raises(PrinterError, match="one by one"):
            client.print_document("paper", request.replace(further=(zpl,)))
        with pytest.raises(PrinterError, match="a4"):
            client.print_document("paper", request.replace(media="a4-2up"))


def test_a_label_that_does_not_fit_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with client_for(tmp_path / "out", crop=False) as client, pytest.raises(PrinterError, match="does not fit"):
        client.print_document("paper", PrintDocument(document=label("1", 200, 200), name="big"))
    assert list((tmp_path / "out").iterdir()) == []


def test_white_margins_are_left_out_when_the_page_is_too_large(client: Client) -> None:
    job = client.print_document("paper", PrintDocument(document=label("12", 105, 148, 20), name="a6"))
    (code,) = read_barcodes(LabelDocument.read(Path(job.location or "").read_bytes()))
    assert code.text == "12"


def test_copies_and_media_of_one_job(client: Client) -> None:
    request = PrintDocument(document=label("12", 100, 140), name="twice", copies=2, media="a4-2up")
    job = client.print_document("paper", request)
    assert job.pages == 1
    assert len(read_barcodes(LabelDocument.read(Path(job.location or "").read_bytes()))) == 2


def test_the_printer_tells_its_media_first_its_own(tmp_path: Path) -> None:
    with client_for(tmp_path / "out", media="a4-2up") as client:
        (printer,) = client.list_printers("paper", ListPrinters())
    assert printer.ready
    assert printer.media[0].name == "a4-2up"
    assert {media.name for media in printer.media} >= {"thermal-100x150-203dpi", "a4-4up"}


def test_a_missing_parent_is_an_error_of_the_printer(tmp_path: Path) -> None:
    with client_for(tmp_path / "no" / "such") as client:
        assert not client.list_printers("paper", ListPrinters())[0].ready
        with pytest.raises(PrinterError, match="cannot be written"):
            client.print_document("paper", PrintDocument(document=label("5"), name="five"))


@pytest.mark.parametrize("settings", [{"media": "a5"}, {"start_slot": -1}, {"path": 5}])
def test_settings_are_checked(tmp_path: Path, settings: dict[str, object]) -> None:
    with client_for(tmp_path, **settings) as client, pytest.raises(InvalidSettings):
        client.list_printers("paper", ListPrinters())


def test_a_read_only_account_prints_nothing(tmp_path: Path) -> None:
    with client_for(tmp_path / "out", read_only=True) as client, pytest.raises(ReadOnlyAccount):
        client.print_document("paper", PrintDocument(document=label("5"), name="five"))
    assert not (tmp_path / "out").exists()


def test_other_formats_are_refused(client: Client) -> None:
    epl = Document(kind=DocumentKind.LABEL, format=DocumentFormat.EPL, content=b"N\nP1\n")
    with pytest.raises(PrinterError, match="epl"):
        client.print_document("paper", PrintDocument(document=epl, name="e"))


def test_a_label_shrinks_only_as_far_as_it_may(tmp_path: Path) -> None:
    wide = PrintDocument(document=label("1234567890123456789012", 105, 148, 0.5), name="a6")
    for scale in ("1", "0.96"):
        with (
            client_for(tmp_path / "no", crop=False, least_scale=scale) as client,
            pytest.raises(PrinterError, match="does not fit"),
        ):
            client.print_document("paper", wide)
    assert list((tmp_path / "no").iterdir()) == []
    with client_for(tmp_path / "yes", crop=False, least_scale="0.95") as client:
        job = client.print_document("paper", wide)
    (code,) = read_barcodes(LabelDocument.read(Path(job.location or "").read_bytes()))
    assert code.module_mm is not None
    assert Decimal("0.34") < code.module_mm < Decimal("0.37")
