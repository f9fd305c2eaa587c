"""What was asked of the simulators, kept in memory so that a test can count and read it."""

from __future__ import annotations

import base64
import itertools
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

# Values of these are kept; of every other header only the name is, so that no credential is stored.
KEPT_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "content-digest",
        "content-language",
        "content-length",
        "content-type",
        "message-reference",
        "message-reference-date",
        "plugin-name",
        "plugin-version",
        "shipping-system-platform-name",
        "shipping-system-platform-version",
        "signature-input",
        "user-agent",
        "webstore-platform-name",
        "webstore-platform-version",
        "x-ebay-c-marketplace-id",
        "x-ebay-enforce-signature",
        "x-version",
    }
)


@dataclass
class Record:
    """One request. `status` stays None when no answer left (a fault ate it, or it is not there yet)."""

    id: int
    vendor: str
    host: str
    method: str
    path: str
    query: str
    time: datetime
    connection: str
    header_names: tuple[str, ...]
    headers: dict[str, str]
    body: bytes
    status: int | None = None
    fault: str | None = None

    def picture(self) -> dict[str, Json]:
        """Return it as JSON; the body as text, or as base64 when it is not UTF-8."""
        text: str | None
        try:
            text = self.body.decode()
        except UnicodeDecodeError:
            text = None
        picture: dict[str, Json] = {
            "id": self.id,
            "vendor": self.vendor,
            "host": self.host,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "time": self.time.isoformat(),
            "connection": self.connection,
            "header_names": list(self.header_names),
            "headers": dict(self.headers),
            "status": self.status,
            "fault": self.fault,
        }
        if text is None:
            picture["body_base64"] = base64.b64encode(self.body).decode()
        else:
            picture["body"] = text
        return picture


class RequestLog:
    """The last `size` requests, oldest first."""

    def __init__(self, size: int = 5000) -> None:
        self._records: deque[Record] = deque(maxlen=size)
        self._ids = itertools.count(1)

    def add(
        self,
        *,
        vendor: str,
        host: str,
        method: str,
        path: str,
        query: str,
        time: datetime,
        connection: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
    ) -> Record:
        """Keep a request and return its record, whose `status` is filled in when the answer leaves."""
        pairs = [(name.lower(), value) for name, value in headers]
        record = Record(
            id=next(self._ids),
            vendor=vendor,
            host=host,
            method=method,
            path=path,
            query=query,
            time=time,
            connection=connection,
            header_names=tuple(name for name, _ in pairs),
            headers={name: value for name, value in pairs if name in KEPT_HEADERS},
            body=body,
        )
        self._records.append(record)
        return record

    def find(self, vendor: str | None = None, path: str | None = None, method: str | None = None) -> list[Record]:
        """Return the records that match.

        Args:
            vendor: Only this vendor's.
            path: A shell pattern on the path below the vendor's host, such as `/shipments*`.
            method: Only this HTTP method.
        """
        return [
            record
            for record in list(self._records)
            if (vendor is None or record.vendor == vendor)
            and (path is None or fnmatchcase(record.path, path))
            and (method is None or record.method == method.upper())
        ]

    def clear(self) -> None:
        """Forget all of them."""
        self._records.clear()
