"""eBay's order object to our order: one pass over plain dicts, then one validation.

A pull of many orders runs through here, so it works on the parsed JSON itself. Lenient all the same: what is optional
and unreadable is left out, what is needed and unreadable becomes `MalformedResponse`.

Shapes: FUL (OpenAPI sell_fulfillment_v1), schema Order and what it refers to. Times are ISO 8601 in UTC; a time without
a zone is no moment and is left out. Money is a text that is not zero-padded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from pydantic import ValidationError

from xborder_ebay import vocabulary as words
from xborder_sdk.errors import MalformedResponse
from xborder_sdk.models import (
    CancellationStatus,
    HoldReason,
    Money,
    Order,
    OrderReference,
    OrderStatus,
    PaymentStatus,
    Raw,
    TaxScheme,
)
from xborder_sdk.reading import parse_time

Data = Mapping[str, Any]
Found = dict[str, Any]

_NOTHING: Data = {}
_OPEN = frozenset({PaymentStatus.PENDING, PaymentStatus.PART_PAID, PaymentStatus.FAILED})
_PAID = frozenset({PaymentStatus.PAID, PaymentStatus.PART_REFUNDED})
_DIGITS = 15  # more digits before or behind the point than any price has; sums of such numbers would overflow
_WITHHELD = "eBay withholds name and street of orders older than 90 days"


def read_order(data: Data, account: str, raw: Raw) -> Order:
    """One order.

    Args:
        data: eBay's Order object.
        account: Name of the account it was read through.
        raw: The same object, lazily.

    Raises:
        MalformedResponse: What every order must have is missing or unreadable.
    """
    try:
        return Order.model_validate(_mapped(data, account, raw))
    except ValidationError as error:
        places = sorted({".".join(str(part) for part in found["loc"]) for found in error.errors(
            include_input=False, include_url=False, include_context=False)})  # fmt: skip
        raise MalformedResponse(f"an order cannot be read: {', '.join(places)}") from None


def must_be_read_alone(order: Order, data: Data) -> bool:
    """Whether `getOrder` knows something that matters and the list withholds.

    FUL, getOrders: `cancelRequests` is always empty there. FUL, Buyer.taxIdentifier: only in getOrder, and only for
    buyers from Italy, Spain and Guatemala on the Italian and Spanish sites. Customs may ask for it, so it matters until
    the parcel is on its way.

    Args:
        order: The order as the list tells it.
        data: eBay's Order object from the list.
    """
    if order.cancellation in {CancellationStatus.REQUESTED, CancellationStatus.UNKNOWN}:
        return True
    if order.site not in words.TAX_ID_MARKETPLACES or order.status in {OrderStatus.SHIPPED, OrderStatus.CANCELLED}:
        return False
    country = _country(_object(_object(data.get("buyer")).get("taxAddress")).get("countryCode"))
    return country is None or country in words.TAX_ID_COUNTRIES


def reference_to(data: Data) -> OrderReference | None:
    """The order as a reference; None where it does not even have an id."""
    order_id = _identifier(data.get("orderId"))
    if order_id is None:
        return None
    return OrderReference(order_id=order_id, modified_at=_moment(data.get("lastModifiedDate")))


def _mapped(data: Data, account: str, raw: Raw) -> Found:
    order_id = _identifier(data.get("orderId"))
    if order_id is None:
        raise MalformedResponse("field orderId is missing")
    created_at = _moment(data.get("creationDate"))
    if created_at is None:
        raise MalformedResponse("field creationDate is missing or no time with a zone")
    instruction = next(iter(_objects(data.get("fulfillmentStartInstructions"))), _NOTHING)
    step = _object(instruction.get("shippingStep"))
    ship_to_country = _country(_object(_object(step.get("shipTo")).get("contactAddress")).get("countryCode"))
    line_items = _objects(data.get("lineItems"))
    lines = [_line(item, ship_to_country) for item in line_items]
    pricing = _object(data.get("pricingSummary"))
    payment_summary = _object(data.get("paymentSummary"))
    payments = _objects(payment_summary.get("payments"))
    vendor_status = _text(data.get("orderFulfillmentStatus"))
    vendor_payment = _text(data.get("orderPaymentStatus"))
    payment = _payment(vendor_payment, payments)
    cancel_status = _object(data.get("cancelStatus"))
    vendor_cancel = _text(cancel_status.get("cancelState"))
    cancellation = _cancellation(vendor_cancel, cancel_status)
    status = _status(vendor_status, payment, cancellation)
    kind = _text(instruction.get("fulfillmentInstructionsType"))
    program = _object(data.get("program"))
    ebay_ships = _ebay_ships(kind, program)
    holds = _state_holds(vendor_status, vendor_payment, payment, vendor_cancel, cancellation, kind)
    ship_to: Found | None = None
    if ebay_ships:
        holds.append(_hold(HoldReason.PLATFORM_SHIPS, "eBay packs and ships this order"))
    elif kind == words.DIGITAL:
        holds.append(_hold(HoldReason.POLICY, "digital goods: there is nothing to ship"))
    else:
        ship_to, found = _ship_to(step, kind)
        holds.extend(found)
    if _object(program.get("ebayShipping")).get("shippingLabelProvidedBy") == "EBAY":
        holds.append(_hold(HoldReason.PLATFORM_LABEL, "eBay provides the label", repair="print it from eBay's site"))
    service = _text(step.get("shippingServiceCode"))
    delivery = _money(pricing.get("deliveryCost"))
    return {
        "account": account,
        "order_id": order_id,
        "site": _site(line_items),
        "status": status,
        "vendor_status": vendor_status,
        "payment": payment,
        "vendor_payment": vendor_payment,
        "cancellation": cancellation,
        "created_at": created_at,
        "modified_at": _moment(data.get("lastModifiedDate")),
        "paid_at": _paid_at(payments),
        "ship_by": min((line["ship_by"] for line in lines if line["ship_by"] is not None), default=None),
        "buyer": _buyer(_object(data.get("buyer")), step),
        "ship_to": ship_to,
        "final_destination": None if ship_to is None else _final_destination(instruction),
        "lines": lines,
        "totals": {
            "goods": _money(pricing.get("priceSubtotal")),
            "delivery": delivery,
            "discount": _sum(_money(pricing.get("priceDiscount")), _money(pricing.get("deliveryDiscount"))),
            "tax": _money(pricing.get("tax")),
            "collected_taxes": _collected_total(lines),
            "total": _money(pricing.get("total")),
            "payout": _money(payment_summary.get("totalDueSeller")),
        },
        "delivery": {
            "service": service,
            "carrier": _text(step.get("shippingCarrierCode")),
            "price": _sum(delivery, _money(pricing.get("deliveryDiscount"))),
            "express": None if service is None else words.is_express(service),
            "deliver_from": _moment(instruction.get("minEstimatedDeliveryDate")),
            "deliver_until": _moment(instruction.get("maxEstimatedDeliveryDate")),
        },
        "collected_taxes": _merged_taxes(lines),
        "holds": holds,
        "actions": _actions(status, payment, cancellation, vendor_status, ebay_ships),
        "declared_numbers": _declared_numbers(data.get("fulfillmentHrefs")),
        "buyer_note": _text(data.get("buyerCheckoutNotes")),
        "raw": raw,
    }


# --- lines, money and taxes


def _line(item: Data, country: str | None) -> Found:
    line_id = _identifier(item.get("lineItemId"))
    quantity = whole_number(item.get("quantity"))
    if line_id is None or quantity is None or quantity < 1:
        what = "lineItemId" if line_id is None else "quantity"
        raise MalformedResponse(f"field lineItems.{what} is missing or unreadable")
    total = _money(item.get("discountedLineItemCost")) or _money(item.get("lineItemCost"))
    status = _text(item.get("lineItemFulfillmentStatus"))
    taxes = item.get("ebayCollectAndRemitTaxes")
    return {
        "line_id": line_id,
        "sku": _text(item.get("sku")),
        "title": _text(item.get("title")) or "",
        "quantity": quantity,
        "shipped": status == words.FULFILLED,
        "unit_price": total if quantity == 1 else _exact_share(total, quantity),
        "total": total,
        "item_id": _identifier(item.get("legacyItemId")),
        "variation": _variation(item.get("variationAspects")),
        "ship_by": _moment(_object(item.get("lineItemFulfillmentInstructions")).get("shipByDate")),
        "ships_from": _country(_object(item.get("itemLocation")).get("countryCode")),
        "collected_taxes": [_collected(tax, country) for tax in _objects(taxes)] if taxes else (),
        "vendor_status": status,
    }


def _variation(value: object) -> tuple[tuple[str, str], ...]:
    if not value:
        return ()
    pairs = ((_text(pair.get("name")), _text(pair.get("value"))) for pair in _objects(value))
    return tuple((name, text) for name, text in pairs if name is not None and text is not None)


def _money(value: object) -> Found | None:
    if type(value) is not dict:
        return None
    amount = _decimal(value.get("value"))
    currency = value.get("currency")
    if amount is None or not (type(currency) is str and len(currency) == 3 and _is_code(currency)):
        return None
    return {"amount": amount, "currency": currency}


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= _DIGITS else None


def _sum(first: Found | None, second: Found | None) -> Found | None:
    if first is None or second is None:
        return first or second
    if first["currency"] != second["currency"]:
        return None
    return {"amount": first["amount"] + second["amount"], "currency": first["currency"]}


def _exact_share(total: Found | None, quantity: int) -> Found | None:
    """The price of one piece, where the line's price is an exact multiple of one in the currency's minor unit."""
    if total is None:
        return None
    money = Money(amount=total["amount"], currency=total["currency"])
    share = (money.amount / quantity).quantize(Decimal(1).scaleb(-money.minor_digits))
    return {"amount": share, "currency": money.currency} if share * quantity == money.amount else None


def _collected(tax: Data, country: str | None) -> Found:
    reference = _object(tax.get("ebayReference"))
    name, number = _text(reference.get("name")), _text(reference.get("value"))
    return {
        "number": None if number is None or name is None else _tax_number(name, number, country),
        "amount": _money(tax.get("amount")),
        "vendor_scheme": name or _text(tax.get("taxType")),
    }


def _tax_number(name: str, number: str, country: str | None) -> Found:
    scheme, issuer = words.TAX_REFERENCE.get(name, (TaxScheme.OTHER, None))
    if number.startswith(words.IRD_PREFIX):
        number = number.removeprefix(words.IRD_PREFIX)
        scheme, issuer = words.TAX_REFERENCE["IRD"]
    elif scheme is TaxScheme.IOSS and country == "GB" and not number.upper().startswith("IM"):
        # FUL, EbayTaxReference.name: under the word IOSS eBay also sends its number for the UK.
        scheme, issuer = TaxScheme.GB_VAT, "GB"
    return {
        "scheme": scheme,
        "number": number,
        "issuer": issuer,
        "name": name if scheme is TaxScheme.OTHER else None,
    }


def _collected_total(lines: Iterable[Found]) -> Found | None:
    total: Found | None = None
    for line in lines:
        for tax in line["collected_taxes"]:
            amount = tax["amount"]
            if amount is None or (total is not None and total["currency"] != amount["currency"]):
                return None
            total = _sum(total, amount)
    return total


def _merged_taxes(lines: Iterable[Found]) -> list[Found]:
    """The lines' taxes, one entry per number, so that each number is declared once."""
    merged: dict[tuple[Any, ...], Found] = {}
    for line in lines:
        for tax in line["collected_taxes"]:
            number = tax["number"]
            key = (number["scheme"], number["number"]) if number is not None else (None, tax["vendor_scheme"])
            known = merged.get(key)
            merged[key] = tax if known is None else {**known, "amount": _both(known["amount"], tax["amount"])}
    return list(merged.values())


def _both(first: Found | None, second: Found | None) -> Found | None:
    return None if first is None or second is None else _sum(first, second)


# --- people and places


def _buyer(buyer: Data, step: Data) -> Found:
    registered = _object(buyer.get("buyerRegistrationAddress"))
    identifier = _object(buyer.get("taxIdentifier"))
    number = _text(identifier.get("taxpayerId"))
    return {
        "id": _identifier(buyer.get("username")),
        "name": _text(registered.get("fullName")),
        "email": _text(_object(step.get("shipTo")).get("email")) or _text(registered.get("email")),
        "phone": _text(_object(registered.get("primaryPhone")).get("phoneNumber")),
        "tax_numbers": () if number is None else (_buyer_tax_number(number, identifier),),
    }


def _buyer_tax_number(number: str, identifier: Data) -> Found:
    kind = _text(identifier.get("taxIdentifierType"))
    return {
        "scheme": TaxScheme.VAT if kind == words.TAX_IDENTIFIER_VAT else TaxScheme.PERSONAL,
        "number": number,
        "issuer": _country(identifier.get("issuingCountry")),
        "name": kind,
    }


def _ship_to(step: Data, kind: str | None) -> tuple[Found | None, list[Found]]:
    """Where the seller sends the parcel: never the final destination of a forwarded order."""
    contact = _object(step.get("shipTo"))
    if not contact:
        detail = "the buyer collects it at a shop" if kind == words.PICKED_UP else "eBay gives no address"
        return None, [_hold(HoldReason.NO_ADDRESS, detail, field="ship_to")]
    name, company = _text(contact.get("fullName")), _text(contact.get("companyName"))
    address = _object(contact.get("contactAddress"))
    place = _place(address)
    if place is None or (name is None and company is None):
        withheld = not _text(address.get("addressLine1")) or (name is None and company is None)
        missing = _WITHHELD if withheld else "the address has no usable country"
        reason = HoldReason.NO_ADDRESS if withheld else HoldReason.BAD_ADDRESS
        return None, [_hold(reason, missing, field="ship_to")]
    reference = _identifier(step.get("shipToReferenceId"))
    found = {
        "name": name or company,
        "company": company,
        **place,
        "phone": _text(_object(contact.get("primaryPhone")).get("phoneNumber")),
        "email": _text(contact.get("email")),
        # FUL, ShippingStep.shipToReferenceId: these words stand immediately above the street on the label.
        "reference": None if reference is None else f"Reference #{reference}",
    }
    if place["city"]:
        return found, []
    return found, [_hold(HoldReason.MISSING_DATA, "the address has no city", field="ship_to.city")]


def _final_destination(instruction: Data) -> Found | None:
    """The buyer's home behind a forwarder. FUL, schema Address: eBay names no person there."""
    place = _place(_object(instruction.get("finalDestinationAddress")))
    return None if place is None else {"name": "", **place}


def _place(address: Data) -> Found | None:
    country = _country(address.get("countryCode"))
    first, second = _text(address.get("addressLine1")), _text(address.get("addressLine2"))
    if country is None or first is None:
        return None
    return {
        "lines": (first,) if second is None else (first, second),
        "city": _text(address.get("city")) or "",
        "region": _text(address.get("stateOrProvince")) or _text(address.get("county")),
        "postal_code": _text(address.get("postalCode")),
        "country": country,
    }


# --- where the order stands


def _payment(word: str | None, payments: Iterable[Data]) -> PaymentStatus:
    status = words.PAYMENT.get(word or "", PaymentStatus.UNKNOWN)
    if status is PaymentStatus.PENDING:
        parts = [part.get("paymentStatus") for part in payments]
        if "PAID" in parts and any(part != "PAID" for part in parts):
            return PaymentStatus.PART_PAID
    return status


def _cancellation(word: str | None, cancel_status: Data) -> CancellationStatus:
    if word is None:
        return CancellationStatus.NONE
    status = words.CANCEL_STATE.get(word, CancellationStatus.UNKNOWN)
    requests = cancel_status.get("cancelRequests")
    if status is CancellationStatus.NONE and requests and any(
        request.get("cancelRequestState") == "REQUESTED" for request in _objects(requests)
    ):  # fmt: skip
        return CancellationStatus.REQUESTED
    return status


def _status(word: str | None, payment: PaymentStatus, cancellation: CancellationStatus) -> OrderStatus:
    if cancellation is CancellationStatus.CANCELLED:
        return OrderStatus.CANCELLED
    status = words.FULFILMENT.get(word or "", OrderStatus.UNKNOWN)
    if status is OrderStatus.AWAITING_SHIPMENT and payment in _OPEN:
        return OrderStatus.AWAITING_PAYMENT
    return status


def _ebay_ships(kind: str | None, program: Data) -> bool:
    if kind == words.EBAY_SHIPS:
        return True
    if not program:
        return False
    fulfilled_by = _object(program.get("fulfillmentProgram")).get("fulfilledBy")
    vault = _object(program.get("ebayVault")).get("fulfillmentType")
    return fulfilled_by == "EBAY" or (isinstance(vault, str) and vault in words.LEAVES_VAULT)


def _state_holds(
    vendor_status: str | None,
    vendor_payment: str | None,
    payment: PaymentStatus,
    vendor_cancel: str | None,
    cancellation: CancellationStatus,
    kind: str | None,
) -> list[Found]:
    holds: list[Found] = []
    if vendor_status not in words.FULFILMENT:
        holds.append(_unknown("status", vendor_status))
    if payment is PaymentStatus.UNKNOWN:
        holds.append(_unknown("payment", vendor_payment))
    elif payment is PaymentStatus.PART_REFUNDED:
        holds.append(_hold(HoldReason.POLICY, "part of the money went back: see what is still wanted", field="payment"))
    elif payment is not PaymentStatus.PAID:
        holds.append(_hold(HoldReason.UNPAID, f"eBay calls the payment {vendor_payment}", field="payment"))
    if cancellation is CancellationStatus.REQUESTED:
        holds.append(_hold(HoldReason.CANCEL_REQUESTED, "a cancellation is under way", field="cancellation",
                           repair="decide on the request in Seller Hub"))  # fmt: skip
    elif cancellation is CancellationStatus.CANCELLED:
        holds.append(_hold(HoldReason.CANCELLED, "the order is cancelled", field="cancellation"))
    elif cancellation is CancellationStatus.UNKNOWN:
        holds.append(_unknown("cancellation", vendor_cancel))
    if kind is not None and kind not in words.SELLER_SHIPS and kind not in {
        words.PICKED_UP, words.DIGITAL, words.EBAY_SHIPS
    }:  # fmt: skip
        holds.append(_unknown("delivery", kind))
    return holds


def _unknown(field: str, word: str | None) -> Found:
    return _hold(HoldReason.UNKNOWN_STATE, f"eBay's {field} is {word or 'missing'}, which nobody has mapped", field)


def _hold(reason: HoldReason, detail: str, field: str | None = None, repair: str | None = None) -> Found:
    return {"reason": reason, "detail": detail, "field": field, "repair": repair}


def _actions(
    status: OrderStatus,
    payment: PaymentStatus,
    cancellation: CancellationStatus,
    vendor_status: str | None,
    ebay_ships: bool,
) -> frozenset[str]:
    """What eBay may let the seller do now. A shipped order takes further declarations: a line counts as shipped as soon
    as one piece of it is, and a wrong number is mended by declaring again."""
    if status is OrderStatus.CANCELLED:
        return frozenset()
    found = set()
    if not ebay_ships and status is not OrderStatus.AWAITING_PAYMENT:
        found.add("declare_shipment")
    if payment in _PAID:
        found.add("refund_order")
    if cancellation is CancellationStatus.NONE and vendor_status == words.NOT_STARTED:
        found.add("cancel_order")
    return frozenset(found)


def _paid_at(payments: Iterable[Data]) -> datetime | None:
    moments = (_moment(part.get("paymentDate")) for part in payments if part.get("paymentStatus") == "PAID")
    return max((moment for moment in moments if moment is not None), default=None)


def _declared_numbers(hrefs: object) -> tuple[str, ...]:
    """Each link ends in the tracking number; without one, in an arbitrary short number such as 999 (FUL)."""
    if not isinstance(hrefs, list):
        return ()
    ends = (unquote(href.rstrip("/").rpartition("/")[2]) for href in hrefs if isinstance(href, str))
    return tuple(end for end in ends if len(end) > 4)


def _site(line_items: Iterable[Data]) -> str | None:
    for item in line_items:
        site = _text(item.get("purchaseMarketplaceId")) or _text(item.get("listingMarketplaceId"))
        if site is not None:
            return site
    return None


def order_site(data: Data) -> str | None:
    """The marketplace on which the order was bought."""
    return _site(_objects(data.get("lineItems")))


def paid_at(data: Data) -> datetime | None:
    """When the buyer's money came."""
    return _paid_at(_objects(_object(data.get("paymentSummary")).get("payments")))


# --- values


def _object(value: object) -> Data:
    return value if type(value) is dict else _NOTHING


def _objects(value: object) -> list[Data]:
    if type(value) is list:
        return [item for item in value if type(item) is dict]
    return [value] if type(value) is dict else []


def _text(value: object) -> str | None:
    if type(value) is str:
        return value if value and not value.isspace() else None
    return _identifier(value)


def _identifier(value: object) -> str | None:
    """A text, or a whole number as its text: ids come as either."""
    if type(value) is str:
        return value.strip() or None
    return str(value) if type(value) is int else None


def whole_number(value: object) -> int | None:
    """A whole number, also as text or as `2.0`."""
    number = _decimal(value)
    if number is None or number != number.to_integral_value() or abs(number) > 10**9:
        return None
    return int(number)


def _moment(value: object) -> datetime | None:
    return parse_time(value) if type(value) is str else None


def _country(value: object) -> str | None:
    return value if type(value) is str and len(value) == 2 and _is_code(value) else None


@lru_cache(maxsize=512)
def _is_code(text: str) -> bool:
    return text.isascii() and text.isalpha() and text.isupper()
