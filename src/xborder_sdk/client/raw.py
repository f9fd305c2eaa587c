"""Signed requests to a vendor's own API, because no unified model is ever complete."""

from __future__ import annotations

import hashlib
from typing import Unpack

from pydantic import Field

from xborder_sdk.errors import InvalidRequest, UsageError
from xborder_sdk.hookspecs import Connector, OnceRequest, Settings
from xborder_sdk.steps import Effect, Flow, Response, Send, SendDetails


class Hidden:
    """Holds the details of a raw request without showing them in a repr."""

    def __init__(self, value: SendDetails) -> None:
        self.value = value


class RawRequest(OnceRequest):
    """What a raw request means to the ledger.

    Attributes:
        method, path: The request line.
        key: What is meant, for a `once` effect.
        content: Digest of the host, query and body.
    """

    method: str
    path: str = Field(repr=False)
    key: str | None = None
    content: str = ""

    def intent(self) -> str:
        if self.key is None:
            raise UsageError(
                "a raw request with a `once` effect needs an intent",
                hint="pass intent=... naming what is meant, so that a repeat can be recognised",
            )
        return f"raw/{self.key}"


def raw_step(connector: Connector[Settings], effect: Effect, method: str, path: str, details: SendDetails) -> Send:
    """The step of a raw request.

    Raises:
        InvalidRequest: The JSON body cannot be written.
    """
    try:
        return connector.api.step(effect, method, path, **details)
    except (TypeError, ValueError) as error:
        raise InvalidRequest(f"the body cannot be written: {error}") from None


def raw_request(step: Send, key: str | None, attempt: int) -> RawRequest:
    """What a raw step means to the ledger.

    Args:
        step: The step.
        key: What is meant.
        attempt: Which attempt.
    """
    digest = hashlib.sha256(repr((step.host, step.query, step.content)).encode()).hexdigest()
    return RawRequest(method=step.method, path=step.path, key=key, attempt=attempt, content=digest)


def raw_flow(step: Send) -> Flow[Response]:
    """A flow of one request."""
    response: Response = yield step
    return response


__all__ = ["RawRequest", "SendDetails", "Unpack", "raw_flow", "raw_request", "raw_step"]
