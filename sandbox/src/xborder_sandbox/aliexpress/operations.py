"""All modules of the simulator, and the APIs collected from them.

A module may have
 `HANDLERS`         API name -> handler
 `LIST_NAMES`       API name -> list field -> the name of the array inside it in a wrapped answer
 `WITHOUT_SESSION`  the APIs that are called without a session
 `ACTIONS`          name of an admin action -> function of the shop and the action's body
 `load`             function of the shop and the scenario's name; called in the order of the modules
 `tick`             function of the shop, called after the clock moved
 `picture`          function of the shop: its part of the picture of the state
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import TypeAlias, cast

from xborder_sandbox.aliexpress import profile_api, token_api
from xborder_sandbox.aliexpress.call import Call
from xborder_sandbox.aliexpress.declaring import api as declaring_api
from xborder_sandbox.aliexpress.handover import api as handover_api
from xborder_sandbox.aliexpress.issues import actions as issue_actions
from xborder_sandbox.aliexpress.issues import api as issues_api
from xborder_sandbox.aliexpress.orders import actions as order_actions
from xborder_sandbox.aliexpress.orders import address_api, cancel_api, detail_api, list_api
from xborder_sandbox.aliexpress.shipping import actions as parcel_actions
from xborder_sandbox.aliexpress.shipping import (
    booking_api,
    choosing_api,
    following_api,
    printing_api,
    tracking_api,
)
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.aliexpress.talking import evaluations, messages
from xborder_sandbox.requests import Json

Handler: TypeAlias = Callable[[Shop, Call], dict[str, Json]]
Action: TypeAlias = Callable[[Shop, dict[str, Json]], dict[str, Json]]

# Orders and what belongs to them.
_SELLING: tuple[ModuleType, ...] = (
    token_api,
    profile_api,
    list_api,
    detail_api,
    address_api,
    cancel_api,
    declaring_api,
    messages,
    evaluations,
    order_actions,
)
# Logistics, labels, hand-over, tracking, issues.
_SHIPPING: tuple[ModuleType, ...] = (
    choosing_api,
    booking_api,
    following_api,
    printing_api,
    tracking_api,
    handover_api,
    parcel_actions,
    issues_api,
    issue_actions,
)
MODULES = (*_SELLING, *_SHIPPING)


@dataclass(frozen=True)
class Operation:
    """One API."""

    handler: Handler
    needs_session: bool = True
    inner_names: Mapping[str, str] = field(default_factory=dict)


def operations() -> dict[str, Operation]:
    """Return all APIs by name.

    Raises:
        ValueError: If two modules answer the same one.
    """
    found: dict[str, Operation] = {}
    for module in MODULES:
        handlers = cast("dict[str, Handler]", getattr(module, "HANDLERS", {}))
        names = cast("dict[str, dict[str, str]]", getattr(module, "LIST_NAMES", {}))
        free = cast("frozenset[str]", getattr(module, "WITHOUT_SESSION", frozenset()))
        for api, handler in handlers.items():
            if api in found:
                raise ValueError(f"two handlers for {api}")
            found[api] = Operation(handler, api not in free, names.get(api, {}))
    return found


def actions() -> dict[str, Action]:
    """Return the admin actions of the modules by name."""
    found: dict[str, Action] = {}
    for module in MODULES:
        found.update(cast("dict[str, Action]", getattr(module, "ACTIONS", {})))
    return found


def load(shop: Shop, scenario: str) -> None:
    """Fill all modules' state for a scenario."""
    for module in MODULES:
        function = cast("Callable[[Shop, str], None] | None", getattr(module, "load", None))
        if function is not None:
            function(shop, scenario)


def tick(shop: Shop) -> None:
    """Tell all modules that the clock moved."""
    for module in MODULES:
        function = cast("Callable[[Shop], None] | None", getattr(module, "tick", None))
        if function is not None:
            function(shop)


def picture(shop: Shop) -> dict[str, Json]:
    """Return the picture of all modules' state."""
    shown: dict[str, Json] = {}
    for module in MODULES:
        function = cast("Callable[[Shop], dict[str, Json]] | None", getattr(module, "picture", None))
        if function is not None:
            shown.update(function(shop))
    return shown
