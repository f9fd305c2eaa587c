"""Shapes of PATCH upload-image and PATCH upload-invoice-data.

Stated otherwise than in the document: ImageUploadRequest requires `shipmentTrackingNumber`, does not describe
it and forbids what it does not describe, so no body at all would do. Here it may be sent.
"""

from __future__ import annotations

from xborder_sandbox.dhl.shape import Fields, Flag, Items, Text, number, one_of
from xborder_sandbox.dhl.shapes_common import (
    ACCOUNT,
    ADDRESS,
    CALCULATED_VALUES,
    CHARGE_TYPE,
    CONTACT,
    CURRENCY,
    CUSTOMS_DOCUMENT_WORDS,
    DOCUMENT_IMAGES,
    EXPORT_REASON,
    EXPORTER,
    INCOTERM,
    INDICATIVE_VALUES,
    INVOICE_REFERENCE_WORDS,
    ISO_DATE,
    LINE_ITEM_OPTIONS,
    LINE_WEIGHT,
    PARTY_TYPE,
    PRODUCT_CODE,
    REGISTRATION_NUMBER,
    UNIT_SYSTEM,
    UNIT_WORDS,
    line_item,
    typed_values,
)

IMAGE_UPLOAD_REQUEST = Fields(
    {
        "originalPlannedShippingDate": ISO_DATE,
        "accounts": Items(ACCOUNT, 1, 3),
        "productCode": PRODUCT_CODE,
        "documentImages": DOCUMENT_IMAGES,
    },
    {"shipmentTrackingNumber": Text()},
)

_PARTY = Fields(
    {"postalAddress": ADDRESS, "contactInformation": CONTACT},
    {"typeCode": PARTY_TYPE, "registrationNumbers": Items(REGISTRATION_NUMBER, high=10)},
)
PARTIES = ("seller", "buyer", "importer", "exporter", "manufacturer", "ultimateConsignee", "broker")

_DECLARATION = Fields(
    {
        "lineItems": Items(
            Fields(
                line_item(1000, Text(high=512), one_of(UNIT_WORDS, 0, 3), Fields(optional=LINE_WEIGHT, low=1)),
                LINE_ITEM_OPTIONS,
                low=1,
            ),
            1,
            1000,
        ),
        "invoice": Fields(
            {
                "number": Text(1, 35),
                "date": Text(1, 35, pattern=ISO_DATE.pattern),
                "function": one_of("import export both"),
            },
            {
                "customerReferences": typed_values(INVOICE_REFERENCE_WORDS, 2, 100),
                "indicativeCustomsValues": Fields(optional=INDICATIVE_VALUES, low=1),
                "preCalculatedTotalValues": Fields(CALCULATED_VALUES, open=True, low=1),
            },
            low=1,
        ),
        "incoterm": INCOTERM,
    },
    {
        "remarks": Items(Fields({"value": Text(high=500)}, low=1), high=3),
        "additionalCharges": Items(
            Fields({"value": number("0.001", "999999999999999"), "typeCode": CHARGE_TYPE}, low=1), high=5
        ),
        "placeOfIncoterm": Text(1, 256),
        "recipientReference": Text(),
        "exporter": EXPORTER,
        "exportReasonType": EXPORT_REASON,
        "shipmentType": one_of("personal commercial"),
        "customsDocuments": typed_values(CUSTOMS_DOCUMENT_WORDS, 1, 50),
    },
)

INVOICE_DATA_REQUEST = Fields(
    {
        "content": Fields(
            {
                "exportDeclaration": Items(_DECLARATION, 1, 20),
                "currency": CURRENCY,
                "unitOfMeasurement": UNIT_SYSTEM,
            }
        )
    },
    {
        "shipmentTrackingNumber": Text(),
        "plannedShipDate": ISO_DATE,
        "accounts": Items(ACCOUNT, 0, 2),
        "outputImageProperties": Fields(
            optional={
                "imageOptions": Items(
                    Fields(
                        {"typeCode": one_of("invoice")},
                        {"templateName": Text(high=25), "isRequested": Flag()},
                        low=1,
                    ),
                    high=1,
                    unique=True,
                )
            },
            low=1,
        ),
        "customerDetails": Fields(optional={f"{role}Details": _PARTY for role in PARTIES}),
    },
)
