"""GET /address-validate: whether a place is served for pickup or delivery."""

from __future__ import annotations

from xborder_sandbox.dhl.call import Answer, Call
from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.places import COUNTRIES
from xborder_sandbox.dhl.problems import wrong_format
from xborder_sandbox.dhl.schedule import offset_text

# Parameters addrValCityName, addrValCountyName, addrValPostalCode, addrValCountryCode.
_MOST = {"cityName": 45, "countyName": 45, "postalCode": 12, "countryCode": 2}


def get_address(network: Network, call: Call) -> Answer:
    """Look a place up."""
    call.need("type", "countryCode")
    call.choice("type", ("pickup", "delivery"))
    too_long = [f"{name} (maxLength={most})" for name, most in _MOST.items() if len(call.one(name)) > most]
    if too_long:
        raise wrong_format(too_long)
    strict = call.flag("strictValidation", default=True)
    country = COUNTRIES.get(call.one("countryCode"))
    postal_code, city = call.one("postalCode"), call.one("cityName")
    # strictValidation: "service will return no records when exact valid match not found".
    if country is None or (strict and not country.has_postcode(postal_code)):
        return Answer({"address": [], "warnings": ["No serviceable place matches the address."]})
    area = country.area(postal_code)
    record: dict[str, object] = {"countryCode": country.code, "postalCode": postal_code}
    if city:
        record["cityName"] = city.upper()
    if call.one("countyName"):
        record["countyName"] = call.one("countyName").upper()
    record["serviceArea"] = {
        "code": area.code,
        "description": area.description,
        "GMTOffset": offset_text(area.local(network.now)),
    }
    return Answer({"address": [record]})
