"""Signed requests to a vendor's own API, because no unified model is ever complete."""

from __future__ import annotations

from typing import Unpack

from pydantic import Field

from xborder_sdk.errors import UsageError
from xborder_sdk.hookspecs import Connector, OnceRequest, Settings
from xborder_sdk.steps import Effect, Flow, Response, SendDetails


class RawRequest(OnceRequest):
    """What a raw request means to the ledger.

    Attributes:
        method, path: The request line.
        key: What is meant, for a `once` effect.
    """

    method: str
    path: str = Field(repr=False)
    key: str | None = None

    def intent(self) -> str:
        if self.key is None:
            raise UsageError(
                "a raw request with a `once` effect needs an intent",
                hint="pass intent=... naming what is meant, so that a repeat can be recognised",
            )
        return f"raw/{self.key}"


def raw_flow(
    connector: Connector[Settings], effect: Effect, method: str, path: str, details: SendDetails
) -> Flow[Response]:
    """A flow of one request."""
    response: Response = yield connector.api.step(effect, method, path, **details)
    return response


__all__ = ["RawRequest", "SendDetails", "Unpack", "raw_flow"]
