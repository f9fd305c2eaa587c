"""`OrderSource`: a shop platform that has orders."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from xborder_sdk.hookspecs.kind import Kind
from xborder_sdk.hookspecs.markers import hookspec
from xborder_sdk.hookspecs.messages import ListMessages, ListReviews, ReplyReview, ReviewBuyer, SendMessage
from xborder_sdk.hookspecs.request import OPTION, OnceRequest, Request
from xborder_sdk.models import (
    CancellationOutcome,
    Cursor,
    DeclaredShipment,
    Instant,
    LineQuantity,
    Message,
    Money,
    Order,
    OrderReference,
    OrderStatus,
    Page,
    Refund,
    Review,
    ReviewAnswer,
    SentMessage,
)
from xborder_sdk.steps import Flow

OrderItem = Order | OrderReference
"""What a list may hold: whole orders, or references that the client completes."""


class ListOrders(Request):
    """Which orders to list.

    Without any time the platform's own default window holds; connectors say which in their documentation.

    Attributes:
        created_from, created_to: Window of creation, both ends inclusive.
        modified_from, modified_to: Window of the last change, both ends inclusive.
        statuses: Only orders in these states.
        order_ids: Exactly these orders.
        page_size: Orders per page; None for the connector's best.
        cursor: Where to go on; all other fields must be those of the first call.
    """

    created_from: Annotated[Instant | None, OPTION] = None
    created_to: Annotated[Instant | None, OPTION] = None
    modified_from: Annotated[Instant | None, OPTION] = None
    modified_to: Annotated[Instant | None, OPTION] = None
    statuses: Annotated[tuple[OrderStatus, ...], OPTION] = ()
    order_ids: Annotated[tuple[str, ...], OPTION] = ()
    page_size: int | None = Field(default=None, ge=1)
    cursor: Cursor | None = None

    @model_validator(mode="after")
    def _windows_run_forward(self) -> ListOrders:
        for name, start, end in (
            ("created", self.created_from, self.created_to),
            ("modified", self.modified_from, self.modified_to),
        ):
            if start is not None and end is not None and start > end:
                raise ValueError(f"{name}_from is after {name}_to")
        return self


class GetOrder(Request):
    """Which order to read."""

    order_id: str = Field(min_length=1)


class DeclareShipment(OnceRequest):
    """Tells the platform that a parcel is on its way. One call per parcel.

    Attributes:
        order_id: The platform's id of the order.
        tracking_number: The number the buyer can follow; None for an untracked parcel.
        carrier: Connector name of the carrier, such as `dhl`; the order source maps it to the platform's code.
        service: The carrier's service code, for platforms that have a code per service; mapped with `carrier`.
        carrier_code: The platform's own code of carrier or service, which wins over both.
        tracking_url: Where the buyer can follow the number, for carriers the platform has no code of.
        lines: What is in the parcel; empty for everything not yet declared.
        shipped_at: When it was handed over; None for now.
    """

    order_id: str = Field(min_length=1)
    tracking_number: str | None = None
    carrier: str | None = None
    service: str | None = None
    carrier_code: str | None = None
    tracking_url: Annotated[str | None, OPTION] = None
    lines: tuple[LineQuantity, ...] = ()
    shipped_at: Instant | None = None

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt", "shipped_at"})

    def intent(self) -> str:
        contents = ",".join(f"{line.line_id}x{line.quantity}" for line in sorted(self.lines, key=_line_key))
        return f"declare/{self.order_id}/{self.tracking_number or '-'}/{contents or 'all'}"


class AmendShipment(OnceRequest):
    """Corrects what the platform was told about a parcel. Platforms allow it rarely, and for a short time.

    Attributes:
        order_id: The platform's id of the order.
        old_number: The number that was declared.
        old_code: The platform's own code of carrier or service that was declared; None to read it first.
        tracking_number, carrier, service, carrier_code, tracking_url: What is true instead, as in `DeclareShipment`.
    """

    order_id: str = Field(min_length=1)
    old_number: str = Field(min_length=1)
    old_code: str | None = None
    tracking_number: str = Field(min_length=1)
    carrier: str | None = None
    service: str | None = None
    carrier_code: str | None = None
    tracking_url: Annotated[str | None, OPTION] = None

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt", "old_code"})

    def intent(self) -> str:
        return f"amend-shipment/{self.order_id}/{self.old_number}/{self.tracking_number}"


class ListDeclaredShipments(Request):
    """Which order's declarations to read back."""

    order_id: str = Field(min_length=1)


class CancelReason(StrEnum):
    """Why a seller cancels."""

    OUT_OF_STOCK = "out_of_stock"
    BUYER_ASKED = "buyer_asked"
    ADDRESS_ISSUES = "address_issues"
    BUYER_UNPAID = "buyer_unpaid"
    OTHER = "other"


class CancelOrder(OnceRequest):
    """Cancels an order on the seller's side.

    Attributes:
        paid: Whether the buyer has paid; some platforms must be told.
    """

    order_id: str = Field(min_length=1)
    reason: CancelReason
    paid: bool = True

    def intent(self) -> str:
        return f"cancel-order/{self.order_id}"


class RefundReason(StrEnum):
    """Why a seller refunds."""

    BUYER_CANCELLED = "buyer_cancelled"
    SELLER_CANCELLED = "seller_cancelled"
    NOT_RECEIVED = "not_received"
    BUYER_RETURNED = "buyer_returned"
    NOT_AS_DESCRIBED = "not_as_described"
    OTHER = "other"


class RefundLine(Request):
    """So much back for one order line."""

    line_id: str
    amount: Money


class RefundOrder(OnceRequest):
    """Sends money back to the buyer: for the whole order, or by line.

    Attributes:
        amount: Amount for the order as a whole; exclusive with `lines`.
        lines: Amounts by line.
        comment: Words for the buyer.
    """

    order_id: str = Field(min_length=1)
    reason: RefundReason
    amount: Money | None = None
    lines: tuple[RefundLine, ...] = ()
    comment: Annotated[str | None, OPTION, Field(repr=False)] = None

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt", "comment"})

    @model_validator(mode="after")
    def _one_way(self) -> RefundOrder:
        if (self.amount is None) == (not self.lines):
            raise ValueError("give either amount or lines")
        return self

    def intent(self) -> str:
        what = (
            str(self.amount)
            if self.amount is not None
            else ",".join(f"{line.line_id}={line.amount}" for line in sorted(self.lines, key=_line_key))
        )
        return f"refund/{self.order_id}/{what}"


def _line_key(line: LineQuantity | RefundLine) -> str:
    return line.line_id


class OrderSource(Kind):
    """A shop platform that has orders."""

    kind = "order_source"

    @hookspec(firstresult=True)
    def list_orders(self, request: ListOrders) -> Flow[Page[OrderItem]]:
        """One page of orders and the cursor of the next.

        Returns whole orders where the platform's list holds them, references where it does not; the client
        completes references. The page after the last has no cursor. A page may be empty and still have a cursor.

        Args:
            request: Which orders.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def get_order(self, request: GetOrder) -> Flow[Order]:
        """One order, with everything the platform will say of it.

        Args:
            request: Which order.

        Raises:
            NotFound: The platform does not know it.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def declare_shipment(self, request: DeclareShipment) -> Flow[DeclaredShipment]:
        """Tells the platform that a parcel is on its way (`once`).

        Args:
            request: Which order, which lines and quantities, which number.

        Raises:
            InvalidRequest: The platform has no code for the carrier, or would refuse the tracking number.
            Conflict: The lines are already declared.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def list_declared_shipments(self, request: ListDeclaredShipments) -> Flow[tuple[DeclaredShipment, ...]]:
        """What the platform has been told so far; asked before declaring again after an unknown outcome.

        Args:
            request: Which order.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def amend_shipment(self, request: AmendShipment) -> Flow[DeclaredShipment]:
        """Corrects what the platform was told about a parcel (`once`).

        Args:
            request: Which number was wrong, and what is right.

        Raises:
            Refused: The platform allows no change (any more).
            NotFound: The old number was never declared.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def cancel_order(self, request: CancelOrder) -> Flow[CancellationOutcome]:
        """Cancels an order on the seller's side (`once`).

        Args:
            request: Which order and why.

        Raises:
            Refused: The platform does not allow it in the order's state.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def refund_order(self, request: RefundOrder) -> Flow[Refund]:
        """Sends money back to the buyer (`once`).

        Args:
            request: How much, for what.

        Raises:
            Refused: The amount, the time or the order's state does not allow it.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def list_messages(self, request: ListMessages) -> Flow[Page[Message]]:
        """One page of the conversation with an order's buyer, and the cursor of the next.

        Args:
            request: Whose conversation.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def send_message(self, request: SendMessage) -> Flow[SentMessage]:
        """Writes to the buyer of an order (`once`).

        Args:
            request: To whom and what.

        Raises:
            Refused: The platform lets nobody write to this buyer now.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def list_reviews(self, request: ListReviews) -> Flow[tuple[Review, ...]]:
        """What buyers and the seller have said of each other; orders without a review are left out.

        Args:
            request: Of which orders.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def reply_review(self, request: ReplyReview) -> Flow[ReviewAnswer]:
        """Answers a buyer's review in public (`once`).

        Args:
            request: Which review, and the words.

        Raises:
            Refused: There is no review, or it has its answer.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def review_buyer(self, request: ReviewBuyer) -> Flow[ReviewAnswer]:
        """Judges the buyer of an order (`once`).

        Args:
            request: Which order, how many stars, and the words.

        Raises:
            Refused: The order's state or time does not allow it.
        """
        raise NotImplementedError
