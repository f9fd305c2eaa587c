"""The calls that complete an order's detail: its address, in full where it is masked, and numbers for customs.

Sources: the official IOP Java SDK 1.3.5-ae (the calls named below), the vendor's metadata of
aliexpress.solution.order.receiptinfo.get and aliexpress.taxation.platform.open.get.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from xborder_aliexpress import vocabulary as words
from xborder_aliexpress.addresses import country_of, is_masked, tax_number, unmasked
from xborder_aliexpress.calls import Calls
from xborder_aliexpress.order_reading import OrderPapers, is_taxed_across_border, own_lines
from xborder_aliexpress.settings import AliexpressSettings
from xborder_sdk.errors import AuthenticationFailed, Refused, Throttled
from xborder_sdk.models import TaxNumber
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow

RECEIPT: Final = "aliexpress.trade.redefining.findorderreceiptinfo"
RECEIPT_OVERSEAS: Final = "aliexpress.solution.order.receiptinfo.get"
DECRYPT: Final = "aliexpress.trade.seller.order.decrypt"
DELIVERY: Final = "aliexpress.solution.order.delivery.info.get"
TAXATION: Final = "aliexpress.taxation.platform.open.get"

_KEPT_FOR = timedelta(days=1)


class PlatformTax:
    """The platform's IOSS number, asked for once a day.

    Args:
        now: The clock.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: tuple[datetime, str | None] | None = None

    def ioss(self, calls: Calls) -> Flow[str | None]:
        """The number; None where the application may not ask for it.

        Args:
            calls: The account's calls.
        """
        kept = self._kept
        if kept is not None and self._now() - kept[0] < _KEPT_FOR:
            return kept[1]
        try:
            answer = yield from calls.read(TAXATION, {})
        except (Throttled, AuthenticationFailed):
            raise
        except Refused:
            number = None
        else:
            number = answer.body.child("result").child("data").text_or_none("ioss_number")
        self._kept = (self._now(), number)
        return number


def read_papers(
    calls: Calls, settings: AliexpressSettings, tax: PlatformTax, detail: JsonObject, order_id: int
) -> Flow[OrderPapers]:
    """Asks for what the detail does not tell. What the platform refuses to tell is left open, and holds the order.

    Args:
        calls: The account's calls.
        settings: Its settings.
        tax: The platform's tax numbers.
        detail: The order's detail.
        order_id: The order.
    """
    if not own_lines(detail):
        return OrderPapers()
    receipt = yield from _receipt(calls, settings, detail, order_id)
    name = None
    if is_masked(receipt) and settings.decrypt:
        whole = yield from _decrypted(calls, detail, receipt, order_id)
        receipt, name = unmasked(receipt, whole), whole.text_or_none("buyer_signer_fullname")
    numbers: tuple[TaxNumber, ...] = ()
    if settings.delivery_details:
        numbers = yield from _tax_numbers(calls, order_id, country_of(receipt.text_or_none("country")))
    ioss = None
    if is_taxed_across_border(detail):
        ioss = yield from tax.ioss(calls)
    return OrderPapers(receipt, name, numbers, ioss)


def _receipt(calls: Calls, settings: AliexpressSettings, detail: JsonObject, order_id: int) -> Flow[JsonObject]:
    """The address by its own call, which tells more; the detail's where that call refuses.

    Raises:
        Refused: Neither tells it, and the order may still have to be shipped.
    """
    method = RECEIPT_OVERSEAS if settings.order_list == "solution" else RECEIPT
    try:
        answer = yield from calls.read(method, {"param1": {"order_id": order_id}})
    except (Throttled, AuthenticationFailed):
        raise
    except Refused:
        known = detail.child("receipt_address")
        if not known.data and detail.text_or_none("order_status") not in words.GONE:
            raise
        return known
    found = answer.body.child("result")
    return found if found.data else detail.child("receipt_address")


def _decrypted(calls: Calls, detail: JsonObject, receipt: JsonObject, order_id: int) -> Flow[JsonObject]:
    oaid = receipt.text_or_none("oaid") or detail.text_or_none("oaid")
    if oaid is None:
        return JsonObject({})
    try:
        answer = yield from calls.read(DECRYPT, {"orderId": str(order_id), "oaid": oaid})
    except (Throttled, AuthenticationFailed):
        raise
    except Refused:
        return JsonObject({})
    return answer.body.child("result_obj")


def _tax_numbers(calls: Calls, order_id: int, country: str | None) -> Flow[tuple[TaxNumber, ...]]:
    try:
        answer = yield from calls.read(DELIVERY, {"single_order_query": {"order_id": order_id}})
    except (Throttled, AuthenticationFailed):
        raise
    except Refused:
        return ()
    return tax_number(answer.body.child("result").text_or_none("tax_number"), country)
