"""An order, its lines, and what the seller declared as sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from xborder_sandbox.aliexpress.orders.goods import Goods

SELLER_SENDS = "SELLER_SEND_GOODS"
WAREHOUSE_SENDS = "WAREHOUSE_SEND_GOODS"
PLATFORM_WAREHOUSE = "cainiaoInternationalWarehouse"
SENDABLE = ("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS")


@dataclass(frozen=True)
class Buyer:
    """Who bought; `user_id` is the buyer's number in the message APIs."""

    login: str
    user_id: int
    first_name: str
    last_name: str
    country: str

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Receiver:
    """Where the goods go."""

    contact_person: str
    country: str
    country_name: str
    province: str
    city: str
    detail_address: str
    zip: str
    mobile_no: str
    address2: str = ""
    phone_country: str = ""
    phone_area: str = ""
    phone_number: str = ""
    cpf: str = ""
    localized_address: str = ""


@dataclass
class Line:
    """A line, which the platform calls a child order.

    Attributes:
        index: `order_sort_id`, from 1.
        service: The key of the shipping service the buyer chose.
        sender: Who sends it: `SELLER_SENDS` or `WAREHOUSE_SENDS`.
        semi_managed: Whether it was sold semi-managed (半托管).
        sent: When it was sent as a whole.
        issue: NO_ISSUE, IN_ISSUE or END_ISSUE.
    """

    child_id: int
    index: int
    goods: Goods
    count: int
    unit_price: Decimal
    service: str
    service_name: str
    sender: str = SELLER_SENDS
    semi_managed: bool = False
    prepare_days: int = 7
    memo: str = ""
    sent: datetime | None = None
    issue: str = "NO_ISSUE"
    issue_opened: datetime | None = None

    @property
    def total(self) -> Decimal:
        """Price of the whole line."""
        return self.unit_price * self.count

    @property
    def by_platform(self) -> bool:
        """Whether the platform's warehouse sends it."""
        return self.sender == WAREHOUSE_SENDS


@dataclass
class Declaration:
    """A parcel the seller declared as sent.

    Attributes:
        lines: The `index` of the lines in it.
        send_type: `all` if nothing of these lines is left to send, or `part`.
        changes: How often it was changed.
    """

    ship_id: int
    number: str
    service: str
    service_name: str
    declared: datetime
    lines: tuple[int, ...]
    send_type: str
    website: str = ""
    carrier: str = ""
    package_type: str = ""
    ioss: str = ""
    changes: int = 0


@dataclass
class LogEntry:
    """What somebody did to an order."""

    entry_id: int
    at: datetime
    action: str
    operator: str
    memo: str = ""


@dataclass
class Refund:
    """Money that went back, or will."""

    amount: Decimal
    kind: str
    status: str
    reason: str
    at: datetime


@dataclass
class Order:
    """An order.

    Attributes:
        account: The seller's account.
        stage: How far it has come, were there no freeze, dispute or wish to cancel; see `status`.
        cleared: When the risk review was over.
        memo: The buyer's remark.
    """

    order_id: int
    account: str
    buyer: Buyer
    receiver: Receiver
    lines: list[Line]
    currency: str
    freight: Decimal
    created: datetime
    modified: datetime
    oaid: str
    payment_type: str
    stage: str = "PLACE_ORDER_SUCCESS"
    paid: datetime | None = None
    cleared: datetime | None = None
    sent: datetime | None = None
    received: datetime | None = None
    ended: datetime | None = None
    end_reason: str = ""
    memo: str = ""
    biz_type: str = "AE_COMMON"
    frozen: bool = False
    cancel_asked: datetime | None = None
    cancel_reason: str = ""
    cancel_refused: bool = False
    refund: Refund | None = None
    declarations: list[Declaration] = field(default_factory=list)
    log: list[LogEntry] = field(default_factory=list)

    @property
    def status(self) -> str:
        """The platform's `order_status`."""
        if self.stage == "FINISH":
            return self.stage
        if self.frozen:
            return "IN_FROZEN"
        if any(line.issue == "IN_ISSUE" for line in self.lines):
            return "IN_ISSUE"
        return "IN_CANCEL" if self.cancel_asked is not None else self.stage

    @property
    def issue_status(self) -> str:
        """IN_ISSUE while a line is disputed, END_ISSUE after that."""
        held = {line.issue for line in self.lines}
        return next(status for status in ("IN_ISSUE", "END_ISSUE", "NO_ISSUE") if status in held)

    @property
    def fund_status(self) -> str:
        """Whether it is paid."""
        if self.stage == "WAIT_SELLER_EXAMINE_MONEY":
            return "WAIT_SELLER_CHECK"
        return "NOT_PAY" if self.paid is None else "PAY_SUCCESS"

    @property
    def frozen_status(self) -> str:
        """Whether it is frozen."""
        return "IN_FROZEN" if self.frozen else "NO_FROZEN"

    @property
    def logistics_status(self) -> str:
        """How much has been sent."""
        if self.paid is None:
            return "NO_LOGISTICS"
        if self.received is not None:
            return "BUYER_ACCEPT_GOODS"
        sent = [line.sent is not None for line in self.lines]
        if all(sent):
            return "SELLER_SEND_GOODS"
        return "SELLER_SEND_PART_GOODS" if any(sent) or self.declarations else "WAIT_SELLER_SEND_GOODS"

    @property
    def goods_total(self) -> Decimal:
        """Price of the lines."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Price with freight."""
        return self.goods_total + self.freight

    def line(self, index: int) -> Line | None:
        """Return the line with that `order_sort_id`."""
        return next((line for line in self.lines if line.index == index), None)

    def child(self, child_id: int) -> Line | None:
        """Return the line with that id."""
        return next((line for line in self.lines if line.child_id == child_id), None)
