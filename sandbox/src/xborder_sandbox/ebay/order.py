"""One order: what it holds, and how getOrders and getOrder show it (sell_fulfillment_v1, Order)."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias, cast

from xborder_sandbox.ebay.amounts import amount, read_value
from xborder_sandbox.ebay.times import write_time
from xborder_sandbox.requests import Json

Document: TypeAlias = "dict[str, Json]"


@dataclass
class Fulfilment:
    """A parcel of an order, as the seller declared it."""

    fulfilment_id: str
    lines: list[tuple[str, int]]
    shipped: datetime
    carrier: str | None
    tracking: str | None

    def picture(self) -> Document:
        """Return a ShippingFulfillment."""
        document: Document = {
            "fulfillmentId": self.fulfilment_id,
            "shippedDate": write_time(self.shipped),
            "lineItems": [{"lineItemId": line, "quantity": quantity} for line, quantity in self.lines],
        }
        if self.carrier is not None and self.tracking is not None:
            document["shippingCarrierCode"] = self.carrier
            document["shipmentTrackingNumber"] = self.tracking
        return document


@dataclass
class Refund:
    """A refund on its way: PENDING until `due`, then REFUNDED or FAILED."""

    refund_id: str
    amount: Decimal
    requested: datetime
    due: datetime
    line: str | None
    status: str = "PENDING"


@dataclass
class Order:
    """An order of one seller.

    Its document is kept as bytes until somebody needs more than to list it: ten thousand orders as
    dictionaries would fill 160 MB.

    Attributes:
        seller: The account it belongs to.
        plain: Whether the stored bytes are exactly what getOrders shows.
    """

    order_id: str
    seller: str
    created: datetime
    modified: datetime
    status: str
    raw: bytes | None = None
    plain: bool = False
    fulfilments: list[Fulfilment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    _document: Document | None = None
    _shown: dict[tuple[str, bool], bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document, seller: str, created: datetime, modified: datetime) -> Order:
        """Make an order of a document without `creationDate`, `lastModifiedDate`, `fulfillmentHrefs`."""
        return cls(
            order_id=str(document["orderId"]),
            seller=seller,
            created=created,
            modified=modified,
            status=str(document["orderFulfillmentStatus"]),
            _document=document,
        )

    @property
    def document(self) -> Document:
        """The document, to be read; whoever changes it calls `changed` afterwards."""
        if self._document is None:
            self._document = cast("Document", json.loads(self.raw or b"{}"))
        return self._document

    @property
    def lines(self) -> list[Document]:
        """The line items."""
        return cast("list[Document]", self.document["lineItems"])

    @property
    def currency(self) -> str:
        """The currency of the order's amounts."""
        return str(self._total()["currency"])

    @property
    def total(self) -> Decimal:
        """What the buyer pays, without the tax that eBay collects and remits."""
        return read_value(self._total())

    @property
    def refunded(self) -> Decimal:
        """What was refunded or is about to be."""
        return sum((refund.amount for refund in self.refunds if refund.status != "FAILED"), Decimal(0))

    @property
    def cancel_status(self) -> Document:
        """The cancelStatus container."""
        return cast("Document", self.document["cancelStatus"])

    @property
    def payment_status(self) -> str:
        """The orderPaymentStatus."""
        return str(self.document["orderPaymentStatus"])

    def line(self, line_item_id: str) -> Document | None:
        """Return a line item, or None."""
        return next((line for line in self.lines if line["lineItemId"] == line_item_id), None)

    def changed(self, at: datetime | None) -> None:
        """Forget what was serialised; with `at`, the order counts as modified then."""
        if at is not None:
            self.modified = at
        self.raw = None
        self.plain = False
        self._shown.clear()

    def forget_document(self) -> None:
        """Keep the bytes alone; the document is read from them when it is needed."""
        if self.raw is not None:
            self._document = None

    def listed(self, base: str, breakdown: bool) -> bytes:
        """Return it as getOrders shows it: no cancel requests, no tax identifier of the buyer."""
        if self.plain and not breakdown and self.raw is not None:
            return self.raw
        shown = self._shown.get((base, breakdown))
        if shown is None:
            document = self.shown(base, breakdown)
            document["cancelStatus"] = {**self.cancel_status, "cancelRequests": []}
            document["buyer"] = {
                key: value for key, value in cast("Document", document["buyer"]).items() if key != "taxIdentifier"
            }
            shown = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
            self._shown[base, breakdown] = shown
        return shown

    def shown(self, base: str, breakdown: bool) -> Document:
        """Return it as getOrder shows it.

        Args:
            base: The address of the Fulfillment API as the client wrote it.
            breakdown: Whether the field group TAX_BREAKDOWN was asked for.
        """
        document = copy.deepcopy(self.document)
        document["creationDate"] = write_time(self.created)
        document["lastModifiedDate"] = write_time(self.modified)
        document["orderFulfillmentStatus"] = self.status
        document["fulfillmentHrefs"] = [
            f"{base}/order/{self.order_id}/shipping_fulfillment/{fulfilment.fulfilment_id}"
            for fulfilment in self.fulfilments
        ]
        _show_taxes(document, breakdown)
        return document

    def _total(self) -> Document:
        summary = cast("Document", self.document["pricingSummary"])
        return cast("Document", summary["total"])


def _show_taxes(document: Document, breakdown: bool) -> None:
    """Bring taxes into the form of the field group.

    With TAX_BREAKDOWN the totals hold the tax that eBay collects and remits, and `taxes` names its type;
    without, they hold neither (FUL: LineItem.total, PricingSummary.total, Tax.taxType).
    """
    collected = Decimal(0)
    currency = "USD"
    for line in cast("list[Document]", document["lineItems"]):
        taxes = cast("list[Document]", line["taxes"])
        remitted = cast("list[Document]", line.get("ebayCollectAndRemitTaxes", []))
        total = cast("Document", line["total"])
        currency = str(total["currency"])
        if not breakdown:
            line["taxes"] = [{"amount": tax["amount"]} for tax in taxes]
            continue
        line["taxes"] = [
            *taxes,
            *({"amount": tax["amount"], "taxType": tax["taxType"]} for tax in remitted),
        ]
        of_line = sum((read_value(tax["amount"]) for tax in remitted), Decimal(0))
        line["total"] = amount(read_value(total) + of_line, currency)
        collected += of_line
    if breakdown and collected:
        summary = cast("Document", document["pricingSummary"])
        summary["tax"] = amount(read_value(summary.get("tax")) + collected, currency)
        summary["total"] = amount(read_value(summary["total"]) + collected, currency)
