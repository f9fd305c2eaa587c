"""Disputes of many accounts, and what of them is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from xborder_sdk.client import Client
from xborder_sdk.errors import InvalidRequest, XborderError
from xborder_sdk.hookspecs import DisputeChannel, GetDispute, ListDisputes
from xborder_sdk.models import Dispute, DisputeKind, by_deadline


@dataclass(frozen=True)
class AccountFailure:
    """An account that could not be asked.

    Attributes:
        account: Its name.
        error: Why.
    """

    account: str
    error: XborderError


@dataclass(frozen=True)
class DisputeFeed:
    """Disputes of several accounts. One that cannot be asked hides no other's deadline.

    Attributes:
        disputes: The most urgent first.
        failures: Accounts that are missing.
    """

    disputes: tuple[Dispute, ...]
    failures: tuple[AccountFailure, ...] = ()


def dispute_accounts(client: Client) -> tuple[str, ...]:
    """Accounts that can list disputes; asks nobody. An account that cannot be used is left to `doctor`."""
    found = []
    for name in client.account_names():
        try:
            if client.supports(name, DisputeChannel.list_disputes):
                found.append(name)
        except XborderError:
            continue
    return tuple(found)


def open_disputes(
    client: Client,
    accounts: Iterable[str] | None = None,
    *,
    kinds: Iterable[DisputeKind] = (),
    closed_too: bool = False,
) -> DisputeFeed:
    """Disputes by deadline.

    Args:
        client: Asks.
        accounts: Which accounts; None for all that can list disputes.
        kinds: Only these; empty for all that an account's platform has.
        closed_too: Also those that are over, as far back as the platforms list them.
    """
    disputes: list[Dispute] = []
    failures = []
    request = ListDisputes(kinds=tuple(kinds), open_only=not closed_too)
    for account in dispute_accounts(client) if accounts is None else accounts:
        try:
            disputes += list(client.iter_disputes(account, request))
        except XborderError as error:
            failures.append(AccountFailure(account, error))
    return DisputeFeed(tuple(by_deadline(disputes)), tuple(failures))


def due_within(
    client: Client,
    accounts: Iterable[str] | None = None,
    hours: float = 48,
    *,
    kinds: Iterable[DisputeKind] = (),
) -> DisputeFeed:
    """Disputes in which the seller has something to do within so many hours; what is overdue and open counts.

    Args:
        client: Asks; its clock says what now is.
        accounts: Which accounts; None for all that can list disputes.
        hours: From now on. What is due at an unknown time is always there.
        kinds: Only these; empty for all that an account's platform has.

    Raises:
        InvalidRequest: The hours are negative.
    """
    if hours < 0:
        raise InvalidRequest("hours cannot be negative", field="hours")
    feed = open_disputes(client, accounts, kinds=kinds)
    until = client.clock.now() + timedelta(hours=hours)
    return DisputeFeed(tuple(dispute for dispute in feed.disputes if dispute.is_due(until)), feed.failures)


def find_dispute(
    client: Client, dispute_id: str, accounts: Iterable[str] | None = None, kind: DisputeKind | None = None
) -> Dispute:
    """The dispute of a number, complete; open or not.

    Args:
        client: Asks.
        dispute_id: The platform's number, which is its own within a kind only.
        accounts: Where to look; None for all accounts that can list disputes.
        kind: Which kind; needed where one number names several.

    Raises:
        InvalidRequest: There is no such dispute, or several.
        XborderError: An account cannot be asked, so that nobody knows.
    """
    names = dispute_accounts(client) if accounts is None else tuple(accounts)
    if kind is not None and len(names) == 1:
        return client.get_dispute(names[0], GetDispute(dispute_id=dispute_id, kind=kind))
    found = []
    failure: XborderError | None = None
    request = ListDisputes(kinds=() if kind is None else (kind,))
    for account in names:
        try:
            listed = list(client.iter_disputes(account, request, complete=False))
        except XborderError as error:
            failure = failure or error
            continue
        found += [dispute for dispute in listed if dispute.dispute_id == dispute_id]
    if failure is not None and not found:
        raise failure
    if not found:
        raise InvalidRequest(f"no account lists a dispute {dispute_id}", hint="`xborder disputes --all` lists them")
    if len(found) > 1:
        named = ", ".join(f"{dispute.kind.value} of {dispute.account}" for dispute in found)
        raise InvalidRequest(f"{dispute_id} is the number of {named}", hint="say --account and --kind")
    return client.get_dispute(found[0].account, GetDispute(dispute_id=dispute_id, kind=found[0].kind))
