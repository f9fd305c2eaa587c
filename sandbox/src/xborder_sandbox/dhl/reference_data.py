"""Code lists of GET /reference-data.

Names of datasets and attributes: parameter datasetName and the three examples of the document. The rows are what
this simulator knows, not DHL's whole lists. Event codes and texts: DHL's list of event codes.
"""

from __future__ import annotations

from xborder_sandbox.dhl import problems
from xborder_sandbox.dhl.places import COUNTRIES
from xborder_sandbox.dhl.products import DOCUMENTS, DOMESTIC, SERVICES, UNION, all_products
from xborder_sandbox.dhl.shapes_common import INCOTERM, PACKAGE_TYPE_WORDS, REFERENCE_WORDS, UNIT_WORDS
from xborder_sandbox.dhl.templates import TEMPLATES

Row = tuple[tuple[str, str], ...]

# Parameter datasetName; those without rows here answer "not found".
DATASETS = (
    "country",
    "countryPostalcodeFormat",
    "dangerousGoods",
    "incoterm",
    "productCode",
    "serviceCode",
    "packageTypeCode",
    "documentTypeCode",
    "customerShipmentReferenceType",
    "customerPackageReferenceType",
    "invoiceReferenceType",
    "invoiceItemReferenceType",
    "registrationNumberTypeCode",
    "commodityCategory",
    "returnStatusMessage",
    "trackingEventCode",
    "unitOfMeasurement",
    "languageCode",
    "outputImageTemplate",
    "all",
)

EVENT_CODES: dict[str, str] = dict(
    line.split(" ", 1)
    for line in """AD Agreed delivery
AF Arrived facility
AR Arrival in delivery facility
BA Bad address
BN Customer broker notified
BR Broker release
CA Closed on arrival
CC Awaiting cnee collection
CD Controllable clearance delay
CM Customer moved
CR Clearance release
CS Closed shipment
DD Delivered damaged
DF Depart facility
DS Destroyed / disposal
FD Forward destination (DD's expected)
HP Held for payment
IC In clearance processing
MC Miscode
MD Missed delivery cycle
MS Mis-sort
ND Not delivered
NH Not home
OH On hold
OK Delivery
PD Partial delivery
PL Processed at location
PU Shipment pick up
PY Payment
RD Refused delivery
RR Response received
RT Returned to consignor
SA Shipment acceptance
SC Service changed
SM Scheduled for movement
SS Shipment stopped
TP Forwarded to 3rd party - no DD's
TR Record of transfer
UD Uncontrollable clearance delay
WC With delivering courier""".splitlines()
)
_NOT_DUTIABLE = {product.code for product in (*DOCUMENTS, *UNION, *DOMESTIC)}
_STATUS_MESSAGES = (
    problems.ACCOUNT_NOT_ALLOWED,
    problems.SHIPPER_ACCOUNT_INVALID,
    problems.TIMESTAMP_MALFORMED,
    problems.INVOICE_NEEDED,
    problems.SHIPMENT_NUMBER_REFUSED,
    problems.SHIPMENT_NUMBER_UNKNOWN,
    problems.ORIGINAL_ACCOUNT_DIFFERS,
    problems.NO_IMAGES,
    problems.TIFF_IN_ONE_PDF,
    problems.NO_REFERENCE_DATA,
    problems.QUERY_STRING_MALFORMED,
)


def rows(dataset: str) -> list[Row]:
    """Return the rows of a dataset; none when the simulator has no such list."""
    match dataset:
        case "country":
            return [_row(countryCode=c.code, countryName=c.name) for c in COUNTRIES.values()]
        case "incoterm":
            return [_row(incoterm=word) for word in INCOTERM.one_of]
        case "productCode":
            return [
                _row(
                    productCode=p.code,
                    productName=p.name,
                    productContentCode=p.content_code,
                    docNonDocIndicator="Y" if p.code in _NOT_DUTIABLE else "N",
                    docNonDocDescription="Doc" if p.code in _NOT_DUTIABLE else "Non Doc",
                )
                for p in all_products()
            ]
        case "serviceCode":
            return [_row(serviceCode=s.code, serviceName=s.name) for s in SERVICES.values()]
        case "packageTypeCode":
            return [_row(packageTypeCode=word) for word in PACKAGE_TYPE_WORDS.split()]
        case "customerShipmentReferenceType" | "customerPackageReferenceType":
            return [_row(referenceTypeCode=word) for word in REFERENCE_WORDS.split()]
        case "trackingEventCode":
            return [
                _row(
                    eventTypeCode=code,
                    eventTypeDescription=text,
                    eventWithServiceAreaDetail="Yes",
                    visibleToCustomer="Yes",
                )
                for code, text in EVENT_CODES.items()
            ]
        case "unitOfMeasurement":
            return [_row(unitOfMeasurement=word) for word in UNIT_WORDS.split()]
        case "outputImageTemplate":
            return [_row(typeCode=kind, templateName=name) for kind, names in TEMPLATES.items() for name in names]
        case "returnStatusMessage":
            return [
                _row(statusCode=text.partition(":")[0], statusMessage=text.partition(":")[2].strip())
                for text in _STATUS_MESSAGES
            ]
        case _:
            return []


def _row(**attributes: str) -> Row:
    return tuple(attributes.items())
