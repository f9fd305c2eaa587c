"""The binary encoding of the Internet Printing Protocol (RFC 8010 section 3): written strictly, read defensively.

What is read comes from a device that nobody may have updated for years, so every length is held against what is there,
and depth and number of values are bounded. A message reads as `MalformedResponse` or as a `Message`, never otherwise.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from xborder_sdk.errors import MalformedResponse


class Group(IntEnum):
    """Begin tags of attribute groups (RFC 8010 section 3.5.1)."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04
    UNSUPPORTED = 0x05


class Tag(IntEnum):
    """Tags of values (RFC 8010 section 3.5.2)."""

    UNSUPPORTED = 0x10
    UNKNOWN = 0x12
    NO_VALUE = 0x13
    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    OCTETS = 0x30
    DATE_TIME = 0x31
    RESOLUTION = 0x32
    RANGE = 0x33
    COLLECTION = 0x34
    TEXT_WITH_LANGUAGE = 0x35
    NAME_WITH_LANGUAGE = 0x36
    END_COLLECTION = 0x37
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    URI_SCHEME = 0x46
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49
    MEMBER_NAME = 0x4A


_FIRST_VALUE_TAG = 0x10
_LAST_OUT_OF_BAND: Final = 0x1F
_TEXTS = range(0x40, 0x60)
_LONGEST = 32_767  # lengths are signed shorts (RFC 8010 section 3.1.4 to 3.1.7)
_DEEPEST = 8
_MOST_VALUES = 50_000


@dataclass(frozen=True, slots=True)
class Range:
    """A range of integers, both ends included."""

    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class Resolution:
    """Dots per inch or per centimetre."""

    across: int
    down: int
    per_cm: bool


@dataclass(frozen=True, slots=True)
class OutOfBand:
    """No value but a statement about it, such as `no-value` or `unknown`."""

    tag: int


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value of a type that is not read."""

    tag: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Collection:
    """Attributes as one value."""

    members: Mapping[str, tuple[Value, ...]]

    def first(self, name: str) -> Value | None:
        """The first value of a member, or None."""
        values = self.members.get(name)
        return values[0] if values else None


Value = int | bool | str | Range | Resolution | OutOfBand | Opaque | Collection


@dataclass(frozen=True, slots=True)
class Attributes:
    """One group of attributes.

    Attributes:
        tag: Which group.
        values: Values by attribute name; of a repeated name, the first stands.
    """

    tag: int
    values: Mapping[str, tuple[Value, ...]] = field(repr=False)

    def integer(self, name: str) -> int | None:
        """The first value if it is a number; None otherwise."""
        value = self._first(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def text(self, name: str) -> str | None:
        """The first value if it is a text; None otherwise."""
        value = self._first(name)
        return value if isinstance(value, str) else None

    def boolean(self, name: str) -> bool | None:
        """The first value if it is a boolean; None otherwise."""
        value = self._first(name)
        return value if isinstance(value, bool) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """All values that are texts."""
        return tuple(value for value in self.values.get(name, ()) if isinstance(value, str))

    def collections(self, name: str) -> tuple[Collection, ...]:
        """All values that are collections."""
        return tuple(value for value in self.values.get(name, ()) if isinstance(value, Collection))

    def _first(self, name: str) -> Value | None:
        values = self.values.get(name)
        return values[0] if values else None


@dataclass(frozen=True, slots=True)
class Message:
    """A message as read.

    Attributes:
        version: Major and minor.
        code: Operation of a request, status of an answer.
        request_id: What ties an answer to its request.
        groups: The groups in order.
        data: What follows the attributes, such as a document. Not shown by repr.
    """

    version: tuple[int, int]
    code: int
    request_id: int
    groups: tuple[Attributes, ...]
    data: bytes = field(default=b"", repr=False)

    def group(self, tag: Group) -> Attributes:
        """The first group of a kind; an empty one where there is none."""
        return next((group for group in self.groups if group.tag == tag), Attributes(tag, {}))


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute to be written: one tag for all of its values.

    Attributes:
        value: Text, number, boolean, or, for a collection, its members.
    """

    name: str
    tag: Tag
    values: tuple[str | int | bool | Sequence[Attribute], ...]


def write_message(
    version: tuple[int, int],
    code: int,
    request_id: int,
    groups: Iterable[tuple[Group, Iterable[Attribute]]],
    data: bytes = b"",
) -> bytes:
    """A message as bytes.

    Args:
        version: Major and minor.
        code: The operation of a request, the status of an answer.
        request_id: 1 to 2^31 - 1.
        groups: Attribute groups in order.
        data: The document, if the operation carries one.

    Raises:
        ValueError: A value does not fit.
    """
    parts = [struct.pack(">BBHI", *version, code, request_id)]
    for tag, attributes in groups:
        parts.append(bytes([tag]))
        parts += (_attribute(attribute) for attribute in attributes)
    parts.append(bytes([Group.END]))
    parts.append(data)
    return b"".join(parts)


def _attribute(attribute: Attribute) -> bytes:
    if not attribute.values:
        raise ValueError(f"{attribute.name} has no value")
    name = attribute.name
    parts = []
    for value in attribute.values:
        parts.append(_value(attribute.tag, name, value))
        name = ""  # further values of the attribute (RFC 8010 section 3.1.5)
    return b"".join(parts)


def _value(tag: Tag, name: str, value: str | int | bool | Sequence[Attribute]) -> bytes:
    if tag is Tag.COLLECTION:
        if isinstance(value, (str, int)):
            raise ValueError(f"{name} needs members")
        members = b"".join(_member(member) for member in value)
        return _field(tag, name, b"") + members + _field(Tag.END_COLLECTION, "", b"")
    if tag in {Tag.INTEGER, Tag.ENUM}:
        if isinstance(value, bool) or not isinstance(value, int) or not -(2**31) <= value < 2**31:
            raise ValueError(f"{name} needs a whole number of 32 bits")
        return _field(tag, name, struct.pack(">i", value))
    if tag is Tag.BOOLEAN:
        if not isinstance(value, bool):
            raise ValueError(f"{name} needs a boolean")
        return _field(tag, name, bytes([value]))
    if not isinstance(value, str):
        raise ValueError(f"{name} needs text")
    return _field(tag, name, value.encode())


def _member(member: Attribute) -> bytes:
    first = _field(Tag.MEMBER_NAME, "", member.name.encode("ascii"))
    return first + _attribute(Attribute("", member.tag, member.values))


def _field(tag: Tag, name: str, content: bytes) -> bytes:
    called = name.encode("ascii")
    if len(called) > _LONGEST or len(content) > _LONGEST:
        raise ValueError("a value is too long for IPP")
    return struct.pack(">BH", tag, len(called)) + called + struct.pack(">H", len(content)) + content


def read_message(data: bytes) -> Message:
    """Reads a message.

    Args:
        data: All of it.

    Raises:
        MalformedResponse: Cut off, too deep, too many values, or not IPP at all.
    """
    if len(data) < 9:
        raise MalformedResponse("the answer is too short for IPP")
    major, minor, code, request_id = struct.unpack_from(">BBHI", data)
    if not 1 <= major <= 9:
        raise MalformedResponse("the answer is not IPP")
    reader = _Reader(data, 8)
    groups = reader.groups()
    return Message((major, minor), code, request_id, groups, data[reader.at :])


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self.at = at
        self._values = 0

    def groups(self) -> tuple[Attributes, ...]:
        found: list[Attributes] = []
        tag = self._byte()
        while tag != Group.END:
            if tag >= _FIRST_VALUE_TAG or tag == 0:
                raise MalformedResponse("an attribute of the IPP answer is in no group")
            values, following = self._attributes()
            found.append(Attributes(tag, values))
            tag = following
        return tuple(found)

    def _attributes(self) -> tuple[dict[str, tuple[Value, ...]], int]:
        """The attributes up to the next group, and that group's tag."""
        found: dict[str, tuple[Value, ...]] = {}
        name: str | None = None
        values: list[Value] = []
        while True:
            tag = self._byte()
            if tag < _FIRST_VALUE_TAG:
                break
            called = self._text()
            if called:
                _keep(found, name, values)
                name, values = called, []
            elif name is None:
                raise MalformedResponse("a value of the IPP answer belongs to no attribute")
            values.append(self._read_value(tag, 0))
        _keep(found, name, values)
        return found, tag

    def _members(self, depth: int) -> dict[str, tuple[Value, ...]]:
        """The members of a collection up to its end (RFC 8010 section 3.1.6)."""
        if depth > _DEEPEST:
            raise MalformedResponse("the IPP answer is nested too deeply")
        found: dict[str, tuple[Value, ...]] = {}
        name: str | None = None
        values: list[Value] = []
        while True:
            tag = self._byte()
            if self._text():
                raise MalformedResponse("a member of an IPP collection is named where it must not be")
            if tag == Tag.END_COLLECTION:
                self._content()
                break
            if tag == Tag.MEMBER_NAME:
                _keep(found, name, values)
                name, values = _decoded(self._content()), []
            elif tag < _FIRST_VALUE_TAG or name is None:
                raise MalformedResponse("an IPP collection is not closed")
            else:
                values.append(self._read_value(tag, depth))
        _keep(found, name, values)
        return found

    def _read_value(self, tag: int, depth: int) -> Value:
        self._values += 1
        if self._values > _MOST_VALUES:
            raise MalformedResponse("the IPP answer has too many values")
        content = self._content()
        if tag == Tag.COLLECTION:
            return Collection(self._members(depth + 1))
        return _plain(tag, content)

    def _byte(self) -> int:
        return self._take(1)[0]

    def _text(self) -> str:
        return _decoded(self._content())

    def _content(self) -> bytes:
        (length,) = struct.unpack(">H", self._take(2))
        if length > _LONGEST:
            raise MalformedResponse("a length in the IPP answer is negative")
        return self._take(length)

    def _take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self._data):
            raise MalformedResponse("the IPP answer is cut off")
        found = self._data[self.at : end]
        self.at = end
        return found


def _keep(found: dict[str, tuple[Value, ...]], name: str | None, values: list[Value]) -> None:
    if name is not None:
        found.setdefault(name, tuple(values))


def _plain(tag: int, content: bytes) -> Value:
    """A value that is no collection. One whose length does not fit its type is kept unread."""
    if tag <= _LAST_OUT_OF_BAND:
        return OutOfBand(tag)
    if tag in {Tag.INTEGER, Tag.ENUM} and len(content) == 4:
        return int.from_bytes(content, signed=True)
    if tag == Tag.BOOLEAN and len(content) == 1:
        return content != b"\0"
    if tag == Tag.RANGE and len(content) == 8:
        lower, upper = struct.unpack(">ii", content)
        return Range(lower, upper)
    if tag == Tag.RESOLUTION and len(content) == 9:
        across, down, unit = struct.unpack(">iib", content)
        return Resolution(across, down, unit == 4)  # 3 is per inch, 4 per centimetre (RFC 8011 section 5.1.16)
    if tag in {Tag.TEXT_WITH_LANGUAGE, Tag.NAME_WITH_LANGUAGE}:
        return _with_language(tag, content)
    if tag in _TEXTS:
        return _decoded(content)
    return Opaque(tag, content)


def _with_language(tag: int, content: bytes) -> Value:
    """The text of a text with its language: two counted strings (RFC 8010 section 3.9)."""
    try:
        (language,) = struct.unpack_from(">H", content)
        (length,) = struct.unpack_from(">H", content, 2 + language)
    except struct.error:
        return Opaque(tag, content)
    text = content[4 + language :]
    return _decoded(text) if len(text) == length else Opaque(tag, content)


def _decoded(content: bytes) -> str:
    # What a printer says in another charset must not stop a job; its keywords are ASCII in all of them.
    return content.decode("utf-8", errors="replace")
