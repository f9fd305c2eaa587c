"""What an operator decides: try again, stop, supply a label, print or buy once more.

Each takes the order's row under its lease, so that nothing is decided while a run is at work on it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from xborder_sdk.errors import UsageError
from xborder_sdk.fulfilment.config import FulfilmentConfig
from xborder_sdk.fulfilment.paper_book import PaperBook
from xborder_sdk.fulfilment.progress import NoticeState, WorkState
from xborder_sdk.fulfilment.work import WorkRow, WorkStore
from xborder_sdk.models import Document, DocumentFormat, DocumentKind, HoldReason

_ON_PAPER = frozenset({WorkState.LABELLED, WorkState.PRINTED})


class Decisions:
    """The decisions of an operator about single orders.

    Args:
        config: The rules.
        work: Where every order stands.
        clock: The present, aware.
    """

    def __init__(self, config: FulfilmentConfig, work: WorkStore, clock: Callable[[], datetime]) -> None:
        self.config = config
        self.work = work
        self._now = clock

    def retry(self, account: str, order_id: str) -> WorkRow:
        """Looks at an order again at the next run: forgets that a carrier or platform refused it, and its pause."""

        def change(row: WorkRow) -> dict[str, Any]:
            state = WorkState.HELD if row.state is WorkState.STOPPED and row.waybill is None else row.state
            forgotten = [hold for hold in row.side_holds if hold.reason is not HoldReason.OUTCOME_UNKNOWN]
            holds = tuple(hold for hold in row.holds if hold not in forgotten)
            notice = NoticeState.DUE if row.notice is NoticeState.REFUSED else row.notice
            now = self._now()
            return {"refused": None, "tries": 0, "due": now, "state": state, "notice": notice, "holds": holds}

        return self._decided(account, order_id, "to be tried again", change)

    def stop(self, account: str, order_id: str, reason: str) -> WorkRow:
        """Does nothing more for an order: it was settled by hand.

        Args:
            account, order_id: Which order.
            reason: Why, in words without buyer data.
        """
        return self._decided(account, order_id, f"stopped: {reason}", lambda _: {"state": WorkState.STOPPED})

    def supply_label(self, account: str, order_id: str, label: Document) -> WorkRow:
        """Gives the label of a parcel whose carrier shows it only once, got from the carrier's own site.

        Raises:
            UsageError: Nothing was bought for this order, it has its label, or its number is still to come.
        """

        def change(row: WorkRow) -> dict[str, Any]:
            if row.state is not WorkState.BOUGHT:
                raise UsageError("this order waits for no label")
            if row.number is None:
                raise UsageError("the number of this parcel is still to come", hint="supply the number first")
            given = label.replace(kind=DocumentKind.LABEL)
            files = PaperBook(self.work).keep(row.key, self.config.out, row.number, (given,))
            return {"files": files, "state": WorkState.LABELLED, "holds": (), "due": self._now(), "tries": 0}

        return self._decided(account, order_id, "the label was supplied", change)

    def supply_number(self, account: str, order_id: str, number: str) -> WorkRow:
        """Gives the number a buyer follows, read on the carrier's own site, where the carrier does not tell it.

        Args:
            account, order_id: Which order.
            number: The number.

        Raises:
            UsageError: No number is missing for this order, or it is empty.
        """

        def change(row: WorkRow) -> dict[str, Any]:
            if row.state is not WorkState.BOUGHT or not row.number_pending:
                raise UsageError("this order waits for no number")
            given = number.strip()
            if not given:
                raise UsageError("the number is empty")
            return {"tracking_number": given, "number_pending": False, "holds": (), "due": self._now(), "tries": 0}

        return self._decided(account, order_id, "the number was supplied", change)

    def buy_again(self, account: str, order_id: str) -> WorkRow:
        """Buys a second shipment on purpose, for a label that is lost or a parcel that must be sent anew.

        The next run buys it, as a new attempt of the same plan.

        Raises:
            UsageError: The first purchase is not settled.
        """

        def change(row: WorkRow) -> dict[str, Any]:
            if row.waybill is None or row.state is WorkState.BUYING:
                raise UsageError("the purchase before is not settled", hint="settle it with `xborder review` first")
            return {
                "attempt": row.attempt + 1,
                "state": WorkState.PLANNED,
                "holds": (),
                "due": self._now(),
                "tries": 0,
                "waybill": None,
                "tracking_number": None,
                "number_pending": False,
                "numbers": (),
                "tracking_url": None,
                "files": (),
                "batch": None,
                "print_job": None,
                "declared_at": None,
                "notice": None,
                "handed_over_at": None,
                "hand_over": None,
                "tracking": None,
            }

        return self._decided(account, order_id, "to be bought again on purpose", change)

    def confirm_printed(self, account: str, order_id: str) -> WorkRow:
        """Says that a label came out of a printer that cannot say so itself.

        Raises:
            UsageError: The order waits for no printer.
        """

        def change(row: WorkRow) -> dict[str, Any]:
            if row.state is not WorkState.LABELLED or row.print_job is None:
                raise UsageError("this order waits for no printer")
            return {"state": WorkState.PRINTED, "holds": (), "due": self._now(), "tries": 0}

        return self._decided(account, order_id, "printed, as somebody saw", change)

    def print_again(self, account: str, order_id: str) -> WorkRow:
        """Prints an order's label once more on purpose, as a job of its own under a new name.

        Raises:
            UsageError: It has no label, or its platform knows of it already.
        """

        def change(row: WorkRow) -> dict[str, Any]:
            if row.state not in _ON_PAPER or row.number is None:
                raise UsageError("only a label that is made and not declared yet is printed again")
            number = int(row.batch.rpartition("-again-")[2]) + 1 if row.batch and "-again-" in row.batch else 1
            batch = f"{row.number}-again-{number}"
            fresh = {"batch": batch, "print_job": None, "holds": (), "due": self._now(), "tries": 0}
            return {"state": WorkState.LABELLED, **fresh}

        return self._decided(account, order_id, "to be printed again on purpose", change)

    def _decided(
        self, account: str, order_id: str, detail: str, change: Callable[[WorkRow], dict[str, Any]]
    ) -> WorkRow:
        with self.work.lease((account, order_id), WorkState, fresh=True) as lease:
            if lease is None:
                if self.work.get(account, order_id) is None:
                    raise UsageError(f"there is no order {order_id} of {account}", hint="run: xborder plan")
                raise UsageError(f"somebody is working on {order_id} now", hint="try again later")
            return lease.save(detail=detail, **change(lease.row))


_FORMATS = {f".{form.value}": form for form in (DocumentFormat.PDF, DocumentFormat.PNG, DocumentFormat.ZPL)}


def label_file(path: Path) -> Document:
    """A label read from a file, for `supply_label`.

    Raises:
        UsageError: Its ending names no format that labels have.
        OSError: It cannot be read.
    """
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise UsageError(f"{path.name}: a label is a .pdf, .png or .zpl file")
    return Document(kind=DocumentKind.LABEL, format=form, content=path.read_bytes())
