"""Shapes of POST /pickups and PATCH /pickups/{no} (PickupRequest, UpdatePickupRequest)."""

from __future__ import annotations

from xborder_sandbox.dhl.shape import Fields, Flag, Items, Shape, Text, one_of
from xborder_sandbox.dhl.shapes_common import (
    ACCOUNT,
    ADDRESS,
    CLOSE_TIME,
    CONTACT,
    CURRENCY,
    INSTRUCTIONS_ITEM,
    LOCAL_CODE,
    MONEY,
    PLAIN_PACKAGE,
    PLAIN_SERVICE,
    PLANNED_TIME,
    PRODUCT_CODE,
    UNIT_SYSTEM,
)

_PARTY = Fields({"postalAddress": ADDRESS, "contactInformation": CONTACT})
_CUSTOMER = Fields(
    {"shipperDetails": _PARTY},
    {
        "receiverDetails": _PARTY,
        "bookingRequestorDetails": Fields({"contactInformation": CONTACT}, {"postalAddress": ADDRESS}),
        "pickupDetails": _PARTY,
    },
)
_SHIPMENT: tuple[dict[str, Shape], dict[str, Shape]] = (
    {
        "productCode": PRODUCT_CODE,
        "isCustomsDeclarable": Flag(),
        "unitOfMeasurement": UNIT_SYSTEM,
        "packages": Items(PLAIN_PACKAGE, 1, 999),
    },
    {
        "localProductCode": LOCAL_CODE,
        "accounts": Items(ACCOUNT, high=5),
        "valueAddedServices": Items(PLAIN_SERVICE, high=99),
        "declaredValue": MONEY,
        "declaredValueCurrency": CURRENCY,
        "shipmentTrackingNumber": Text(),
    },
)
_WISHES: dict[str, Shape] = {
    "closeTime": CLOSE_TIME,
    "location": Text(high=80),
    "locationType": one_of("business residence"),
    "remark": Text(),
}

PICKUP_REQUEST = Fields(
    {
        "plannedPickupDateAndTime": PLANNED_TIME,
        "accounts": Items(ACCOUNT, 1, 5, unique=True),
        "customerDetails": _CUSTOMER,
        "shipmentDetails": Items(Fields(*_SHIPMENT), 1, 999),
    },
    {**_WISHES, "specialInstructions": Items(INSTRUCTIONS_ITEM, high=4, unique=True)},
)

UPDATE_PICKUP_REQUEST = Fields(
    {
        "dispatchConfirmationNumber": Text(15, 20),
        "originalShipperAccountNumber": Text(1, 12),
        "plannedPickupDateAndTime": PLANNED_TIME,
        "accounts": Items(ACCOUNT, 1, 5),
        "customerDetails": _CUSTOMER,
    },
    {
        **_WISHES,
        "specialInstructions": Items(INSTRUCTIONS_ITEM, high=4),
        "shipmentDetails": Items(Fields(*_SHIPMENT, low=1), 1, 999),
    },
)
