"""Ends doubts by asking the vendor, as far as the vendor can be asked.

Written once as a generator of questions; each client answers them in its own colour.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from xborder_sdk.errors import UnsupportedOperation, XborderError
from xborder_sdk.hookspecs import (
    AcceptDispute,
    AmendShipment,
    ContestDispute,
    CreateShipment,
    DeclareShipment,
    FindShipment,
    GetDispute,
    ListDeclaredShipments,
    OnceRequest,
    Request,
)
from xborder_sdk.ledger.port import EffectRecord, EffectState, Store
from xborder_sdk.models import DeclaredShipment, Dispute, ShipmentLookup

# A vendor's clock and ours differ, and its search may go by whole days of its own zone.
_AROUND = timedelta(days=1)
_ALL = 100_000  # rows of the ledger; an order's other purchases may be old


@dataclass(frozen=True, slots=True)
class Ask:
    """Call an operation."""

    account: str
    operation: str
    request: Request


@dataclass(frozen=True, slots=True)
class OnStore:
    """Call the store."""

    method: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]

    def run(self, store: Store) -> Any:
        """Calls it, blocking."""
        return getattr(store, self.method)(*self.arguments, **self.keywords)


Question = Ask | OnStore


def settle(
    account: str, operation: str, request: OnceRequest, now: datetime
) -> Generator[Question, Any, EffectRecord | None]:
    """Asks what became of an effect, and writes down what is proven.

    Args:
        account: The account it is asked through; a shipment may have been bought through another.
        operation: The operation.
        request: What was meant.
        now: The present.

    Returns:
        The ledger's row afterwards; None where nothing of this intent was ever tried.
    """
    scope = f"{account}/" if request.account_scoped else ""
    intent, attempt = scope + request.intent(), request.attempt
    record: EffectRecord | None = yield OnStore("get", (intent, attempt), {})
    if record is None or record.state in {EffectState.SETTLED, EffectState.RELEASED, EffectState.CLAIMED}:
        return record
    if record.state in {EffectState.ANSWERED, EffectState.UNREAD}:
        if record.account == account:
            try:
                yield Ask(account, operation, request)  # reads the stored answer again; nothing is sent
            except XborderError:
                pass  # still unreadable: the vendor may be asked below
            else:
                # A flow that reads before its effect may see that it is done and return without the stored answer.
                record = yield OnStore("get", (intent, attempt), {})
                if record is None or record.state is EffectState.SETTLED:
                    return record
    elif record.state is EffectState.SENT and record.lease_until > now:
        return record
    try:
        if isinstance(request, CreateShipment):
            return (yield from _find_purchase(record, request, now))
        if isinstance(request, (DeclareShipment, AmendShipment)):
            return (yield from _find_declaration(record, request))
        if isinstance(request, (AcceptDispute, ContestDispute)):
            return (yield from _find_answer(record, request))
    except UnsupportedOperation:
        pass  # this vendor cannot be asked: a person decides
    return record


def _find_purchase(
    record: EffectRecord, request: CreateShipment, now: datetime
) -> Generator[Question, Any, EffectRecord]:
    if record.reference is None:
        return record
    begun = record.sent_at or record.claimed_at
    inside = (line.order_id for line in request.contents if line.account == record.account)
    order_ids = tuple(dict.fromkeys(inside))
    others: tuple[str, ...] = ()
    if order_ids:
        rows: Sequence[EffectRecord] = yield OnStore("history", (record.account, _ALL), {})
        others = tuple(_other_purchases(rows, record, order_ids))
    asked = FindShipment(
        reference=record.reference,
        bought_from=begun - _AROUND,
        bought_to=now + _AROUND,
        order_ids=order_ids,
        service=request.service,
        others=others,
    )
    found: ShipmentLookup = yield Ask(record.account, "find_shipment", asked)
    if found.shipment is not None:
        return (yield from _resolve(record, True, found.shipment.waybill, "found by reference"))
    if found.absence_proven:
        return (yield from _resolve(record, False, None, "the vendor proves that there is none"))
    return record


def _other_purchases(rows: Sequence[EffectRecord], record: EffectRecord, order_ids: tuple[str, ...]) -> Iterator[str]:
    """Waybills of what else was bought for these orders: the same lines again on purpose, or other lines."""
    marks = [f"{record.account}/{order_id}/" for order_id in order_ids]
    for row in rows:
        if row.operation != record.operation or row.outcome_id is None:
            continue
        if (row.intent, row.attempt) != (record.intent, record.attempt) and any(mark in row.intent for mark in marks):
            yield row.outcome_id


def _find_declaration(
    record: EffectRecord, request: DeclareShipment | AmendShipment
) -> Generator[Question, Any, EffectRecord]:
    asked = ListDeclaredShipments(order_id=request.order_id)
    told: tuple[DeclaredShipment, ...] = yield Ask(record.account, "list_declared_shipments", asked)
    for declared in told:
        if request.tracking_number is not None and _bare(declared.tracking_number) == _bare(request.tracking_number):
            return (yield from _resolve(record, True, declared.declaration_id, "the platform knows the number"))
    return record


def _find_answer(
    record: EffectRecord, request: AcceptDispute | ContestDispute
) -> Generator[Question, Any, EffectRecord]:
    asked = GetDispute(dispute_id=request.dispute_id, kind=request.kind)
    found: Dispute = yield Ask(record.account, "get_dispute", asked)
    if found.answer == record.operation:
        return (yield from _resolve(record, True, found.dispute_id, "the platform knows the answer"))
    if found.answer is not None:
        return (yield from _resolve(record, False, None, "the platform knows another answer"))
    # An answer that names a version can only have been taken while that version held.
    if request.revision is not None and found.revision is not None and found.revision != request.revision:
        return (yield from _resolve(record, False, None, "the dispute has moved on, and nobody has answered it"))
    return record


def _bare(number: str | None) -> str:
    return "".join(mark for mark in number or "" if mark.isalnum()).upper()


def _resolve(
    record: EffectRecord, happened: bool, outcome_id: str | None, reason: str
) -> Generator[Question, Any, EffectRecord]:
    after: EffectRecord = yield OnStore(
        "resolve",
        (record.intent, record.attempt),
        {"happened": happened, "outcome_id": outcome_id, "resolved_by": "lookup", "reason": reason},
    )
    return after
