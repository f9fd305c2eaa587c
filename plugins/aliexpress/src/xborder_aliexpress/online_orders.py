"""Online shipping: services and prices, buying a logistics order, and how it stands.

Sources: the official IOP Java SDK 1.3.5-ae (aliexpress.logistics.service.query, aliexpress.logistics.order.createorder,
aliexpress.logistics.querylogisticsorderdetail, aliexpress.logistics.redefining.getonlinelogisticsinfo); the vendor's
metadata of aliexpress.logistics.createwarehouseorder, whose texts and limits the newer call shares.

A bought shipment is known by its LP number, which stands on the parcel and which hand-over names; where an answer has
none, by the platform's number of the logistics order. Every operation here takes either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from xborder_aliexpress import online_words as words
from xborder_aliexpress.calls import whole_id
from xborder_aliexpress.logistics_orders import logistics_order, orders_of
from xborder_aliexpress.online_kind import OnlineKind
from xborder_aliexpress.online_purchase import goods_size, purchase
from xborder_aliexpress.online_reading import LogisticsOrder, Offer, read_created, read_offers
from xborder_aliexpress.seller_addresses import PICKUP, REFUND, SENDER, StoredAddresses, stored_addresses
from xborder_aliexpress.shipment_checks import order_holds, parcel_holds, shipment_holds
from xborder_aliexpress.trade_order import trade_order
from xborder_sdk.errors import NotFound
from xborder_sdk.hookspecs import (
    CreateShipment,
    FindShipment,
    GetShipment,
    ListServices,
    QuoteShipment,
    ShipmentDetails,
    refuse,
)
from xborder_sdk.models import (
    LookupPower,
    PurchaseProfile,
    Quote,
    Service,
    Shipment,
    ShipmentLookup,
)
from xborder_sdk.steps import Flow


class OnlineOrders(OnlineKind):
    """Services, prices, purchases and look-ups of online shipping.

    The sender on the label is the address stored on the platform (see the settings), not the one of the request.
    """

    honours: ClassVar[Mapping[str, frozenset[str]]] = {"create_shipment": frozenset({"insurance", "book_pickup"})}
    # No field of an order is ours to fill: a lost answer is looked for by the order, the service and what is known of
    # other purchases. Two that are lost for one order cannot be told apart, so what is not found proves nothing.
    profile = PurchaseProfile(
        reference_max=20,
        carries_reference=False,
        lookup=LookupPower.FINDS,
        label_refetchable=True,
        voidable=False,
        source=(
            "createorder has no field for a reference; querylogisticsorderdetail lists by trade_order_id;"
            " getprintinfo; no call cancels (official IOP Java SDK 1.3.5-ae)"
        ),
    )

    # --- services and prices

    def list_services(self, request: ListServices) -> Flow[tuple[Service, ...]]:
        """The services the platform offers for the order, those alone that take parcels the way the settings say.

        Args:
            request: The shipment.

        Raises:
            InvalidRequest: It is no order of this shop, or larger than online shipping takes.
        """
        offers = yield from self._offers(request)
        return tuple(offer.quote.service for offer in offers)

    def quote(self, request: QuoteShipment) -> Flow[tuple[Quote, ...]]:
        """Prices by the platform's trial reckoning; a text that names no certain money gives no price.

        Args:
            request: The shipment.

        Raises:
            InvalidRequest: It is no order of this shop, or larger than online shipping takes.
        """
        offers = yield from self._offers(request)
        return tuple(offer.quote for offer in offers if request.service in {None, offer.quote.service.code})

    def _offers(self, request: ShipmentDetails) -> Flow[list[Offer]]:
        refuse(order_holds(request, self.account))
        refuse(parcel_holds(request, self._settings))
        query = {
            "order_id": whole_id(request.contents[0].order_id, "contents.0.order_id"),
            "locale": self._settings.locale,
            **goods_size(request.parcels[0]),
        }
        answer = yield from self._calls.read(words.SERVICES, {"interface_request": query})
        wanted = self._settings.pickup_type
        offers = read_offers(answer.body, self.account, answer.raw, self._settings.locale)
        return [offer for offer in offers if not offer.pickup_types or wanted in offer.pickup_types]

    # --- purchase

    def create_shipment(self, request: CreateShipment) -> Flow[Shipment]:
        """Buys a logistics order. Its number may come later (`number_pending`).

        Args:
            request: The shipment. `book_pickup` has it collected, whatever the settings say.

        Raises:
            InvalidRequest: Something the platform would refuse.
            Conflict: The order has no such line.
            InvalidSettings: Which of the seller's addresses to use is not said.
        """
        settings = self._settings
        refuse(shipment_holds(request, self.account, settings))
        order_id = request.contents[0].order_id
        order = yield from trade_order(self._calls, settings, order_id, "contents.0.order_id")
        pickup_type = words.DOOR_PICKUP if request.book_pickup else settings.pickup_type
        needed = {SENDER, REFUND} | ({PICKUP} if pickup_type == words.DOOR_PICKUP else set())
        addresses = yield from stored_addresses(self._calls, settings, frozenset(needed))
        warehouse = settings.pickup_warehouse if pickup_type == words.DOOR_PICKUP else None
        if warehouse == "recommended":
            warehouse = yield from self._recommended(request.service, pickup_type, addresses)
        method, parameters = purchase(request, order, addresses, settings, self.account, pickup_type, warehouse)
        answer = yield from self._calls.once(method, parameters)
        return read_created(answer.body, answer.raw, order_id).shipment(self.account, request.service)

    def _recommended(self, service: str, pickup_type: str, addresses: StoredAddresses) -> Flow[str]:
        """The warehouse that serves the address of collection."""
        query = {
            "solution_code": service,
            "pickup_type": pickup_type,
            "pickup_info": {"address_id": str(addresses.pickup)},
            "user_info": self._user_info,
        }
        answer = yield from self._calls.read(words.WAREHOUSES, query)
        result = answer.body.child("result")
        listed = result.children("data")
        # Not simplified, the list is an object around one array named after its type.
        listed += [each for found in listed for name in found.data for each in found.children(name)]
        codes = [code for found in listed if (code := found.text_or_none("res_code")) is not None]
        if not codes:
            raise NotFound("no warehouse of this service collects at the address", status=200)
        return codes[0]

    # --- look-ups

    def find_shipment(self, request: FindShipment) -> Flow[ShipmentLookup]:
        """The one logistics order of the named orders that comes from no other purchase.

        Args:
            request: The orders and what is known of other purchases. The reference means nothing to the platform.
        """
        found: dict[str, LogisticsOrder] = {}
        for order_id in request.order_ids:
            for each in (yield from orders_of(self._calls, order_id, request.service)):
                if each.waybill is not None and not any(each.is_called(other) for other in request.others):
                    found.setdefault(each.waybill, each)
        if len(found) != 1:
            return ShipmentLookup()
        (only,) = found.values()
        return ShipmentLookup(shipment=only.shipment(self.account, request.service))

    def get_shipment(self, request: GetShipment) -> Flow[Shipment]:
        """A logistics order as it stands; `service` is the key by which shipping notices and tracking name it.

        Args:
            request: Which one; with `order_id` the platform finds it by the call it recommends.

        Raises:
            NotFound: The platform does not know it.
        """
        found = yield from logistics_order(self._calls, request.waybill, request.order_id)
        return found.shipment(self.account)
