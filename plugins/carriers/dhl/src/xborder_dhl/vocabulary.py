"""DHL Express codes as data, each table with its source.

"OpenAPI" means the vendor's own document "MyDHL API", version 3.1.1.
"""

from __future__ import annotations

from typing import Final

from xborder_sdk.errors import NotFound, PermissionDenied, Refused
from xborder_sdk.hookspecs import LabelStock
from xborder_sdk.models import ContentsType, DocumentFormat, DocumentKind, TaxScheme, TrackingStatus

HOSTS: Final = {
    "production": "https://express.api.dhl.com/mydhlapi",
    "test": "https://express.api.dhl.com/mydhlapi/test",
}
"""OpenAPI, servers."""

# DHL's list of event codes ("express" rows of its status list; texts of the list in the comments). What a code means
# in this project's vocabulary is our assignment; the second value is the finer reason.
EVENTS: Final[dict[str, tuple[TrackingStatus, str | None]]] = {
    "AD": (TrackingStatus.IN_TRANSIT, "appointment"),  # Agreed delivery
    "AF": (TrackingStatus.IN_TRANSIT, None),  # Arrived facility
    "AR": (TrackingStatus.IN_TRANSIT, None),  # Arrival in delivery facility
    "BA": (TrackingStatus.EXCEPTION, "address"),  # Bad address
    "BN": (TrackingStatus.CUSTOMS_PROCESSING, None),  # Customer broker notified
    "BR": (TrackingStatus.IN_TRANSIT, "customs_cleared"),  # Broker release
    "CA": (TrackingStatus.DELIVERY_ATTEMPTED, "closed"),  # Closed on arrival
    "CC": (TrackingStatus.READY_FOR_PICKUP, None),  # Awaiting cnee collection
    "CD": (TrackingStatus.CUSTOMS_HOLD, None),  # Controllable clearance delay
    "CM": (TrackingStatus.EXCEPTION, "address"),  # Customer moved
    "CR": (TrackingStatus.IN_TRANSIT, "customs_cleared"),  # Clearance release
    "CS": (TrackingStatus.UNKNOWN, "administrative"),  # Closed shipment
    "DD": (TrackingStatus.DELIVERED, "damaged"),  # Delivered damaged
    "DF": (TrackingStatus.IN_TRANSIT, None),  # Depart facility
    "DS": (TrackingStatus.EXCEPTION, "destroyed"),  # Destroyed / disposal
    "FD": (TrackingStatus.IN_TRANSIT, "forwarded"),  # Forward destination (DD's expected)
    "HP": (TrackingStatus.CUSTOMS_HOLD, "payment"),  # Held for payment
    "IC": (TrackingStatus.CUSTOMS_PROCESSING, None),  # In clearance processing
    "MC": (TrackingStatus.IN_TRANSIT, "missort"),  # Miscode
    "MD": (TrackingStatus.IN_TRANSIT, "delayed"),  # Missed delivery cycle
    "MS": (TrackingStatus.IN_TRANSIT, "missort"),  # Mis-sort
    "ND": (TrackingStatus.DELIVERY_ATTEMPTED, None),  # Not delivered
    "NH": (TrackingStatus.DELIVERY_ATTEMPTED, "not_home"),  # Not home
    "OH": (TrackingStatus.ON_HOLD, None),  # On hold
    "OK": (TrackingStatus.DELIVERED, None),  # Delivery
    "PD": (TrackingStatus.EXCEPTION, "partial_delivery"),  # Partial delivery
    "PL": (TrackingStatus.IN_TRANSIT, None),  # Processed at location
    "PU": (TrackingStatus.PICKED_UP, None),  # Shipment pick up
    "PY": (TrackingStatus.UNKNOWN, "administrative"),  # Payment
    "RD": (TrackingStatus.EXCEPTION, "refused"),  # Refused delivery
    "RR": (TrackingStatus.CUSTOMS_PROCESSING, None),  # Response received
    "RT": (TrackingStatus.RETURNING, None),  # Returned to consignor
    "SA": (TrackingStatus.PICKED_UP, None),  # Shipment acceptance
    "SC": (TrackingStatus.UNKNOWN, "administrative"),  # Service changed
    "SM": (TrackingStatus.IN_TRANSIT, None),  # Scheduled for movement
    "SS": (TrackingStatus.ON_HOLD, "stopped"),  # Shipment stopped
    "TP": (TrackingStatus.IN_TRANSIT, "forwarded"),  # Forwarded to 3rd party - no DD's
    "TR": (TrackingStatus.IN_TRANSIT, None),  # Record of transfer
    "UD": (TrackingStatus.CUSTOMS_HOLD, None),  # Uncontrollable clearance delay
    "WC": (TrackingStatus.OUT_FOR_DELIVERY, None),  # With delivering courier
}

SATURDAY_DELIVERY: Final = "AA"
DUTIES_PAID: Final = "DD"
INSURANCE: Final = "II"
DIRECT_SIGNATURE: Final = "SF"
PAPERLESS_TRADE: Final = "WY"
"""Service codes: OpenAPI, example nonDocInternationalShipmentRatesResponse (breakdown names and serviceCode)."""

DOCUMENT_PRODUCTS: Final = frozenset({"D", "K", "L", "T", "W", "7", "X"})
"""Global product letters for papers, as used; no document of DHL's at hand lists them, so a setting replaces them."""

LABEL_TEMPLATES: Final = {LabelStock.THERMAL_100X150: "ECOM26_A6_002", LabelStock.A4: "ECOM26_84_A4_001"}
WAYBILL_TEMPLATES: Final = {LabelStock.THERMAL_100X150: "ARCH_6X4", LabelStock.A4: "ARCH_8X4_A4_002"}
"""OpenAPI, imageOptions.templateName lists the names; which paper each fits is read from the name."""

PRINTER_DPI: Final = {200: 203, 300: 300}
"""OpenAPI, outputImageProperties.printerDPI knows 200 and 300; a printer head of "200 dpi" has 203 (8 dots per mm)."""

ENCODINGS: Final = {DocumentFormat.PDF: "pdf", DocumentFormat.ZPL: "zpl", DocumentFormat.EPL: "epl"}
"""OpenAPI, outputImageProperties.encodingFormat (lp2 has no counterpart here; PNG exists for QR codes only)."""

IMAGE_FORMATS: Final = {
    "PDF": DocumentFormat.PDF,
    "PNG": DocumentFormat.PNG,
    "ZPL": DocumentFormat.ZPL,
    "EPL": DocumentFormat.EPL,
    "JPG": DocumentFormat.JPEG,
    "JPEG": DocumentFormat.JPEG,
    "GIF": DocumentFormat.GIF,
    "TIFF": DocumentFormat.TIFF,
}
"""OpenAPI, CreateShipmentResponse.documents.imageFormat and DocumentImageResponse.documents.encodingFormat."""

DOCUMENT_KINDS: Final = {
    "label": DocumentKind.LABEL,
    "waybilldoc": DocumentKind.WAYBILL,
    "waybill": DocumentKind.WAYBILL,
    "invoice": DocumentKind.COMMERCIAL_INVOICE,
    "proforma": DocumentKind.COMMERCIAL_INVOICE,
    "commercial-invoice": DocumentKind.COMMERCIAL_INVOICE,
    "customs-entry": DocumentKind.CUSTOMS_FORM,
    "receipt": DocumentKind.RECEIPT,
    "shipmentreceipt": DocumentKind.RECEIPT,
    "pod": DocumentKind.PROOF_OF_DELIVERY,
}
"""OpenAPI, typeCode of documents in the answers of /shipments, get-image and proof-of-delivery; lower case."""

STORED_DOCUMENTS: Final = {
    DocumentKind.WAYBILL: "waybill",
    DocumentKind.COMMERCIAL_INVOICE: "commercial-invoice",
    DocumentKind.CUSTOMS_FORM: "customs-entry",
}
"""OpenAPI, get-image, parameter typeCode. The transport label is not among them."""

EXPORT_REASONS: Final = {
    ContentsType.SALE: "commercial_purpose_or_sale",
    ContentsType.GIFT: "gift",
    ContentsType.SAMPLE: "sample",
    ContentsType.RETURN: "return",
    ContentsType.OTHER: "permanent",
}
"""OpenAPI, exportDeclaration.exportReasonType."""

INVOICE_TYPES: Final = {ContentsType.SALE: "commercial", ContentsType.RETURN: "returns"}
"""OpenAPI, imageOptions.invoiceType; what is neither sold nor returned goes on a proforma."""

REGISTRATION_TYPES: Final = frozenset(
    {"VAT", "EIN", "GST", "SSN", "EOR", "DUN", "FED", "STA", "CNP", "IE", "INN", "KPP", "OGR", "OKP", "MRN", "SDT"}
    | {"FTZ", "DAN", "TAN", "DTF", "RGP", "DLI", "NID", "PAS", "MID", "IMS", "EIC", "FTN", "CIC", "PEP"}
)
"""OpenAPI, RegistrationNumbers.typeCode."""

TAX_NUMBER_TYPES: Final = {
    TaxScheme.IOSS: "SDT",
    TaxScheme.GB_VAT: "SDT",
    TaxScheme.VOEC: "SDT",
    TaxScheme.ABN: "SDT",
    TaxScheme.NZ_GST: "SDT",
    TaxScheme.VAT: "VAT",
    TaxScheme.EORI: "EOR",
    TaxScheme.GST: "GST",
    TaxScheme.EIN: "EIN",
}
"""OpenAPI, RegistrationNumbers.typeCode: "SDT: Overseas Registered Supplier or Import One-Stop-Shop or GB VAT (foreign)
registration or AUSid GST Registration or VAT on E-Commerce". A person's numbers differ by country and have no default.
"""

TAX_NUMBER_ISSUERS: Final = {
    TaxScheme.VOEC: "NO",
    TaxScheme.GB_VAT: "GB",
    TaxScheme.ABN: "AU",
    TaxScheme.NZ_GST: "NZ",
    TaxScheme.EIN: "US",
}
"""Schemes that one country alone runs."""

EU_BY_NUMERIC: Final = {
    "040": "AT", "056": "BE", "100": "BG", "191": "HR", "196": "CY", "203": "CZ", "208": "DK", "233": "EE",
    "246": "FI", "250": "FR", "276": "DE", "300": "GR", "348": "HU", "372": "IE", "380": "IT", "428": "LV",
    "440": "LT", "442": "LU", "470": "MT", "528": "NL", "616": "PL", "620": "PT", "642": "RO", "703": "SK",
    "705": "SI", "724": "ES", "752": "SE",
}  # fmt: skip
"""EU states by ISO 3166-1 numeric code, which is digits 3 to 5 of an IOSS number."""

CUSTOMS_TERRITORIES: Final = dict.fromkeys([*EU_BY_NUMERIC.values(), "MC"], "EU") | {"LI": "CH", "PR": "US"}
"""Countries whose parcels cross no customs border between them: the EU with Monaco, Switzerland with Liechtenstein, the
US with Puerto Rico."""

OUTSIDE_UNION: Final = {
    "ES": ("35", "38", "51", "52"),  # Canary Islands, Ceuta, Melilla
    "FI": ("22",),  # Aland
    "DE": ("27498", "78266"),  # Heligoland, Buesingen
    "IT": ("23041", "23030", "22061", "22060"),  # Livigno, Campione, with their older codes
    "GR": ("63086", "63087"),  # Mount Athos
    "FR": ("971", "972", "973", "974", "975", "976", "977", "978", "986", "987", "988"),  # overseas
}
"""Postcodes of places outside the EU's customs or VAT territory (Directive 2006/112/EC, article 6)."""

REFUSALS: Final[dict[str, type[Refused]]] = {
    "1504": NotFound,
    "3501": PermissionDenied,
    "5030": NotFound,
    "5032": PermissionDenied,
    "7163": NotFound,
    "8003": PermissionDenied,
}
"""Leading numbers of `detail` whose meaning is finer than the HTTP status: OpenAPI, examples of the error answers."""

LANGUAGES: Final = {
    "en": "eng", "es": "spa", "it": "ita", "pt": "por", "pl": "pol", "ja": "jpn", "ko": "kor", "da": "dan",
    "fi": "fin", "sv": "swe", "hu": "hun", "ru": "rus", "tr": "tur", "ar": "ara", "th": "tha", "vi": "vie",
}  # fmt: skip
"""ISO 639-1 to the three letters of Accept-Language (OpenAPI, tracking). Languages that ISO 639-2 writes in two ways
(de, fr, nl, zh ...) are left out: the document does not say which way DHL takes."""
