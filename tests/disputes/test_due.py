"""The feed of what is due, over accounts and kinds."""

from __future__ import annotations

import pytest
from tests.disputes.conftest import SHOP, Seller

from xborder_sdk.disputes import dispute_accounts, due_within, find_dispute, open_disputes
from xborder_sdk.errors import InvalidRequest, XborderError
from xborder_sdk.models import DisputeKind


def test_only_accounts_with_disputes_are_asked(seller: Seller) -> None:
    assert dispute_accounts(seller.client) == (SHOP,)


def test_due_within_hours_is_by_the_earliest_deadline(seller: Seller) -> None:
    everything = open_disputes(seller.client)
    deadlines = [dispute.due_by for dispute in everything.disputes if dispute.due_by is not None]
    assert deadlines == sorted(deadlines)
    # Invented: the two payment disputes are due after 7 days less 2 hours, and 5 days less 6 hours.
    payments = {dispute.dispute_id for dispute in everything.disputes if dispute.kind is DisputeKind.PAYMENT_DISPUTE}
    for hours, count in ((113, 0), (115, 1), (165, 1), (167, 2)):
        due = due_within(seller.client, [SHOP], hours).disputes
        assert len([dispute for dispute in due if dispute.dispute_id in payments]) == count
    assert due_within(seller.client, hours=0).disputes == ()


def test_a_deadline_of_evidence_alone_counts(seller: Seller) -> None:
    order = seller.order_of("Desmond Achebe")
    dispute = seller.open_dispute(order)
    seller.sandbox.admin(
        "ebay",
        "request_evidence",
        paymentDisputeId=dispute.dispute_id,
        evidenceType="PROOF_OF_PICKUP",
        respond_seconds=3600,
    )
    assert [one.dispute_id for one in due_within(seller.client, hours=2).disputes] == [dispute.dispute_id]


def test_an_account_that_cannot_be_asked_hides_no_other(seller: Seller) -> None:
    feed = due_within(seller.client, ["nobody", SHOP], 1000)
    assert feed.disputes
    assert [(one.account, type(one.error).__name__) for one in feed.failures] == [("nobody", "UnknownAccount")]


def test_hours_are_not_negative(seller: Seller) -> None:
    with pytest.raises(InvalidRequest):
        due_within(seller.client, hours=-1)


def test_a_dispute_is_found_by_its_number(seller: Seller) -> None:
    for listed in open_disputes(seller.client).disputes:
        found = find_dispute(seller.client, listed.dispute_id)
        assert (found.kind, found.complete) == (listed.kind, True)
        assert find_dispute(seller.client, listed.dispute_id, [SHOP], listed.kind) == found
    with pytest.raises(InvalidRequest):
        find_dispute(seller.client, "1")


def test_a_platform_that_is_down_is_no_proof_that_there_is_none(seller: Seller) -> None:
    seller.sandbox.inject({"kind": "status", "status": 500}, vendor="ebay", path="*dispute*", times=None)
    with pytest.raises(XborderError) as error:
        find_dispute(seller.client, "1")
    assert not isinstance(error.value, InvalidRequest)
