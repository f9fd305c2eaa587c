"""A seller's consent at AliExpress, from the browser to the day it is withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.aliexpress import (
    CALLBACK,
    DAY,
    OVERSEAS,
    SHOP,
    accounts_of,
    asked,
    consent,
    consenting,
    marketplace,
    selling,
    session_of,
)

from xborder_sdk.errors import AuthenticationFailed, InvalidSettings, Refused
from xborder_sdk.hookspecs import ListOrders

REFRESH = "/rest/auth/token/refresh"


@pytest.fixture
def sandbox() -> Iterator[Any]:
    with marketplace() as handle:
        yield handle


@pytest.fixture(params=["sync", "async"])
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_from_the_browser_to_the_first_order(sandbox: Any, driver: str) -> None:
    sandbox.admin("aliexpress", "consent", auto=SHOP)
    with selling(sandbox, driver, changes={"refresh_token": None}) as seller:
        assert seller.call.supports(SHOP, "list_orders").level.value == "no"
        told = consent(seller.call.consent_url(SHOP, "state-1", CALLBACK))
        assert told["state"] == "state-1"
        token = seller.call.exchange_code(SHOP, told["code"], CALLBACK)
        assert token.refresh is not None
        lasting = [end - seller.time.now() for end in (token.expires_at, token.refresh_expires_at)]
        assert [round(each / timedelta(days=1), 2) for each in lasting] == [30, 60]
        with pytest.raises(Refused):
            seller.call.exchange_code(SHOP, told["code"], CALLBACK)  # a code is good once
    refresh = token.refresh.get_secret_value()
    with selling(sandbox, driver, changes={"refresh_token": refresh}) as seller:
        assert seller.call.whoami(SHOP).id == "2671514005"
        assert "Odile Varenne" in seller.orders()


def test_a_code_that_nobody_gave_is_refused_without_being_shown(sandbox: Any, driver: str) -> None:
    with consenting(sandbox, SHOP) as seller, pytest.raises(Refused) as refused:
        seller.call.exchange_code(SHOP, "0_canary-of-a-code", CALLBACK)
    assert "canary" not in f"{refused.value}{refused.value!r}"


def test_refresh_tokens_rotate_and_the_young_one_outlives_the_process(
    sandbox: Any, driver: str, tmp_path: Path
) -> None:
    sandbox.admin("aliexpress", "settings", rotate_refresh_tokens=True, access_seconds=3600)
    handed_out = accounts_of(sandbox)
    with selling(sandbox, driver, tmp_path / "ledger.db") as seller:
        for _ in range(3):
            assert seller.call.whoami(SHOP).id == "2671514005"
            seller.pass_(4000)
    spent = [sent["refresh_token"] for sent in asked(sandbox, REFRESH) if "refresh_token" in sent]
    assert len(set(spent)) == 3
    # The configuration still names the first one, which is burnt.
    unchanged = {"refresh_token": handed_out[SHOP]["refresh_token"]}
    with selling(sandbox, driver, tmp_path / "ledger.db", unchanged) as later:
        assert later.call.whoami(SHOP).id == "2671514005"


@pytest.mark.parametrize("account", [SHOP, OVERSEAS])
def test_a_token_that_expires_in_the_middle_of_a_list_is_renewed(sandbox: Any, driver: str, account: str) -> None:
    with selling(sandbox, driver) as seller:
        whole = {order.order_id for order in seller.orders(account).values()}
        calls = len(asked(sandbox))
        for skip in (1, 3):
            sandbox.inject({"kind": "token_expired"}, vendor="aliexpress", path="/sync", skip=skip)
            assert {order.order_id for order in seller.orders(account, page_size=2).values()} == whole
        assert len(asked(sandbox, REFRESH)) == 3
        assert len(asked(sandbox)) > calls


def test_a_consent_that_was_withdrawn_says_what_to_do(sandbox: Any, driver: str) -> None:
    with selling(sandbox, driver) as seller:
        assert seller.call.whoami(SHOP).id == "2671514005"
        sandbox.admin("aliexpress", "revoke", account=SHOP)
        with pytest.raises(AuthenticationFailed) as refused:
            seller.call.list_orders(SHOP, ListOrders())
        assert "xborder login" in (refused.value.hint or "")
        assert seller.call.whoami(OVERSEAS).id == "es4418200bbzq"  # the other shop works


def test_a_consent_that_ran_out_says_what_to_do(sandbox: Any, driver: str) -> None:
    with selling(sandbox, driver) as seller:
        seller.call.whoami(SHOP)
        seller.pass_(61 * DAY)
        with pytest.raises(AuthenticationFailed) as refused:
            seller.call.whoami(SHOP)
        assert "xborder login" in (refused.value.hint or "")


@pytest.mark.parametrize("method", ["hmac", "md5"])
def test_the_older_gateway_takes_the_session(sandbox: Any, driver: str, method: str) -> None:
    session = session_of(sandbox).access.get_secret_value()
    changes = {"refresh_token": None, "access_token": session, "gateway": "top", "top_sign_method": method}
    with selling(sandbox, driver, changes=changes) as seller:
        assert "Odile Varenne" in seller.orders()
        with pytest.raises(InvalidSettings):
            seller.call.consent_url(SHOP, "state", CALLBACK)
        sandbox.admin("aliexpress", "expire_tokens")
        with pytest.raises(AuthenticationFailed):
            seller.call.whoami(SHOP)


def test_a_wrong_secret_and_a_wrong_address_are_told_apart(sandbox: Any, driver: str) -> None:
    with selling(sandbox, driver, changes={"app_secret": "sandbox-canary-secret"}) as seller:
        with pytest.raises(AuthenticationFailed, match="IncompleteSignature") as refused:
            seller.call.whoami(SHOP)
        assert "canary" not in f"{refused.value}{refused.value!r}{refused.value.hint}"
    sandbox.admin("aliexpress", "settings", address_refused=True)
    with selling(sandbox, driver) as seller, pytest.raises(Refused, match="AppWhiteIpLimit") as unwelcome:
        seller.call.whoami(SHOP)
    assert "allow-list" in (unwelcome.value.hint or "")
