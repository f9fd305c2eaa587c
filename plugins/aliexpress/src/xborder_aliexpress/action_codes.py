"""The vendor's tracking action codes and what they mean here.

Source of the codes: the vendor's list of `action_code` of aliexpress.logistics.redefining.querytrackingresult (official
IOP Java SDK 1.3.5-ae); the list is open. What a code means in this project's words is our assignment; the second value
is the finer reason. A code that is missing here is `UNKNOWN` and leaves the parcel's state as it was.
"""

from __future__ import annotations

from typing import Final

from xborder_sdk.models import TrackingStatus as Status

Meaning = tuple[Status, str | None]

_TOLD: Final[dict[str, Meaning]] = {
    "CONSIGN": (Status.LABEL_CREATED, None),
    "OM_CONSIGN": (Status.LABEL_CREATED, None),
    "GTMS_ASN": (Status.LABEL_CREATED, None),
}

_COLLECTED: Final[dict[str, Meaning]] = {
    "PU_PICKUP_SUCCESS": (Status.PICKED_UP, None),
    "PU_PICKUP_FAILURE": (Status.EXCEPTION, "pickup"),
    "PU_SIGN_IN_SUCCESS": (Status.IN_TRANSIT, None),
    "PU_SIGN_IN_FAILURE": (Status.EXCEPTION, None),
    "GOT": (Status.PICKED_UP, None),
}

_SORTING: Final[dict[str, Meaning]] = {
    "SC_SIGN_IN_SUCCESS": (Status.IN_TRANSIT, None),
    "SC_SIGN_IN_FAILURE": (Status.EXCEPTION, None),
    "SC_INBOUND_SUCCESS": (Status.IN_TRANSIT, None),
    "SC_INBOUND_FAILURE": (Status.EXCEPTION, "inbound"),
    "SC_OUTBOUND_SUCCESS": (Status.IN_TRANSIT, None),
    "SC_OUTBOUND_FAILURE": (Status.EXCEPTION, "outbound"),
    "SC_HO_OUT_SUCCESS": (Status.IN_TRANSIT, None),
    "SC_HO_OUT_FAILURE": (Status.EXCEPTION, "outbound"),
}

_LINE_HAUL: Final[dict[str, Meaning]] = {
    "TD_TRANS_ARRIVE": (Status.IN_TRANSIT, None),
    "TD_TRANS_DEPART": (Status.IN_TRANSIT, None),
    "LH_HO_IN_SUCCESS": (Status.IN_TRANSIT, None),
    "LH_HO_IN_FAILURE": (Status.EXCEPTION, None),
    "LH_POST_COLLECTION": (Status.EXCEPTION, None),
    "LH_HO_AIRLINE": (Status.IN_TRANSIT, None),
    "LH_HO_AIRLINE_FAILURE": (Status.EXCEPTION, None),
    "LH_DEPART": (Status.IN_TRANSIT, None),
    "LH_ARRIVE": (Status.IN_TRANSIT, None),
    "LH_ARRIVE_FAILURE": (Status.EXCEPTION, None),
    "LH_HO_OUT_SUCCESS": (Status.IN_TRANSIT, None),
    "LH_HO_OUT_FAILURE": (Status.EXCEPTION, None),
    "LH_OTHER": (Status.IN_TRANSIT, None),
    "DEPARTURE": (Status.IN_TRANSIT, None),
    "ARRIVAL": (Status.IN_TRANSIT, None),
}

_CUSTOMS: Final[dict[str, Meaning]] = {
    "CC_TRANS_START": (Status.CUSTOMS_PROCESSING, None),
    "CC_TRANS_SUCCESS": (Status.CUSTOMS_PROCESSING, "customs_cleared"),
    "CC_TRANS_FAILURE": (Status.CUSTOMS_HOLD, None),
    "CC_EX_START": (Status.CUSTOMS_PROCESSING, "export"),
    "CC_EX_SUCCESS": (Status.CUSTOMS_PROCESSING, "customs_cleared"),
    "CC_EX_FAILURE": (Status.CUSTOMS_HOLD, "export"),
    "CC_HO_IN_SUCCESS": (Status.CUSTOMS_PROCESSING, None),
    "CC_HO_IN_FAILURE": (Status.CUSTOMS_HOLD, None),
    "CC_IM_START": (Status.CUSTOMS_PROCESSING, None),
    "CC_IM_PROCESS": (Status.CUSTOMS_PROCESSING, None),
    "CC_IM_SUCCESS": (Status.CUSTOMS_PROCESSING, "customs_cleared"),
    "CC_IM_FAILURE": (Status.CUSTOMS_HOLD, None),
    "CC_HO_OUT_SUCCESS": (Status.CUSTOMS_PROCESSING, "customs_cleared"),
    "CC_HO_OUT_FAILURE": (Status.CUSTOMS_HOLD, None),
    "CUS_SUCCESS": (Status.CUSTOMS_PROCESSING, "customs_cleared"),
    "CUS_FAILURE": (Status.CUSTOMS_HOLD, None),
    "CUS_TAX": (Status.CUSTOMS_PROCESSING, "payment"),
    "CUS_DECLARE": (Status.CUSTOMS_PROCESSING, None),
    "CIQ_SUCCESS": (Status.CUSTOMS_PROCESSING, None),
    "CIQ_FAILURE": (Status.CUSTOMS_HOLD, "inspection"),
}

_DELIVERY: Final[dict[str, Meaning]] = {
    "GTMS_ACCEPT": (Status.IN_TRANSIT, None),
    "GTMS_SC_ARRIVE": (Status.IN_TRANSIT, None),
    "GTMS_SC_ARRIVE_FAILURE": (Status.EXCEPTION, None),
    "GTMS_DO_ARRIVE": (Status.IN_TRANSIT, None),
    "GTMS_DO_DEPART": (Status.IN_TRANSIT, None),
    "GTMS_DELIVERING": (Status.OUT_FOR_DELIVERY, None),
    "GTMS_DEL_FAILURE": (Status.DELIVERY_ATTEMPTED, None),
    "GTMS_RE_DELIVERING": (Status.OUT_FOR_DELIVERY, None),
    "GTMS_RELABEL": (Status.IN_TRANSIT, "relabelled"),
    "GTMS_SIGNED": (Status.DELIVERED, None),
    "GTMS_SIGN_FAILURE": (Status.DELIVERY_ATTEMPTED, None),
    "GTMS_WAIT_SELF_PICK": (Status.READY_FOR_PICKUP, None),
    "GTMS_STA_SIGNED": (Status.DELIVERED, None),
    "GTMS_STA_SIGN_FAILURE": (Status.DELIVERY_ATTEMPTED, None),
    "GTMS_STATION_IN": (Status.IN_TRANSIT, None),
    "GTMS_STATION_OUT": (Status.IN_TRANSIT, None),
    "GTMS_FAILURE": (Status.EXCEPTION, None),
    "GTMS_OTHER": (Status.IN_TRANSIT, None),
    "SENT_SCAN": (Status.OUT_FOR_DELIVERY, None),
    "SIGNED": (Status.DELIVERED, None),
    "REJECT": (Status.EXCEPTION, "refused"),
    "FAILED": (Status.DELIVERY_ATTEMPTED, None),
}

_STATIONS: Final[dict[str, Meaning]] = {
    "GSTA_SIGN": (Status.DELIVERED, None),
    "GSTA_SIGN_FAIL": (Status.DELIVERY_ATTEMPTED, None),
    "STA_SIGN": (Status.DELIVERED, None),
    "STA_SIGN_FAIL": (Status.DELIVERY_ATTEMPTED, None),
    "GSTA_OTHER": (Status.IN_TRANSIT, None),
    "GSTAHUB_INBOUND": (Status.IN_TRANSIT, None),
    "GSTAHUB_INBOUND_FAIL": (Status.EXCEPTION, None),
    "GSTA_INBOUND": (Status.READY_FOR_PICKUP, None),
    "GSTA_INBOUND_FAIL": (Status.EXCEPTION, None),
    "GSTA_BUYER_SIGN": (Status.DELIVERED, None),
    "GSTA_BUYER_SIGN_FAIL": (Status.DELIVERY_ATTEMPTED, None),
    "GTMS_STA_WAIT_CUST_CHANGE_ADDRESS": (Status.IN_TRANSIT, "address"),
    "GTMS_STA_CUST_TO_DOOR": (Status.IN_TRANSIT, None),
    "GTMS_STA_CHANGE": (Status.IN_TRANSIT, None),
    "GTMS_STA_CN_TO_DOOR": (Status.IN_TRANSIT, None),
    "GTMS_STA_CN_CHANGE": (Status.IN_TRANSIT, None),
    "GTMS_STA_CNCP_TO_DOOR": (Status.IN_TRANSIT, None),
    "GTMS_STA_CNCP_CHANGE": (Status.IN_TRANSIT, None),
}

# `RETURNED` and every `RT_` code are steps of the way back: none says that the seller has the parcel again.
_RETURNS: Final[dict[str, Meaning]] = {
    "RETURNED": (Status.RETURNING, None),
    "RT_INBOUND": (Status.RETURNING, None),
    "RT_OUTBOUND": (Status.RETURNING, None),
    "RT_DESTROY": (Status.RETURNING, "destroyed"),
    "RT_HO_OUT": (Status.RETURNING, None),
    "RT_WH_HO_IN": (Status.RETURNING, None),
    "RT_WH_HO_IN_FAIL": (Status.RETURNING, None),
    "RT_WH_INBOUND": (Status.RETURNING, None),
    "RT_WH_INBOUND_FAILURE": (Status.RETURNING, None),
    "RT_WH_DESTROY": (Status.RETURNING, "destroyed"),
    "RT_WH_OUTBOUND": (Status.RETURNING, None),
    "RT_WH_HO_OUT": (Status.RETURNING, None),
    "RT_TRANSWH_HO_IN": (Status.RETURNING, None),
    "RT_TRANSWH_INBOUND": (Status.RETURNING, None),
    "RT_TRANSWH_OUTBOUND": (Status.RETURNING, None),
    "RT_TMS_ACCEPT": (Status.RETURNING, None),
}

_WAREHOUSE: Final[dict[str, Meaning]] = {
    "GWMS_ACCEPT": (Status.LABEL_CREATED, None),
    "GWMS_REJECT": (Status.EXCEPTION, "refused"),
    "GWMS_PACKAGE": (Status.LABEL_CREATED, "packed"),
    "GWMS_EXCEPTION": (Status.EXCEPTION, None),
    "GWMS_OUTBOUND": (Status.IN_TRANSIT, None),
    # Whether the parcel is cancelled or only this step of the warehouse, no document says.
    "GWMS_CANCEL": (Status.EXCEPTION, "cancelled"),
    "GWMS_PICK": (Status.LABEL_CREATED, "packed"),
    "GWMS_HANDOVER": (Status.IN_TRANSIT, None),
}

ACTION_CODES: Final[dict[str, Meaning]] = {
    **_TOLD,
    **_COLLECTED,
    **_SORTING,
    **_LINE_HAUL,
    **_CUSTOMS,
    **_DELIVERY,
    **_STATIONS,
    **_RETURNS,
    **_WAREHOUSE,
}
"""Meaning by action code."""
