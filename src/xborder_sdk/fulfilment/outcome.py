"""What a step makes of an order's row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xborder_sdk.fulfilment.explanation import Explanation
from xborder_sdk.fulfilment.planning import ShipmentPlan
from xborder_sdk.fulfilment.progress import WorkState
from xborder_sdk.models import Hold, Order


@dataclass(frozen=True)
class Outcome:
    """What a step makes of a row.

    Attributes:
        state: Where the order stands now; None for where it stood.
        detail: What happened, in words.
        holds: What stands in the way.
        due: When the row is looked at again; None for at once.
        failed: Whether the step is to be tried again.
        planned: Whether the change that the row's `modified_at` names has been planned.
        order, plan, why: What is to be kept with the row.
        changes: Other fields of the row.
    """

    state: WorkState | None
    detail: str
    holds: tuple[Hold, ...] = ()
    due: datetime | None = None
    failed: bool = False
    planned: bool = False
    order: Order | None = None
    plan: ShipmentPlan | None = None
    why: Explanation | None = None
    changes: dict[str, Any] = field(default_factory=dict)
