"""Can DHL serve a place? (MyDHL API OpenAPI 3.1.1, GET /address-validate: postcode and city, not the street.)"""

from __future__ import annotations

import re

from xborder_dhl.kind import DhlKind
from xborder_dhl.parties import place, place_holds
from xborder_sdk.hookspecs import CheckAddress, refuse
from xborder_sdk.models import AddressCheck, Place
from xborder_sdk.steps import Flow, Response

_COUNTRY = re.compile(r"^[A-Z]{2}$")


class DhlAddresses(DhlKind):
    """Serviceability of places."""

    def check_address(self, request: CheckAddress) -> Flow[AddressCheck]:
        refuse(place_holds("address", request.address, self._settings.script))
        at = place(request.address)
        query = {
            "type": "pickup" if request.pickup else "delivery",
            "countryCode": at["countryCode"],
            "postalCode": at["postalCode"],
            "cityName": at["cityName"],
        }
        query = {name: value for name, value in query.items() if value}
        response = yield from self.api.read("GET", "/address-validate", query=query | {"strictValidation": "true"})
        exact = read_check(response)
        if exact.serviceable:
            return exact
        # "If set to true service will return no records when exact valid match not found": asked loosely, it names
        # what is near.
        response = yield from self.api.read("GET", "/address-validate", query=query | {"strictValidation": "false"})
        near = read_check(response)
        return AddressCheck(
            serviceable=False,
            suggestions=near.suggestions,
            warnings=tuple(dict.fromkeys((*exact.warnings, *near.warnings))),
        )


def read_check(response: Response) -> AddressCheck:
    """The places of an answer; with any, the address can be served."""
    body = response.object()
    places = []
    for found in body.children("address"):
        country = (found.text_or_none("countryCode") or "").strip().upper()
        if _COUNTRY.match(country):
            places.append(
                Place(
                    country=country,
                    city=found.text_or_none("cityName"),
                    postal_code=found.text_or_none("postalCode"),
                    region=found.text_or_none("countyName"),
                    facility=found.child("serviceArea").text_or_none("code"),
                )
            )
    return AddressCheck(serviceable=bool(places), suggestions=tuple(places), warnings=tuple(body.texts("warnings")))
