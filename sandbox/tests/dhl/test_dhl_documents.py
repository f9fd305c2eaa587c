"""Labels and papers as a printer and a scanner see them."""

from __future__ import annotations

import base64
import io
import re

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from xborder_sandbox.dhl.label_data import LabelData, LabelPiece, Party
from xborder_sandbox.dhl.label_thermal import label_epl, label_zpl
from xborder_sandbox.dhl.templates import LABELS
from xborder_sandbox.letters import latin


def output(*options, **more):
    return {"outputImageProperties": {**({"imageOptions": list(options)} if options else {}), **more}}


def option(kind, template="", **more):
    return {"typeCode": kind, **({"templateName": template} if template else {}), **more}


@pytest.mark.parametrize(
    ("template", "size"),
    [
        ("", (99, 200)),
        ("ECOM26_84_001", (99, 200)),
        ("ECOM26_A6_002", (105, 148)),
        ("ECOM26_84_A4_001", (210, 297)),
        ("ECOM_TC_A4", (210, 297)),
        ("ECOM26_84CI_001", (99, 200)),
    ],
)
def test_label_has_its_size_and_can_be_scanned(dhl, read_pdf, template, size):
    changes = output(option("label", template)) if template else {}
    body = dhl.ship(pieces=2, **changes)
    (document,) = body["documents"]
    assert (document["typeCode"], document["imageFormat"]) == ("label", "PDF")
    pages = read_pdf(document["content"])
    assert pages.sizes_mm() == [size, size]
    for codes, package in zip(pages.barcodes(), body["packages"], strict=True):
        assert body["shipmentTrackingNumber"] in codes
        assert "J" + package["trackingNumber"] in codes
        assert "2LDE10115+48000001" in codes
    for number, text in enumerate(pages.texts(), start=1):
        for part in ("Müller Drachen", "Große Lindenstraße 4", "10115 Berlin", "GERMANY", "EXPRESS WORLDWIDE"):
            assert part in text
        assert f"{number}/2" in text
        assert "ORDER-1" in text


def test_the_documents_own_label_has_that_size(spec, read_pdf):
    example = spec.document["components"]["examples"]["nonDocInternationalShipmentResponse"]["value"]
    label = next(d for d in example["documents"] if d["typeCode"] == "label")
    assert read_pdf(label["content"]).sizes_mm() == [(99, 200)]


def test_a_label_can_be_put_on_a4(dhl, read_pdf):
    (document,) = dhl.ship(**output(option("label", "ECOM26_A6_002", fitLabelsToA4=True)))["documents"]
    assert read_pdf(document["content"]).sizes_mm() == [(210, 297)]
    (document,) = dhl.ship(**output(option("label", "ECOM26_84_001", fitLabelsToA4=True)))["documents"]
    assert read_pdf(document["content"]).sizes_mm() == [(99, 200)]  # the template is not in the parameter's list


ALL = [option(kind, isRequested=True) for kind in ("waybillDoc", "invoice", "shipmentReceipt")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [("label", 3), ("invoice", 2)]),
        ({"splitTransportAndWaybillDocLabels": True}, [("label", 2), ("waybillDoc", 1), ("invoice", 2)]),
        ({"splitInvoiceAndReceipt": True}, [("label", 3), ("invoice", 1), ("receipt", 1)]),
        ({"splitDocumentsByPages": True}, [("label", 1), ("label", 1), ("waybillDoc", 1), ("invoice", 2)]),
        ({"receiptAndLabelsInOneImage": True}, [("label", 4), ("invoice", 1)]),
        ({"allDocumentsInOneImage": True}, [("label", 5)]),
    ],
)
def test_bundles(dhl, read_pdf, changes, expected):
    documents = dhl.ship(pieces=2, **output(*ALL, **changes))["documents"]
    assert [(d["typeCode"], len(read_pdf(d["content"]).texts())) for d in documents] == expected


def test_only_what_was_asked_for(dhl):
    kinds = [
        d["typeCode"]
        for d in dhl.ship(**output(option("waybillDoc"), option("invoice", isRequested=False)))["documents"]
    ]
    assert kinds == ["label"]


def test_labels_linked_to_pieces(dhl, read_pdf):
    wish = {"getAdditionalInformation": [{"typeCode": "linkLabelsByPieces", "isRequested": True}]}
    body = dhl.ship(pieces=3, **wish)
    assert [d["packageReferenceNumber"] for d in body["documents"]] == [1, 2, 3]
    for document, package in zip(body["documents"], body["packages"], strict=True):
        (codes,) = read_pdf(document["content"]).barcodes()
        assert "J" + package["trackingNumber"] in codes


def test_commercial_invoice(dhl, read_pdf):
    body = dhl.ship(**output(option("invoice", isRequested=True)))
    pages = read_pdf(body["documents"][1]["content"])
    assert pages.sizes_mm() == [(210, 297)]
    (text,) = pages.texts()
    for part in ("Commercial Invoice", "INV-7", "2026-03-01", "Paper kite", "950300", "4 PCS", "12.5 USD", "50.0 USD"):
        assert part in text
    for part in (body["shipmentTrackingNumber"], "Paper Crane Trading", "Müller Drachen", "DAP", "PERMANENT"):
        assert part in text


def test_long_invoice_goes_on(dhl, read_pdf):
    request = dhl.shipment_request(**output(option("invoice", "COMMERCIAL_INVOICE_L_10", isRequested=True)))
    (line,) = request["content"]["exportDeclaration"]["lineItems"]
    request["content"]["exportDeclaration"]["lineItems"] = [
        {**line, "number": n, "description": f"Kite model {n}"} for n in range(1, 61)
    ]
    pages = read_pdf(dhl.call("POST", "/shipments", json=request).json()["documents"][1]["content"])
    assert set(pages.sizes_mm()) == {(297, 210)}
    texts = pages.texts()
    assert len(texts) > 2
    for number in range(1, 61):
        assert sum(len(re.findall(rf"Kite model {number}\b", text)) for text in texts) == 1
    assert "Total line items: 60" in texts[-1]


def test_waybill_document_hides_the_account(dhl, read_pdf):
    split = {"splitTransportAndWaybillDocLabels": True}
    for hidden in (False, True):
        wish = option("waybillDoc", "ARCH_8x4", isRequested=True, hideAccountNumber=hidden, numberOfCopies=2)
        pages = read_pdf(dhl.ship(**output(wish, **split))["documents"][1]["content"])
        assert pages.sizes_mm() == [(99, 200)] * 2
        assert all((dhl.account in text) is not hidden for text in pages.texts())


def test_same_label_twice_is_the_same_file(make_dhl):
    first, second = (make_dhl(seed=5).ship()["documents"][0]["content"] for _ in range(2))
    assert first == second


def test_label_free(dhl):
    services = [{"serviceCode": "PZ"}, {"serviceCode": "PT"}]
    body = dhl.ship(valueAddedServices=services, **output(option("qr-code", isRequested=True)))
    assert body["documents"] == []
    (code,) = body["packages"][0]["documents"]
    assert (code["typeCode"], code["imageFormat"]) == ("qr-code", "PNG")
    picture = Image.open(io.BytesIO(base64.b64decode(code["content"])))
    (read,) = zxingcpp.read_barcodes(picture)
    assert body["shipmentTrackingNumber"] in read.text


@pytest.mark.parametrize(("dpi", "width", "height"), [(200, 840, 1184), (300, 1260, 1776)])
def test_zpl(dhl, dpi, width, height):
    wish = output(option("label", "ECOM26_A6_002"), encodingFormat="zpl", printerDPI=dpi)
    body = dhl.ship(pieces=2, **wish)
    (document,) = body["documents"]
    assert document["imageFormat"] == "ZPL"
    text = base64.b64decode(document["content"]).decode()
    formats = re.findall(r"\^XA\n(.*?)\^XZ\n", text, re.DOTALL)
    assert "".join(f"^XA\n{one}^XZ\n" for one in formats) == text
    assert len(formats) == 2
    for one, package in zip(formats, body["packages"], strict=True):
        assert f"^PW{width}" in one
        assert f"^LL{height}" in one
        barcodes = re.findall(r"\^BCN,\d+,N,N,N,A\^FD(.*?)\^FS", one)
        assert barcodes == [body["shipmentTrackingNumber"], "2LDE10115+48000001", "J" + package["trackingNumber"]]
        assert "^FDGroße Lindenstraße 4^FS" in one
        corners = [(int(x), int(y)) for x, y in re.findall(r"\^FO(\d+),(\d+)", one)]
        assert all(x < width and y < height for x, y in corners)


@pytest.mark.parametrize("form", ["epl", "lp2"])
def test_epl(dhl, form):
    body = dhl.ship(pieces=2, **output(*ALL, encodingFormat=form, printerDPI=200))
    label, papers = body["documents"]
    assert label["imageFormat"] == form.upper()
    assert papers["imageFormat"] == "PDF"
    text = base64.b64decode(label["content"]).decode("cp1252")
    assert text.count("\nN\n") == text.count("\nP1\n") == 3  # two labels and the waybill document
    assert f'"{body["shipmentTrackingNumber"]}"' in text
    assert "Große Lindenstraße 4" in text


def test_invoice_stays_pdf_beside_zpl(dhl):
    documents = dhl.ship(**output(*ALL, encodingFormat="zpl"))["documents"]
    assert [(d["typeCode"], d["imageFormat"]) for d in documents] == [("label", "ZPL"), ("invoice", "PDF")]


def _label(text):
    party = Party(text, text, (text,), "1", text, "GERMANY", text)
    piece = LabelPiece(1, 1, "JD014600000000000001", "1 kg", text)
    from datetime import date

    return LabelData(
        "1234567890", "P", text, "WPX", date(2026, 3, 2), party, party, "SZX", "DE-BER-BER", "2LDE1+48000001",
        "C", text, text, (piece,),
    )  # fmt: skip


@given(st.text(max_size=30))
def test_no_text_becomes_a_printer_command(text):
    (zpl,) = label_zpl(_label(text), LABELS["ECOM26_84_001"], 200)
    fields = zpl.decode().split("^FD")[1:]
    assert all("^" not in field.split("^FS", 1)[0] and "~" not in field for field in fields)
    assert zpl.decode().count("^XA") == zpl.decode().count("^XZ") == 1
    (epl,) = label_epl(_label(text), LABELS["ECOM26_84_001"], 200)
    for line in epl.decode("cp1252").split("\n"):
        if line.startswith("A"):
            assert re.fullmatch(r'A\d+,\d+,0,[1-5],1,1,N,"(\\\\|\\"|[^"\\])*"', line)


@given(st.text())
def test_latin_text_is_always_printable(text):
    assert latin(text).encode("cp1252") is not None
    assert "\n" not in latin(text)


def test_latin_keeps_what_it_can():
    assert latin("Žofie Łąka-Ørsted, Größe, Ñandú") == "Žofie Laka-Ørsted, Größe, Ñandú"
    assert latin("深圳") == "??"
