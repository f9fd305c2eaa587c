"""The platform's words and limits for online shipping (线上发货), as data.

Sources by short name: SDK is the official IOP Java SDK 1.3.5-ae (names and types), META the vendor's metadata of the
call, DOC a page of the vendor's documents by its number.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from xborder_sdk.models import Battery, DocumentKind, HandOverMethod

# --- the calls, as SDK names them

SERVICES: Final = "aliexpress.logistics.service.query"
ADDRESSES: Final = "aliexpress.logistics.redefining.getlogisticsselleraddresses"
WAREHOUSES: Final = "cainiao.global.pickup.resource.recommend"
CREATE: Final = "aliexpress.logistics.order.createorder"
CREATE_OLDER: Final = "aliexpress.logistics.createwarehouseorder"
BY_ORDER: Final = "aliexpress.logistics.querylogisticsorderdetail"
BY_NUMBER: Final = "aliexpress.logistics.redefining.getonlinelogisticsinfo"
LABEL: Final = "aliexpress.logistics.redefining.getprintinfo"
LABELS: Final = "aliexpress.logistics.redefining.getprintinfos"
HAND_OVER: Final = "cainiao.global.handover.commit"
HAND_OVER_PAPER: Final = "cainiao.global.handover.pdf.get"
COURIERS: Final = "aliexpress.logistics.redefining.qureywlbdomesticlogisticscompany"
TRACK: Final = "aliexpress.logistics.redefining.querytrackingresult"
PROBLEMS: Final = "aliexpress.logistics.abnormalorder.query"

ESCROW: Final = "ESCROW"
"""META createwarehouseorder, trade_order_from: an AliExpress order."""

DOOR_PICKUP: Final = "DOOR_PICKUP"
SELF_POST: Final = "SELF_POST"
SELF_SEND: Final = "SELF_SEND"
"""SDK createorder, pickup_type; the same words in `code` of available_logistic_service_list."""

METHODS: Final = {
    HandOverMethod.COLLECTED: "cainiao_pickup",
    HandOverMethod.POSTED: "self_post",
    HandOverMethod.BROUGHT: "self_send",
}
"""META cainiao.global.handover.commit, type."""

METHOD_OF_PICKUP: Final = {
    DOOR_PICKUP: HandOverMethod.COLLECTED,
    SELF_POST: HandOverMethod.POSTED,
    SELF_SEND: HandOverMethod.BROUGHT,
}

HAND_OVER_PAPERS: Final = {DocumentKind.BAG_LABEL: 1, DocumentKind.MANIFEST: 512}
"""META cainiao.global.handover.pdf.get, type: 1 is the bag's label, 512 the list; 4, a shipping label, is not used."""

UNDELIVERABLE: Final = {"return": 0, "destroy": 1}
"""META createwarehouseorder, undeliverable_decision."""

OTHER_COURIER: Final = -1
"""META createwarehouseorder, domestic_logistics_company_id: a courier that is not listed, or none."""

# --- limits

MOST_GOODS: Final = 50  # META createwarehouseorder, declare_product_d_t_os, maxListSize
MOST_PIECES: Final = 999  # META, productNum 1-999
MOST_CHINESE: Final = 20  # META, categoryCnDesc 1-20
MOST_ENGLISH: Final = 60  # META, categoryEnDesc 1-60
LEAST_AMOUNT: Final = Decimal("0.01")  # META, productDeclareAmount 0.01-10000.00
MOST_AMOUNT: Final = Decimal("10000.00")
MOST_GOODS_G: Final = 2000  # META, productWeight 0.001-2.000
MOST_SIDES_MM: Final = 900  # DOC30137: length, width and height together 90 cm at most
MOST_SIDE_MM: Final = 600  # DOC30137: the longest side 60 cm at most
MOST_USER_KEY: Final = 16  # META createwarehouseorder, top_user_key

DECLARED_CURRENCY: Final = "USD"
"""No document names the currency of productDeclareAmount; sellers' tools declare US dollars."""

BATTERY_ALONE: Final = frozenset({Battery.ION_ALONE, Battery.METAL_ALONE})
"""META, isOnlyBattery: goods that are nothing but a battery."""
