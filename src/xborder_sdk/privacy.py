"""What is held of buyers, how it is forgotten, and how long it is kept.

Buyers' data lies in three places: the work store's private table (orders, plans, proposed repairs), labels and papers
on the disk, and the answers kept in the effects ledger. Accounting facts stay: which effect happened when, waybills,
prices, order numbers. The record of notifications holds digests only.

    [privacy]
    retention_days = 90                    # what `purge` removes of orders that ended so long ago
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import Field, ValidationError

from xborder_sdk.client import AsyncClient, Client, Config
from xborder_sdk.errors import ConfigurationError, UsageError, XborderError
from xborder_sdk.fulfilment.config import SECTION as FULFILMENT
from xborder_sdk.fulfilment.config import load_fulfilment
from xborder_sdk.fulfilment.paper_book import PaperBook
from xborder_sdk.fulfilment.pipeline import work_path
from xborder_sdk.fulfilment.progress import WorkState
from xborder_sdk.fulfilment.work import Key, WorkRow, WorkStore
from xborder_sdk.ledger.port import EffectRecord, EffectState, Store
from xborder_sdk.models.base import Model
from xborder_sdk.runtime.redaction import fields_at_fault

SECTION = "privacy"

_ENDED = frozenset({EffectState.SETTLED, EffectState.RELEASED})
_SHIP = "ship/"
_VOID = "/void/"
_ABOUT_AN_ORDER = ("declare", "amend-shipment", "refund", "message", "reply-review")


class PrivacyConfig(Model):
    """The section `[privacy]` of `xborder.toml`.

    Attributes:
        retention_days: Days after its end for which an order's buyer is kept; None keeps until somebody purges.
    """

    retention_days: int | None = Field(default=None, ge=1, le=3650)


def privacy_config(config: Config) -> PrivacyConfig:
    """The section, read.

    Raises:
        ConfigurationError: A key is unknown or a value does not fit.
    """
    try:
        return PrivacyConfig.model_validate(dict(config.section(SECTION)))
    except ValidationError as error:
        raise ConfigurationError(
            f"{config.path or 'the configuration'}: [{SECTION}]: {fields_at_fault(error)}"
        ) from None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed.

    Attributes:
        orders: Account and id of the orders whose buyer was removed or was not held any more.
        stored_orders: How many of them the work store held a buyer of.
        files: How many labels and papers were deleted.
        answers: How many stored answers were deleted.
        still_open: Intents of effects whose answers stay, because nobody knows yet what became of them. Settle them
            (`xborder review`) and forget again.
    """

    orders: tuple[Key, ...] = ()
    stored_orders: int = 0
    files: int = 0
    answers: int = 0
    still_open: tuple[str, ...] = ()


class Holdings:
    """All places that hold buyers' data. Thread-safe as its stores are.

    Args:
        store: The effects ledger.
        work: The work store; None where orders are not fulfilled with this library.
        shares_platform: Whether the accounts of two names belong to one platform, so that a buyer of one may have
            bought at the other under the same id; None: only an account itself.
    """

    def __init__(
        self,
        store: Store,
        work: WorkStore | None = None,
        *,
        shares_platform: Callable[[str, str], bool] | None = None,
    ) -> None:
        self._store = store
        self._work = work
        self._shares_platform = shares_platform or (lambda one, other: one == other)
        self._closing = ExitStack()

    @classmethod
    def of(cls, client: Client | AsyncClient) -> Self:
        """What a client and its configuration name: its ledger, and the work store of `[fulfilment]` if there is one.

        Raises:
            ConfigurationError: The configuration does not fit.
        """
        work = None
        if client.config.section(FULFILMENT):
            work = WorkStore(work_path(load_fulfilment(client.config), client), clock=client.clock.now)

        def same(one: str, other: str) -> bool:
            if one == other:
                return True
            try:
                return client.connector(one).name == client.connector(other).name
            except XborderError:
                # Nobody can say whose platform it was; its orders are left to the time they are kept.
                return False

        made = cls(client.store, work, shares_platform=same)
        if work is not None:
            made._closing.callback(work.close)
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes what `of` opened; stores handed over are their owner's."""
        self._closing.close()

    def orders_of(self, account: str, buyer_ids: Iterable[str]) -> tuple[Key, ...]:
        """The orders held of a buyer, at this account and at others of the same platform.

        Args:
            account: The account.
            buyer_ids: The platform's ids of the buyer.
        """
        wanted = frozenset(buyer_ids)
        if self._work is None or not wanted:
            return ()
        return tuple(key for key in self._work.of_buyer(wanted) if self._shares_platform(account, key[0]))

    def forget(self, account: str, *, order_ids: Iterable[str] = (), buyer_ids: Iterable[str] = ()) -> Forgotten:
        """Removes what is held of the buyer of some orders. It may be asked again; what is gone stays gone.

        Orders under way are forgotten too: whoever fulfils them reads them from the platform again.

        Args:
            account: The account.
            order_ids: Orders of this account.
            buyer_ids: The platform's ids of a buyer, whose orders are looked up in the work store.

        Raises:
            UsageError: Neither orders nor buyers are named.
            LedgerError: A store cannot be used; what was removed until then stays removed.
            OSError: A file cannot be deleted.
        """
        named, buyers = tuple(order_ids), tuple(buyer_ids)
        if not named and not buyers:
            raise UsageError("say whom to forget: orders, or a buyer")
        keys = tuple(dict.fromkeys([*((account, order_id) for order_id in named), *self.orders_of(account, buyers)]))
        return self._forget(keys)

    def purge(self, before: datetime) -> Forgotten:
        """Removes what is held of buyers whose orders and effects ended before a moment.

        Args:
            before: The moment, aware.

        Raises:
            LedgerError: A store cannot be used.
            OSError: A file cannot be deleted.
        """
        ended: tuple[WorkRow, ...] = ()
        if self._work is not None:
            rows = self._work.rows((WorkState.DELIVERED, WorkState.STOPPED))
            ended = tuple(row for row in rows if row.updated_at < before)
        stored, files = self._clear(ended)
        return Forgotten(tuple(row.key for row in ended), stored, files, self._store.purge_answers(before))

    def _forget(self, keys: tuple[Key, ...]) -> Forgotten:
        found = () if self._work is None else (self._work.get(*key) for key in keys)
        rows = tuple(row for row in found if row is not None)
        stored, files = self._clear(rows)
        waybills = {number for row in rows for number in (row.waybill, *row.numbers) if number is not None}
        concerned = _concerning(self._store.answered(), keys, waybills) if keys else ()
        ended = [(record.intent, record.attempt) for record in concerned if record.state in _ENDED]
        answers = self._store.forget_answers(ended)
        still_open = tuple(record.intent for record in concerned if record.state not in _ENDED)
        return Forgotten(keys, stored, files, answers, still_open)

    def _clear(self, rows: tuple[WorkRow, ...]) -> tuple[int, int]:
        """Deletes the files of some orders, then what the work store holds of their buyers: the paths go last."""
        if self._work is None:
            return 0, 0
        book = PaperBook(self._work)
        papers = {path for row in rows for path in (*map(Path, row.files), *book.of(row.key))}
        files = sum(map(_deleted, papers))
        return self._work.forget_orders(row.key for row in rows), files


def _deleted(path: Path) -> bool:
    # A path is ours only while a plain file is there: a link leads to something else.
    if path.is_symlink() or not path.is_file():
        return False
    path.unlink(missing_ok=True)
    return True


def parse_period(text: str) -> timedelta:
    """A period such as `90d`, `12w` or `36h`.

    Raises:
        UsageError: It is none.
    """
    found = re.fullmatch(r"([0-9]{1,5})([hdw])", text.strip().lower())
    if found is None or int(found[1]) == 0:
        raise UsageError("a period is a number with h, d or w", hint="90d is ninety days")
    count = int(found[1])
    return {"h": timedelta(hours=count), "d": timedelta(days=count), "w": timedelta(weeks=count)}[found[2]]


def _concerning(
    records: Iterable[EffectRecord], keys: tuple[Key, ...], waybills: Collection[str]
) -> tuple[EffectRecord, ...]:
    """The effects of some orders and of their parcels, told by the ids that intents and outcomes hold."""
    held = tuple(records)
    of_orders = {record for record in held if any(_is_of_order(record.intent, *key) for key in keys)}
    bought = (record.outcome_id for record in of_orders if record.intent.startswith(_SHIP))
    parcels = {*waybills, *(number for number in bought if number is not None)}
    return tuple(
        record
        for record in held
        if record in of_orders or record.outcome_id in parcels or record.intent.rpartition(_VOID)[2] in parcels
    )


def _is_of_order(intent: str, account: str, order_id: str) -> bool:
    """Intents as the requests in `hookspecs` make them; the ledger puts the account before those that belong to one."""
    if intent.startswith(_SHIP):
        return any(part.startswith(f"{account}/{order_id}/") for part in intent.removeprefix(_SHIP).split(","))
    act = intent.removeprefix(f"{account}/") if intent.startswith(f"{account}/") else ""
    if act in {f"cancel-order/{order_id}", f"review-buyer/{order_id}"}:
        return True
    return act.startswith(tuple(f"{name}/{order_id}/" for name in _ABOUT_AN_ORDER))
