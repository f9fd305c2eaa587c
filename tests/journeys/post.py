"""A China Post customer on the sandbox: invented goods and people, and clocks that are turned together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from tests.support.drivers import Caller
from tests.support.times import START, Turned

from xborder_sandbox import Handle, running
from xborder_sdk.hookspecs import CreateShipment, QuoteShipment
from xborder_sdk.ledger import EffectRecord
from xborder_sdk.models import Address, CustomsDeclaration, CustomsLine, Dimensions, Money, Parcel

DAY = 86_400.0
COLOURS = ("sync", "async")
ACCOUNTS = {"gateway": "chinapost", "pcp": "chinapost-pcp"}
PRODUCTS = {"epacket": "019", "small_packet": "002", "ems": "007"}
"""The simulator's contract."""

SENDER = Address(
    name="Export Desk",
    company="Lantern Lane Goods",
    lines=("88 Example Road, Nanshan",),
    city="Shenzhen",
    region="Guangdong",
    postal_code="518000",
    country="CN",
    phone="+86 755 5550 0100",
)
RECIPIENT = Address(
    name="Ottilie Fährmann",
    lines=("Erdachtweg 12", "Hinterhaus"),
    city="Musterstadt",
    postal_code="50668",
    country="DE",
    phone="+49 221 5550123",
    email="ottilie@faehrmann.example",
)
PARCEL = Parcel(weight_g=320, dimensions=Dimensions(length_mm=250, width_mm=180, height_mm=90))
LINE = CustomsLine(
    description="folded paper lamp",
    description_local="折纸灯",
    quantity=2,
    unit_value=Money(amount=Decimal("4.60"), currency="USD"),
    unit_weight_g=120,
    hs_code="9405210090",
    origin="CN",
    sku="LAMP-2",
)
CUSTOMS = CustomsDeclaration(lines=(LINE,), invoice_number="LL-1", invoice_date=date(2026, 3, 1))


def purchase(service: str = "019", key: str = "order-1", **changes: Any) -> CreateShipment:
    """A purchase with some fields changed; a changed address or line is given as a mapping."""
    fields: dict[str, Any] = {
        "sender": SENDER,
        "recipient": RECIPIENT,
        "parcels": (PARCEL,),
        "ship_at": START,
        "customs": CUSTOMS,
        "service": service,
        "key": key,
    }
    line = changes.pop("line", None)
    if line is not None:
        fields["customs"] = CUSTOMS.replace(lines=(LINE.replace(**line),))
    for name, change in changes.items():
        fields[name] = fields[name].replace(**change) if isinstance(change, dict) else change
    return CreateShipment(**fields)


def question(service: str | None = None, **changes: Any) -> QuoteShipment:
    """The same parcel as a question for its price."""
    source = purchase(**changes)
    fields = {name: getattr(source, name) for name in QuoteShipment.model_fields}
    return QuoteShipment(**fields | {"service": service})


class Post:
    """A customer of the simulated post office.

    Attributes:
        sandbox: The other side.
        caller: The customer's client.
        account: Its account.
        turned: The client's clock.
    """

    def __init__(self, sandbox: Handle, driver: str, transport: str, hooks: Any = (), **settings: Any) -> None:
        self.sandbox = sandbox
        self.turned = Turned()
        self.account = ACCOUNTS[transport]
        given = {**sandbox.settings(self.account), "event_zone": "Asia/Shanghai", **settings}
        accounts = {self.account: {"connector": "chinapost", **given}}
        self.caller = Caller(driver, accounts, connectors=(), clock=self.turned.clock(), hooks=hooks)

    def __getattr__(self, name: str) -> Any:
        """A method of the client, for this account."""
        method = getattr(self.caller, name)

        def call(*arguments: Any, **keywords: Any) -> Any:
            return method(self.account, *arguments, **keywords)

        return call

    def pass_(self, seconds: float) -> None:
        """Turns both clocks."""
        self.sandbox.world.clock.advance(seconds)
        self.turned.pass_(seconds)

    def held(self) -> list[dict[str, Any]]:
        """The parcels that the simulator has been announced."""
        found: Any = self.sandbox.sandbox.vendors["chinapost"].state()["parcels"]
        return list(found)

    def asked(self, path: str = "*") -> int:
        """How many requests reached it."""
        return len(self.sandbox.requests(vendor="chinapost", path=path))

    def effects(self) -> list[EffectRecord]:
        """What the ledger holds."""
        return list(self.caller.store.history())


@contextmanager
def post(driver: str = "sync", transport: str = "gateway", **settings: Any) -> Iterator[Post]:
    """A customer with a sandbox of its own."""
    with running(seed=7, start=START, vendors=["chinapost"]) as sandbox:
        made = Post(sandbox, driver, transport, **settings)
        try:
            yield made
        finally:
            made.caller.close()


@contextmanager
def customer_of(other: Post, driver: str) -> Iterator[Post]:
    """The same customer at another desk, whose ledger knows nothing of the first."""
    transport = next(name for name, account in ACCOUNTS.items() if account == other.account)
    made = Post(other.sandbox, driver, transport)
    try:
        yield made
    finally:
        made.caller.close()
