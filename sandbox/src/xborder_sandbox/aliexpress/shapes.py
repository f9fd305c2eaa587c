"""The two shapes of an answer: simplified, and wrapped (AliExpress reference, section 1.5)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from decimal import Decimal

from xborder_sandbox.aliexpress.settings import Settings
from xborder_sandbox.requests import Json

# For lists of plain values; TOP's own names for them.
_PLAIN = ((bool, "boolean"), (int, "number"), (str, "string"))
# Field -> share of APIs that write it as text when numbers are `mixed`, out of four.
_MIXED_SHARE = 1


def wrapper_name(api: str) -> str:
    """Return the one key of a wrapped answer."""
    return api.strip("/").replace(".", "_").replace("/", "_") + "_response"


def wrapped(body: Mapping[str, Json], inner_names: Mapping[str, str], settings: Settings) -> dict[str, Json]:
    """Return the answer with every list as an object around one array.

    Args:
        body: The simplified answer.
        inner_names: List field -> name of the array inside it.
        settings: `empty_lists`.
    """
    shaped: dict[str, Json] = {}
    for name, value in body.items():
        if isinstance(value, dict):
            shaped[name] = wrapped(value, inner_names, settings)
        elif isinstance(value, list):
            if value:
                items = [wrapped(item, inner_names, settings) if isinstance(item, dict) else item for item in value]
                shaped[name] = {_inner(name, value[0], inner_names): items}
            elif settings.empty_lists == "object":
                shaped[name] = {}
        else:
            shaped[name] = value
    return shaped


def _inner(name: str, item: Json, inner_names: Mapping[str, str]) -> str:
    if name in inner_names:
        return inner_names[name]
    for kind, plain in _PLAIN:
        if isinstance(item, kind):
            return plain
    return f"{name.removesuffix('_list').removesuffix('s')}_dto"


def renumbered(value: Json, api: str, settings: Settings, name: str = "") -> Json:
    """Return the answer with some or all numbers as text: they wander between the two from API to API."""
    if settings.numbers == "listed":
        return value
    if isinstance(value, dict):
        return {key: renumbered(item, api, settings, key) for key, item in value.items()}
    if isinstance(value, list):
        return [renumbered(item, api, settings, name) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    wanders = zlib.crc32(f"{api} {name}".encode()) % 4 < _MIXED_SHARE
    return str(value) if settings.numbers == "text" or wanders else value
