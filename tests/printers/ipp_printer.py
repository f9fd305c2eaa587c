"""An IPP printer in memory, written from RFC 8010 and RFC 8011 alone: it shares nothing with what it tests."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.faults import Act, FaultServer, Received, message, routed, say

PRINT_JOB, CANCEL_JOB, GET_JOB, GET_PRINTER = 0x0002, 0x0008, 0x0009, 0x000B
OK, NOT_POSSIBLE, NOT_FOUND, FORMAT, VALUES, NOT_ACCEPTING, BUSY = 0, 0x0404, 0x0406, 0x040A, 0x040B, 0x0506, 0x0507

Item = tuple[int, str, Sequence[Any]]


def value(tag: int, content: Any) -> bytes:
    """A value's bytes by its tag."""
    if tag in {0x21, 0x23}:
        return struct.pack(">i", content)
    if tag == 0x22:
        return b"\1" if content else b"\0"
    if tag == 0x33:
        return struct.pack(">ii", *content)
    if tag == 0x35:
        language, text = (part.encode() for part in content)
        return struct.pack(">H", len(language)) + language + struct.pack(">H", len(text)) + text
    if isinstance(content, bytes):
        return content
    return str(content).encode()


def item(tag: int, name: str, contents: Sequence[Any]) -> bytes:
    """An attribute; the members of a collection are items themselves."""
    out = b""
    for content in contents:
        called = name.encode()
        out += struct.pack(">BH", tag, len(called)) + called
        if tag == 0x34:
            out += b"\0\0"
            for member_tag, member, values in content:
                out += b"\x4a\0\0" + struct.pack(">H", len(member)) + member.encode()
                out += item(member_tag, "", values)
            out += b"\x37\0\0\0\0"
        else:
            body = value(tag, content)
            out += struct.pack(">H", len(body)) + body
        name = ""
    return out


def answer(status: int, *groups: tuple[int, Sequence[Item]], words: str | None = None) -> bytes:
    """An answer's bytes."""
    said = [(0x47, "attributes-charset", ["utf-8"]), (0x48, "attributes-natural-language", ["en"])]
    if words is not None:
        said.append((0x41, "status-message", [words]))
    out = struct.pack(">BBHI", 2, 0, status, 1)
    for tag, items in ((1, said), *groups):
        out += bytes([tag]) + b"".join(item(*one) for one in items)
    return out + b"\x03"


def media(x: Any, y: Any, margins: tuple[int, int, int, int] | None, name: str | None = None) -> list[Item]:
    """A media-col: sizes as numbers or ranges, margins top, right, bottom, left."""
    tag_x, tag_y = (0x33 if isinstance(length, tuple) else 0x21 for length in (x, y))
    members: list[Item] = [(0x34, "media-size", [[(tag_x, "x-dimension", [x]), (tag_y, "y-dimension", [y])]])]
    if margins is not None:
        for side, margin in zip(("top", "right", "bottom", "left"), margins, strict=True):
            members.append((0x21, f"media-{side}-margin", [margin]))
    if name is not None:
        members.append((0x44, "media-size-name", [name]))
    return members


@dataclass
class Asked:
    """A request as it arrived."""

    version: tuple[int, int]
    operation: int
    groups: list[tuple[int, dict[str, list[Any]]]]
    order: list[str]
    document: bytes

    def get(self, name: str, group: int = 1) -> Any:
        """The first value of an attribute, or None."""
        for tag, values in self.groups:
            if tag == group and name in values:
                return values[name][0]
        return None


def read(data: bytes) -> Asked:
    """Reads a request; fails on anything that is not as RFC 8010 says."""
    major, minor, operation, request_id = struct.unpack_from(">BBHI", data)
    assert request_id > 0
    at = 8
    order: list[str] = []
    groups: list[tuple[int, dict[str, list[Any]]]] = []
    name = ""
    stack: list[tuple[dict[str, list[Any]], str]] = []

    def take(count: int) -> bytes:
        nonlocal at
        assert at + count <= len(data)
        at += count
        return data[at - count : at]

    def counted() -> bytes:
        return take(struct.unpack(">H", take(2))[0])

    current: dict[str, list[Any]] = {}
    while (tag := take(1)[0]) != 3:
        if tag < 0x10:
            assert not stack
            current = {}
            groups.append((tag, current))
            continue
        called, content = counted().decode(), counted()
        if tag == 0x4A:
            assert stack
            assert not called
            name = content.decode()
        elif tag == 0x37:
            current, name = stack.pop()
        else:
            if called:
                assert not stack
                assert called not in current
                name = called
                order.append(called)
            decoded: Any = content.decode(errors="replace")
            if tag in {0x21, 0x23}:
                (decoded,) = struct.unpack(">i", content)
            elif tag == 0x22:
                assert content in {b"\0", b"\1"}
                decoded = content == b"\1"
            elif tag == 0x34:
                decoded = {}
            current.setdefault(name, []).append(decoded)
            if tag == 0x34:
                stack.append((current, name))
                current = decoded
    assert not stack
    return Asked((major, minor), operation, groups, order, data[at:])


@dataclass
class Job:
    """A job it has taken."""

    name: str
    document: bytes
    asked: Asked
    state: int = 3
    reasons: list[str] = field(default_factory=lambda: ["none"])


class IppServer:
    """The printer.

    Attributes:
        attributes: What Get-Printer-Attributes answers, by name.
        jobs: What it has taken, by number.
        busy: How often it answers `server-error-busy` to the next Print-Jobs.
        refuse: Status of the next Print-Jobs; None to take them.
        on_print: What it does instead of answering a Print-Job that it has taken.
    """

    def __init__(self) -> None:
        self.attributes: dict[str, Item] = {}
        self.jobs: dict[int, Job] = {}
        self.asked: list[Asked] = []
        self.busy = 0
        self.refuse: int | None = None
        self.on_print: Act | None = None
        self.raw: Act | None = None
        for one in (
            (0x42, "printer-name", ["thermal"]),
            (0x41, "printer-make-and-model", ["Invented Thermal 4"]),
            (0x23, "printer-state", [3]),
            (0x44, "printer-state-reasons", ["none"]),
            (0x22, "printer-is-accepting-jobs", [True]),
            (0x49, "document-format-supported", ["application/octet-stream", "application/pdf"]),
            (0x44, "print-scaling-supported", ["auto", "none"]),
            (0x44, "media-col-supported", ["media-size", "media-left-margin"]),
            (0x34, "media-col-database", [media(10000, 15000, (0, 0, 0, 0)), media(21000, 29700, (423,) * 4)]),
        ):
            self.set(*one)
        self.http = FaultServer(routed(self._act))

    @property
    def uri(self) -> str:
        return f"ipp://127.0.0.1:{self.http.port}/ipp/print"

    def set(self, tag: int, name: str, values: Sequence[Any]) -> None:
        """Changes one of its attributes; without values it is gone."""
        self.attributes.pop(name, None)
        if values:
            self.attributes[name] = (tag, name, values)

    def of(self, operation: int) -> list[Asked]:
        return [asked for asked in self.asked if asked.operation == operation]

    def stop(self) -> None:
        self.http.stop()

    def _act(self, request: Received) -> Act:
        assert (request.method, request.path) == ("POST", "/ipp/print")
        assert request.headers["content-type"] == "application/ipp"
        asked = read(request.body)
        self.asked.append(asked)
        if self.raw is not None:
            return self.raw
        acts: dict[int, Callable[[Asked], Act]] = {
            PRINT_JOB: self._print,
            CANCEL_JOB: self._cancel,
            GET_JOB: self._look,
            GET_PRINTER: lambda _: ipp(answer(OK, (4, list(self.attributes.values())))),
        }
        return acts[asked.operation](asked)

    def _print(self, asked: Asked) -> Act:
        if self.busy:
            self.busy -= 1
            return ipp(answer(BUSY, words="still printing"))
        if self.refuse is not None:
            unsupported = [(0x10, "print-scaling", [b""])] if self.refuse == VALUES else []
            return ipp(answer(self.refuse, *([(5, unsupported)] if unsupported else []), words="no"))
        number = len(self.jobs) + 41
        self.jobs[number] = Job(asked.get("job-name"), asked.document, asked)
        return self.on_print or ipp(answer(OK, (2, self._attributes(number))))

    def _attributes(self, number: int) -> list[Item]:
        job = self.jobs[number]
        return [
            (0x21, "job-id", [number]),
            (0x45, "job-uri", [f"{self.uri}/{number}"]),
            (0x23, "job-state", [job.state]),
            (0x44, "job-state-reasons", job.reasons),
        ]

    def _look(self, asked: Asked) -> Act:
        number = asked.get("job-id")
        if number not in self.jobs:
            return ipp(answer(NOT_FOUND))
        return ipp(answer(OK, (2, self._attributes(number))))

    def _cancel(self, asked: Asked) -> Act:
        job = self.jobs.get(asked.get("job-id"))
        if job is None:
            return ipp(answer(NOT_FOUND))
        if job.state >= 7:
            return ipp(answer(NOT_POSSIBLE))
        job.state, job.reasons = 7, ["job-canceled-by-user"]
        return ipp(answer(OK))


def ipp(content: bytes) -> Act:
    """An answer over HTTP."""
    return say(message(200, content, kind="application/ipp"), keep=True)
