"""Hello Market's codes as data. Source of every table: the handbook, by its section."""

from __future__ import annotations

from xborder_sdk.errors import Conflict, NotFound, Refused
from xborder_sdk.models import OrderStatus, PaymentStatus, TrackingStatus

# Orders, "state"
ORDER_STATES = {
    "open": OrderStatus.AWAITING_SHIPMENT,
    "sent": OrderStatus.SHIPPED,
    "closed": OrderStatus.CANCELLED,
}

# Orders, "payment"
PAYMENTS = {
    "waiting": PaymentStatus.UNPAID,
    "received": PaymentStatus.PAID,
    "returned": PaymentStatus.REFUNDED,
}

# Parcels, "code"
SCANS = {
    "ACC": TrackingStatus.PICKED_UP,
    "MOV": TrackingStatus.IN_TRANSIT,
    "DLV": TrackingStatus.DELIVERED,
}

# Errors
REFUSALS: dict[str, type[Refused]] = {
    "ORDER_UNKNOWN": NotFound,
    "REFERENCE_USED": Conflict,
}

# Errors, "busy": "the request was not looked at, send it again"
NOTHING_DONE = frozenset({"BUSY"})
