"""Naming services in a configuration: `account/service`, or `account` for all of its services, both as patterns."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from xborder_sdk.models import Model, Service

_WILD = frozenset("*?[")


class Target(Model):
    """One or several services.

    Attributes:
        account: Name of a carrier account, or a pattern of names.
        service: Code or name of a service, or a pattern of either, in any case; None for all of the account's.
    """

    account: str = Field(min_length=1)
    service: str | None = Field(default=None, min_length=1)

    @property
    def is_named(self) -> bool:
        """Whether it names a service, instead of describing several by a pattern."""
        return self.service is not None and not _WILD & set(self.service) and not _WILD & set(self.account)

    def covers(self, account: str) -> bool:
        """Whether an account is meant."""
        return fnmatchcase(account, self.account)

    def matches(self, account: str, service: Service) -> bool:
        """Whether a service of an account is meant."""
        return self.covers(account) and self.means(service)

    def means(self, service: Service) -> bool:
        """Whether a service is meant, whoever sells it."""
        return self.service is None or any(alike(text, self.service) for text in (service.code, service.name))

    def __str__(self) -> str:
        return self.account if self.service is None else f"{self.account}/{self.service}"


def alike(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern, in any case and whether words are parted by spaces, hyphens or underscores."""
    return fnmatchcase(_plain(text), _plain(pattern))


def _plain(text: str) -> str:
    return "".join(" " if mark in "-_ \t" else mark for mark in text.casefold()).strip()


def _target(value: object) -> object:
    if isinstance(value, str):
        account, slash, service = value.partition("/")
        if not account.strip() or (slash and not service.strip()):
            raise ValueError('write "account/service", or "account" for all of its services')
        return {"account": account.strip(), "service": service.strip() or None}
    return value


def listed(value: object) -> object:
    """A single text where a list may stand."""
    return (value,) if isinstance(value, str) else value


Targets = Annotated[tuple[Annotated[Target, BeforeValidator(_target)], ...], BeforeValidator(listed)]
"""Services in order of preference, as texts."""

Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(listed)]
"""One text, or several."""


def as_target(value: str) -> Target:
    """A target of its text.

    Raises:
        pydantic.ValidationError: It is none.
    """
    found: Any = _target(value)
    return Target.model_validate(found)


def fits_any(text: str, patterns: Iterable[str]) -> bool:
    """Whether a text fits one of the patterns."""
    return any(alike(text, pattern) for pattern in patterns)
