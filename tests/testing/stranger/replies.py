"""Quill's XML as objects with lenient access."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from xborder_sdk.errors import MalformedResponse
from xborder_sdk.reading import JsonObject, as_object
from xborder_sdk.steps import Response

_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")


def read_reply(response: Response) -> JsonObject:
    """The `<reply>` of an answer: attributes and elements by name.

    Raises:
        MalformedResponse: The answer is something else.
    """
    content = response.content
    if any(mark in content.upper() for mark in _DECLARATIONS):
        raise MalformedResponse("the answer declares a document type")
    try:
        root = ET.fromstring(content)
    except ET.ParseError:
        raise MalformedResponse(f"the answer should be XML but is not ({len(content)} bytes)") from None
    if root.tag != "reply":
        raise MalformedResponse("the answer should be a reply")
    return as_object(_opened(root))


def _opened(element: ET.Element) -> Any:
    found: dict[str, Any] = dict(element.attrib)
    for child in element:
        value = _opened(child)
        held = found.get(child.tag)
        found[child.tag] = value if held is None else [*(held if isinstance(held, list) else [held]), value]
    if not found:
        return element.text
    if element.text and element.text.strip():
        found["text"] = element.text
    return found
