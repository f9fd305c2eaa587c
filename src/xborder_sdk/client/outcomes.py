"""What a fan-out returns: for each account a value or an error, in time or late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from xborder_sdk.errors import XborderError

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """One account's answer in a fan-out.

    Attributes:
        account: Which account.
        value: What it answered; None where there is an error.
        error: Why there is no value; `DeadlineExceeded` for those who were late.
        seconds: How long it took, or how long it was waited for.
    """

    account: str
    value: T | None
    error: XborderError | None
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether there is a value."""
        return self.error is None

    def get(self) -> T:
        """The value.

        Raises:
            XborderError: What this account answered instead.
        """
        if self.error is not None:
            raise self.error
        assert self.value is not None or self.ok  # noqa: S101 - a value or an error
        return self.value  # type: ignore[return-value]  # T may itself be None
