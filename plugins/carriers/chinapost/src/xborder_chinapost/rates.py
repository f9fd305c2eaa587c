"""Services and prices: what the contract has, what fits, and what the seller's own tariff says it costs."""

from __future__ import annotations

from collections.abc import Iterator

from xborder_chinapost.checks import parcel_holds, product_holds
from xborder_chinapost.families import TITLES, TRANSIT, Family, chargeable_g
from xborder_chinapost.kind import ChinaPostKind
from xborder_chinapost.settings import ChinaPostSettings
from xborder_chinapost.tariff import tariff_row
from xborder_chinapost.vocabulary import CHINA
from xborder_sdk.hookspecs import ListServices, QuoteShipment, ShipmentDetails, refuse
from xborder_sdk.models import Quote, Service
from xborder_sdk.steps import Flow


class ChinaPostRates(ChinaPostKind):
    """Services and prices."""

    def list_services(self, request: ListServices) -> Flow[tuple[Service, ...]]:
        refuse(parcel_holds(request))
        settings = self._settings
        told = yield from self.connector.transport.products()
        fitting = set(_fitting(request.replace(service=None), settings))
        found = [service_of(code, settings, told.get(code)) for code in settings.products if code in fitting]
        # What the account can be told of but has not configured: without a family nothing is known of its limits.
        found += [Service(code=code, name=name) for code, name in told.items() if code not in settings.products]
        return tuple(found)

    def quote(self, request: QuoteShipment) -> Flow[tuple[Quote, ...]]:
        yield from ()  # no interface has a question for prices
        settings = self._settings
        refuse(parcel_holds(request))
        if request.service is not None:
            refuse(product_holds(request, request.service, settings))
        return tuple(_quote(request, code, self.account, settings) for code in _fitting(request, settings))


def _fitting(request: ShipmentDetails, settings: ChinaPostSettings) -> Iterator[str]:
    for code in settings.products:
        if request.service in {None, code} and not any(product_holds(request, code, settings)):
            yield code


def service_of(code: str, settings: ChinaPostSettings, told: str | None = None) -> Service:
    """A product of the contract as a service.

    Args:
        code: Its code.
        settings: The account.
        told: The name that China Post gives it, where it was asked.
    """
    family = settings.products[code]
    return Service(
        code=code,
        name=settings.product_names.get(code) or told or TITLES[family],
        express=family is Family.EMS,
        # Small packets are sold registered and not; the code alone does not tell.
        tracked=None if family is Family.SMALL_PACKET else True,
    )


def _quote(request: QuoteShipment, code: str, account: str, settings: ChinaPostSettings) -> Quote:
    family = settings.products[code]
    weight = chargeable_g(family, request.parcels[0])
    day = request.ship_at.astimezone(CHINA).date()
    row = tariff_row(settings.tariff, code, request.recipient.country, weight, day)
    warnings = []
    price = None
    if row is None:
        warnings.append("the account's tariff has no price for this parcel, and China Post cannot be asked for one")
    else:
        price = row.price(weight)
        warnings.append(f"the price is the account's own tariff of {row.valid_from.isoformat()}")
    days = settings.transit_days.get(code)
    known = TRANSIT.get(family)
    if days is None and known is not None:
        days = known.days[1]
        warnings.append(f"the time is a figure of {known.as_of}: {known.words}")
    return Quote(
        account=account,
        service=service_of(code, settings),
        price=price,
        chargeable_weight_g=weight,
        transit_days=days,
        warnings=tuple(warnings),
    )
