"""What a shipping notice needs of the platform's list of services: the key of ours, and whether it takes the number.

Source: aliexpress.logistics.redefining.listlogisticsservice (official IOP Java SDK 1.3.5-ae; public example of the
vendor's). The keys are not those of online shipping, although they name the same routes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xborder_aliexpress.calls import Calls
from xborder_aliexpress.number_forms import may_have_form
from xborder_aliexpress.settings import AliexpressSettings
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow

SERVICES: Final = "aliexpress.logistics.redefining.listlogisticsservice"
OTHER: Final = "OTHER"
"""SDK, order.shipment: services whose key begins so need the real carrier and a page to follow the number."""

_LONGEST_NUMBER = 64  # longer ones exist at no carrier, and the platform's patterns are held against them


@dataclass(frozen=True, slots=True)
class Notice:
    """The carrier's part of a shipping notice.

    Attributes:
        service: AliExpress' service key.
        number: The tracking number.
        website: Where the number can be followed.
        carrier: The real carrier's courier code, for services that begin with `OTHER`.
    """

    service: str
    number: str
    website: str | None = None
    carrier: str | None = None

    def shipment(self) -> dict[str, object]:
        """As one of `shipment_list`."""
        return {
            "service_name": self.service,
            "logistics_no": self.number,
            "tracking_web_site": self.website,
            "actual_carrier": self.carrier,
        }


def notice(
    settings: AliexpressSettings,
    *,
    number: str | None,
    carrier: str | None,
    service: str | None,
    carrier_code: str | None,
    tracking_url: str | None,
) -> Notice:
    """The carrier's part of a request, before anything is asked.

    Args:
        settings: The account's settings, which map our carriers to service keys.
        number: The tracking number.
        carrier, service: Our connector name and its service code.
        carrier_code: A service key, which wins over both.
        tracking_url: Where the number can be followed.

    Raises:
        InvalidRequest: There is no number, no key, or for `OTHER` no carrier or page.
    """
    found = "".join((number or "").split())
    if not found:
        raise InvalidRequest("AliExpress takes a shipping notice only with a tracking number", field="tracking_number")
    if len(found) > _LONGEST_NUMBER:
        raise InvalidRequest("the tracking number is too long", field="tracking_number")
    names = [name for name in (f"{carrier}/{service}" if service else None, carrier) if carrier and name]
    key = (carrier_code or "").strip() or next((settings.carriers[n] for n in names if n in settings.carriers), None)
    if key is None:
        wanted = names[0] if names else "none"
        raise InvalidRequest(
            f"AliExpress' service key for the carrier is not known ({wanted})",
            field="carrier",
            hint=f'set carriers in the account\'s settings, such as "{names[0] if names else "chinapost"}" = "CPAM", '
            "or pass carrier_code",
        )
    actual = next((settings.actual_carriers[n] for n in names if n in settings.actual_carriers), None)
    if key.startswith(OTHER):
        if actual is None:
            raise InvalidRequest(
                f"the service {key} needs the real carrier",
                field="carrier",
                hint="set actual_carriers in the account's settings to the courier code of this carrier",
            )
        if tracking_url is None:
            raise InvalidRequest(
                f"the service {key} needs a page where the number can be followed", field="tracking_url"
            )
    return Notice(key, found, tracking_url, actual if key.startswith(OTHER) else None)


def check(calls: Calls, wanted: Notice) -> Flow[None]:
    """Asks the platform for its services and holds a notice against them.

    Args:
        calls: The account's calls.
        wanted: The notice.

    Raises:
        InvalidRequest: The platform has no such service, or would refuse the number.
    """
    answer = yield from calls.read(SERVICES, {})
    services = answer.body.children("result_list")
    named = [each for each in services if each.text_or_none("service_name") == wanted.service]
    if services and not named:
        raise InvalidRequest(
            f"AliExpress has no service {wanted.service} for this shop",
            field="carrier_code",
            hint="the keys are those of aliexpress.logistics.redefining.listlogisticsservice",
        )
    if named and not any(_takes(service, wanted.number) for service in named):
        raise InvalidRequest(
            f"the tracking number does not have the form that AliExpress asks of {wanted.service}",
            field="tracking_number",
        )


def _takes(service: JsonObject, number: str) -> bool:
    pattern = service.text_or_none("tracking_no_regex")
    return pattern is None or may_have_form(number, pattern)
