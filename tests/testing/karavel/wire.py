"""XML-RPC as Karavel writes it: a struct goes out, a struct or a fault comes back."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from xborder_sdk.errors import MalformedResponse
from xborder_sdk.reading import Json, JsonObject

Value = str | int | bytes | Sequence["Value"] | Mapping[str, "Value"] | None


def call(method: str, arguments: Mapping[str, Value]) -> bytes:
    """The body of a call; what is None is left out."""
    root = ET.Element("methodCall")
    ET.SubElement(root, "methodName").text = method
    _put(ET.SubElement(ET.SubElement(root, "params"), "param"), arguments)
    return ET.tostring(root, encoding="unicode").encode()


def _put(parent: ET.Element, value: Value) -> None:
    node = ET.SubElement(parent, "value")
    if isinstance(value, Mapping):
        struct = ET.SubElement(node, "struct")
        for name, item in value.items():
            if item is not None:
                member = ET.SubElement(struct, "member")
                ET.SubElement(member, "name").text = name
                _put(member, item)
    elif isinstance(value, bytes):
        ET.SubElement(node, "base64").text = base64.b64encode(value).decode()
    elif isinstance(value, int):
        ET.SubElement(node, "int").text = str(value)
    elif isinstance(value, str):
        ET.SubElement(node, "string").text = value
    else:
        data = ET.SubElement(ET.SubElement(node, "array"), "data")
        for item in value or ():
            _put(data, item)


def answer(content: bytes) -> JsonObject:
    """The struct of an answer, or of its fault.

    Raises:
        MalformedResponse: It is something else.
    """
    if b"<!" in content:
        raise MalformedResponse("the answer declares a document type")
    try:
        root = ET.fromstring(content)
    except ET.ParseError:
        raise MalformedResponse(f"the answer should be XML but is not ({len(content)} bytes)") from None
    node = root.find("fault/value")
    found = _read(root.find("params/param/value") if node is None else node)
    if root.tag != "methodResponse" or not isinstance(found, dict):
        raise MalformedResponse("the answer should be a methodResponse with a struct")
    return JsonObject(found)


def _read(node: ET.Element | None) -> Json:
    if node is None or len(node) == 0:
        return None
    inner = node[0]
    if inner.tag == "struct":
        return {member.findtext("name", ""): _read(member.find("value")) for member in inner.findall("member")}
    if inner.tag == "array":
        return [_read(value) for value in inner.findall("data/value")]
    return (inner.text or "").strip() or None
