"""What a pack holds, what it says is missing, and that equal facts give equal bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from tests.disputes.conftest import CARRIER, DAY, SHOP, Seller

from xborder_sdk.disputes import (
    Attachment,
    EvidencePack,
    EvidenceParcel,
    Letter,
    build_evidence,
    evidence_limits,
    gathering,
    has_pack,
    parcels_of,
    read_pack,
    write_pack,
)
from xborder_sdk.documents import FileConflict
from xborder_sdk.documents.errors import BrokenDocument, GlyphsMissing
from xborder_sdk.errors import InvalidRequest, NotFound
from xborder_sdk.models import Dispute, DisputeKind, DisputeParty, EvidenceKind, EvidenceLimits, Order

LETTER = Letter(text="Dear Rhys,\n\nyour lamp was handed to you on Thursday.", sender=DisputeParty.SELLER)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document).replace("\r", "")
    finally:
        document.close()


@pytest.fixture
def pack(seller: Seller, dispute: Dispute, delivered: Order) -> EvidencePack:
    return build_evidence(seller.client, SHOP, delivered.order_id, dispute=dispute, letters=[LETTER])


def test_a_delivered_parcel_is_shown_from_every_side(pack: EvidencePack, seller: Seller, delivered: Order) -> None:
    assert [piece.title for piece in pack.pieces] == [
        "Proof of delivery, from DHL Express",
        "Tracking history",
        "Shipping notice",
        "Order",
        "Correspondence",
    ]
    assert pack.delivered
    assert pack.missing == ()
    (parcel,) = pack.parcels
    text = text_of(pack.pdf)
    for word in (parcel.number, delivered.order_id, "Rhys Pendlebury", "Delivered", "Signed by", "handed to you on"):
        assert word in text
    asked = [one for one in seller.sandbox.requests(method="POST") if "dispute" in one.path]
    assert not asked


def test_files_are_what_ebay_takes(pack: EvidencePack) -> None:
    assert {one.file.media_type for one in pack.files} == {"image/png"}
    assert sum(len(one.file.content) for one in pack.files) < 1_500_000
    names = [one.file.name for one in pack.files]
    assert len(set(names)) == len(names) == 5
    assert all(re.fullmatch(r"[a-z0-9-]+\.png", name) for name in names)
    assert not any("pendlebury" in name for name in names)
    for one in pack.files:
        Image.open(BytesIO(one.file.content)).load()
    assert pack.by_kind().keys() == {
        EvidenceKind.PROOF_OF_DELIVERY, EvidenceKind.OTHER, EvidenceKind.CORRESPONDENCE
    }  # fmt: skip


def test_equal_facts_give_equal_bytes(pack: EvidencePack, seller: Seller, dispute: Dispute, delivered: Order) -> None:
    again = build_evidence(seller.client, SHOP, delivered.order_id, dispute=dispute, letters=[LETTER])
    assert again == pack
    assert again.pdf == pack.pdf


def test_contents_name_the_page_each_piece_begins_on(pack: EvidencePack) -> None:
    document = pypdfium2.PdfDocument(pack.pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    marks = [(mark.get_title(), mark.get_dest().get_index()) for mark in document.get_toc()]
    document.close()
    assert [title for title, _ in marks] == ["Contents", *(piece.title for piece in pack.pieces)]
    for title, index in marks[1:]:
        line = next(line for line in pages[0].splitlines() if re.match(rf"\d+ {title} \d+$", line))
        assert line.split()[-1] == str(index + 1)
        assert title.partition(",")[0].lower() in pages[index].lower()
    assert all(f"{number} / {len(pages)}" in page for number, page in enumerate(pages, start=1))


def test_what_is_missing_is_said_with_its_reason(seller: Seller) -> None:
    order = seller.order_of("Rhys Pendlebury")
    dispute = seller.open_dispute(order)
    pack = build_evidence(seller.client, SHOP, order.order_id, dispute=dispute)
    missing = {one.title: one.reason for one in pack.missing}
    assert set(missing) == {
        "Proof of delivery",
        "Tracking history",
        "Shipping notice",
        "Correspondence",
        "Asked for: proof of delivery",
    }
    assert "ledger" in missing["Proof of delivery"]
    assert not pack.delivered
    text = " ".join(text_of(pack.pdf).split())
    assert all(reason in text for reason in missing.values())


def test_a_parcel_under_way_has_no_proof_and_is_not_given_as_delivered(seller: Seller) -> None:
    order = seller.order_of("Rhys Pendlebury")
    seller.ship(order)
    seller.pass_(2 * DAY)
    dispute = seller.open_dispute(order, respond_seconds=DAY)
    pack = build_evidence(seller.client, SHOP, order.order_id, dispute=dispute)
    assert "Proof of delivery" in {one.title for one in pack.missing}
    assert {one.kind for one in pack.files} == {EvidenceKind.OTHER}
    assert not pack.delivered


@pytest.mark.slow
def test_a_carrier_that_does_not_answer_stops_nothing(seller: Seller, dispute: Dispute, delivered: Order) -> None:
    seller.sandbox.inject({"kind": "status", "status": 500}, vendor="dhl", path="*/proof-of-delivery", times=None)
    pack = build_evidence(seller.client, SHOP, delivered.order_id, dispute=dispute)
    (reason,) = [one.reason for one in pack.missing if one.title == "Proof of delivery"]
    assert "VendorDown" in reason
    assert "Tracking history" in {piece.title for piece in pack.pieces}


def test_a_proof_that_cannot_be_read_is_said_and_stops_nothing(
    seller: Seller, dispute: Dispute, delivered: Order
) -> None:
    seller.sandbox.inject(
        {"kind": "unknown_code", "path": "documents.*.content", "value": "JVBERi0xLjcKYnJva2Vu"},
        vendor="dhl",
        path="*/proof-of-delivery",
    )
    pack = build_evidence(seller.client, SHOP, delivered.order_id, dispute=dispute)
    assert any("cannot be shown (BrokenDocument)" in one.reason for one in pack.missing)
    assert "Tracking history" in {piece.title for piece in pack.pieces}


def test_parcels_come_from_the_ledger_or_from_the_caller(seller: Seller, delivered: Order) -> None:
    (parcel,) = parcels_of(seller.client, delivered)
    assert (parcel.account, parcel.bought_at is not None) == (CARRIER, True)
    assert parcels_of(seller.client, delivered.replace(order_id="other")) == ()
    named = EvidenceParcel(account=CARRIER, number="0000000000")
    pack = build_evidence(seller.client, SHOP, delivered.order_id, parcels=[named])
    assert pack.parcels == (named,)
    assert "Tracking history" in {one.title for one in pack.missing}


def test_a_parcel_is_found_however_much_was_bought_since(
    seller: Seller, delivered: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_HISTORY", 1)
    seller.ship(seller.order_of("Jonas Brückmann"))
    assert len(parcels_of(seller.client, delivered)) == 1


def test_part_of_an_order_that_was_bought_apart_is_found(seller: Seller, delivered: Order) -> None:
    (parcel,) = parcels_of(seller.client, delivered)
    more = delivered.replace(lines=(delivered.lines[0], delivered.lines[0].replace(line_id="another")))
    assert parcels_of(seller.client, more) == (parcel,)


def test_a_name_without_glyphs_is_refused_and_the_characters_are_named(seller: Seller) -> None:
    order = seller.order_of("陳嘉敏")
    before = len(seller.sandbox.requests(method="POST"))
    with pytest.raises(GlyphsMissing) as error:
        build_evidence(seller.client, SHOP, order.order_id)
    assert {"陳", "嘉", "敏"} <= set(error.value.characters)
    assert "U+9673" in error.value.message
    assert "陳嘉敏" not in str(error.value)  # sorted: they do not spell the name
    assert "font" in (error.value.hint or "")
    assert len(seller.sandbox.requests(method="POST")) == before


def test_all_that_is_missing_is_named_at_once(seller: Seller) -> None:
    order = seller.order_of("陳嘉敏")
    with pytest.raises(GlyphsMissing) as error:
        build_evidence(seller.client, SHOP, order.order_id, letters=[Letter(text="Привет")])
    assert {"陳", "П", "т"} <= set(error.value.characters)


def test_letters_are_refused_for_what_they_hold_too(seller: Seller, delivered: Order) -> None:
    with pytest.raises(GlyphsMissing) as error:
        build_evidence(seller.client, SHOP, delivered.order_id, letters=[Letter(text="Thanks 🙂, Привет")])
    assert "🙂" in error.value.characters
    assert "П" in error.value.characters


def test_an_unknown_order_and_another_orders_dispute_are_refused(seller: Seller, dispute: Dispute) -> None:
    with pytest.raises(NotFound):
        build_evidence(seller.client, SHOP, "99-00000-00000")
    with pytest.raises(InvalidRequest):
        build_evidence(seller.client, SHOP, "99-00000-00000", dispute=dispute)


def test_attachments_are_bound_in_and_given_as_what_they_show(
    seller: Seller, dispute: Dispute, delivered: Order
) -> None:
    photo = Attachment(kind=EvidenceKind.DESCRIPTION, title="Photo of the lamp", content=jpeg(800, 600))
    pack = build_evidence(seller.client, SHOP, delivered.order_id, dispute=dispute, attachments=[photo])
    (file,) = [one.file for one in pack.files if one.kind is EvidenceKind.DESCRIPTION]
    assert file.content == photo.content  # it fits as it is
    assert file.name.endswith(".jpg")


@pytest.mark.slow
def test_an_attachment_over_the_limit_is_made_smaller(seller: Seller, dispute: Dispute, delivered: Order) -> None:
    noise = Image.effect_noise((2400, 1800), 90).convert("RGB")
    out = BytesIO()
    noise.save(out, "JPEG", quality=95)
    assert len(out.getvalue()) > 1_500_000
    large = Attachment(kind=EvidenceKind.DESCRIPTION, title="Large photo", content=out.getvalue())
    pack = build_evidence(seller.client, SHOP, delivered.order_id, dispute=dispute, attachments=[large])
    assert EvidenceKind.DESCRIPTION in pack.by_kind()
    assert sum(len(one.file.content) for one in pack.files) <= 1_500_000


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"GIF89a" + bytes(50), InvalidRequest),
        (b"hello", InvalidRequest),
        (b"\xff\xd8\xff\xe0 cut", BrokenDocument),
        (b"%PDF-1.7 cut", BrokenDocument),
    ],
)
def test_an_attachment_that_cannot_be_shown_is_refused_before_anything_is_asked(
    seller: Seller, content: bytes, error: type[Exception]
) -> None:
    before = len(seller.sandbox.requests())
    with pytest.raises(error):
        build_evidence(
            seller.client,
            SHOP,
            "any",
            attachments=[Attachment(kind=EvidenceKind.OTHER, title="This", content=content)],
        )
    assert len(seller.sandbox.requests()) == before


def test_limits_of_the_caller_hold_where_no_dispute_tells_them(seller: Seller, delivered: Order) -> None:
    limits = EvidenceLimits(
        media_types=frozenset({"application/pdf"}),
        max_bytes=100_000,
        max_total_bytes=200_000,
        max_name=24,
        max_files=1,
        kinds=frozenset({EvidenceKind.PROOF_OF_DELIVERY}),
    )
    pack = build_evidence(seller.client, SHOP, delivered.order_id, limits=limits)
    (file,) = pack.files
    assert file.file.media_type == "application/pdf"
    assert len(file.file.name) <= 24
    reasons = {one.title: one.reason for one in pack.missing}
    assert "no room" in reasons["Tracking history"]
    assert "no file that shows this" in reasons["Order"]


def test_a_dispute_that_takes_no_files_keeps_the_pieces_as_they_are(seller: Seller, delivered: Order) -> None:
    pack = build_evidence(seller.client, SHOP, delivered.order_id)
    assert pack.limits is None
    assert [one.file.content for one in pack.files] == [piece.content for piece in pack.pieces]
    assert evidence_limits(seller.client, SHOP, DisputeKind.NOT_RECEIVED) is None


def test_no_repr_shows_the_buyer(pack: EvidencePack) -> None:
    shown = repr(pack) + repr(LETTER)
    assert "Pendlebury" not in shown
    assert "lamp" not in shown


# --- kept in a folder


def test_a_pack_comes_back_from_its_folder(pack: EvidencePack, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    assert not has_pack(folder)
    paths = write_pack(pack, folder)
    assert [path.name for path in paths] == ["evidence.pdf", *(one.file.name for one in pack.files)]
    assert read_pack(folder) == pack
    assert write_pack(pack, folder) == paths
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("change", [lambda path: path.write_bytes(b"x"), Path.unlink])
def test_a_pack_that_was_changed_is_not_read(
    pack: EvidencePack, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    folder = tmp_path / "evidence"
    change(write_pack(pack, folder)[2])
    with pytest.raises(InvalidRequest):
        read_pack(folder)
    with pytest.raises(InvalidRequest):
        write_pack(pack, folder, anew=True)


def test_another_pack_replaces_one_on_purpose_only(pack: EvidencePack, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    write_pack(pack, folder)
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    less = pack.replace(files=pack.files[:1], pdf=b"%PDF-other")
    with pytest.raises(InvalidRequest):
        write_pack(less, folder)
    write_pack(less, folder, anew=True)
    assert read_pack(folder) == less
    assert len(list((folder / "to-send").iterdir())) == 1
    assert (folder / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_a_strangers_file_is_never_replaced(pack: EvidencePack, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "evidence.pdf").write_bytes(b"mine")
    with pytest.raises(FileConflict):
        write_pack(pack, folder)
    assert not has_pack(folder)


def test_a_manifest_that_names_files_elsewhere_is_not_followed(pack: EvidencePack, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    write_pack(pack, folder)
    manifest = folder / "pack.json"
    (tmp_path / "secret.png").write_bytes(b"secret")
    text = manifest.read_text(encoding="utf-8").replace(pack.files[0].file.name, "../../secret.png")
    manifest.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidRequest):
        read_pack(folder)
    assert (tmp_path / "secret.png").exists()


def jpeg(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.radial_gradient("L").resize((width, height)).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()
