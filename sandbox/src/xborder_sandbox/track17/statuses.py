"""17TRACK's words for how a parcel is: 9 main and 30 sub-statuses (status_vocabulary.json in contracts/17track)."""

from __future__ import annotations

from xborder_sandbox.parcels import Stage

SUB_STATUSES: dict[str, tuple[str, ...]] = {
    "NotFound": ("Other", "InvalidCode"),
    "InfoReceived": (),
    "InTransit": (
        "PickedUp",
        "Other",
        "Departure",
        "Arrival",
        "CustomsProcessing",
        "CustomsReleased",
        "CustomsRequiringInformation",
    ),
    "Expired": ("Other",),
    "AvailableForPickup": ("Other",),
    "OutForDelivery": ("Other",),
    "DeliveryFailure": ("Other", "NoBody", "Security", "Rejected", "InvalidAddress"),
    "Delivered": ("Other",),
    "Exception": (
        "Other",
        "Returning",
        "Returned",
        "NoBody",
        "Security",
        "Damage",
        "Rejected",
        "Delayed",
        "Lost",
        "Destroyed",
        "Cancel",
    ),
}
ALL = tuple(
    name for main, subs in SUB_STATUSES.items() for name in ([f"{main}_{sub}" for sub in subs] if subs else [main])
)

MILESTONES: dict[str, str] = {
    "InfoReceived": "InfoReceived",
    "PickedUp": "InTransit_PickedUp",
    "Departure": "InTransit_Departure",
    "Arrival": "InTransit_Arrival",
    "AvailableForPickup": "AvailableForPickup_Other",
    "OutForDelivery": "OutForDelivery_Other",
    "Delivered": "Delivered_Other",
    "Returning": "Exception_Returning",
    "Returned": "Exception_Returned",
}
# After these nothing more is expected.
ENDS = ("Delivered_Other", "Exception_Returned", "Exception_Lost", "Exception_Destroyed", "Exception_Cancel")

# How 17TRACK reads the codes of each carrier is not published; this is by its definitions of the words.
_OF_STAGE: dict[Stage, str] = {
    Stage.ANNOUNCED: "InfoReceived",
    Stage.PICKED_UP: "InTransit_PickedUp",
    Stage.MOVING: "InTransit_Other",
    Stage.LEFT_COUNTRY: "InTransit_Departure",
    Stage.REACHED_COUNTRY: "InTransit_Arrival",
    Stage.IN_CUSTOMS: "InTransit_CustomsProcessing",
    Stage.HELD_BY_CUSTOMS: "InTransit_CustomsRequiringInformation",
    Stage.CLEARED: "InTransit_CustomsReleased",
    Stage.DELAYED: "Exception_Delayed",
    Stage.OUT_FOR_DELIVERY: "OutForDelivery_Other",
    Stage.NOBODY_HOME: "DeliveryFailure_NoBody",
    Stage.REFUSED: "DeliveryFailure_Rejected",
    Stage.WAITS_FOR_PICKUP: "AvailableForPickup_Other",
    Stage.DELIVERED: "Delivered_Other",
    Stage.RETURNING: "Exception_Returning",
    Stage.RETURNED: "Exception_Returned",
    Stage.LOST: "Exception_Lost",
    Stage.CANCELLED: "Exception_Cancel",
    Stage.OTHER: "InTransit_Other",
}


def of_stage(stage: Stage) -> str:
    """Return the sub-status of a scan."""
    return _OF_STAGE[stage]


def main_of(sub_status: str) -> str:
    """Return the main status of a sub-status."""
    return sub_status.partition("_")[0]
