"""Addresses the seller keeps on the platform, which online shipping and returns name by their ids.

Source: aliexpress.logistics.redefining.getlogisticsselleraddresses (official IOP Java SDK 1.3.5-ae); the vendor's
metadata of aliexpress.logistics.createwarehouseorder: with an id every other field of an address is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xborder_aliexpress import online_words as words
from xborder_aliexpress.calls import Calls
from xborder_aliexpress.settings import AliexpressSettings
from xborder_sdk.errors import InvalidSettings
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow

SENDER: Final = "sender"
PICKUP: Final = "pickup"
REFUND: Final = "refund"
_ALL: Final = (SENDER, PICKUP, REFUND)


@dataclass(frozen=True, slots=True)
class StoredAddresses:
    """Ids of the addresses to use; None for one that is not needed."""

    sender: int | None = None
    pickup: int | None = None
    refund: int | None = None


def stored_addresses(calls: Calls, settings: AliexpressSettings, needed: frozenset[str]) -> Flow[StoredAddresses]:
    """The addresses of the settings; those it does not name are asked for, where one of them is the platform's default.

    Args:
        calls: The account's calls.
        settings: Its settings.
        needed: Which of `sender`, `pickup` and `refund`.

    Raises:
        InvalidSettings: Neither the settings nor the platform say which address to use.
    """
    named = {
        SENDER: settings.sender_address_id,
        PICKUP: settings.pickup_address_id,
        REFUND: settings.refund_address_id,
    }
    missing = [kind for kind in _ALL if kind in needed and named[kind] is None]
    if missing:
        # Live callers send the kinds as plain text, although the SDK calls it a list of texts.
        query = {"seller_address_query": ",".join(missing)}
        answer = yield from calls.read(words.ADDRESSES, query)
        for kind in missing:
            named[kind] = _default(answer.body.children(f"{kind}_seller_address_list"), kind)
    return StoredAddresses(**{kind: named[kind] for kind in needed})


def _default(found: list[JsonObject], kind: str) -> int:
    ids = [address.integer_or_none("address_id") for address in found]
    chosen = [number for number, address in zip(ids, found, strict=True) if number is not None and _is_default(address)]
    known = [number for number in ids if number is not None]
    if len(chosen) == 1 or len(known) == 1:
        return (chosen or known)[0]
    told = "has none" if not known else f"has {len(known)} and none of them alone is the default"
    raise InvalidSettings(
        f"no {kind} address is chosen, and AliExpress {told}",
        hint=f"set {kind}_address_id, or choose a default address in the shop",
    )


def _is_default(address: JsonObject) -> bool:
    return address.integer_or_none("is_default") == 1 or address.flag("is_default") is True
