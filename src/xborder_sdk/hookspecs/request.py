"""The base of every operation's request: one frozen model, so that a new wish is a new field and breaks nobody."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from typing import ClassVar

from pydantic import Field

from xborder_sdk.models.base import Model

OPTION = Field(json_schema_extra={"option": True})
"""Marks a field that changes what is asked for, bought or promised, and so must never be ignored in silence."""


class Request(Model):
    """What an operation is asked."""

    def set_options(self) -> frozenset[str]:
        """Names of the `OPTION` fields that are set, nested ones included; the driver holds them against `honours`."""
        return frozenset(_set_options(self))


def _set_options(model: Model) -> list[str]:
    found: list[str] = []
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("option"):
            if value is not None and value is not False and value != ():
                found.append(name)
        elif isinstance(value, Model):
            found.extend(_set_options(value))
    return found


class OnceRequest(Request):
    """A request whose effect must not happen twice.

    Attributes:
        attempt: Raised by hand to do on purpose again what has been done, for example after a lost label.
    """

    attempt: int = Field(default=1, ge=1, strict=True)

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt"})
    """Fields that may differ between two calls that mean the same."""

    account_scoped: ClassVar[bool] = True
    """Whether the ids inside belong to one account; a parcel means the same whoever carries it."""

    @abstractmethod
    def intent(self) -> str:
        """What is meant, not who does it: the ledger's key. Holds ids only, no buyer data."""

    def fingerprint(self) -> str:
        """Digest of what is asked, without the volatile fields."""
        text = self.model_dump_json(exclude=set(self.volatile))
        return hashlib.sha256(text.encode()).hexdigest()

    def reference(self, length: int, alphabet: str) -> str:
        """A short opaque reference of this intent and attempt, always the same, for the vendor to carry.

        Args:
            length: Longest text the vendor carries; at most 20 characters are used.
            alphabet: Characters the vendor accepts.
        """
        number = int.from_bytes(hashlib.sha256(f"{self.intent()}#{self.attempt}".encode()).digest(), "big")
        marks = []
        for _ in range(min(length, 20)):
            number, index = divmod(number, len(alphabet))
            marks.append(alphabet[index])
        return "".join(marks)
