"""POST /shipments: from the request to an order, or to everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from xborder_sandbox.dhl.doc import Doc
from xborder_sandbox.dhl.label_data import Party
from xborder_sandbox.dhl.lane import Lane
from xborder_sandbox.dhl.lane_reading import read_lane, read_load, read_services, read_time
from xborder_sandbox.dhl.load import Load
from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.places import COUNTRIES
from xborder_sandbox.dhl.pricing import PER_EURO, ServiceWish
from xborder_sandbox.dhl.problems import (
    INVOICE_NEEDED,
    SHIPMENT_NUMBER_REFUSED,
    SHIPPER_ACCOUNT_INVALID,
    country_invalid,
    product_unavailable,
    refused,
)
from xborder_sandbox.dhl.products import Product, can_carry, products_for
from xborder_sandbox.dhl.templates import find

PAPERLESS = "WY"
LABEL_FREE = "PZ"


@dataclass(frozen=True)
class Order:
    """What is bought. `request` holds what is only printed or passed on."""

    request: Doc
    account: str
    currency: str
    lane: Lane
    product: Product
    planned: datetime
    dutiable: bool
    load: Load
    wishes: tuple[ServiceWish, ...]
    shipper: Party
    receiver: Party
    references: tuple[tuple[str, str], ...]

    @property
    def content(self) -> Doc:
        """The request's `content`."""
        return self.request.at("content")

    @property
    def output(self) -> Doc:
        """The request's `outputImageProperties`."""
        return self.request.at("outputImageProperties")

    def image_option(self, kind: str) -> Doc:
        """Return the image option of a kind."""
        options = (o for o in self.output.each("imageOptions") if o.text("typeCode") == kind)
        return next(options, Doc(None))

    def is_image_requested(self, kind: str) -> bool:
        """Tell whether the document is to be made; a label always is, but for label-free shipments."""
        if kind == "label" and not self.has_service(LABEL_FREE):
            return True
        return self.image_option(kind).flag("isRequested")

    def has_service(self, code: str) -> bool:
        """Tell whether a value-added service was bought."""
        return any(wish.service.code == code for wish in self.wishes)

    def wants_information(self, kind: str) -> bool:
        """Tell whether the answer is to carry more of a kind (`getAdditionalInformation`)."""
        wished = self.request.each("getAdditionalInformation")
        return any(wish.text("typeCode") == kind and wish.flag("isRequested") for wish in wished)


def read_order(network: Network, request: Doc) -> Order:
    """Return what is ordered.

    Args:
        network: The carrier.
        request: A body that has the shape of SHIPMENT_REQUEST.

    Raises:
        Problem: 400 with everything that is wrong with it.
    """
    found: list[str] = []
    customer, content = request.at("customerDetails"), request.at("content")
    shipper, receiver = customer.at("shipperDetails"), customer.at("receiverDetails")
    planned = read_time(request.text("plannedShippingDateAndTime"), network.now, found)
    account = _account(network, request, found)
    _check_countries(customer, found)
    lane = read_lane(shipper.at("postalAddress"), receiver.at("postalAddress"), found)
    dutiable = content.flag("isCustomsDeclarable")
    load = read_load(content.each("packages"), content.text("unitOfMeasurement"))
    wishes = read_services(request.each("valueAddedServices"), dutiable, found)
    product = _product(lane, dutiable, load, request.text("productCode"), found) if lane else None
    if dutiable:
        _check_customs(content, found)
    _check_invoice(request, found)
    _check_images(request, found)
    if request.each("identifiers"):
        found.append(SHIPMENT_NUMBER_REFUSED)
    if request.at("onDemandDelivery") and not customer.at("buyerDetails"):
        found.append("#/onDemandDelivery needs #/customerDetails/buyerDetails.")
    if found or lane is None or planned is None or product is None:
        raise refused(found)
    return Order(
        request,
        account,
        _currency(network, account),
        lane,
        product,
        planned,
        dutiable,
        load,
        tuple(wishes),
        read_party(shipper),
        read_party(receiver),
        tuple((r.text("typeCode", "CU"), r.text("value")) for r in request.each("customerReferences")),
    )


def read_party(party: Doc) -> Party:
    """Return an address as printed."""
    address, contact = party.at("postalAddress"), party.at("contactInformation")
    country = COUNTRIES.get(address.text("countryCode"))
    return Party(
        contact.text("companyName"),
        contact.text("fullName"),
        tuple(line for n in (1, 2, 3) if (line := address.text(f"addressLine{n}"))),
        address.text("postalCode"),
        address.text("cityName"),
        country.name if country else address.text("countryCode"),
        contact.text("phone"),
        contact.text("email"),
        tuple((r.text("typeCode"), r.text("number")) for r in party.each("registrationNumbers")),
    )


def _account(network: Network, request: Doc, found: list[str]) -> str:
    accounts = request.each("accounts")
    if any(network.account(account.text("number")) is None for account in accounts):
        found.append(SHIPPER_ACCOUNT_INVALID)
    by_type = {account.text("typeCode"): account.text("number") for account in accounts}
    return by_type.get("shipper") or accounts[0].text("number")


def _currency(network: Network, number: str) -> str:
    account = network.account(number)
    return account.currency if account else "EUR"


def _check_countries(customer: Doc, found: list[str]) -> None:
    for role, party in customer.objects():
        code = party.at("postalAddress").text("countryCode")
        # For shipper and receiver the lane says it.
        if role not in ("shipperDetails", "receiverDetails") and not (
            code.isascii() and code.isalpha() and code.isupper()
        ):
            found.append(country_invalid(role))


def _product(lane: Lane, dutiable: bool, load: Load, code: str, found: list[str]) -> Product | None:
    for product in products_for(lane, dutiable):
        if product.code == code and can_carry(product, load):
            return product
    found.extend(product_unavailable(code))
    return None


def _check_customs(content: Doc, found: list[str]) -> None:
    # Its description of isCustomsDeclarable: "If the shipment is dutiable, exportDeclaration element must be provided".
    if not content.at("exportDeclaration"):
        found.append("#/content/exportDeclaration must be provided for a dutiable shipment.")
    if content.decimal("declaredValue") <= 0:
        found.append("#/content/declaredValue must be provided for a dutiable shipment.")
    currency = content.text("declaredValueCurrency")
    if currency not in PER_EURO:
        found.append(f"#/content/declaredValueCurrency '{currency}' is not a known currency.")


def _check_invoice(request: Doc, found: list[str]) -> None:
    options = request.at("outputImageProperties").each("imageOptions")
    drawn = any(o.text("typeCode") == "invoice" and o.flag("isRequested") for o in options)
    services = {service.text("serviceCode") for service in request.each("valueAddedServices")}
    if PAPERLESS in services and not drawn and not request.each("documentImages"):
        found.append(INVOICE_NEEDED)
    if drawn and not request.at("content", "exportDeclaration", "invoice"):
        found.append("#/content/exportDeclaration/invoice must be provided when an invoice is requested.")


def _check_images(request: Doc, found: list[str]) -> None:
    for index, option in enumerate(request.at("outputImageProperties").each("imageOptions")):
        name = option.text("templateName")
        if find(option.text("typeCode"), name) is None:
            found.append(f"#/outputImageProperties/imageOptions/{index}/templateName '{name}' is not a known template.")
