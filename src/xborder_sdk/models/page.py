"""Pages and cursors of list operations."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Generic, Self, TypeVar

from pydantic import Field, JsonValue, ValidationError

from xborder_sdk.errors import InvalidCursor
from xborder_sdk.models.base import Model

T = TypeVar("T")


class Cursor(Model):
    """Where a list continues. Opaque to applications; `str(cursor)` stores it, `Cursor.parse` reads it back.

    Attributes:
        connector: Whose cursor it is: another connector refuses it.
        state: What the connector needs to go on; no buyer data and no credentials belong here.
    """

    connector: str
    state: dict[str, JsonValue]

    def __str__(self) -> str:
        text = json.dumps([self.connector, self.state], separators=(",", ":"), sort_keys=True)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads a stored cursor.

        Raises:
            InvalidCursor: The text is not a cursor.
        """
        try:
            connector, state = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return cls(connector=connector, state=state)
        except (ValueError, TypeError, RecursionError, binascii.Error, ValidationError) as error:
            raise InvalidCursor("this text is not a cursor of a list") from error


class Page(Model, Generic[T]):
    """One page of a list.

    Attributes:
        items: What is on it.
        next: Where the next page starts; None on the last one.
        total: How many there are in all, where the vendor says.
    """

    items: tuple[T, ...]
    next: Cursor | None = None
    total: int | None = Field(default=None, ge=0)
