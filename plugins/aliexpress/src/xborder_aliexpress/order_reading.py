"""An order's detail as our model: lines the seller ships, money, states, and what holds it.

Sources: the official IOP Java SDK 1.3.5-ae (aliexpress.trade.new.redefining.findorderbyid, `target`), the vendor's
metadata of aliexpress.solution.order.info.get (`result.data`). Both describe one object with slightly different fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from xborder_aliexpress import pacific
from xborder_aliexpress import vocabulary as words
from xborder_aliexpress.addresses import read_address, tax_number
from xborder_aliexpress.money import read_money
from xborder_sdk.errors import MalformedResponse
from xborder_sdk.models import (
    Buyer,
    CancellationStatus,
    CollectedTax,
    DeliveryChoice,
    Hold,
    HoldReason,
    Money,
    Order,
    OrderLine,
    OrderStatus,
    OrderTotals,
    PaymentStatus,
    Raw,
    TaxNumber,
    TaxScheme,
    total,
)
from xborder_sdk.reading import JsonObject, parse_json

_MOST_PIECES = 10**9


@dataclass(frozen=True, slots=True)
class OrderPapers:
    """What other calls have told of an order.

    Attributes:
        receipt: Its address; None where the seller ships nothing of it, or it is withheld.
        buyer_name: The buyer's name in full, where the platform gave it back.
        tax_numbers: Numbers of the buyer that only the delivery call tells.
        ioss: The platform's IOSS number, where the platform collected the tax.
    """

    receipt: JsonObject | None = None
    buyer_name: str | None = None
    tax_numbers: tuple[TaxNumber, ...] = ()
    ioss: str | None = None


def read_order(detail: JsonObject, papers: OrderPapers, account: str, now: datetime, raw: Raw) -> Order:
    """The order.

    Args:
        detail: Its detail.
        papers: What other calls have told.
        account: Name of the account.
        now: The present, aware; tells the later reading of an ambiguous time from one still to come.
        raw: The detail's answer.

    Raises:
        MalformedResponse: It has no id or no time of creation.
    """
    word = detail.text_or_none("order_status")
    created = pacific.read(detail.text_or_none("gmt_create"))
    if created is None:
        raise MalformedResponse("field gmt_create is missing or no time")
    status = words.status_of(word, detail.text_or_none("logistics_status"), detail.text_or_none("order_end_reason"))
    lines = tuple(_line(child) for child in own_lines(detail))
    total_amount, collected = _amounts(detail)
    delivered_to, address_holds = None, tuple[Hold, ...]()
    numbers = papers.tax_numbers
    if papers.receipt is not None:
        numbers = numbers or _tax_numbers(detail, papers.receipt)
        delivered_to, address_holds = read_address(papers.receipt, numbers)
    taxed = tuple(_collected(child, papers.ioss) for child in own_lines(detail) if _is_taxed(child))
    return Order(
        account=account,
        order_id=detail.text("id"),
        site=business_model(detail),
        status=status,
        vendor_status=word,
        payment=_payment(detail, total_amount),
        vendor_payment=detail.text_or_none("fund_status"),
        cancellation=_cancellation(word, status),
        created_at=created,
        modified_at=pacific.read_latest(detail.text_or_none("gmt_modified"), now),
        paid_at=pacific.read(detail.text_or_none("gmt_pay_success")),
        ship_by=pacific.read(detail.text_or_none("over_time_left")) if word in words.SHIPPABLE else None,
        buyer=Buyer(id=buyer_login(detail), name=papers.buyer_name or _buyer_name(detail), tax_numbers=numbers),
        ship_to=delivered_to if lines else None,
        lines=lines,
        # `init_oder_amount` is an "order amount", delivery included (META); no field states the goods alone.
        totals=OrderTotals(
            delivery=read_money(detail, "logistics_amount"),
            discount=read_money(detail, "order_discount_info"),
            collected_taxes=collected,
            total=total_amount,
        ),
        delivery=_delivery(detail),
        collected_taxes=tuple(dict.fromkeys(taxed)),
        holds=(*_holds(detail, word, status, lines), *(address_holds if lines else ())),
        actions=_actions(detail, word, lines),
        declared_numbers=declared_numbers(detail),
        buyer_note=detail.text_or_none("memo"),
        raw=raw,
    )


def own_lines(detail: JsonObject) -> list[JsonObject]:
    """The lines that the seller ships: those of the platform's own warehouses are left out."""
    return [child for child in detail.children("child_order_list") if not is_shipped_by_platform(child)]


def is_shipped_by_platform(child: JsonObject) -> bool:
    """Whether the platform's own warehouse ships a line."""
    return (
        child.text_or_none("logistics_warehouse_type") == words.PLATFORM_WAREHOUSE
        or child.text_or_none("send_goods_operator") == words.PLATFORM_SENDS
    )


def line_id(child: JsonObject) -> str:
    """The id of a line; it is the number of the child order.

    Raises:
        MalformedResponse: It has none.
    """
    return child.text_or_none("child_order_id") or child.text("id")


def quantity_of(child: JsonObject) -> int:
    """Pieces, or lots, of a line.

    Raises:
        MalformedResponse: It says none.
    """
    found = child.integer("product_count")
    if not 0 < found <= _MOST_PIECES:
        raise MalformedResponse(f"field {child.path}.product_count is no quantity")
    return found


def buyer_login(detail: JsonObject) -> str | None:
    """What the platform knows the buyer by."""
    return detail.text_or_none("buyerloginid") or detail.child("buyer_info").text_or_none("login_id")


def declared_numbers(detail: JsonObject) -> tuple[str, ...]:
    """Tracking numbers the platform knows."""
    found = (info.text_or_none("logistics_no") for info in detail.children("logistic_info_list"))
    return tuple(dict.fromkeys(number.strip() for number in found if number is not None))


def is_taxed_across_border(detail: JsonObject) -> bool:
    """Whether the platform collected the tax on goods that cross the border."""
    return any(child.text_or_none("already_taxed") == words.TAXED_ACROSS_BORDER for child in own_lines(detail))


def business_model(detail: JsonObject) -> str | None:
    """The word that marks semi-managed orders (`SEMI_CHOICE_SELF`); None for others."""
    for child in detail.children("child_order_list"):
        text = child.text_or_none("extend_map")
        if text is None:
            continue
        try:
            found = parse_json(text.encode())
        except MalformedResponse:
            continue
        word = found.get(words.BUSINESS_MODEL) if isinstance(found, dict) else None
        if isinstance(word, str) and word:
            return word
    return None


def _line(child: JsonObject) -> OrderLine:
    word = child.text_or_none("order_status")
    quantity = quantity_of(child)
    price = read_money(child, "product_price")
    return OrderLine(
        line_id=line_id(child),
        sku=child.text_or_none("sku_code"),
        title=child.text_or_none("product_name") or "",
        quantity=quantity,
        shipped=word in {words.SHIPPED, words.FUND_PROCESSING},
        unit_price=price,
        total=read_money(child, "init_order_amt") or (None if price is None else price * quantity),
        item_id=child.text_or_none("product_id"),
        vendor_status=word,
    )


def _amounts(detail: JsonObject) -> tuple[Money | None, Money | None]:
    """What the buyer paid without the tax that the platform collected, and that tax."""
    whole = read_money(detail, "new_order_amount") or read_money(detail, "order_amount")
    net = read_money(detail, "seller_order_amount")
    if net is None or whole is None or net.currency != whole.currency or net.amount >= whole.amount:
        return net or whole, None
    return net, whole - net


def _payment(detail: JsonObject, paid: Money | None) -> PaymentStatus:
    refund = detail.child("refund_info")
    status = words.FUND.get(detail.text_or_none("fund_status") or "", PaymentStatus.UNKNOWN)
    if status is PaymentStatus.PAID and refund.text_or_none("refund_status") == words.REFUND_DONE:
        parts = [read_money(refund, name) for name in ("refund_cash_amt", "refund_coupon_amt")]
        back = [part for part in parts if part is not None and paid is not None and part.currency == paid.currency]
        returned = total(back)
        if paid is not None and returned is not None and returned.amount >= paid.amount:
            return PaymentStatus.REFUNDED
        return PaymentStatus.PART_REFUNDED
    return status


def _cancellation(word: str | None, status: OrderStatus) -> CancellationStatus:
    if word == words.IN_CANCEL:
        return CancellationStatus.REQUESTED
    return CancellationStatus.CANCELLED if status is OrderStatus.CANCELLED else CancellationStatus.NONE


def _buyer_name(detail: JsonObject) -> str | None:
    person = detail.child("buyer_info")
    parts = (person.text_or_none("first_name"), person.text_or_none("last_name"))
    return detail.text_or_none("buyer_signer_fullname") or " ".join(part for part in parts if part) or None


def _tax_numbers(detail: JsonObject, receipt: JsonObject) -> tuple[TaxNumber, ...]:
    number = (
        receipt.text_or_none("cpf_no")
        or detail.text_or_none("cpf_number")
        or detail.child("receipt_address").text_or_none("cpf_no")
    )
    country = (receipt.text_or_none("country") or "").upper()
    # The field has the name of the Brazilian number; whether other countries' numbers come in it nobody says.
    return tax_number(number, "BR" if country == "BR" else None, "CPF")


def _is_taxed(child: JsonObject) -> bool:
    return child.text_or_none("already_taxed") in words.TAXED


def _collected(child: JsonObject, ioss: str | None) -> CollectedTax:
    word = child.text_or_none("already_taxed")
    number = None
    if ioss is not None and word == words.TAXED_ACROSS_BORDER:
        number = TaxNumber(scheme=TaxScheme.IOSS, number=ioss)
    return CollectedTax(number=number, vendor_scheme=word)


def _services(detail: JsonObject) -> list[str]:
    found = (child.text_or_none("logistics_type") for child in own_lines(detail))
    return list(dict.fromkeys(service for service in found if service is not None))


def _delivery(detail: JsonObject) -> DeliveryChoice:
    services = _services(detail)
    return DeliveryChoice(
        service=services[0] if len(services) == 1 else None, price=read_money(detail, "logistics_amount")
    )


def _actions(detail: JsonObject, word: str | None, lines: tuple[OrderLine, ...]) -> frozenset[str]:
    found = {"list_declared_shipments", "list_messages", "send_message"}
    if word in words.SHIPPABLE and lines:
        found.add("declare_shipment")
    if declared_numbers(detail) and word in {words.PART_SHIPPED, words.SHIPPED}:
        found.add("amend_shipment")
    if word == words.IN_CANCEL:
        found.add("cancel_order")
    if word in words.FINISHED:
        found |= {"list_reviews", "reply_review", "review_buyer"}
    return frozenset(found)


# --- what holds an order


def _holds(detail: JsonObject, word: str | None, status: OrderStatus, lines: tuple[OrderLine, ...]) -> tuple[Hold, ...]:
    return tuple(dict.fromkeys(_all_holds(detail, word, status, lines)))


def _all_holds(
    detail: JsonObject, word: str | None, status: OrderStatus, lines: tuple[OrderLine, ...]
) -> Iterator[Hold]:
    children = own_lines(detail)
    states = [detail, *children]
    if detail.children("child_order_list") and not lines:
        yield Hold(reason=HoldReason.PLATFORM_SHIPS, detail="the platform's own warehouse ships it", field="lines")
    elif not lines:
        yield Hold(reason=HoldReason.MISSING_DATA, detail="the platform tells no lines of the order", field="lines")
    if word == words.IN_CANCEL or any(child.text_or_none("order_status") == words.IN_CANCEL for child in children):
        repair = "accept the request (cancel_order) or refuse it at the platform"
        detail_text = "the buyer asks for the order to be cancelled"
        yield Hold(reason=HoldReason.CANCEL_REQUESTED, detail=detail_text, field="cancellation", repair=repair)
    if any(_is_frozen(state) for state in states):
        yield Hold(reason=HoldReason.FROZEN, detail="the platform has frozen it", field="status")
    if any(_is_disputed(state) for state in states):
        yield Hold(
            reason=HoldReason.DISPUTED, detail="a dispute is open", field="status", repair="answer the dispute first"
        )
    if word in words.RISKY:
        yield Hold(
            reason=HoldReason.RISK_CONTROL,
            detail="the platform still looks into the payment",
            field="status",
            repair="wait: as a rule it takes a day from the payment on",
        )
    if word == words.EXAMINE_MONEY:
        yield Hold(
            reason=HoldReason.UNPAID,
            detail="the seller must confirm the amount",
            field="payment",
            repair="confirm the amount at the platform",
        )
    if detail.child("refund_info").text_or_none("refund_status") in words.REFUND_UNDER_WAY:
        yield Hold(reason=HoldReason.POLICY, detail="a refund is under way", field="payment")
    yield from _unknown_states(states, word, status)
    yield from _line_holds(detail, word, children)


def _is_frozen(state: JsonObject) -> bool:
    return state.text_or_none("frozen_status") == words.FROZEN or state.text_or_none("order_status") == words.IN_FROZEN


def _is_disputed(state: JsonObject) -> bool:
    return state.text_or_none("issue_status") == words.DISPUTED or state.text_or_none("order_status") == words.IN_ISSUE


def _unknown_states(states: list[JsonObject], word: str | None, status: OrderStatus) -> Iterator[Hold]:
    if status is OrderStatus.UNKNOWN:
        detail = f"the state of the order is not understood ({word or 'missing'})"
        yield Hold(reason=HoldReason.UNKNOWN_STATE, detail=detail, field="status")
    for state in states:
        frozen, issue = state.text_or_none("frozen_status"), state.text_or_none("issue_status")
        if frozen is not None and frozen not in {words.FROZEN, words.NOT_FROZEN}:
            detail = f"the word {frozen} is not understood; the order may be frozen"
            yield Hold(reason=HoldReason.UNKNOWN_STATE, detail=detail, field="status")
        if issue is not None and issue != words.DISPUTED and issue not in words.NOT_DISPUTED:
            detail = f"the word {issue} is not understood; a dispute may be open"
            yield Hold(reason=HoldReason.UNKNOWN_STATE, detail=detail, field="status")


def _line_holds(detail: JsonObject, word: str | None, children: list[JsonObject]) -> Iterator[Hold]:
    if len(_services(detail)) > 1:
        named = ", ".join(_services(detail))
        yield Hold(
            reason=HoldReason.SERVICE_MISMATCH,
            detail=f"the buyer chose several services for its lines: {named}",
            field="delivery.service",
            repair="ship the lines of each service by themselves",
        )
    if word != words.TO_SHIP:
        return
    over = [n for n, child in enumerate(children) if child.text_or_none("order_status") in words.FINISHED]
    for number in over:
        yield Hold(
            reason=HoldReason.UNKNOWN_STATE,
            detail="a line is finished although the order is still to be shipped",
            field=f"lines.{number}",
            repair="see at the platform whether the line is cancelled",
        )
