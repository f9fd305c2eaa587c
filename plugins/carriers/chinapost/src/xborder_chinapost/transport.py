"""What an order needs of a transport. Two are there; which one an account uses is a setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from xborder_sdk.steps import Flow, Response, SendDetails, WireRequest


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order that China Post has taken.

    Attributes:
        number: The parcel's number.
        response: The answer that says so.
    """

    number: str
    response: Response


class Transport(Protocol):
    """A way to China Post.

    Attributes:
        lacks: Operations it has no call for, by name, with the reason.
    """

    @property
    def lacks(self) -> Mapping[str, str]: ...

    def order(self, payload: Mapping[str, Any], product: str) -> Flow[Ordered]:
        """Sends an order and gets its number, once."""
        ...

    def label(self, number: str) -> Flow[bytes]:
        """The label of a number, as PDF."""
        ...

    def products(self) -> Flow[Mapping[str, str]]:
        """Product names by code, as far as the transport can be asked; empty where it cannot."""
        ...

    def signed(self, request: WireRequest, now: datetime) -> WireRequest:
        """A request with what authorises it. Pure."""
        ...


def form(fields: Mapping[str, str], accept: str = "application/json") -> SendDetails:
    """A form as both transports want it: with its character set, since names of goods are Chinese."""
    media = "application/x-www-form-urlencoded; charset=utf-8"
    return {"content": urlencode(fields).encode(), "content_type": media, "accept": accept}


def only_number(numbers: list[str]) -> str | None:
    """The first number that is one; None where there is none."""
    return next((found for number in numbers if (found := "".join(number.split()))), None)
