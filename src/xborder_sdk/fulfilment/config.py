"""The section `[fulfilment]` of `xborder.toml`.

[fulfilment]
orders = ["ebay-us"]                   # accounts whose orders are fulfilled
carriers = ["dhl-shenzhen"]            # accounts that are asked for prices
printer = "labels"                     # account that prints; without it labels are only written to `out`
catalogue = "catalogue.csv"
out = "labels"                         # folder for labels and papers
packaging_g = 60
box_mm = [250, 200, 100]

[fulfilment.sender]
name = "Export desk"
company = "Example Trading"
lines = ["88 Example Road"]
city = "Shenzhen"
postal_code = "518000"
country = "CN"
phone = "+86 755 5550 0100"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationError, field_validator

from xborder_sdk.client.config import Config
from xborder_sdk.errors import ConfigurationError
from xborder_sdk.fulfilment.chargeable import ChargeableWeight
from xborder_sdk.fulfilment.goods import Battery
from xborder_sdk.fulfilment.notices import Notices
from xborder_sdk.fulfilment.rules import Rule, Services, problems, unknown_accounts, unknown_services
from xborder_sdk.fulfilment.targets import Targets, Words
from xborder_sdk.hookspecs import LabelStock
from xborder_sdk.models import Address, Dimensions, DocumentFormat, Incoterm, Model
from xborder_sdk.models.base import ZoneName

SECTION = "fulfilment"


class Choose(StrEnum):
    """By what a service is chosen."""

    CHEAPEST = "cheapest"
    FASTEST = "fastest"


class Mismatch(StrEnum):
    """What to do when the service booked differs from what the buyer chose and paid for."""

    HOLD = "hold"
    WARN = "warn"
    IGNORE = "ignore"


class DeclareAt(StrEnum):
    """When the platform is told of a parcel."""

    PRINTED = "printed"
    """Once its label is on paper, or on the disk where there is no printer."""
    HANDED_OVER = "handed_over"
    """Once its carrier has it; at once where the carrier hears of no hand-over."""


class Verify(StrEnum):
    """Whether labels are read back by their bar codes."""

    AUTO = "auto"
    """Where the extra `verify` is installed."""
    REQUIRED = "required"
    OFF = "off"


def _box(value: object) -> object:
    if isinstance(value, (list, tuple)):
        if len(value) != 3:
            raise ValueError("give length, width and height in millimetres")
        return dict(zip(("length_mm", "width_mm", "height_mm"), value, strict=True))
    return value


class FulfilmentConfig(Model):
    """How orders are fulfilled.

    Attributes:
        orders: Accounts whose orders are fulfilled.
        carriers: Accounts that are asked for prices; in this order where prices are equal.
        printer: Account that prints labels; None where they are only written to `out`.
        paper_printer: Account that prints lists for whole pages, such as what a driver signs; None where they are only
            written to `out`.
        sender: Where parcels start, with the seller's own tax numbers.
        catalogue: CSV file of master data; None where the program hands a catalogue over.
        out: Folder for labels and papers. It is made if it does not exist.
        work: File of the work store; None for one beside the ledger.
        packaging_g: What packaging adds to the weight of the goods.
        box_mm: Outer size of a parcel whose goods have no size in the catalogue: length, width, height.
        zones: Groups of countries, for rules.
        rules: Rules of choosing a service; the first that fits decides.
        choose: By what a service is chosen where no rule fits.
        chargeable: How carrier accounts reckon the weight they bill, by account; else what their offers say.
        buyer_services: Which services a platform's word for a delivery means, as `account/service`.
        express_mismatch: What to do when the buyer paid for express and the service booked is none.
        choice_mismatch: What to do when the service booked is not the one the buyer chose.
        slower_mismatch: What to do when it takes longer than the one chosen, or than the buyer was promised.
        untracked_mismatch: What to do when it is not tracked.
        batteries: Which batteries each carrier account takes; an account that is not named takes none.
        declare_at: When the platform is told of a parcel.
        track_with: Which account follows a carrier account's parcels, where that is not the carrier itself.
        notices: What buyers are told once their parcel is declared; None tells them nothing.
        incoterm: Who pays duties.
        paperless_trade: Send customs papers as data, where the carrier can.
        ready_in_hours: How long after planning a parcel is handed over.
        time_zone: Zone of the place parcels start from (IANA name), for the day they are handed over.
        lookback_days: How far back the first pull of orders looks.
        overlap_minutes: How far each pull looks behind the end of the one before.
        quote_within_s: How long to wait for prices, in seconds.
        ask_again_s: Pause before a purchase whose outcome is unknown is looked up again, in seconds.
        number_within_hours: How long a number that comes after the purchase is waited for before somebody is asked to
            look; it is asked for until then and after.
        label_format, label_stock, label_dpi: How carriers should make labels.
        labels_per_job: Most orders whose labels share a print job; more than 1 where sheets hold several labels.
        sent_is_printed: Take a label as printed that was sent to a printer which cannot say more.
        verify_labels: Whether labels are read back by their bar codes.
    """

    orders: tuple[str, ...] = Field(min_length=1)
    carriers: tuple[str, ...] = Field(min_length=1)
    printer: str | None = None
    paper_printer: str | None = None
    sender: Address
    catalogue: Path | None = None
    out: Path
    work: Path | None = None
    packaging_g: int = Field(default=0, ge=0, le=20_000)
    box_mm: Annotated[Dimensions | None, BeforeValidator(_box)] = None
    zones: dict[str, Words] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    choose: Choose = Choose.CHEAPEST
    chargeable: dict[str, ChargeableWeight] = Field(default_factory=dict)
    buyer_services: dict[str, Targets] = Field(default_factory=dict)
    express_mismatch: Mismatch = Mismatch.HOLD
    choice_mismatch: Mismatch = Mismatch.WARN
    slower_mismatch: Mismatch = Mismatch.WARN
    untracked_mismatch: Mismatch = Mismatch.WARN
    batteries: dict[str, frozenset[Battery]] = Field(default_factory=dict)
    declare_at: DeclareAt = DeclareAt.PRINTED
    track_with: dict[str, str] = Field(default_factory=dict)
    notices: Notices | None = None
    incoterm: Incoterm = Incoterm.DAP
    paperless_trade: bool = False
    ready_in_hours: int = Field(default=2, ge=0, le=240)
    time_zone: ZoneName = "UTC"
    lookback_days: int = Field(default=30, ge=1, le=700)
    overlap_minutes: int = Field(default=15, ge=0, le=1440)
    quote_within_s: float = Field(default=30, gt=0, le=600)
    ask_again_s: float = Field(default=60, gt=0, le=86_400)
    number_within_hours: int = Field(default=24, ge=0, le=720)
    label_format: DocumentFormat = DocumentFormat.PDF
    label_stock: LabelStock = LabelStock.THERMAL_100X150
    label_dpi: int = Field(default=203, ge=100, le=1200)
    labels_per_job: int = Field(default=1, ge=1, le=200)
    sent_is_printed: bool = False
    verify_labels: Verify = Verify.AUTO

    @field_validator("orders", "carriers")
    @classmethod
    def _no_repeats(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) != len(value):
            raise ValueError("an account stands there twice")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The zone parcels start from."""
        return ZoneInfo(self.time_zone)


def load_fulfilment(config: Config) -> FulfilmentConfig:
    """Reads the section `[fulfilment]`; relative paths are taken from the configuration's folder.

    Args:
        config: The configuration.

    Raises:
        ConfigurationError: The section is missing or a key does not fit; the message names the key.
    """
    place = str(config.path) if config.path is not None else "the configuration"
    table = config.section(SECTION)
    if not table:
        raise ConfigurationError(f"{place} has no section [{SECTION}]", hint="it names orders, carriers and the sender")
    found = fulfilment_config(table, place)
    _known_accounts(found, config, place)
    folder = config.path.parent if config.path is not None else Path()
    return found.replace(
        out=folder / found.out.expanduser(),
        catalogue=None if found.catalogue is None else folder / found.catalogue.expanduser(),
        work=None if found.work is None else folder / found.work.expanduser(),
    )


def fulfilment_config(table: Mapping[str, Any], place: str = "the configuration") -> FulfilmentConfig:
    """Checks a table of settings.

    Args:
        table: The settings.
        place: Where they come from, for messages.

    Raises:
        ConfigurationError: A key does not fit; the message names it.
    """
    try:
        found = FulfilmentConfig.model_validate(dict(table))
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
    else:
        _refuse(place, list(_unknown(found)))
        return found
    within = {fault["loc"][:length] for fault in faults for length in range(len(fault["loc"]))}
    whole = [fault for fault in faults if fault["loc"] not in within]  # a list is too short where its items are faulty
    _refuse(place, [(".".join(str(part) for part in fault["loc"]), str(fault["msg"])) for fault in whole])
    raise AssertionError("a validation error names a fault")


def _refuse(place: str, faults: Sequence[tuple[str, str]]) -> None:
    words = [f"{SECTION}.{key}: {what.removeprefix('Value error, ')}" for key, what in faults[:5]]
    if words:
        raise ConfigurationError(f"{place}: {'; '.join(words)}")


def _unknown(found: FulfilmentConfig) -> Iterator[tuple[str, str]]:
    """What is named and does not exist, as key and words."""
    yield from problems(found.rules, found.zones, found.carriers, found.orders)
    for word, targets in found.buyer_services.items():
        yield from unknown_accounts(f"buyer_services.{word}", targets, found.carriers)
    if found.notices is not None:
        yield from found.notices.problems(found.carriers)
    for account in found.track_with:
        if account not in found.carriers:
            yield f"track_with.{account}", f"{account} is not among fulfilment.carriers"
    for account in found.chargeable:
        if account not in found.carriers:
            yield f"chargeable.{account}", f"{account} is not among fulfilment.carriers"


def check_services(found: FulfilmentConfig, known: Mapping[str, Services], place: str) -> None:
    """Refuses services that their accounts are known not to sell.

    Args:
        found: The configuration.
        known: What each carrier account sells; None for those that only their vendor knows it of.
        place: Where the configuration comes from, for messages.

    Raises:
        ConfigurationError: A service is unknown; the message names the key.
    """
    faults: list[tuple[str, str]] = []
    for rule in found.rules:
        faults.extend(unknown_services(f"rules.{rule.name}.use", rule.use, known))
    for word, targets in found.buyer_services.items():
        faults.extend(unknown_services(f"buyer_services.{word}", targets, known))
    _refuse(place, faults)


def _known_accounts(found: FulfilmentConfig, config: Config, place: str) -> None:
    known = {account.name for account in config.accounts}
    named = [
        *(("orders", name) for name in found.orders),
        *(("carriers", name) for name in found.carriers),
        *((f"track_with.{carrier}", tracker) for carrier, tracker in found.track_with.items()),
        *(
            (key, name)
            for key, name in (("printer", found.printer), ("paper_printer", found.paper_printer))
            if name is not None
        ),
    ]
    for key, name in named:
        if name not in known:
            hint = f"add [accounts.{name}], or name one of {', '.join(sorted(known)) or 'none'}"
            raise ConfigurationError(f"{place}: {SECTION}.{key}: there is no account named {name}", hint=hint)
    platforms = {account.connector for account in config.accounts if account.name in found.orders}
    for rule in found.rules:
        for name in rule.platform:
            if name not in platforms:
                hint = f"connectors of fulfilment.orders: {', '.join(sorted(platforms))}"
                key = f"{SECTION}.rules.{rule.name}.platform"
                raise ConfigurationError(f"{place}: {key}: no order account is of {name}", hint=hint)
    for name in found.batteries:
        if name not in found.carriers:
            raise ConfigurationError(f"{place}: {SECTION}.batteries: {name} is not among the carriers")
