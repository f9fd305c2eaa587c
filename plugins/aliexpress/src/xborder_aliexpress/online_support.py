"""What an account can do in logistics and disputes, and against what each operation has been held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from xborder_sdk.hookspecs import Checked, Support, SupportLevel

CHECKED: Final[Mapping[str, Checked]] = {
    # Names and types of every parameter and field are held against the official IOP Java SDK, and what is required
    # against the vendor's metadata where there is some. What the texts leave open is in the README.
    **dict.fromkeys(
        (
            "list_services",
            "quote",
            "create_shipment",
            "find_shipment",
            "get_shipment",
            "get_documents",
            "hand_over",
            "track",
            "list_disputes",
            "get_dispute",
            "accept_dispute",
            "contest_dispute",
            "propose_solution",
            "add_evidence",
        ),
        Checked.SPEC,
    ),
}

_SELLER_UPLOADS: Final = (
    "chargebacks have no call: frozen orders are told, and the seller uploads the evidence pack in the workbench"
)

SUPPORT: Final[Mapping[str, Support]] = {
    "cancel_shipment": Support(
        SupportLevel.NO,
        "no call cancels a logistics order: one whose parcel never comes is closed by the platform after a while,"
        " and the seller workbench can cancel it",
    ),
    "contest_dispute": Support(
        SupportLevel.CONDITIONAL,
        f"only requests to cancel can be refused; issues are answered with propose_solution; {_SELLER_UPLOADS}",
    ),
    "accept_dispute": Support(SupportLevel.CONDITIONAL, _SELLER_UPLOADS),
    "propose_solution": Support(SupportLevel.CONDITIONAL, f"for issues; {_SELLER_UPLOADS}"),
    "add_evidence": Support(SupportLevel.CONDITIONAL, f"one picture at a time, for issues; {_SELLER_UPLOADS}"),
    "track": Support(SupportLevel.CONDITIONAL, "needs the order of each number (KnownParcel.order_id)"),
    "create_shipment": Support(SupportLevel.CONDITIONAL, "for orders of this shop alone"),
    "list_services": Support(SupportLevel.CONDITIONAL, "for orders of this shop alone"),
    "quote": Support(SupportLevel.CONDITIONAL, "for orders of this shop alone"),
}
"""What is narrower than the operation's name says, whatever the account."""
