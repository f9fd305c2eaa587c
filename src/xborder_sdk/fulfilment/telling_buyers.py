"""Writing to buyers once their parcel is declared: once per parcel, whatever happens in between.

The words are kept before anything is sent, so that a run that goes on after a crash says the same, and the ledger
recognises it. Whether a message arrived that nobody answered for is a person's to say; it is never repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from xborder_sdk.client import Client
from xborder_sdk.errors import AlreadyDone, OutcomeUnknown, XborderError
from xborder_sdk.fulfilment.config import FulfilmentConfig
from xborder_sdk.fulfilment.notices import Notices, fill
from xborder_sdk.fulfilment.outcome import Outcome
from xborder_sdk.fulfilment.progress import NoticeState, WorkState
from xborder_sdk.fulfilment.troubles import hold_of, passes
from xborder_sdk.fulfilment.work import Key, Lease, WorkRow, WorkStore
from xborder_sdk.hookspecs import OrderSource, SendMessage
from xborder_sdk.models import Hold, HoldReason, Service

TO_TELL = (WorkState.DECLARED, WorkState.IN_TRANSIT)
FIELD = "notice"
_OPEN = frozenset({NoticeState.DUE, NoticeState.BEGUN})


class TellingBuyers:
    """Sends notices.

    Args:
        client: Sends them.
        config: Their templates.
        work: Where the orders stand.
        clock: The present, aware.
    """

    def __init__(
        self, client: Client, config: FulfilmentConfig, work: WorkStore, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._config = config
        self._work = work
        self._now = clock

    def waiting(self) -> tuple[WorkRow, ...]:
        """Orders whose buyer is to be written to."""
        return tuple(row for row in self._work.rows(TO_TELL) if row.notice in _OPEN)

    def due(self) -> tuple[Key, ...]:
        """Those that are due."""
        now = self._now()
        return tuple(row.key for row in self.waiting() if row.due <= now)

    def tell(self, lease: Lease) -> Outcome:
        """Writes to one buyer.

        Raises:
            XborderError: The platform cannot be asked now; the same words go out later.
        """
        row = lease.row
        if row.notice is NoticeState.DUE:
            stopped = self._prepared(lease)
            if stopped is not None:
                return stopped
        text = self._work.notice_text(row.key)
        if text is None:
            return self._ended(row, NoticeState.SKIPPED, "its buyer was forgotten before the notice was sent")
        order = self._work.order(row.key)
        request = SendMessage(order_id=row.order_id, buyer_id=None if order is None else order.buyer.id, text=text)
        try:
            self._client.send_message(row.account, request)
        except AlreadyDone:
            pass
        except OutcomeUnknown as doubt:
            return self._held(
                row,
                HoldReason.OUTCOME_UNKNOWN,
                f"nobody knows whether the buyer got the notice: {doubt.reason or doubt.message}",
                "look at the platform's messages, then decide with `xborder review`; it is not sent again by itself",
            )
        except XborderError as error:
            if passes(error):
                raise
            hold = hold_of(error).replace(field=FIELD, repair="mend it and retry, or write to the buyer by hand")
            holds = (*_others(row), hold)
            return Outcome(None, hold.detail, holds, changes={"notice": NoticeState.REFUSED, "tries": 0})
        return self._ended(row, NoticeState.SENT, "the buyer was told")

    def _prepared(self, lease: Lease) -> Outcome | None:
        """Keeps the words that will be sent; or says why nothing will."""
        row, notices = lease.row, self._config.notices
        if notices is None or not self._client.supports(row.account, OrderSource.send_message):
            return self._ended(row, NoticeState.SKIPPED, f"no notice: buyers of {row.account} cannot be written to")
        service = Service(code=row.service or "", name=row.service_name or row.service or "")
        template = notices.template(row.country, row.carrier or "", service)
        if template is None:
            return self._ended(row, NoticeState.SKIPPED, f"no notice: no template is for {service.name}")
        filled = fill(template, self._values(row, service, notices))
        if filled.text is None:
            missing = ", ".join(f"{{{name}}}" for name in filled.missing)
            return self._held(
                row,
                HoldReason.MISSING_DATA,
                f"the notice to the buyer is not sent: {missing} is not known for {row.carrier}/{service.name}",
                "give fulfilment.notices.days or tracking_url for this service, or a template without it",
            )
        lease.save(notice=NoticeState.BEGUN, notice_text=filled.text)
        return None

    def _values(self, row: WorkRow, service: Service, notices: Notices) -> dict[str, str | None]:
        account = row.carrier or ""
        days = notices.expected_days(account, service)
        return {
            "order_id": row.display_id or row.order_id,
            "number": row.number,
            "service": service.name,
            "carrier": self._client.connector(account).title,
            "days_from": None if days is None else str(days[0]),
            "days_to": None if days is None else str(days[1]),
            "tracking_url": notices.page(row.number or "", row.tracking_url),
        }

    def _held(self, row: WorkRow, reason: HoldReason, detail: str, repair: str) -> Outcome:
        hold = Hold(reason=reason, detail=detail, field=FIELD, repair=repair)
        due = self._now() + timedelta(seconds=self._config.ask_again_s)
        return Outcome(None, detail, (*_others(row), hold), due=due)

    def _ended(self, row: WorkRow, state: NoticeState, detail: str) -> Outcome:
        return Outcome(None, detail, _others(row), changes={"notice": state, "tries": 0})


def _others(row: WorkRow) -> tuple[Hold, ...]:
    return tuple(hold for hold in row.holds if hold.field != FIELD)
