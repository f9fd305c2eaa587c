"""What the sandbox refuses. The admin API answers each with its text."""

from __future__ import annotations


class AdminError(ValueError):
    """Something was asked of the sandbox that cannot be done as asked; the text says why."""


class UnknownActionError(AdminError):
    """An admin action that is not there."""


class FaultError(AdminError):
    """A fault that is not described as it must be."""


class NoSocketError(RuntimeError):
    """A fault of the transport was set, and the request did not come over a socket."""
