"""China Post for xborder_sdk: ePacket, small packet and EMS, with labels, tracking and the batch import file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xborder_chinapost.connector import ChinaPostConnector
from xborder_chinapost.families import Family, FamilyLimits
from xborder_chinapost.numbers import check_digit, has_good_check_digit
from xborder_chinapost.settings import ChinaPostSettings
from xborder_chinapost.tariff import TariffRow
from xborder_sdk.hookspecs import Connector, hookimpl

__all__ = [
    "ChinaPostConnector",
    "ChinaPostSettings",
    "Family",
    "FamilyLimits",
    "TariffRow",
    "check_digit",
    "has_good_check_digit",
    "register_connectors",
]


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """The connectors of this distribution."""
    return [ChinaPostConnector]
