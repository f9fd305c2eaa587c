"""Answers about online shipping to our models. Optional and unreadable is left out.

Shapes: the official IOP Java SDK 1.3.5-ae; the names of one thing differ from call to call (document 117914):
`logistics_order_id`, `warehouse_order_id` and `online_logistics_id` are the platform's number of a logistics order,
`out_order_code` and `lp_number` its LP number, `international_logistics_num`, `intl_tracking_no` and
`internationallogistics_id` the number a buyer follows.
"""

from __future__ import annotations

from dataclasses import dataclass

from xborder_aliexpress.money import read_money
from xborder_aliexpress.price_text import read_days, read_price
from xborder_sdk.errors import MalformedResponse
from xborder_sdk.models import Charge, Money, Quote, Raw, Service, Shipment
from xborder_sdk.reading import JsonObject


@dataclass(frozen=True, slots=True)
class Offer:
    """A service the platform offers for an order.

    Attributes:
        quote: The service with its price.
        pickup_types: How parcels may come to its warehouse; empty where the platform does not say.
    """

    quote: Quote
    pickup_types: frozenset[str]


def read_offers(answer: JsonObject, account: str, raw: Raw, locale: str) -> list[Offer]:
    """The offers of aliexpress.logistics.service.query.

    Args:
        answer: The answer.
        account: Name of the account.
        raw: The whole answer.
        locale: Language it was asked in.
    """
    listed = answer.child("result_response").children("result_list") or answer.children("result_list")
    return [offer for found in listed if (offer := _offer(found, account, raw, locale)) is not None]


def _offer(found: JsonObject, account: str, raw: Raw, locale: str) -> Offer | None:
    code = found.text_or_none("logistics_service_id")
    if code is None:
        return None
    name, warehouse = found.text_or_none("logistics_service_name"), found.text_or_none("warehouse_name")
    full = read_price(found.text_or_none("trial_result"), locale)
    reduced = read_price(found.text_or_none("discount_trial_result"), locale)
    charges = tuple(charge for each in found.children("other_fees") if (charge := _charge(each)) is not None)
    warnings = ["AliExpress does not say whether its price holds the other fees"] if charges else []
    timeliness = found.text_or_none("logistics_timeliness")
    days = read_days(timeliness)
    if timeliness is not None and days is None:
        warnings.append(f"time in transit: {timeliness}")
    quote = Quote(
        account=account,
        service=Service(
            code=code,
            name=" / ".join(part for part in (name or code, warehouse) if part),
            express=found.flag("is_express_logistics_service"),
        ),
        price=reduced or full,
        public_price=full if reduced is not None else None,
        charges=charges,
        transit_days=days,
        warnings=tuple(warnings),
        raw=raw,
    )
    offered = (each.text_or_none("code") for each in found.children("available_logistic_service_list"))
    return Offer(quote, frozenset(code for code in offered if code is not None))


def _charge(found: JsonObject) -> Charge | None:
    amount = found.number_or_none("amount")
    currency = found.text_or_none("curreny") or found.text_or_none("currency")  # the first spelling is the platform's
    if amount is None or currency is None or not _is_currency(currency):
        return None
    code = found.text_or_none("code")
    name = found.text_or_none("name") or code or "fee"
    return Charge(code=code, name=name, price=Money(amount=amount, currency=currency))


def _is_currency(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isupper() and text.isalpha()


@dataclass(frozen=True, slots=True)
class LogisticsOrder:
    """A logistics order of the platform's.

    Attributes:
        number: The platform's number of it.
        lp_number: Its LP number.
        tracking_number: What a buyer follows; None as long as there is none.
        order_id: The order it was bought for.
        service: The key by which shipping notices and tracking name the service.
        status: The platform's word for where it stands.
        fee: What it costs.
        raw: Where it was read.
    """

    number: str | None
    lp_number: str | None
    tracking_number: str | None
    order_id: str | None
    service: str | None
    status: str | None
    fee: Money | None
    raw: Raw

    @property
    def waybill(self) -> str | None:
        """The key for every other call."""
        return self.lp_number or self.number

    def is_called(self, waybill: str) -> bool:
        """Whether a waybill means this one."""
        return waybill in {self.lp_number, self.number}

    def shipment(self, account: str, service: str | None = None) -> Shipment:
        """The same as our model.

        Args:
            account: Name of the account.
            service: The service it was bought as, where that is known.

        Raises:
            MalformedResponse: It has no number at all.
        """
        waybill = self.waybill
        if waybill is None:
            raise MalformedResponse("the logistics order has no number")
        actions = {"get_shipment"}
        if self.tracking_number is not None:
            actions |= {"get_documents", "track"}
        if self.lp_number is not None:
            actions.add("hand_over")
        return Shipment(
            account=account,
            waybill=waybill,
            tracking_number=self.tracking_number,
            number_pending=self.tracking_number is None,
            order_id=self.order_id,
            service=service or self.service,
            price=self.fee,
            vendor_status=self.status,
            actions=frozenset(actions),
            raw=self.raw,
        )


def read_by_order(answer: JsonObject, raw: Raw) -> list[LogisticsOrder]:
    """The logistics orders of aliexpress.logistics.querylogisticsorderdetail."""
    listed = answer.child("result").children("result_list") or answer.children("result_list")
    return [
        LogisticsOrder(
            number=found.text_or_none("logistics_order_id"),
            lp_number=found.text_or_none("out_order_code"),
            tracking_number=found.text_or_none("international_logistics_num"),
            order_id=found.text_or_none("trade_order_id"),
            service=found.text_or_none("international_logistics_type") or found.text_or_none("solution_code"),
            status=found.text_or_none("logistics_status"),
            fee=_fee(found),
            raw=raw,
        )
        for found in listed
    ]


def read_by_number(answer: JsonObject, raw: Raw) -> list[LogisticsOrder]:
    """The logistics orders of aliexpress.logistics.redefining.getonlinelogisticsinfo."""
    return [
        LogisticsOrder(
            number=found.text_or_none("online_logistics_id"),
            lp_number=found.text_or_none("lp_number"),
            tracking_number=found.text_or_none("internationallogistics_id"),
            order_id=found.text_or_none("order_id"),
            service=found.text_or_none("international_logistics_type") or found.text_or_none("solution_code"),
            status=found.text_or_none("logistics_status"),
            fee=_fee(found),
            raw=raw,
        )
        for found in answer.children("result_list") or answer.child("result").children("result_list")
    ]


def _fee(found: JsonObject) -> Money | None:
    fee = read_money(found, "logistics_fee")
    # Before the parcel is weighed a fee of zero says that nobody has reckoned it.
    return fee if fee is not None and fee.amount > 0 else None


def read_created(answer: JsonObject, raw: Raw, order_id: str) -> LogisticsOrder:
    """The logistics order of createorder or createwarehouseorder.

    Args:
        answer: The answer.
        raw: The same, as it came.
        order_id: The order it was bought for.

    Raises:
        MalformedResponse: It has no number: nobody can say what was bought.
    """
    result = answer.child("result")
    found = LogisticsOrder(
        number=result.text_or_none("warehouse_order_id"),
        lp_number=result.text_or_none("out_order_code"),
        tracking_number=result.text_or_none("intl_tracking_no"),
        order_id=order_id,
        service=None,
        status=None,
        fee=None,
        raw=raw,
    )
    if found.waybill is None:
        raise MalformedResponse("the answer names no logistics order")
    return found
