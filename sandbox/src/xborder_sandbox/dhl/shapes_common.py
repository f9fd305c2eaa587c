"""Shapes that several requests share.

Every name and limit is from dpdhl-express-api-3.1.1 (components/schemas, the schema named beside each);
a test compares these shapes with that document field by field.
"""

from __future__ import annotations

from xborder_sandbox.dhl.shape import Fields, Flag, Items, Number, Shape, Text, number, one_of, whole

COUNTRY = Text(2, 2)
CURRENCY = Text(3, 3)
PRODUCT_CODE = Text(1, 6)
LOCAL_CODE = Text(1, 3)
MONEY = number("0", "999999999999999", "0.001")
UNSTEPPED_MONEY = number("0", "999999999999999")
UNIT_SYSTEM = one_of("metric imperial")
ISO_DATE = Text(pattern=r"^\d{4}\-(0[1-9]|1[012])\-(0[1-9]|[12][0-9]|3[01])$")
PLANNED_TIME = Text(1, 29)
CLOSE_TIME = Text(high=5, pattern=r"([0-1][0-9]|2[0-3]):([0-5][0-9])")
PARTY_TYPE = one_of("business direct_consumer government other private reseller")
INCOTERM = one_of("EXW FCA CPT CIP DPU DAP DDP FAS FOB CFR CIF DAF DAT DDU DEQ DES")
PACKAGE_TYPE_WORDS = "1CE 2BC 2BP 2BX 3BX 4BX 5BX 6BX 7BX 8BX CE1 TBL TBS WB1 WB2 WB3 WB6 XPD"
UNIT_WORDS = (
    "BOX 2GM M3 DPR DOZ PCS GM GRS KG M 3GM X NO PRS CM2 2M2 3M2 M2 4M2 CM CONE CT EA LBS RILL ROLL SET TU "
    "KM IN FT YD MI LTR MMQ CM3 DMQ MLT CLT DLT INQ FT3 YD3 GLI GLL PT PTI QTI PTL QTL PTD OZI J57 NM3 SM3 "
    "TNE LB ONZ CEL"
)
REFERENCE_WORDS = "AAO CU FF FN IBC LLR OBC PRN ACP ACS ACR CDN STD CO"
EXPORT_REASON = one_of(
    "permanent temporary return used_exhibition_goods_to_origin intercompany_use commercial_purpose_or_sale "
    "personal_belongings_or_personal_use sample gift return_to_origin warranty_replacement diplomatic_goods "
    "defence_material"
)
CHARGE_TYPE = one_of(
    "admin delivery documentation expedite export freight fuel_surcharge logistic other packaging pickup "
    "handling vat insurance reverse_charge"
)
REGISTRATION_WORDS = (
    "VAT EIN GST SSN EOR DUN FED STA CNP IE INN KPP OGR OKP MRN SDT FTZ DAN TAN DTF RGP DLI NID PAS MID IMS "
    "EIC FTN CIC PEP"
)
CUSTOMS_DOCUMENT_WORDS = (
    "972 AHC ALC ATA ATR BEX CHA CHD CHP CIT CIV CI2 COO CPA CRL CSD DEX DGD DLI DOV ELP EU1 EU2 EUS EXL FMA "
    "HLC HWB INV IPA JLC LIC LNP NID PAS PFI PHY PLI POA PCH ROD T2M TAD TCS VET VEX ORD OEI RGR CP2"
)
LINE_REFERENCE_WORDS = (
    "AFE BRD DGC AAJ INB MAK ALX PAN PON ABW SE SON OID DTC DTM DTQ DTR ITR MID OED OET OOR SME USM AAM CFR "
    "DOM FOR USG MAT NLR DDS ARN OP OSC TAR TCO AEI EXN AFK AEA PTA"
)
INVOICE_REFERENCE_WORDS = (
    "ACL CID CN CU ITN UCN MRN OID PON RMA AAM ABT ADA AES AFD ANT BKN BOL CDN COD DSC FF FN FTR HWB IBC IPP "
    "LLR MAB MWB OBC PD PRN RTL SID SS SWN TAR TCO PX PTA"
)

ACCOUNT = Fields({"typeCode": one_of("shipper payer duties-taxes", 1, 15), "number": Text(1, 12)}, low=1)  # Account

DIMENSIONS = Fields({side: number("0.001", "9999999", "0.001") for side in ("length", "width", "height")})
WEIGHT = number("0.001", "999999999999", "0.001")
PLAIN_PACKAGE = Fields(
    {"weight": WEIGHT},
    {"typeCode": one_of(PACKAGE_TYPE_WORDS, 3, 3), "dimensions": DIMENSIONS},
)  # PackageRR

PLAIN_SERVICE = Fields(
    {"serviceCode": Text(1, 6)},
    {
        "localServiceCode": Text(1, 3),
        "value": MONEY,
        "currency": CURRENCY,
        "method": one_of("cash"),
    },
    low=1,
)  # ValueAddedServicesRates

_PLACE: dict[str, Shape] = {"postalCode": Text(0, 12), "cityName": Text(1, 45), "countryCode": COUNTRY}
_MORE_LINES: dict[str, Shape] = {
    "provinceCode": Text(2, 35),
    "addressLine2": Text(1, 45),
    "addressLine3": Text(1, 45),
    "countyName": Text(1, 45),
}
RATE_ADDRESS = Fields(_PLACE, {**_MORE_LINES, "addressLine1": Text(1, 45)})  # AddressRatesRequest
ADDRESS = Fields({**_PLACE, "addressLine1": Text(1, 45)}, _MORE_LINES)  # Address
SHIPMENT_ADDRESS = Fields(
    ADDRESS.required, {**_MORE_LINES, "provinceName": Text(1, 35), "countryName": Text(1, 35)}
)  # AddressCreateShipmentRequest
CONTACT = Fields(
    {"phone": Text(1, 70), "companyName": Text(1, 100), "fullName": Text(1, 255)},
    {"email": Text(1, 70), "mobilePhone": Text(1, 70)},
)  # Contact, ContactBuyer
REGISTRATION_NUMBER = Fields(
    {
        "typeCode": one_of(REGISTRATION_WORDS, 1, 3),
        "number": Text(1, 35),
        "issuerCountryCode": COUNTRY,
    }
)  # RegistrationNumbers

INSTRUCTIONS_ITEM = Fields({"value": Text(high=80)}, {"typeCode": Text(2, 3)}, low=1, high=4)

DOCUMENT_IMAGES = Items(
    Fields(
        {"content": Text()},
        {
            "typeCode": one_of("INV PNV COO CIN DCL AWB NAF"),
            "imageFormat": one_of("PDF PNG GIF TIFF JPEG"),
        },
        low=1,
    ),
    1,
    999,
)  # DocumentImages


def typed_values(words: str, low: int, most: int) -> Items:
    """Return the shape of a list of `{"typeCode", "value"}` as export declarations have them."""
    item = Fields({"typeCode": one_of(words, low, 3), "value": Text(1, 35)}, low=1, high=most)
    return Items(item, high=most, unique=True)


def line_item(most: int, description: Text, unit: Text, weight_fields: Fields) -> dict[str, Shape]:
    """Return the required fields of an export line item; two requests differ in their limits."""
    return {
        "number": whole(1, most),
        "description": description,
        "price": MONEY,
        "quantity": Fields({"value": whole(1, 1_000_000_000), "unitOfMeasurement": unit}),
        "manufacturerCountry": COUNTRY,
        "weight": weight_fields,
    }


LINE_ITEM_OPTIONS: dict[str, Shape] = {
    "commodityCodes": Items(
        Fields({"typeCode": one_of("outbound inbound"), "value": Text(2, 18)}, low=1), high=2, unique=True
    ),
    "exportReasonType": EXPORT_REASON,
    "isTaxesPaid": Flag(),
    "customerReferences": typed_values(LINE_REFERENCE_WORDS, 1, 100),
    "customsDocuments": typed_values(CUSTOMS_DOCUMENT_WORDS, 1, 50),
    "preCalculatedLineItemTotalValue": UNSTEPPED_MONEY,
}
LINE_WEIGHT: dict[str, Shape] = {
    "netValue": number("0", "999999999999", "0.001"),
    "grossValue": number("0", "999999999999", "0.001"),
}
INDICATIVE_VALUES: dict[str, Shape] = {
    "importCustomsDutyValue": UNSTEPPED_MONEY,
    "importTaxesValue": UNSTEPPED_MONEY,
    "totalWithImportDutiesAndTaxes": UNSTEPPED_MONEY,
}
CALCULATED_VALUES: dict[str, Shape] = {
    "preCalculatedTotalGoodsValue": UNSTEPPED_MONEY,
    "preCalculatedTotalInvoiceValue": UNSTEPPED_MONEY,
}
EXPORTER = Fields(optional={"id": Text(), "code": Text()}, low=1)
PRINTER_DPI = Number(one_of=(200, 300))
