"""The vendor's words as its documents spell them, however an answer writes them.

The official SDKs of 2016 and 2023 and the vendor's metadata differ in the case of some. A word nobody knows stays as it
came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from xborder_aliexpress import dispute_words as disputes
from xborder_aliexpress import vocabulary as orders


def _by_folded(words: Iterable[str]) -> Mapping[str, str]:
    return {word.casefold(): word for word in words}


_END_REASON: Final = _by_folded([orders.BUYER_CONFIRMED])
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "order_status": _by_folded([*orders.STATUS, *orders.SIDE_STATES, *orders.FINISHED]),
    "frozen_status": _by_folded([orders.FROZEN, orders.NOT_FROZEN]),
    "issue_status": _by_folded([orders.DISPUTED, *orders.NOT_DISPUTED, disputes.PROCESSING, *disputes.CLOSED]),
    "fund_status": _by_folded(orders.FUND),
    "logistics_status": _by_folded(orders.LOGISTICS),
    "end_reason": _END_REASON,
    "order_end_reason": _END_REASON,
    "refund_status": _by_folded([orders.REFUND_DONE, *orders.REFUND_UNDER_WAY]),
    "already_taxed": _by_folded(orders.TAXED),
    "logistics_warehouse_type": _by_folded([orders.PLATFORM_WAREHOUSE]),
    "send_goods_operator": _by_folded([orders.PLATFORM_SENDS]),
    "send_type": _by_folded(["all", "part"]),
    "reverse_detail_status": _by_folded(disputes.STATUS),
    "solution_type": _by_folded(disputes.SOLUTION),
    "status": _by_folded([*disputes.ON_THE_TABLE, *disputes.AGREED]),
    "action_type": _by_folded([disputes.SELLER_AGREED]),
}


def as_documented(field: str, value: str) -> str:
    """A word in the documents' spelling; the value as it came where the field has no such word.

    Args:
        field: Name of the field.
        value: What it holds.
    """
    known = _WORDS.get(field)
    return value if known is None else known.get(value.strip().casefold(), value)
