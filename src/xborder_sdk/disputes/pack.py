"""Evidence for a dispute, put together: what there is, what there is not and why, and the files a platform takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from xborder_sdk.models import (
    DisputeKind,
    DisputeParty,
    EvidenceFile,
    EvidenceKind,
    EvidenceLimits,
    Instant,
    Model,
)
from xborder_sdk.models.base import Personal

Content = Annotated[bytes, Field(repr=False)]


class EvidenceParcel(Model):
    """A parcel whose way is to be shown.

    Attributes:
        account: Account of the carrier.
        number: Its waybill.
        bought_at: When it was bought, where known.
    """

    account: str
    number: str
    bought_at: Instant | None = None


class Letter(Model):
    """Something that was written about the order.

    Attributes:
        text: The words, in full.
        sender: Who wrote it.
        at: When.
        subject: What it is about, or where it comes from.
    """

    text: Personal
    sender: DisputeParty = DisputeParty.UNKNOWN
    at: Instant | None = None
    subject: str | None = None


class Attachment(Model):
    """A file of the seller's own: a photo, a certificate, a screen shot.

    Attributes:
        kind: What it shows.
        title: What it is called in the pack.
        content: A PDF, PNG or JPEG.
    """

    kind: EvidenceKind
    title: str = Field(min_length=1, max_length=200)
    content: Content


class Piece(Model):
    """One piece of evidence as it was made or received.

    Attributes:
        kind: What it shows.
        title: What it is.
        media_type: `application/pdf`, `image/png` or `image/jpeg`.
        content: Its bytes.
    """

    kind: EvidenceKind
    title: str
    media_type: str
    content: Content


class Missing(Model):
    """Something that is not in the pack, or not among the files that go to the platform.

    Attributes:
        title: What.
        reason: Why, in words without buyer data.
    """

    title: str
    reason: str


class PackFile(Model):
    """A file as the platform takes it.

    Attributes:
        kind: What it is given as; platforms have fewer words than there are kinds.
        piece: Which piece it is of, from 0.
        file: Name, bytes and media type.
    """

    kind: EvidenceKind
    piece: int = Field(ge=0)
    file: EvidenceFile


class EvidencePack(Model):
    """Evidence about one order.

    Attributes:
        account: Account of the platform.
        order_id: The order.
        dispute_id, dispute_kind: The dispute it was made for, where there is one.
        pieces: What there is, the weightiest first.
        missing: What there is not, each with its reason.
        files: The pieces within the platform's limits; without limits, the pieces as they are.
        limits: The limits it was made for; None where the platform takes no files, or none were named.
        parcels: The parcels it tells of.
        delivered: Whether a carrier says that one of them was delivered.
        pdf: Everything as one PDF with a page of contents.
    """

    account: str
    order_id: str
    dispute_id: str | None = None
    dispute_kind: DisputeKind | None = None
    pieces: tuple[Piece, ...]
    missing: tuple[Missing, ...] = ()
    files: tuple[PackFile, ...] = ()
    limits: EvidenceLimits | None = None
    parcels: tuple[EvidenceParcel, ...] = ()
    delivered: bool = False
    pdf: Content

    def by_kind(self) -> Mapping[EvidenceKind, tuple[EvidenceFile, ...]]:
        """The files by what they are given as, in the order of the pieces."""
        found: dict[EvidenceKind, tuple[EvidenceFile, ...]] = {}
        for one in self.files:
            found[one.kind] = (*found.get(one.kind, ()), one.file)
        return found
