"""Labels: what they are, how large they are, and how they get onto paper at true size.

    label = LabelDocument.read(label_bytes)
    result = impose([Label("JD014600006281230704", label)], A4_2_UP)
    write_document(folder, "labels-2026-03-01", result.pdf, ".pdf")
    verify_label(LabelDocument.read(result.pdf), {"JD014600006281230704"})

PDF work needs the extra `labels`, reading barcodes back the extra `verify` as well. Importing this package imports
neither.
"""

from xborder_sdk.documents.barcodes import Barcode, read_barcodes, read_bitmap, verify_label
from xborder_sdk.documents.errors import (
    BarcodesMissing,
    BrokenDocument,
    DocumentTooLarge,
    DoesNotFit,
    EncryptedDocument,
    FileConflict,
    GlyphsMissing,
    InvalidLayout,
    ResolutionUnknown,
    UnknownFormat,
    UnsafeFileName,
    UnsupportedDocument,
)
from xborder_sdk.documents.files import safe_name, write_document
from xborder_sdk.documents.fitting import Fit, FitRules, Shrink, fit
from xborder_sdk.documents.geometry import Area, Size
from xborder_sdk.documents.imposition import Imposition, Label, Placement, impose
from xborder_sdk.documents.labels import LabelDocument, LabelFormat, LabelPage, check_zpl
from xborder_sdk.documents.limits import DEFAULT_LIMITS, Limits
from xborder_sdk.documents.media import (
    A4,
    A4_1_UP,
    A4_2_UP,
    A4_4_UP,
    DPI_12_PER_MM,
    DPI_203,
    DPI_300,
    LABEL_203,
    LABEL_300,
    STOCK_LAYOUTS,
    THERMAL_100X150_203,
    THERMAL_100X150_300,
    Layout,
    Media,
    MediaKind,
)
from xborder_sdk.documents.raster import Bitmap, ink_area, render_for, render_page, to_pdf
from xborder_sdk.documents.turning import turned_pages
from xborder_sdk.documents.zpl import Edges, ThermalSetup, ZplEncoding, ZplProgram, draw_for_head, to_zpl
from xborder_sdk.errors import DocumentError

__all__ = [
    "A4",
    "A4_1_UP",
    "A4_2_UP",
    "A4_4_UP",
    "DEFAULT_LIMITS",
    "DPI_12_PER_MM",
    "DPI_203",
    "DPI_300",
    "LABEL_203",
    "LABEL_300",
    "STOCK_LAYOUTS",
    "THERMAL_100X150_203",
    "THERMAL_100X150_300",
    "Area",
    "Barcode",
    "BarcodesMissing",
    "Bitmap",
    "BrokenDocument",
    "DocumentError",
    "DocumentTooLarge",
    "DoesNotFit",
    "Edges",
    "EncryptedDocument",
    "FileConflict",
    "Fit",
    "FitRules",
    "GlyphsMissing",
    "Imposition",
    "InvalidLayout",
    "Label",
    "LabelDocument",
    "LabelFormat",
    "LabelPage",
    "Layout",
    "Limits",
    "Media",
    "MediaKind",
    "Placement",
    "ResolutionUnknown",
    "Shrink",
    "Size",
    "ThermalSetup",
    "UnknownFormat",
    "UnsafeFileName",
    "UnsupportedDocument",
    "ZplEncoding",
    "ZplProgram",
    "check_zpl",
    "draw_for_head",
    "fit",
    "impose",
    "ink_area",
    "read_barcodes",
    "read_bitmap",
    "render_for",
    "render_page",
    "safe_name",
    "to_pdf",
    "to_zpl",
    "turned_pages",
    "verify_label",
    "write_document",
]
