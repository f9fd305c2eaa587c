"""Names the connector whose code crashed, and where, without the values it held."""

from __future__ import annotations

from xborder_sdk.errors import ConnectorBug
from xborder_sdk.runtime.redaction import place_of


def bug_in(name: str, crash: Exception) -> ConnectorBug:
    """What a crash becomes.

    Args:
        name: Connector and operation, such as `ebay.get_order`.
        crash: What its code raised.
    """
    error = ConnectorBug(f"{name} failed with {type(crash).__name__}")
    error.where = place_of(crash)
    error.message += f" at {error.where.rpartition(' > ')[2]}"
    return error
