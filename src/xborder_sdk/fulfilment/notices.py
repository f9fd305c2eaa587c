"""Shipping notices: what buyers are told when their parcel is on its way, in their language.

    [fulfilment.notices]
    language = "en"
    languages = { FR = "fr", BE = "fr" }
    days = { "chinapost/EMS" = [5, 12] }

    [[fulfilment.notices.templates]]
    language = "en"
    text = "Your order {order_id} is on its way as {number}. It takes {days_from} to {days_to} days."

A template that names a variable nobody knows is refused when the configuration is read. One whose variables are not
all known for an order is not sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Annotated, Final
from urllib.parse import quote

from pydantic import AfterValidator, Field, model_validator

from xborder_sdk.fulfilment.rules import unknown_accounts
from xborder_sdk.fulfilment.targets import Targets, as_target
from xborder_sdk.models import CountryCode, Model, Service

VARIABLES: Final = ("order_id", "number", "service", "carrier", "days_from", "days_to", "tracking_url")
"""What a template may name."""

EXPECTED_DAYS: Final = {
    "*/*ePacket*": (15, 25),
    "*/*e邮宝*": (15, 25),
    "*/*small packet*": (15, 45),
    "*/*小包*": (15, 45),
}
"""Fewest and most days by family of services: the figures that sellers of this trade promise. `days` wins over them."""


def _plain_variables(text: str) -> str:
    for name in named_in(text):
        if name not in VARIABLES:
            raise ValueError(f"{{{name}}} is no variable of a notice; known: {', '.join(VARIABLES)}")
    return text


def _number_alone(text: str) -> str:
    if set(named_in(text)) != {"number"}:
        raise ValueError("it holds {number} and no other variable")
    if not text.startswith("https://"):
        raise ValueError("it begins with https://")
    return text


def named_in(text: str) -> tuple[str, ...]:
    """The variables that a template names.

    Raises:
        ValueError: A brace stands alone, or a variable is written in another way than `{name}`.
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise ValueError("a brace stands alone: write {{ for one that is meant") from None
    names = []
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise ValueError(f"write a variable as {{name}}, nothing else between the braces: {{{name}}}")
        names.append(name)
    return tuple(dict.fromkeys(names))


Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""A language tag such as `en` or `pt-BR`."""


class NoticeTemplate(Model):
    """The words of a notice in one language.

    Attributes:
        language: Their language.
        service: For which services, as `account/service` patterns; for all where none is named.
        text: The words, with variables in braces.
    """

    language: Language
    service: Targets = ()
    text: Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_plain_variables)]

    def fits(self, account: str, service: Service) -> bool:
        """Whether it is for a service."""
        return not self.service or any(target.matches(account, service) for target in self.service)


Days = tuple[int, int]


class Notices(Model):
    """What buyers are told once the platform knows their parcel's number.

    Attributes:
        language: Language of buyers whose country is not in `languages`.
        languages: Language by destination country.
        days: Fewest and most days by `account/service` pattern, which win over the built-in figures for ePacket
            (15 to 25) and small packet (15 to 45).
        tracking_url: Page to follow a parcel on, with `{number}`, where the carrier names none of its own.
        templates: The words; of those that fit, one that names the service is taken before one that does not.
    """

    language: Language = "en"
    languages: dict[CountryCode, Language] = Field(default_factory=dict)
    days: dict[str, Days] = Field(default_factory=dict)
    tracking_url: Annotated[str, AfterValidator(_number_alone)] | None = None
    templates: tuple[NoticeTemplate, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Notices:
        spoken = {template.language for template in self.templates}
        for language in (self.language, *self.languages.values()):
            if language not in spoken:
                raise ValueError(f"no template is in the language {language}")
        for name, (least, most) in self.days.items():
            if not 0 < least <= most:
                raise ValueError(f"days.{name}: the fewest days come first, and both are above 0")
            as_target(name)
        return self

    def problems(self, carriers: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Accounts that are named and do not exist, as key and words."""
        for name in self.days:
            yield from unknown_accounts(f"notices.days.{name}", (as_target(name),), carriers)
        for number, template in enumerate(self.templates):
            yield from unknown_accounts(f"notices.templates.{number}.service", template.service, carriers)

    def template(self, country: str | None, account: str, service: Service) -> NoticeTemplate | None:
        """The words for a buyer; None where there are none for this service.

        Args:
            country: Destination.
            account: The carrier account.
            service: What was bought.
        """
        wanted = self.languages.get(country or "", self.language)
        for language in dict.fromkeys((wanted, self.language)):
            fitting = [one for one in self.templates if one.language == language and one.fits(account, service)]
            if fitting:
                return next((one for one in fitting if one.service), fitting[0])
        return None

    def expected_days(self, account: str, service: Service) -> tuple[int, int] | None:
        """Fewest and most days; None where nobody has said."""
        for name, days in (*self.days.items(), *EXPECTED_DAYS.items()):
            if as_target(name).matches(account, service):
                return days
        return None

    def page(self, number: str, told: str | None) -> str | None:
        """Where a parcel can be followed: the carrier's own page, else the one configured."""
        if told is not None or self.tracking_url is None:
            return told
        return self.tracking_url.format(number=quote(number, safe=""))


@dataclass(frozen=True)
class Filled:
    """A template with its values.

    Attributes:
        text: The words; None where a value is missing.
        missing: Variables without a value.
    """

    text: str | None
    missing: tuple[str, ...] = ()


def fill(template: NoticeTemplate, values: Mapping[str, str | None]) -> Filled:
    """Fills a template. Nothing is left out in silence: without every value there is no text.

    Args:
        template: The words.
        values: By variable; None where it is not known.
    """
    missing = tuple(name for name in named_in(template.text) if not values.get(name))
    if missing:
        return Filled(None, missing)
    return Filled(template.text.format_map({name: value or "" for name, value in values.items()}))
