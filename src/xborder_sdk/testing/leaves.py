"""Answers with one place changed: dropped, emptied, told as text, told in a word nobody knows, or of another type.

JSON and XML are understood, and JSON written as a text inside JSON, as gateways do.
"""

from __future__ import annotations

import copy
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from xborder_sdk.errors import MalformedResponse
from xborder_sdk.reading import parse_json
from xborder_sdk.testing.exchange import json_text

ODD: tuple[Any, ...] = (
    "", " ", 0, -1, 10**30, True, [[]], [None], "1e999999", "NaN", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "\ud800", "\x00", "\N{IZAKAYA LANTERN}" * 300,
)  # fmt: skip
"""Values that somebody's parser has fallen over: no number, no day, half a character, more than fits."""

UNHEARD_OF = "XBORDER_UNHEARD_OF"
"""A word that no vendor has said and no connector knows."""


class Change(StrEnum):
    """What is done to a place of an answer."""

    DROPPED = "dropped"
    NULLED = "null"
    AS_TEXT = "as text"
    UNHEARD_OF = "unheard of"
    OTHER_TYPE = "of another type"


class _Text:
    """JSON inside a text."""

    def __init__(self, value: Any) -> None:
        self.value = value


@dataclass(frozen=True)
class Place:
    """One place of an answer.

    Attributes:
        steps: The way to it.
        value: What stands there; a text, a number, a truth value, None, or a list or object.
        kinds: The way to its kind: items of a list are of one kind, but for those that are a name and a value.
        is_name: Whether it names the value beside it, as a key does: with another name the value is not there.
    """

    steps: tuple[Any, ...]
    value: Any
    kinds: tuple[Any, ...] = ()
    is_name: bool = False

    @property
    def is_leaf(self) -> bool:
        """Whether nothing stands below it."""
        return not isinstance(self.value, (dict, list, _Text))

    @property
    def is_number(self) -> bool:
        """Whether it is a number, not a truth value."""
        return isinstance(self.value, (int, Decimal)) and not isinstance(self.value, bool)

    def __str__(self) -> str:
        text = ""
        for step in self.steps:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
        return text

    @property
    def shape(self) -> tuple[Any, ...]:
        """Places of one shape are read by the same code."""
        return self.kinds


class Body:
    """An answer's body that can be changed in places."""

    def places(self) -> list[Place]:
        """Every place but the top."""
        raise NotImplementedError

    def changed(self, place: Place, change: Change) -> bytes:
        """The body with one place changed."""
        raise NotImplementedError

    def with_values(self, values: dict[tuple[Any, ...], Any]) -> bytes:
        """The body with other values in some places."""
        raise NotImplementedError


def body_of(content: bytes) -> Body | None:
    """The body of an answer; None where it is neither JSON nor XML."""
    try:
        return JsonBody(_opened(parse_json(content)))
    except MalformedResponse:
        pass
    if content.lstrip().startswith(b"<"):
        try:
            return XmlBody(ET.fromstring(content))  # noqa: S314 - a file of the connector's own tests
        except ET.ParseError:
            return None
    return None


class JsonBody(Body):
    """A body of JSON."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree

    def places(self) -> list[Place]:
        return list(_places(self._tree, (), ()))

    def changed(self, place: Place, change: Change) -> bytes:
        if change is Change.DROPPED:
            return self._written(place.steps, _DROP)
        return self._written(place.steps, _replacement(place.value, change))

    def with_values(self, values: dict[tuple[Any, ...], Any]) -> bytes:
        tree = copy.deepcopy(self._tree)
        for steps, value in values.items():
            _put(tree, steps, value)
        return json_text(_closed(tree)).encode()

    def _written(self, steps: tuple[Any, ...], value: Any) -> bytes:
        return self.with_values({steps: value})


_DROP = object()


def _replacement(value: Any, change: Change) -> Any:
    if change is Change.NULLED:
        return None
    if change is Change.AS_TEXT:
        return _as_text(value)
    if change is Change.UNHEARD_OF:
        return UNHEARD_OF
    return {} if isinstance(value, list) or not isinstance(value, (dict, list, _Text)) else []


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _opened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _opened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_opened(inner) for inner in value]
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        try:
            return _Text(_opened(parse_json(value.encode())))
        except MalformedResponse:
            return value
    return value


def _closed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _closed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_closed(inner) for inner in value]
    if isinstance(value, _Text):
        return json_text(_closed(value.value))
    return value


def _places(value: Any, way: tuple[Any, ...], kinds: tuple[Any, ...], is_name: bool = False) -> Iterator[Place]:
    if way:
        yield Place(way, value, kinds, is_name)
    inner = value.value if isinstance(value, _Text) else value
    if isinstance(inner, dict):
        named = _name_of(inner)
        for key, item in inner.items():
            yield from _places(item, (*way, key), (*kinds, key), named is not None and key in _NAMES)
    elif isinstance(inner, list):
        for number, item in enumerate(inner):
            kind = _name_of(item) if isinstance(item, dict) else None
            yield from _places(item, (*way, number), (*kinds, "#" if kind is None else f"#{kind}"))


_NAMES = ("name", "key")
"""What the name of a value is called where names are no keys: `{"name": "state", "value": "OPEN"}`."""


def _name_of(item: dict[str, Any]) -> str | None:
    """The name in a pair of name and value; None where it is no such pair."""
    named = [key for key in item if key in _NAMES]
    found = item[named[0]] if len(item) == 2 and len(named) == 1 else None
    return found if isinstance(found, str) and "value" in item else None


def _put(tree: Any, steps: tuple[Any, ...], value: Any) -> None:
    place = tree.value if isinstance(tree, _Text) else tree
    for step in steps[:-1]:
        place = place[step]
        if isinstance(place, _Text):
            place = place.value
    if value is _DROP:
        del place[steps[-1]]
    else:
        place[steps[-1]] = value


class XmlBody(Body):
    """A body of XML: its elements and attributes. All of it is text, so nothing can be told as text."""

    def __init__(self, root: ET.Element) -> None:
        self._root = root

    def places(self) -> list[Place]:
        return list(self._below(self._root, (), ()))

    def _below(self, element: ET.Element, way: tuple[Any, ...], kinds: tuple[Any, ...]) -> Iterator[Place]:
        for name, value in element.attrib.items():
            yield Place((*way, f"@{name}"), value, (*kinds, f"@{name}"))
        named = _name_of({child.tag: child.text for child in element})
        seen: dict[str, int] = {}
        for child in element:
            number = seen[child.tag] = seen.get(child.tag, -1) + 1
            here = (*way, child.tag, number)
            kind = _name_of({inner.tag: inner.text for inner in child})
            below = (*kinds, child.tag, "#" if kind is None else f"#{kind}")
            yield Place(here, {} if len(child) else child.text, below, named is not None and child.tag in _NAMES)
            yield from self._below(child, here, below)

    def changed(self, place: Place, change: Change) -> bytes:
        if change is Change.DROPPED:
            return self.with_values({place.steps: _DROP})
        if change is Change.NULLED:
            return self.with_values({place.steps: None})
        if change is Change.AS_TEXT:
            return ET.tostring(self._root)
        return self.with_values({place.steps: UNHEARD_OF if change is Change.UNHEARD_OF else "<>"})

    def with_values(self, values: dict[tuple[Any, ...], Any]) -> bytes:
        root = copy.deepcopy(self._root)
        for steps, value in values.items():
            parent, element = None, root
            way = [step for step in steps if not (isinstance(step, str) and step.startswith("@"))]
            for tag, number in zip(way[::2], way[1::2], strict=True):
                parent, element = element, element.findall(tag)[number]
            if str(steps[-1]).startswith("@"):
                name = str(steps[-1])[1:]
                if value is _DROP:
                    del element.attrib[name]
                else:
                    element.set(name, "" if value is None else str(value))
            elif value is _DROP and parent is not None:
                parent.remove(element)
            else:
                for child in list(element):
                    element.remove(child)
                element.text = None if value is None else str(value)
        return ET.tostring(root)

    def with_entity(self) -> bytes:
        """The body behind a document type that declares an entity: a few of them nested would fill the memory."""
        return b'<!DOCTYPE answer [<!ENTITY word "word">]>' + ET.tostring(self._root)


def changes_of(place: Place) -> Iterator[Change]:
    """What can be done to a place."""
    yield Change.DROPPED
    yield Change.NULLED
    if place.is_number or isinstance(place.value, bool):
        yield Change.AS_TEXT
    if isinstance(place.value, str) and not place.is_name:
        yield Change.UNHEARD_OF
    yield Change.OTHER_TYPE


def sampled(places: list[Place], most: int) -> list[Place]:
    """One place of each shape, and of those so many, spread over the whole."""
    by_shape = {place.shape: place for place in reversed(places)}
    found = [place for place in places if by_shape[place.shape] is place]
    if len(found) <= most:
        return found
    return [found[number * len(found) // most] for number in range(most)]


def cut(content: bytes) -> bytes:
    """The first half of a body."""
    return content[: max(1, len(content) // 2)]


def json_of(value: Any) -> bytes:
    """JSON of a value."""
    return json.dumps(value).encode()
