"""Shapes of POST /rates and POST /landed-cost (RateRequest, LandedCostRequest)."""

from __future__ import annotations

from xborder_sandbox.dhl.shape import Fields, Flag, Items, Text, number, one_of
from xborder_sandbox.dhl.shapes_common import (
    ACCOUNT,
    COUNTRY,
    CURRENCY,
    LOCAL_CODE,
    PLAIN_PACKAGE,
    PLAIN_SERVICE,
    PLANNED_TIME,
    PRODUCT_CODE,
    RATE_ADDRESS,
    UNIT_SYSTEM,
)

_PARTIES = Fields({"shipperDetails": RATE_ADDRESS, "receiverDetails": RATE_ADDRESS})
_SERVICES = Items(PLAIN_SERVICE, high=99)

RATE_REQUEST = Fields(
    {
        "customerDetails": _PARTIES,
        "plannedShippingDateAndTime": PLANNED_TIME,
        "unitOfMeasurement": UNIT_SYSTEM,
        "isCustomsDeclarable": Flag(),
        "packages": Items(PLAIN_PACKAGE, 1, 999),
    },
    {
        "accounts": Items(ACCOUNT, high=2),
        "productCode": PRODUCT_CODE,
        "localProductCode": LOCAL_CODE,
        "valueAddedServices": _SERVICES,
        "productsAndServices": Items(
            Fields(
                {"productCode": PRODUCT_CODE},
                {"localProductCode": LOCAL_CODE, "valueAddedServices": _SERVICES},
                low=1,
                high=99,
            )
        ),
        "payerCountryCode": COUNTRY,
        "monetaryAmount": Items(
            Fields(
                {
                    "typeCode": one_of("declaredValue insuredValue"),
                    "value": number("", "999999999999999", "0.001"),
                    "currency": CURRENCY,
                },
                low=1,
            )
        ),
        "requestAllValueAddedServices": Flag(),
        "estimatedDeliveryDate": Fields(optional={"isRequested": Flag(), "typeCode": one_of("QDDC QDDF", 0, 4)}),
        "getAdditionalInformation": Items(
            Fields(
                {"isRequested": Flag()},
                {"typeCode": one_of("allValueAddedServices allValueAddedServicesAndRuleGroups sortCodes")},
            ),
            high=3,
        ),
        "returnStandardProductsOnly": Flag(),
        "nextBusinessDay": Flag(),
        "productTypeCode": one_of("all dayDefinite timeDefinite"),
    },
)

_AMOUNT = number("", "999999999999999", "0.001")
_QUANTITY = number("", "999999999999", "0.001")

LANDED_COST_REQUEST = Fields(
    {
        "customerDetails": _PARTIES,
        "accounts": Items(ACCOUNT, high=5),
        "unitOfMeasurement": UNIT_SYSTEM,
        "currencyCode": CURRENCY,
        "isCustomsDeclarable": Flag(),
        "getCostBreakdown": Flag(),
        "packages": Items(PLAIN_PACKAGE, 1, 999),
        "items": Items(
            Fields(
                {
                    "number": number("1", "1000", "1"),
                    "manufacturerCountry": COUNTRY,
                    "quantity": _QUANTITY,
                    "unitPrice": number("", "999999999999999", "0.00001"),
                    "unitPriceCurrencyCode": CURRENCY,
                },
                {
                    "name": Text(1, 512),
                    "description": Text(1, 255),
                    "partNumber": Text(1, 35),
                    "quantityType": one_of("prt box", 2, 20),
                    "customsValue": _AMOUNT,
                    "customsValueCurrencyCode": CURRENCY,
                    "commodityCode": Text(high=18),
                    "weight": _QUANTITY,
                    "weightUnitOfMeasurement": UNIT_SYSTEM,
                    "category": Text(high=50),
                    "brand": Text(high=50),
                    "goodsCharacteristics": Items(
                        Fields({"typeCode": Text(high=35), "value": Text(high=50)}), high=999
                    ),
                    "additionalQuantityDefinitions": Items(
                        Fields({"typeCode": Text(2, 20), "amount": _QUANTITY}), high=100
                    ),
                    "estimatedTariffRateType": one_of(
                        "default_rate derived_rate highest_rate center_rate lowest_rate preferential_rate"
                    ),
                },
                low=1,
            ),
            1,
            1000,
        ),
    },
    {
        "productCode": PRODUCT_CODE,
        "localProductCode": LOCAL_CODE,
        "isDTPRequested": Flag(),
        "isInsuranceRequested": Flag(),
        "charges": Items(
            Fields(
                {
                    "typeCode": one_of("freight additional insurance"),
                    "amount": _AMOUNT,
                    "currencyCode": CURRENCY,
                }
            ),
            high=20,
        ),
        "shipmentPurpose": one_of("commercial personal"),
        "transportationMode": one_of("air ocean ground"),
        "merchantSelectedCarrierName": one_of("DHL UPS FEDEX TNT POST OTHERS"),
        "getTariffFormula": Flag(),
        "getQuotationID": Flag(),
    },
)
