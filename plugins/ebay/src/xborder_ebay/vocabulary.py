"""eBay's codes as data, each table with its source. Every one is an open set: unknown words are kept, never guessed.

Sources by short name: FUL is the OpenAPI document sell_fulfillment_v1 (v1.20.7); the type pages are
developer.ebay.com, api-docs/sell/fulfillment/types; Post-Order pages are developer.ebay.com, Devzone/post-order.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from xborder_sdk.hookspecs import CancelReason, RefundReason
from xborder_sdk.models import (
    CancellationStatus,
    OrderStatus,
    PaymentStatus,
    RefundStatus,
    TaxScheme,
)

# FUL, Order.orderFulfillmentStatus; type page OrderFulfillmentStatus.
NOT_STARTED: Final = "NOT_STARTED"
IN_PROGRESS: Final = "IN_PROGRESS"
FULFILLED: Final = "FULFILLED"
FULFILMENT: Final = {
    NOT_STARTED: OrderStatus.AWAITING_SHIPMENT,
    IN_PROGRESS: OrderStatus.PARTLY_SHIPPED,
    FULFILLED: OrderStatus.SHIPPED,
}

# Which fulfilment states an order of our status may be in; None where all of them must be read.
STATES_OF: Final[dict[OrderStatus, frozenset[str] | None]] = {
    OrderStatus.AWAITING_PAYMENT: frozenset({NOT_STARTED}),
    OrderStatus.AWAITING_SHIPMENT: frozenset({NOT_STARTED}),
    OrderStatus.PARTLY_SHIPPED: frozenset({IN_PROGRESS}),
    OrderStatus.SHIPPED: frozenset({FULFILLED}),
    OrderStatus.CANCELLED: None,
    OrderStatus.UNKNOWN: None,
}

# FUL, getOrders, parameter filter: the only two documented values of orderfulfillmentstatus.
STATUS_FILTERS: Final = (
    (frozenset({NOT_STARTED, IN_PROGRESS}), "{NOT_STARTED|IN_PROGRESS}"),
    (frozenset({FULFILLED, IN_PROGRESS}), "{FULFILLED|IN_PROGRESS}"),
)

# Type page OrderPaymentStatusEnum. Only PAID means that it is safe to ship.
PAYMENT: Final = {
    "PAID": PaymentStatus.PAID,
    "PENDING": PaymentStatus.PENDING,
    "FAILED": PaymentStatus.FAILED,
    "FULLY_REFUNDED": PaymentStatus.REFUNDED,
    "PARTIALLY_REFUNDED": PaymentStatus.PART_REFUNDED,
}

# Type page CancelStateEnum.
CANCEL_STATE: Final = {
    "NONE_REQUESTED": CancellationStatus.NONE,
    "IN_PROGRESS": CancellationStatus.REQUESTED,
    "CANCELED": CancellationStatus.CANCELLED,
}

# Type page FulfillmentInstructionsType: how an order is to reach the buyer.
SELLER_SHIPS: Final = frozenset({"SHIP_TO", "SELLER_DEFINED"})
PICKED_UP: Final = "PREPARE_FOR_PICKUP"
DIGITAL: Final = "DIGITAL"
EBAY_SHIPS: Final = "FULFILLED_BY_EBAY"

# Type page EbayVaultFulfillmentTypeEnum: moves that start in eBay's vault are not the seller's to ship.
LEAVES_VAULT: Final = frozenset({"VAULT_TO_VAULT", "VAULT_TO_BUYER"})

# Type page RefundStatusEnum.
REFUND_STATUS: Final = {
    "PENDING": RefundStatus.PENDING,
    "REFUNDED": RefundStatus.DONE,
    "FAILED": RefundStatus.FAILED,
}

# Type page ReasonForRefundEnum. SHIPPING_DISCOUNT has no counterpart in the contract.
REFUND_REASON: Final = {
    RefundReason.BUYER_CANCELLED: "BUYER_CANCEL",
    RefundReason.SELLER_CANCELLED: "SELLER_CANCEL",
    RefundReason.NOT_RECEIVED: "ITEM_NOT_RECEIVED",
    RefundReason.BUYER_RETURNED: "BUYER_RETURN",
    RefundReason.NOT_AS_DESCRIBED: "ITEM_NOT_AS_DESCRIBED",
    RefundReason.OTHER: "OTHER_ADJUSTMENT",
}
REFUND_COMMENT_MAX: Final = 100  # FUL, IssueRefundRequest.comment (error 34921 speaks of 1000; the smaller one holds)

# Post-Order page CancelReasonEnum: the reasons a seller may give. OTHER exists and is deprecated for requests.
CANCEL_REASON: Final = {
    CancelReason.OUT_OF_STOCK: "OUT_OF_STOCK_OR_CANNOT_FULFILL",
    CancelReason.BUYER_ASKED: "BUYER_ASKED_CANCEL",
    CancelReason.ADDRESS_ISSUES: "ADDRESS_ISSUES",
    CancelReason.BUYER_UNPAID: "ORDER_UNPAID",
}

# Connector names of carriers to Trading API ShippingCarrierCodeType. The connector `dhl` is DHL Express, which has a
# code of its own: the plain code DHL is DHL Paket on some sites, where the buyer's tracking link would be wrong.
# YunExpress and Cainiao have no code in that list.
CARRIER_CODES: Final = {
    "4px": "FourPX",
    "chinapost": "ChinaPost",
    "dhl": "DHLEXPRESS",
    "fedex": "FedEx",
    "fourpx": "FourPX",
    "hongkongpost": "HongKongPost",
    "royalmail": "RoyalMail",
    "singpost": "SINGAPOREPOST",
    "tnt": "TNT",
    "ups": "UPS",
    "usps": "USPS",
    "winit": "Winit",
    "yanwen": "YANWEN",
}

# FUL, EbayTaxReference.name, with the country whose number eBay says it is.
TAX_REFERENCE: Final[dict[str, tuple[TaxScheme, str | None]]] = {
    "ABN": (TaxScheme.ABN, "AU"),
    "GST": (TaxScheme.GST, None),
    "IOSS": (TaxScheme.IOSS, None),
    "IRD": (TaxScheme.NZ_GST, "NZ"),
    "OSS": (TaxScheme.OSS, "DE"),
    "SST": (TaxScheme.OTHER, "MY"),
    "VOEC": (TaxScheme.VOEC, "NO"),
    "DDG": (TaxScheme.OTHER, None),
}
IRD_PREFIX: Final = "IRD#"  # observed in the public getOrders sample: name GST, value "IRD#..." for New Zealand

# Type page TaxIdentifierTypeEnum: VATIN is a business's number, the others are a person's.
TAX_IDENTIFIER_VAT: Final = "VATIN"

# FUL, Buyer.taxIdentifier: buyers of these countries, on these marketplaces, and only in getOrder.
TAX_ID_COUNTRIES: Final = frozenset({"IT", "ES", "GT"})
TAX_ID_MARKETPLACES: Final = frozenset({"EBAY_IT", "EBAY_ES"})

# eBay's service codes come from Trading GeteBayDetails, whose ExpeditedService flag no REST answer carries. The rule
# reads the code's own words, as in USPSExpressMail, UPSNextDayAir, FedExStandardOvernight, ExpeditedInternational.
_EXPRESS = re.compile(r"express|overnight|nextday|oneday|expedited", re.IGNORECASE)
_ORDINARY = re.compile(r"economy|standard", re.IGNORECASE)


@lru_cache(maxsize=1024)
def is_express(service_code: str) -> bool | None:
    """Whether a shipping service code calls itself express; None where its words say neither.

    Args:
        service_code: eBay's `shippingServiceCode`.
    """
    if _EXPRESS.search(service_code):
        return True
    return False if _ORDINARY.search(service_code) else None


# Where a digital signature is asked for: sellers domiciled in the EU or the UK (eBay, Digital Signatures for APIs).
_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
SIGNATURE_COUNTRIES: Final = frozenset({"GB", *re.findall(r"[A-Z]{2}", _EU)})
