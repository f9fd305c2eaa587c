"""What files a platform takes as evidence, as its connector publishes it."""

from __future__ import annotations

from xborder_sdk.client import Client
from xborder_sdk.hookspecs import DisputeChannel
from xborder_sdk.models import DisputeKind, EvidenceLimits


def evidence_limits(client: Client, account: str, kind: DisputeKind) -> EvidenceLimits | None:
    """The limits of an account's channel; None where it takes no files in this kind of dispute. Asks nobody.

    Args:
        client: The client.
        account: Account of the platform.
        kind: Which procedure.

    Raises:
        ConfigurationError: The account cannot be used.
    """
    for part in client.connector(account).kinds:
        if issubclass(part, DisputeChannel):
            return part.evidence_limits.get(kind)
    return None
