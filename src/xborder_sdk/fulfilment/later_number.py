"""A number that comes after the purchase: asked for by every run until the carrier gives it.

Nothing waits inside a run. The row keeps the waybill and stays due; after a time that the configuration names somebody
is asked to look, and it is asked for all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from xborder_sdk.errors import XborderError
from xborder_sdk.fulfilment.config import FulfilmentConfig
from xborder_sdk.fulfilment.outcome import Outcome
from xborder_sdk.fulfilment.progress import WorkState
from xborder_sdk.fulfilment.purchase import Purchase
from xborder_sdk.fulfilment.work import WorkRow
from xborder_sdk.models import Hold, HoldReason, Shipment


class LaterNumber:
    """Asks for the numbers that buyers follow.

    Args:
        config: How often, and when somebody is asked to look.
        clock: The present, aware.
    """

    def __init__(self, config: FulfilmentConfig, clock: Callable[[], datetime]) -> None:
        self._config = config
        self._now = clock

    def ask(self, row: WorkRow, purchase: Purchase) -> Outcome:
        """Asks once.

        Args:
            row: The order, bought, its number still to come.
            purchase: Its purchase.

        Raises:
            XborderError: The carrier cannot be asked now, and it is not yet time for somebody to look.
        """
        try:
            shipment = purchase.now(row)
        except XborderError as error:
            if not self._is_late(row):
                raise
            return self._waiting(row, self._hold(row, str(error)))
        if shipment is None:
            return self._waiting(row, self._hold(row, "its carrier cannot be asked for it"))
        if shipment.number is None:
            said = (
                f"its carrier says {shipment.vendor_status}" if shipment.vendor_status else "its carrier has none yet"
            )
            return self._waiting(row, self._hold(row, said) if self._is_late(row) else None)
        changes = number_changes(shipment, row.waybill) | {"price": shipment.price or row.price, "tries": 0}
        return Outcome(WorkState.BOUGHT, f"{row.waybill} has the number {shipment.number}", changes=changes)

    def _is_late(self, row: WorkRow) -> bool:
        since = row.bought_at or row.created_at
        return self._now() >= since + timedelta(hours=self._config.number_within_hours)

    def _hold(self, row: WorkRow, why: str) -> Hold:
        return Hold(
            reason=HoldReason.MISSING_DATA,
            detail=f"shipment {row.waybill} is bought and has no number to follow: {why}",
            field="tracking_number",
            repair="look at the carrier's site: supply the number, or buy another shipment on purpose",
        )

    def _waiting(self, row: WorkRow, hold: Hold | None) -> Outcome:
        detail = f"bought as {row.waybill}; its number comes later" if hold is None else hold.detail
        due = self._now() + timedelta(seconds=self._config.ask_again_s)
        return Outcome(WorkState.BOUGHT, detail, () if hold is None else (hold,), due=due, changes={"tries": 0})


def number_changes(shipment: Shipment, waybill: str | None) -> dict[str, Any]:
    """What a row keeps of a shipment's numbers.

    Args:
        shipment: The carrier's answer.
        waybill: The number it is asked by.
    """
    return {
        "tracking_number": shipment.number if shipment.number != waybill else None,
        "number_pending": shipment.number_pending,
        "numbers": tuple(box.tracking_number for box in shipment.parcels if box.tracking_number is not None),
        "tracking_url": shipment.tracking_url,
    }
