"""Shape of POST /shipments (CreateShipmentRequest).

Stated otherwise than in the document: `dangerousGoods` there must carry exactly one of dryIceTotalNetWeight
and unCodes, which would refuse the lithium batteries its own description explains; either is optional here.
"""

from __future__ import annotations

from xborder_sandbox.dhl.shape import Fields, Flag, Items, Shape, Text, number, one_of
from xborder_sandbox.dhl.shapes_common import (
    ACCOUNT,
    CALCULATED_VALUES,
    CHARGE_TYPE,
    CLOSE_TIME,
    CONTACT,
    CURRENCY,
    CUSTOMS_DOCUMENT_WORDS,
    DIMENSIONS,
    DOCUMENT_IMAGES,
    EXPORT_REASON,
    EXPORTER,
    INCOTERM,
    INDICATIVE_VALUES,
    INSTRUCTIONS_ITEM,
    INVOICE_REFERENCE_WORDS,
    LINE_ITEM_OPTIONS,
    LINE_WEIGHT,
    LOCAL_CODE,
    MONEY,
    PACKAGE_TYPE_WORDS,
    PARTY_TYPE,
    PLANNED_TIME,
    PRINTER_DPI,
    PRODUCT_CODE,
    REFERENCE_WORDS,
    REGISTRATION_NUMBER,
    SHIPMENT_ADDRESS,
    UNIT_SYSTEM,
    UNIT_WORDS,
    WEIGHT,
    line_item,
    typed_values,
)

_BANK_DETAILS = Items(
    Fields(
        optional={
            "name": Text(high=60),
            "settlementLocalCurrency": Text(),
            "settlementForeignCurrency": Text(),
        },
        low=1,
    ),
    high=1,
    unique=True,
)


def _party(type_code: Text = PARTY_TYPE, bank_details: Shape = _BANK_DETAILS) -> Fields:
    return Fields(
        {"postalAddress": SHIPMENT_ADDRESS, "contactInformation": CONTACT},
        {
            "registrationNumbers": Items(REGISTRATION_NUMBER, high=50),
            "bankDetails": bank_details,
            "typeCode": type_code,
        },
    )


# The document gives these three the shape of a registration number where the others have bank details.
_LATE_PARTY = _party(Text(), REGISTRATION_NUMBER)

ROLES = ("buyer", "importer", "exporter", "seller", "payer")
LATE_ROLES = ("manufacturer", "ultimateConsignee", "broker")

_REFERENCE = Fields({"value": Text(1, 35)}, {"typeCode": one_of(REFERENCE_WORDS, 2, 3)}, low=1)
_IDENTIFIER = Fields(
    {"typeCode": one_of("parentId shipmentId pieceId"), "value": Text(1, 35)},
    {"dataIdentifier": Text(1, 4)},
    low=1,
)
_SYMBOLOGY = one_of("93 39 128")

_PACKAGE = Fields(
    {"weight": WEIGHT},
    {
        "typeCode": one_of(PACKAGE_TYPE_WORDS, 2, 3),
        "dimensions": DIMENSIONS,
        "customerReferences": Items(_REFERENCE, 1, 99),
        "identifiers": Items(_IDENTIFIER, high=3, unique=True),
        "description": Text(1, 70),
        "labelBarcodes": Items(
            Fields(
                {
                    "position": one_of("left right"),
                    "symbologyCode": _SYMBOLOGY,
                    "content": Text(),
                    "textBelowBarcode": Text(),
                },
                low=1,
            ),
            high=2,
        ),
        "labelText": Items(
            Fields(
                {
                    "position": one_of("left1 left2 left3 right1 right2 right3"),
                    "caption": Text(high=20),
                    "value": Text(high=40),
                },
                low=1,
            ),
            high=6,
        ),
        "labelDescription": Text(1, 80),
        "referenceNumber": number("1", "999"),
    },
    low=1,
)

_EXPORT_DECLARATION = Fields(
    {
        "lineItems": Items(
            Fields(
                line_item(999, Text(1, 512), one_of(UNIT_WORDS, 0, 8), Fields(optional=LINE_WEIGHT)),
                {**LINE_ITEM_OPTIONS, "additionalInformation": Items(Text(), 1, 8)},
                low=1,
            ),
            1,
            999,
        )
    },
    {
        "invoice": Fields(
            {"number": Text(1, 35), "date": Text(1, 35, is_date=True)},
            {
                "signatureName": Text(high=35),
                "signatureTitle": Text(high=35),
                "signatureImage": Text(high=1_048_576),
                "instructions": Items(Text(1, 300), 1, 1),
                "customerDataTextEntries": Items(Text(0, 45), 1, 6),
                "totalNetWeight": number("0", "999999999999", "0.001"),
                "totalGrossWeight": number("0", "999999999999", "0.001"),
                "customerReferences": typed_values(INVOICE_REFERENCE_WORDS, 2, 100),
                "termsOfPayment": Text(),
                "indicativeCustomsValues": Fields(optional=INDICATIVE_VALUES, open=True, low=1),
                "preCalculatedTotalValues": Fields(CALCULATED_VALUES, low=1),
            },
            low=1,
        ),
        "remarks": Items(Fields({"value": Text()}, low=1), high=3),
        "additionalCharges": Items(
            Fields(
                {"value": number("0.001", "999999999999999", "0.001"), "typeCode": CHARGE_TYPE},
                {"caption": Text()},
                low=1,
            ),
            high=5,
        ),
        "destinationPortName": Text(),
        "placeOfIncoterm": Text(1, 256),
        "payerVATNumber": Text(),
        "recipientReference": Text(),
        "exporter": EXPORTER,
        "packageMarks": Text(),
        "declarationNotes": Items(Fields({"value": Text(high=700)}, low=1), high=3),
        "exportReference": Text(0, 40),
        "exportReason": Text(1, 30),
        "exportReasonType": EXPORT_REASON,
        "licenses": Items(
            Fields({"typeCode": one_of("export import"), "value": Text(high=16)}, low=1), high=2, unique=True
        ),
        "shipmentType": one_of("personal commercial"),
        "customsDocuments": typed_values(CUSTOMS_DOCUMENT_WORDS, 1, 50),
    },
)

_IMAGE_OPTION = Fields(
    {"typeCode": one_of("label waybillDoc invoice qr-code shipmentReceipt")},
    {
        "templateName": Text(high=25),
        "isRequested": Flag(),
        "hideAccountNumber": Flag(),
        "numberOfCopies": number("1", "2"),
        "invoiceType": one_of("commercial proforma returns"),
        "languageCode": Text(3, 3),
        "languageCountryCode": Text(2, 2),
        "languageScriptCode": Text(4, 4),
        "encodingFormat": one_of("png"),
        "renderDHLLogo": Flag(),
        "fitLabelsToA4": Flag(),
        "labelFreeText": Text(high=150),
        "labelCustomerDataText": Text(1, 250),
        "shipmentReceiptCustomerDataText": Text(1, 700),
    },
    low=1,
)

_OUTPUT = Fields(
    optional={
        "printerDPI": PRINTER_DPI,
        "customerBarcodes": Items(
            Fields({"content": Text(1, 25), "symbologyCode": _SYMBOLOGY}, {"textBelowBarcode": Text()}, low=1),
            high=1,
        ),
        "customerLogos": Items(
            Fields({"fileFormat": one_of("PNG GIF JPEG JPG"), "content": Text(high=1_048_576)}, low=1), high=1
        ),
        "encodingFormat": one_of("pdf zpl lp2 epl"),
        "imageOptions": Items(_IMAGE_OPTION, high=20, unique=True),
        "splitTransportAndWaybillDocLabels": Flag(),
        "allDocumentsInOneImage": Flag(),
        "splitDocumentsByPages": Flag(),
        "splitInvoiceAndReceipt": Flag(),
        "receiptAndLabelsInOneImage": Flag(),
    },
    low=1,
)

SHIPMENT_REQUEST = Fields(
    {
        "plannedShippingDateAndTime": PLANNED_TIME,
        "pickup": Fields(
            {"isRequested": Flag()},
            {
                "closeTime": CLOSE_TIME,
                "location": Text(high=80),
                "specialInstructions": Items(INSTRUCTIONS_ITEM, high=4),
                "pickupDetails": _party(),
                "pickupRequestorDetails": _party(),
            },
        ),
        "productCode": PRODUCT_CODE,
        "accounts": Items(ACCOUNT, 1, 3),
        "customerDetails": Fields(
            {"shipperDetails": _party(), "receiverDetails": _party()},
            {f"{role}Details": _party() for role in ROLES} | {f"{role}Details": _LATE_PARTY for role in LATE_ROLES},
        ),
        "content": Fields(
            {
                "packages": Items(_PACKAGE, 1, 999),
                "isCustomsDeclarable": Flag(),
                "description": Text(1, 70, pattern=r"^[^\s]"),
                "incoterm": INCOTERM,
                "unitOfMeasurement": UNIT_SYSTEM,
            },
            {
                "areMorePackagesToBeAddedLater": Flag(),
                "declaredValue": MONEY,
                "declaredValueCurrency": CURRENCY,
                "exportDeclaration": _EXPORT_DECLARATION,
                "USFilingTypeValue": Text(1, 20),
            },
        ),
    },
    {
        "localProductCode": LOCAL_CODE,
        "getRateEstimates": Flag(),
        "valueAddedServices": Items(
            Fields(
                {"serviceCode": Text(1, 6)},
                {
                    "value": MONEY,
                    "currency": CURRENCY,
                    "method": Text(),
                    "dangerousGoods": Items(
                        Fields(
                            {"contentId": Text(1, 5)},
                            {
                                "dryIceTotalNetWeight": number(step="0.001"),
                                "customDescription": Text(high=200),
                                "unCodes": Items(Text(1, 10), 1, 10),
                            },
                            low=1,
                        ),
                        high=1,
                    ),
                },
                low=1,
            ),
            high=99,
        ),
        "outputImageProperties": _OUTPUT,
        "customerReferences": Items(_REFERENCE, high=999),
        "identifiers": Items(_IDENTIFIER, high=5, unique=True),
        "documentImages": DOCUMENT_IMAGES,
        "onDemandDelivery": Fields(
            {"deliveryOption": one_of("servicepoint neighbour signatureRelease")},
            {
                "location": Text(1, 15),
                "specialInstructions": Text(1, 110),
                "gateCode": Text(1, 10),
                "whereToLeave": one_of("concierge neighbour"),
                "neighbourName": Text(1, 20),
                "neighbourHouseNumber": Text(1, 20),
                "authorizerName": Text(1, 20),
                "servicePointId": Text(1, 6),
                "requestedDeliveryDate": Text(1, 29),
            },
        ),
        "requestOndemandDeliveryURL": Flag(),
        "shipmentNotification": Items(
            Fields(
                {"typeCode": one_of("email"), "receiverId": Text(1, 50)},
                {
                    "languageCode": Text(3, 3),
                    "languageCountryCode": Text(2, 2),
                    "bespokeMessage": Text(high=250),
                },
                low=1,
            ),
            high=5,
        ),
        "prepaidCharges": Items(
            Fields(
                {
                    "typeCode": one_of("freight"),
                    "currency": CURRENCY,
                    "value": number("0.01", "9999999999", "0.01"),
                    "method": one_of("cash"),
                },
                low=1,
            ),
            high=1,
        ),
        "getTransliteratedResponse": Flag(),
        "estimatedDeliveryDate": Fields({"isRequested": Flag()}, {"typeCode": one_of("QDDC QDDF", 0, 4)}),
        "getAdditionalInformation": Items(
            Fields(
                {"isRequested": Flag()},
                {"typeCode": one_of("pickupDetails optionalShipmentData barcodeInformation linkLabelsByPieces")},
            ),
            high=5,
        ),
        "parentShipment": Fields(optional={"productCode": Text(1, 1), "packagesCount": number("1", "", "1")}),
    },
)
