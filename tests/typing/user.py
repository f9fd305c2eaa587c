"""An application's twenty lines, as a type checker sees them. It is checked, not run."""

from typing import reveal_type

from xborder_sdk import AsyncClient, Client, LogisticsProvider, OrderSource
from xborder_sdk.hookspecs import CreateShipment, GetOrder, QuoteShipment, TrackParcels
from xborder_sdk.steps import Effect


def blocking(client: Client, wish: QuoteShipment, purchase: CreateShipment) -> None:
    for order in client.iter_orders("ebay-us"):
        reveal_type(order)
        reveal_type(order.totals.total)
    reveal_type(client.get_order("ebay-us", GetOrder(order_id="1")))
    reveal_type(client.quote("dhl", wish))
    reveal_type(client.create_shipment("dhl", purchase).waybill)
    reveal_type(client.track("dhl", TrackParcels(numbers=("1",)))[0].status)
    reveal_type(client.call("dhl", LogisticsProvider.quote, wish))
    reveal_type(client.fan_out(["dhl"], LogisticsProvider.quote, wish))
    reveal_type(client.fan_out(["dhl"], LogisticsProvider.quote, wish)[0].get())
    reveal_type(client.request("dhl", "GET", "/x", effect=Effect.READ))
    reveal_type(client.settle("dhl", LogisticsProvider.create_shipment, purchase))
    reveal_type(client.supports("dhl", "quote"))


async def awaiting(client: AsyncClient, wish: QuoteShipment) -> None:
    async for order in client.iter_orders("ebay-us"):
        reveal_type(order)
    reveal_type(await client.get_order("ebay-us", GetOrder(order_id="1")))
    reveal_type(await client.call("dhl", LogisticsProvider.quote, wish))
    reveal_type(await client.fan_out(["dhl"], LogisticsProvider.quote, wish))


def wrong(client: Client, wish: QuoteShipment) -> None:
    client.get_order("ebay-us", wish)  # type: ignore[arg-type]
    client.call("dhl", OrderSource.get_order, wish)  # type: ignore[arg-type]
    client.get_order("ebay-us", GetOrder(order_id="1"), deadline=3)  # type: ignore[call-arg]
