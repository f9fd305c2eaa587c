"""Holds what went out against what a file expects, and what came of it against what a file promises."""

from __future__ import annotations

import base64
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from decimal import Decimal
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from xborder_sdk.errors import MalformedResponse
from xborder_sdk.reading import parse_json, parse_time
from xborder_sdk.steps import Send, WireRequest
from xborder_sdk.testing.exchange import as_object_of_texts, body_bytes, form_text
from xborder_sdk.testing.leaves import XmlBody, body_of

_NOT_COMPARED = object()


def differences(
    expect: Mapping[str, Any], sent: WireRequest, step: Send | None, hosts: Mapping[str, str]
) -> Iterator[str]:
    """What differs between an expected request and the one that went out, in words.

    Args:
        expect: As written in the file.
        sent: What went out, as the vendor would see it without its signature.
        step: What the flow asked for; None where that is not known.
        hosts: Base URLs by name.
    """
    host, path, query = split_url(sent.url, hosts)
    yield from _differs("method", sent.method, expect["method"])
    yield from _differs("host", host, expect.get("host", "api"))
    yield from _differs("path", path, expect["path"])
    yield from _differs_texts("query", query, expect.get("query", {}))
    yield from _differs_headers(sent, step, expect.get("headers", {}))
    if step is not None:
        yield from _differs("effect", step.effect.value, expect["effect"])
        if "credential" in expect:
            yield from _differs("credential", step.credential, expect["credential"])
    yield from _differs_body(expect, sent)


def split_url(url: str, hosts: Mapping[str, str]) -> tuple[str, str, dict[str, Any]]:
    """The name of the host, the path below it and the query by name."""
    address, _, query = url.partition("?")
    best = ""
    name = address
    for each, base in hosts.items():
        if (address == base or address.startswith(base + "/")) and len(base) > len(best):
            best, name = base, each
    path = address.removeprefix(best) if best else address
    return name, path, as_object_of_texts(parse_qsl(query, keep_blank_values=True))


def _differs(what: str, found: Any, wanted: Any) -> Iterator[str]:
    if found != wanted:
        yield f"{what}: sent {found!r}, expected {wanted!r}"


def _differs_texts(what: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    """Names and texts, in any order; `{"json": ...}` stands for JSON written as text."""
    for name in wanted.keys() | found.keys():
        if name not in wanted:
            yield f"{what} {name}: sent {found[name]!r}, but the file does not name it"
        elif name not in found:
            yield f"{what} {name}: not sent, expected {_shown(wanted[name])}"
        else:
            values = wanted[name] if isinstance(wanted[name], list) else [wanted[name]]
            came = found[name] if isinstance(found[name], list) else [found[name]]
            if len(values) != len(came):
                yield f"{what} {name}: sent {len(came)} times, expected {len(values)} times"
                continue
            for one, other in zip(came, values, strict=True):
                if isinstance(other, dict) and other.keys() == {"json"}:
                    yield from _differs_json(f"{what} {name}", _parsed(one), other["json"])
                elif one != form_text(other):
                    yield f"{what} {name}: sent {one!r}, expected {form_text(other)!r}"


def _differs_headers(sent: WireRequest, step: Send | None, wanted: Mapping[str, Any]) -> Iterator[str]:
    named = {name.lower() for name in wanted}
    for name, value in wanted.items():
        found = sent.header(name)
        if found != value:
            yield f"header {name}: sent {found!r}, expected {value!r}"
    for name, _ in step.headers if step is not None else ():
        if name.lower() not in named:
            yield f"header {name}: sent by the flow, but the file does not name it"


def _differs_body(expect: Mapping[str, Any], sent: WireRequest) -> Iterator[str]:
    if "json" in expect:
        yield from _differs_json("body", _parsed(sent.content), expect["json"])
        yield from _differs_media(sent, "application/json")
    elif "form" in expect:
        pairs = parse_qsl(sent.content.decode("utf-8", "replace"), keep_blank_values=True)
        yield from _differs_texts("form", as_object_of_texts(pairs), expect["form"])
        yield from _differs_media(sent, "application/x-www-form-urlencoded")
    elif "xml" in expect:
        wanted = body_bytes("xml", expect["xml"], "expect")
        if _canonical(sent.content) != _canonical(wanted):
            yield from _differs_xml(sent.content, wanted)
    elif "multipart" in expect:
        yield from _differs_json("body", parts_of(sent), expect["multipart"])
    elif "text" in expect or "base64" in expect:
        kind = "text" if "text" in expect else "base64"
        wanted = body_bytes(kind, expect[kind], "expect")
        if sent.content != wanted:
            yield f"body: sent {sent.content[:400]!r}, expected {wanted[:400]!r}"
    elif sent.content:
        yield f"body: sent {len(sent.content)} bytes, but the file names no body: {sent.content[:200]!r}"


def _differs_media(sent: WireRequest, wanted: str) -> Iterator[str]:
    found = (sent.header("content-type") or "").partition(";")[0].strip().lower()
    if found != wanted and not found.endswith("+json"):
        yield f"header Content-Type: sent {found!r}, expected {wanted!r}"


def _parsed(text: str | bytes) -> Any:
    try:
        return parse_json(text.encode() if isinstance(text, str) else text)
    except MalformedResponse:
        return _NOT_COMPARED


def _differs_json(what: str, found: Any, wanted: Any) -> Iterator[str]:
    if found is _NOT_COMPARED:
        yield f"{what}: sent something that is no JSON"
    elif isinstance(found, dict) and isinstance(wanted, dict):
        for key in wanted.keys() | found.keys():
            at = f"{what}.{key}"
            if key not in found:
                yield f"{at}: not sent, expected {_shown(wanted[key])}"
            elif key not in wanted:
                yield f"{at}: sent {_shown(found[key])}, but the file does not name it"
            else:
                yield from _differs_json(at, found[key], wanted[key])
    elif isinstance(found, list) and isinstance(wanted, list):
        if len(found) != len(wanted):
            yield f"{what}: sent {len(found)} items, expected {len(wanted)}"
        for number, (one, other) in enumerate(zip(found, wanted, strict=False)):
            yield from _differs_json(f"{what}[{number}]", one, other)
    elif isinstance(found, bool) is not isinstance(wanted, bool) or found != wanted:
        yield f"{what}: sent {_shown(found)}, expected {_shown(wanted)}"


def lacks(found: Any, wanted: Any, path: str = "result") -> Iterator[str]:
    """What a result lacks of what a file promises: objects may hold more keys, lists not more items."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict):
            yield f"{path}: is {_shown(found)}, expected {_shown(wanted)}"
            return
        for key, value in wanted.items():
            if value is not None and key not in found:
                yield f"{path}.{key}: is not there, expected {_shown(value)}"
            else:
                yield from lacks(found.get(key), value, f"{path}.{key}")
    elif isinstance(wanted, list):
        if not isinstance(found, list):
            yield f"{path}: is {_shown(found)}, expected a list of {len(wanted)}"
            return
        if len(found) != len(wanted):
            yield f"{path}: has {len(found)} items, expected {len(wanted)}"
        for number, (one, other) in enumerate(zip(found, wanted, strict=False)):
            yield from lacks(one, other, f"{path}[{number}]")
    elif isinstance(wanted, Decimal) and isinstance(found, (int, float)):
        if Decimal(str(found)) != wanted:
            yield f"{path}: is {found!r}, expected {wanted}"
    elif (found != wanted or isinstance(found, bool) is not isinstance(wanted, bool)) and not _one_moment(
        found, wanted
    ):
        yield f"{path}: is {_shown(found)}, expected {_shown(wanted)}"


def _one_moment(found: Any, wanted: Any) -> bool:
    """Whether both tell the same moment, be it in other zones."""
    if not isinstance(found, str) or not isinstance(wanted, str) or "T" not in wanted:
        return False
    moment = parse_time(wanted)
    return moment is not None and moment == parse_time(found)


def parts_of(sent: WireRequest) -> list[dict[str, Any]]:
    """What a multipart body holds, read by the standard library and not by what wrote it."""
    head = f"Content-Type: {sent.header('content-type')}\r\n\r\n".encode()
    parts = message_from_bytes(head + sent.content).get_payload()
    found = []
    for part in parts if isinstance(parts, list) else []:
        if not isinstance(part, Message):
            continue
        content = part.get_payload(decode=True)
        made: dict[str, Any] = {"name": part.get_param("name", header="content-disposition")}
        if part.get_filename() is not None:
            made["filename"] = part.get_filename()
            made["type"] = part.get_content_type()
        made["base64"] = base64.b64encode(content if isinstance(content, bytes) else b"").decode()
        found.append(made)
    return found


def _differs_xml(found: bytes, wanted: bytes) -> Iterator[str]:
    """The places in which two documents differ; both whole where no place can be named."""
    ours, theirs = body_of(found), body_of(wanted)
    told = []
    if isinstance(ours, XmlBody) and isinstance(theirs, XmlBody):
        came = {str(place): place.value for place in ours.places()}
        due = {str(place): place.value for place in theirs.places()}
        for place in [*due, *(name for name in came if name not in due)]:
            if place not in came:
                told.append(f"body {place}: not sent, expected {_shown(due[place])}")
            elif place not in due:
                told.append(f"body {place}: sent {_shown(came[place])}, but the file does not name it")
            elif _stripped(came[place]) != _stripped(due[place]):
                told.append(f"body {place}: sent {_shown(came[place])}, expected {_shown(due[place])}")
    yield from told or [f"body: sent XML {_canonical(found)!r}, expected {_canonical(wanted)!r}"]


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value or ""


def _canonical(content: bytes) -> str:
    try:
        return ET.canonicalize(content.decode("utf-8", "replace"), strip_text=True)
    except ET.ParseError:
        return f"no XML: {content[:200]!r}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 300 else text[:299] + "…"
