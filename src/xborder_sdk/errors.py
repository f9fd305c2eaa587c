"""Every error this library raises.

    XborderError
    ├── ConfigurationError            something is set up wrong; nothing was sent
    │   ├── UnknownAccount            no account has this name
    │   ├── UnknownConnector          no installed plugin provides this connector
    │   ├── BrokenPlugin              a plugin could not be loaded
    │   ├── DuplicateConnector        two plugins claim one connector name
    │   ├── InvalidSettings           an account's settings do not fit
    │   └── MissingExtra              a feature needs an extra that is not installed
    ├── UsageError                    the call cannot work; nothing was sent
    │   ├── UnsupportedOperation      the connector or account cannot do this
    │   ├── UnsupportedOption         an option the connector would have to ignore
    │   ├── InvalidRequest            a value the vendor would refuse
    │   ├── InvalidCursor             a cursor of another list
    │   └── ReadOnlyAccount           the account is marked read-only
    ├── TransportError                no usable answer came; what was asked had no effect that matters
    │   ├── NotSent                   proven: not one byte left
    │   ├── ConnectionLost            the connection broke
    │   └── TimedOut                  the vendor was silent
    ├── DeadlineExceeded              the caller's time budget is spent
    ├── AnswerError                   the vendor answered
    │   ├── Refused                   it said no, with a code; nothing was done
    │   │   ├── AuthenticationFailed  credentials are wrong, expired or revoked
    │   │   ├── PermissionDenied      credentials are right but may not do this
    │   │   ├── NotFound              no such thing
    │   │   ├── Conflict              the thing is in another state
    │   │   │   └── TooLate           the vendor's time for it is over
    │   │   └── Throttled             too many requests; `retry_after_s` may say how long
    │   ├── VendorDown                it failed (any 5xx)
    │   ├── MalformedResponse         the answer cannot be read
    │   └── AnswerTooLarge            the answer is larger than allowed
    ├── EffectError                   about an effect that must not happen twice
    │   ├── OutcomeUnknown            it may or may not have happened: find out before anything else
    │   ├── EffectInProgress          somebody is doing it now
    │   ├── AlreadyDone               it has been done, in another way than asked now
    │   └── LeaseLost                 another worker has taken over; nothing was sent
    ├── NotificationRefused           a pushed message is not proven to be the vendor's, or too old; nothing was done
    ├── LedgerError                   the effects ledger cannot be used; no effect goes out without it
    ├── PrinterError                  a printer did not print
    │   └── PrinterStopped            it cannot print until somebody sees to it, such as paper out
    ├── DocumentError                 a document cannot be used
    └── ConnectorBug                  a connector broke its contract or crashed

Each carries the account and operation it happened in, and where it helps a `hint`: what to do now. No message holds
credentials or buyer data; a vendor's own words are scrubbed before they get here.
"""

from __future__ import annotations

from typing import Any, Self


class XborderError(Exception):
    """The root of all errors of this library.

    Attributes:
        account: Name of the account concerned, once known.
        connector: Name of its connector, once known.
        operation: The operation that failed, once known.
        hint: What to do now.
    """

    hint: str | None = None

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.account: str | None = None
        self.connector: str | None = None
        self.operation: str | None = None
        if hint is not None:
            self.hint = hint

    def locate(self, account: str | None, connector: str | None, operation: str | None) -> Self:
        """Adds where it happened, keeping what is known already."""
        self.account = self.account or account
        self.connector = self.connector or connector
        self.operation = self.operation or operation
        return self

    def facts(self) -> dict[str, Any]:
        """What is known, JSON-able, for logs and `--json`: type, message, place, hint and the error's own fields."""
        known: dict[str, Any] = {"error": type(self).__name__, "message": self.message}
        if self.hint is not None:
            known["hint"] = self.hint
        for name, value in sorted(vars(self).items()):
            if name.startswith("_") or name == "message":
                continue
            if isinstance(value, tuple):
                known[name] = [str(item) for item in value]
            elif isinstance(value, (str, int, float, bool)):
                known[name] = value
        return known

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.account, self.operation) if part)
        text = f"[{place}] {self.message}" if place else self.message
        return f"{text} ({self.hint})" if self.hint else text

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (type(self), self.message, dict(vars(self))))


def _restore(kind: type[XborderError], message: str, state: dict[str, Any]) -> XborderError:
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    return error


class ConfigurationError(XborderError):
    """Something is set up wrong. Nothing was sent."""


class UnknownAccount(ConfigurationError):
    """No account has this name."""


class UnknownConnector(ConfigurationError):
    """No installed plugin provides this connector."""


class BrokenPlugin(ConfigurationError):
    """A plugin could not be loaded."""


class DuplicateConnector(ConfigurationError):
    """Two plugins claim one connector name; neither is used."""


class InvalidSettings(ConfigurationError):
    """An account's settings do not fit its connector."""


class MissingExtra(ConfigurationError):
    """A feature needs an optional dependency.

    Args:
        feature: What was wanted, in words.
        extra: Name of the extra of `xborder-sdk`.
    """

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs an optional part that is not installed")
        self.extra = extra
        self.hint = f"run: pip install 'xborder-sdk[{extra}]'"


class UsageError(XborderError):
    """The call cannot work. Nothing was sent."""


class UnsupportedOperation(UsageError):
    """The connector cannot do this, or the account may not."""


class UnsupportedOption(UsageError):
    """An option was set that the connector would have to ignore.

    Args:
        options: Names of the options.
    """

    def __init__(self, options: tuple[str, ...], connector: str, operation: str) -> None:
        super().__init__(f"{connector} does not honour {', '.join(options)} in {operation}")
        self.options = options
        self.hint = "leave the option out, or use an account that supports it"


class InvalidRequest(UsageError):
    """A value that the vendor would refuse.

    Args:
        field: Path of the field, such as `recipient.lines.0`.
    """

    def __init__(self, message: str, *, field: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.field = field


class InvalidCursor(UsageError):
    """A cursor that is damaged or belongs to another list."""


class ReadOnlyAccount(UsageError):
    """The account is marked read-only and this operation has an effect."""

    hint = "remove read_only from the account's settings to allow effects"


class TransportError(XborderError):
    """No usable answer came."""

    hint = "try again later"


class NotSent(TransportError):
    """Proven: the connection was never made, so not one byte left."""


class ConnectionLost(TransportError):
    """The connection broke after something may have been sent."""


class TimedOut(TransportError):
    """The vendor was silent for too long."""


class DeadlineExceeded(XborderError):
    """The caller's time budget is spent."""

    hint = "allow more time, or ask for less"


class AnswerError(XborderError):
    """The vendor answered, but not with what was asked for.

    Args:
        status: HTTP status.
        code: The vendor's own code.
        request_id: The vendor's id of the request, for its support.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.request_id = request_id


class Refused(AnswerError):
    """The vendor said no, and nothing was done."""


class AuthenticationFailed(Refused):
    """The credentials are wrong, expired or revoked."""

    hint = "check the account's credentials with `xborder doctor`"


class PermissionDenied(Refused):
    """The credentials are right but may not do this."""


class NotFound(Refused):
    """The vendor knows no such thing."""


class Conflict(Refused):
    """The thing has been changed or is in another state."""

    hint = "read it again before deciding"


class TooLate(Conflict):
    """The vendor's time for it is over, by the vendor's clock or by the deadline it gave.

    Attributes:
        deadline: When it was over, ISO 8601, where known.
    """

    deadline: str | None = None
    hint = "the platform's site may still offer a way"


class Throttled(Refused):
    """Too many requests.

    Attributes:
        retry_after_s: Seconds to wait, where the vendor says.
    """

    retry_after_s: float | None = None


class VendorDown(AnswerError):
    """The vendor failed."""

    hint = "try again later"


class MalformedResponse(AnswerError):
    """The vendor's answer cannot be read."""


class AnswerTooLarge(AnswerError):
    """The answer is larger than the account allows."""


class EffectError(XborderError):
    """About an effect that must not happen twice.

    Attributes:
        intent: What was meant, as the ledger knows it.
        attempt: Which attempt.
        reference: Our reference at the vendor, where there is one.
    """

    def __init__(
        self,
        message: str,
        *,
        intent: str,
        attempt: int = 1,
        reference: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.intent = intent
        self.attempt = attempt
        self.reference = reference


class OutcomeUnknown(EffectError):
    """It may or may not have happened.

    Nothing is repeated. Ask the vendor (`settle` on the client does), or let a person decide (`xborder review`).

    Attributes:
        reason: Why it is unknown, in words.
    """

    hint = "do not repeat it: let `settle` ask the vendor, or decide with `xborder review`"
    reason: str | None = None


class EffectInProgress(EffectError):
    """Another worker is doing it now."""

    hint = "wait for it; the same call returns its result once it is settled"


class AlreadyDone(EffectError):
    """It has been done, through another account or with other content than asked now.

    Attributes:
        done_by: The account that did it.
        outcome_id: The vendor's id of what was done, such as the waybill, where known.
    """

    hint = "use the existing result; to do it again on purpose, raise `attempt`"
    done_by: str | None = None
    outcome_id: str | None = None


class LeaseLost(EffectError):
    """Another worker has taken over. Nothing was sent."""


class NotificationRefused(XborderError):
    """A pushed message is not proven to be the vendor's, is too old or cannot be read. Nothing was done.

    Args:
        reason: `signature`, `unknown_key`, `old`, `unreadable` or `busy`.
        status: The HTTP status that tells the sender so, as the vendor wants it.
    """

    def __init__(self, message: str, *, reason: str, status: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        self.status = status


class LedgerError(XborderError):
    """The effects ledger cannot be used.

    Raised before an effect, nothing was sent. Raised after one, its answer is kept: the same call reads it again.
    """


class PrinterError(XborderError):
    """A printer did not take or print a document."""


class PrinterStopped(PrinterError):
    """A printer cannot print until somebody sees to it. Nothing was sent.

    Args:
        trouble: What is the matter, a value of `PrinterTrouble`.
        reasons: The printer's own words.
    """

    def __init__(self, message: str, *, trouble: str, reasons: tuple[str, ...] = (), hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.trouble = trouble
        self.reasons = reasons


class DocumentError(XborderError):
    """A document cannot be read, drawn or placed."""


class ConnectorBug(XborderError):
    """A connector broke its contract or crashed; the message names the connector and the mistake.

    Attributes:
        where: File and line in the connector, without values.
    """

    where: str | None = None
    hint = "report it to the connector's author"


SAFE_TO_REPEAT: tuple[type[XborderError], ...] = (TransportError, VendorDown, Throttled, EffectInProgress)
"""Errors after which the same call may be made again: what `once` could not prove undone is never among them."""
