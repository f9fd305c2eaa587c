"""Which request meets which fault. What a fault does is in `fault_kinds`."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import cast

from xborder_sandbox.errors import FaultError
from xborder_sandbox.requests import Json


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _status(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 200 <= value <= 599


def _flag(value: Json) -> bool:
    return isinstance(value, bool)


def _text(value: Json) -> bool:
    return isinstance(value, str) and value != ""


def _texts(value: Json) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _anything(value: Json) -> bool:  # noqa: ARG001 - one signature for all checks
    return True


@dataclass(frozen=True)
class _Kind:
    required: dict[str, Callable[[Json], bool]] = field(default_factory=dict)
    optional: dict[str, Callable[[Json], bool]] = field(default_factory=dict)


_AFTER: dict[str, Callable[[Json], bool]] = {"after": _flag}

KINDS: dict[str, _Kind] = {
    "status": _Kind(
        {"status": _status},
        {
            **_AFTER,
            "body": _anything,
            "headers": _texts,
            "retry_after": _number,
            "retry_after_form": lambda value: value in ("seconds", "date"),
        },
    ),
    "silence": _Kind(optional=_AFTER),
    "delay": _Kind({"seconds": _number}),
    "reset": _Kind(optional=_AFTER),
    "close": _Kind(optional=_AFTER),
    "half": _Kind(),
    "truncated": _Kind(),
    "html": _Kind(),
    "empty": _Kind(),
    "huge": _Kind(optional={"bytes": _whole}),
    "gzip_bomb": _Kind(optional={"bytes": _whole}),
    "drip": _Kind(optional={"interval": _number, "headers": _flag}),
    "unknown_code": _Kind({"path": _text}, {"value": _text}),
    "mutate": _Kind({"path": _text, "op": lambda value: value in ("drop", "null", "stringify")}),
    "token_expired": _Kind(),
}


@dataclass
class Fault:
    """One injected fault.

    Attributes:
        vendor: The simulator it is for; None is any.
        host: The vendor's host segment it is for (`api`, `mydhlapi`); None is any.
        method: The HTTP method; None is any.
        path: A shell pattern on the path below the vendor's host.
        times: How often it fires; None is for ever.
        skip: How many matching requests pass first.
        kind: One of `KINDS`.
        options: What the kind needs.
        fired: How often it fired.
    """

    id: int
    vendor: str | None
    host: str | None
    method: str | None
    path: str
    times: int | None
    skip: int
    kind: str
    options: dict[str, Json]
    fired: int = 0
    skipped: int = 0

    def matches(self, vendor: str, host: str, method: str, path: str) -> bool:
        """Say whether it is meant for such a request, spent or not."""
        return (
            self.vendor in (None, vendor)
            and self.host in (None, host)
            and self.method in (None, method)
            and fnmatchcase(path, self.path)
        )

    def flag(self, name: str) -> bool:
        """Return a yes-or-no option; no when it was not given."""
        return self.options.get(name) is True

    def number(self, name: str, default: float) -> float:
        """Return a number given as an option."""
        return cast("float", self.options.get(name, default))

    def picture(self) -> dict[str, Json]:
        """Return it as JSON, in the form in which it is added, with its id and how often it fired."""
        return {
            "id": self.id,
            "vendor": self.vendor,
            "host": self.host,
            "method": self.method,
            "path": self.path,
            "times": self.times,
            "skip": self.skip,
            "fault": {"kind": self.kind, **self.options},
            "fired": self.fired,
        }


class Faults:
    """The faults that are set, in the order in which they were added; the first that is due fires."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    def add(self, spec: dict[str, Json]) -> Fault:
        """Set a fault.

        Args:
            spec: `{"vendor", "host", "method", "path", "times", "skip", "fault": {"kind", ...}}`;
                only `fault` is required. `times` is 1 unless said, and null for ever.

        Raises:
            FaultError: If a field is unknown, missing or out of its range.
        """
        unknown = spec.keys() - {"vendor", "host", "method", "path", "times", "skip", "fault"}
        if unknown:
            raise FaultError(f"unknown fields: {', '.join(sorted(unknown))}")
        texts: dict[str, str | None] = {}
        for name in ("vendor", "host", "method"):
            value = spec.get(name)
            if value is not None and not isinstance(value, str):
                raise FaultError(f"{name} must be text")
            texts[name] = value
        path, times, skip = spec.get("path", "*"), spec.get("times", 1), spec.get("skip", 0)
        if not isinstance(path, str):
            raise FaultError("path must be a shell pattern")
        if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
            raise FaultError("times must be a whole number from 1, or null for ever")
        if not isinstance(skip, int) or isinstance(skip, bool) or skip < 0:
            raise FaultError("skip must be a whole number from 0")
        kind, options = _read_fault(spec.get("fault"))
        method = texts["method"]
        with self._lock:
            fault = Fault(
                id=next(self._ids),
                vendor=texts["vendor"],
                host=texts["host"],
                method=method.upper() if method else None,
                path=path,
                times=times,
                skip=skip,
                kind=kind,
                options=options,
            )
            self._faults.append(fault)
        return fault

    def list(self) -> list[Fault]:
        """Return all faults, spent ones too."""
        return [*self._faults]

    def clear(self, fault_id: int | None = None) -> int:
        """Remove one fault, or all; return how many went."""
        with self._lock:
            before = len(self._faults)
            self._faults = [fault for fault in self._faults if fault_id is not None and fault.id != fault_id]
            return before - len(self._faults)

    def take(self, vendor: str, host: str, method: str, path: str) -> Fault | None:
        """Return the fault this request meets, counted as fired; None when it meets none."""
        with self._lock:
            for fault in self._faults:
                if not fault.matches(vendor, host, method, path):
                    continue
                if fault.times is not None and fault.fired >= fault.times:
                    continue
                if fault.skipped < fault.skip:
                    fault.skipped += 1
                    continue
                fault.fired += 1
                return fault
        return None


def _read_fault(value: Json) -> tuple[str, dict[str, Json]]:
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
        raise FaultError('fault must be an object with a "kind"')
    options = dict(value)
    name = cast("str", options.pop("kind"))
    kind = KINDS.get(name)
    if kind is None:
        raise FaultError(f"unknown kind {name!r}; there are: {', '.join(KINDS)}")
    missing = kind.required.keys() - options.keys()
    if missing:
        raise FaultError(f"{name} needs: {', '.join(sorted(missing))}")
    checks = {**kind.required, **kind.optional}
    for option, given in options.items():
        if option not in checks:
            raise FaultError(f"{name} has no option {option!r}")
        if not checks[option](given):
            raise FaultError(f"{name}: {option} has a value that is not possible")
    return name, options
