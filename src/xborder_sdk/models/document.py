"""Papers that belong to a shipment, as bytes with what they are."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from xborder_sdk.models.base import Model


class DocumentKind(StrEnum):
    """What a paper is for."""

    LABEL = "label"
    """Goes on the parcel."""
    WAYBILL = "waybill"
    """The carrier's archive copy; goes to the driver."""
    COMMERCIAL_INVOICE = "commercial_invoice"
    CUSTOMS_FORM = "customs_form"
    RECEIPT = "receipt"
    MANIFEST = "manifest"
    """The list of parcels that the driver or the warehouse signs."""
    BAG_LABEL = "bag_label"
    """Goes on a bag of many parcels."""
    PROOF_OF_DELIVERY = "proof_of_delivery"
    OTHER = "other"


class DocumentFormat(StrEnum):
    """How the bytes are to be read."""

    PDF = "pdf"
    PNG = "png"
    ZPL = "zpl"
    EPL = "epl"
    JPEG = "jpeg"
    GIF = "gif"
    TIFF = "tiff"
    OTHER = "other"


class Document(Model):
    """A paper. The content is never shown in a repr: labels carry addresses.

    Attributes:
        kind: What it is for.
        format: How to read the bytes.
        content: The bytes themselves.
        name: The vendor's name of it, where it has one.
        number: Which waybill or parcel it belongs to.
        dpi: Dots per inch of a raster or ZPL label, where known.
    """

    kind: DocumentKind
    format: DocumentFormat
    content: Annotated[bytes, Field(repr=False)]
    name: str | None = None
    number: str | None = None
    dpi: int | None = None
