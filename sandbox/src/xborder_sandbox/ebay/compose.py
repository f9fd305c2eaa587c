"""Makes whole order documents (sell_fulfillment_v1, Order) of what matters about an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from xborder_sandbox.ebay.amounts import RATES, amount, decimals_of, paid_out
from xborder_sandbox.ebay.goods import CATALOGUE, UNKNOWN, Good
from xborder_sandbox.ebay.order import Document, Order
from xborder_sandbox.ebay.times import write_time
from xborder_sandbox.ebay.tokens import Seller
from xborder_sandbox.requests import Json


@dataclass(frozen=True)
class Buyer:
    """An invented person and where she lives."""

    name: str
    line1: str
    city: str
    postcode: str
    country: str
    state: str | None = None
    line2: str | None = None
    phone: str | None = None
    email: str | None = None
    company: str | None = None


@dataclass(frozen=True)
class Remitted:
    """A tax that eBay collects and remits, and the number to declare it under."""

    tax_type: str
    rate: Decimal
    reference: str | None = None
    number: str | None = None


@dataclass(frozen=True)
class Wish:
    """What matters about an order.

    Attributes:
        goods: SKU and quantity of each line.
        delivery: What the buyer pays for delivery, in US dollars.
        paid_part: What share of the total is paid; None is all of it.
        own_tax: A tax the seller collects himself, as a rate.
    """

    buyer: Buyer
    goods: tuple[tuple[str, int], ...]
    currency: str
    marketplace: str
    delivery: Decimal = Decimal(0)
    carrier: str = "Other"
    service: str = "StandardInternational"
    remitted: Remitted | None = None
    own_tax: Decimal | None = None
    notes: str | None = None
    hub: Buyer | None = None
    hub_reference: str | None = None
    tax_identifier: tuple[str, str] | None = None
    paid_part: Decimal | None = None
    payment_method: str = "EBAY"


class Composer:
    """Draws the numbers and writes the document.

    Args:
        random: Where numbers are drawn from.
    """

    def __init__(self, random: Random) -> None:
        self._random = random

    def compose(self, wish: Wish, seller: Seller, created: datetime) -> Order:
        """Return an order, paid and not yet shipped."""
        currency = wish.currency
        goods = [(CATALOGUE.get(sku, UNKNOWN), quantity) for sku, quantity in wish.goods]
        costs = [_price(good, currency) * quantity for good, quantity in goods]
        delivery = _convert(wish.delivery, currency)
        lines: list[Document] = []
        for place, ((good, quantity), cost) in enumerate(zip(goods, costs, strict=True)):
            # Delivery is charged once, with the first line.
            shipping = delivery if place == 0 else Decimal(0)
            lines.append(self._line(wish, seller, good, quantity, cost, shipping, created))
        subtotal = sum(costs, Decimal(0))
        own = sum((_own_tax(wish, cost) for cost in costs), Decimal(0))
        total = subtotal + delivery + own
        remitted = sum((_remitted(wish, cost) for cost in costs), Decimal(0))
        pricing: Document = {
            "priceSubtotal": amount(subtotal, currency),
            "deliveryCost": amount(delivery, currency),
            **({"tax": amount(own, currency)} if own else {}),
            "total": amount(total, currency),
        }
        fee = _round(total * Decimal("0.13"), currency)
        due = total + remitted - fee
        document: Document = {
            "orderId": self._order_id(),
            "legacyOrderId": self._legacy_id(lines),
            "orderFulfillmentStatus": "NOT_STARTED",
            "orderPaymentStatus": "PAID" if wish.paid_part is None else "PENDING",
            "sellerId": seller.username,
            "buyer": self._buyer(wish),
            "pricingSummary": pricing,
            "cancelStatus": {"cancelState": "NONE_REQUESTED", "cancelRequests": []},
            "paymentSummary": {
                "totalDueSeller": paid_out(due, currency, seller.payout),
                "refunds": [],
                "payments": self._payments(wish, seller, due, created),
            },
            "fulfillmentStartInstructions": [self._instructions(wish, created)],
            "lineItems": [*lines],
            "salesRecordReference": str(self._random.randrange(1000, 99999)),
            "totalFeeBasisAmount": amount(total + remitted, currency),
            "totalMarketplaceFee": amount(fee, currency),
        }
        if wish.remitted is not None:
            document["ebayCollectAndRemitTax"] = True
        if wish.notes is not None:
            document["buyerCheckoutNotes"] = wish.notes
        if wish.hub is not None:
            document["program"] = {"ebayInternationalShipping": {"returnsManagedBy": "EBAY"}}
        return Order.of(document, seller.account, created, created + timedelta(minutes=2))

    def _number(self, digits: int) -> str:
        return str(self._random.randrange(10 ** (digits - 1), 10**digits))

    def _order_id(self) -> str:
        return f"{self._random.randrange(1, 28):02d}-{self._number(5)}-{self._number(5)}"

    def _legacy_id(self, lines: list[Document]) -> str:
        if len(lines) == 1:
            return f"{lines[0]['legacyItemId']}-{lines[0]['lineItemId']}"
        return self._number(12)

    def _buyer(self, wish: Wish) -> Document:
        home = wish.buyer
        tax_address: Document = {"postalCode": home.postcode, "countryCode": home.country}
        if home.state is not None:
            tax_address["stateOrProvince"] = home.state
        buyer: Document = {
            # Sellers in China are told an immutable id instead of the name of a buyer in the US.
            "username": f"{self._random.getrandbits(56):014x}",
            "taxAddress": tax_address,
            "buyerRegistrationAddress": _contact(home),
        }
        if wish.tax_identifier is not None:
            kind, number = wish.tax_identifier
            buyer["taxIdentifier"] = {
                "taxpayerId": number,
                "taxIdentifierType": kind,
                "issuingCountry": home.country,
            }
        return buyer

    def _payments(self, wish: Wish, seller: Seller, due: Decimal, created: datetime) -> list[Json]:
        def payment(value: Decimal, status: str) -> Document:
            return {
                "paymentMethod": wish.payment_method,
                "paymentReferenceId": f"{self._number(6)}_S",
                "paymentDate": write_time(created),
                "amount": paid_out(value, wish.currency, seller.payout),
                "paymentStatus": status,
            }

        if wish.paid_part is None:
            return [payment(due, "PAID")]
        part = _round(due * wish.paid_part, wish.currency)
        return [payment(part, "PAID"), payment(due - part, "PENDING")]

    def _instructions(self, wish: Wish, created: datetime) -> Document:
        step: Document = {
            "shipTo": _contact(wish.hub or wish.buyer),
            "shippingCarrierCode": wish.carrier,
            "shippingServiceCode": wish.service,
        }
        instructions: Document = {
            "fulfillmentInstructionsType": "SHIP_TO",
            "minEstimatedDeliveryDate": write_time(created + timedelta(days=6)),
            "maxEstimatedDeliveryDate": write_time(created + timedelta(days=14)),
            "ebaySupportedFulfillment": wish.hub is not None,
            "shippingStep": step,
        }
        if wish.hub is not None:
            step["shipToReferenceId"] = wish.hub_reference
            instructions["finalDestinationAddress"] = _address(wish.buyer)
        return instructions

    def _line(
        self,
        wish: Wish,
        seller: Seller,
        good: Good,
        quantity: int,
        cost: Decimal,
        shipping: Decimal,
        created: datetime,
    ) -> Document:
        currency = wish.currency
        own = _own_tax(wish, cost)
        line: Document = {
            "lineItemId": self._number(14),
            "legacyItemId": self._number(12),
            "sku": good.sku,
            "title": good.title,
            "lineItemCost": amount(cost, currency),
            "quantity": quantity,
            "soldFormat": "FIXED_PRICE",
            "listingMarketplaceId": wish.marketplace,
            "purchaseMarketplaceId": wish.marketplace,
            "lineItemFulfillmentStatus": "NOT_STARTED",
            "total": amount(cost + shipping + own, currency),
            "deliveryCost": {"shippingCost": amount(shipping, currency)},
            "appliedPromotions": [],
            "taxes": [{"taxType": "VAT", "amount": amount(own, currency)}] if own else [],
            "properties": {"buyerProtection": True},
            "lineItemFulfillmentInstructions": {
                "shipByDate": write_time(created + timedelta(days=3)),
                "minEstimatedDeliveryDate": write_time(created + timedelta(days=6)),
                "maxEstimatedDeliveryDate": write_time(created + timedelta(days=14)),
                "guaranteedDelivery": False,
            },
            "itemLocation": {**seller.item_location},
        }
        if good.aspects:
            line["legacyVariationId"] = self._number(12)
            line["variationAspects"] = [{"name": name, "value": value} for name, value in good.aspects.items()]
        if wish.remitted is not None:
            tax: Document = {
                "taxType": wish.remitted.tax_type,
                "amount": amount(_remitted(wish, cost), currency),
                "collectionMethod": "NET",
            }
            if wish.remitted.reference is not None:
                tax["ebayReference"] = {"name": wish.remitted.reference, "value": wish.remitted.number}
            line["ebayCollectAndRemitTaxes"] = [tax]
        return line


def _contact(person: Buyer) -> Document:
    contact: Document = {"fullName": person.name, "contactAddress": _address(person)}
    if person.company is not None:
        contact["companyName"] = person.company
    # An empty object where there is no number, as in real payloads.
    contact["primaryPhone"] = {} if person.phone is None else {"phoneNumber": person.phone}
    if person.email is not None:
        contact["email"] = person.email
    return contact


def _address(person: Buyer) -> Document:
    address: Document = {"addressLine1": person.line1}
    if person.line2 is not None:
        address["addressLine2"] = person.line2
    address["city"] = person.city
    if person.state is not None:
        address["stateOrProvince"] = person.state
    address["postalCode"] = person.postcode
    address["countryCode"] = person.country
    return address


def _round(value: Decimal, currency: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals_of(currency)), ROUND_HALF_UP)


def _convert(dollars: Decimal, currency: str) -> Decimal:
    return _round(dollars / RATES[currency], currency)


def _price(good: Good, currency: str) -> Decimal:
    return _convert(good.price, currency)


def _own_tax(wish: Wish, cost: Decimal) -> Decimal:
    return Decimal(0) if wish.own_tax is None else _round(cost * wish.own_tax, wish.currency)


def _remitted(wish: Wish, cost: Decimal) -> Decimal:
    return Decimal(0) if wish.remitted is None else _round(cost * wish.remitted.rate, wish.currency)
