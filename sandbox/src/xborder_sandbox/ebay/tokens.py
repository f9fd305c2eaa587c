"""Keyset, sellers, and the tokens eBay gave out. Times are those of the sandbox's clock.

Lifetimes (reference of the OAuth guide): access tokens 7200 s, refresh tokens 47304000 s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from xborder_sandbox.ebay.words import SELLER_SCOPES

ACCESS_SECONDS = 7200
REFRESH_SECONDS = 47_304_000
CODE_SECONDS = 299


@dataclass
class Seller:
    """A seller of the simulated marketplace.

    Attributes:
        account: The name of the ready-made account, such as `ebay-us`.
        domicile: ISO country; decides whether refunds have to be signed.
        payout: The currency eBay pays out in.
        rotate: Whether each refresh burns the refresh token that was used and gives a new one.
    """

    account: str
    username: str
    domicile: str
    marketplace: str
    payout: str
    item_location: dict[str, str]
    user_id: str = ""
    refresh_token: str = ""
    rotate: bool = False
    suspended: bool = False
    signing_jwe: str = ""
    signing_private_key: str = ""


@dataclass
class RefreshToken:
    """A refresh token; a burnt or revoked one stays known, and refused."""

    seller: str
    scopes: frozenset[str]
    expires: datetime
    alive: bool = True


@dataclass
class AccessToken:
    """A user token (with a seller) or an application token (without)."""

    seller: str | None
    scopes: frozenset[str]
    expires: datetime


@dataclass
class Code:
    """An authorization code, to be used once."""

    seller: str
    scopes: frozenset[str]
    expires: datetime


@dataclass
class Tokens:
    """All credentials of the one application there is.

    Args:
        random: Where they are drawn from.
    """

    random: Random
    client_id: str = ""
    client_secret: str = ""
    ru_name: str = ""
    accept_url: str | None = None
    auto_consent: str | None = None
    sellers: dict[str, Seller] = field(default_factory=dict)
    refresh: dict[str, RefreshToken] = field(default_factory=dict)
    access: dict[str, AccessToken] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)

    def secret(self, kind: str) -> str:
        """Return a new credential, recognisable should it ever leak."""
        return f"sandbox-ebay-{kind}-{self.random.getrandbits(160):040x}"

    def open_application(self) -> None:
        """Draw the keyset."""
        self.client_id = self.secret("client")
        self.client_secret = self.secret("secret")
        self.ru_name = self.secret("runame")

    def add_seller(self, seller: Seller, now: datetime) -> None:
        """Take a seller in, who has consented to everything."""
        seller.user_id = f"sandbox-user-{self.random.getrandbits(64):016x}"
        self.sellers[seller.account] = seller
        seller.refresh_token = self.give_refresh(seller, frozenset(SELLER_SCOPES), now)

    def give_refresh(self, seller: Seller, scopes: frozenset[str], now: datetime) -> str:
        """Return a new refresh token."""
        token = self.secret("refresh")
        expires = now + timedelta(seconds=REFRESH_SECONDS)
        self.refresh[token] = RefreshToken(seller.account, scopes, expires)
        return token

    def give_access(self, seller: Seller | None, scopes: frozenset[str], now: datetime) -> str:
        """Return a new access token."""
        token = self.secret("access")
        self.access[token] = AccessToken(
            seller.account if seller else None, scopes, now + timedelta(seconds=ACCESS_SECONDS)
        )
        return token

    def give_code(self, seller: Seller, scopes: frozenset[str], now: datetime) -> str:
        """Return a new authorization code; like eBay's it has characters a URL must escape."""
        code = f"v^1.1#i^1#{self.secret('code')}"
        self.codes[code] = Code(seller.account, scopes, now + timedelta(seconds=CODE_SECONDS))
        return code

    def rotate(self, token: str, seller: Seller, now: datetime) -> str:
        """Burn a refresh token and return its successor."""
        old = self.refresh[token]
        old.alive = False
        new = self.give_refresh(seller, old.scopes, now)
        if seller.refresh_token == token:
            seller.refresh_token = new
        return new

    def expire_access(self, account: str | None = None) -> int:
        """Drop access tokens, of one seller or all; return how many went."""
        gone = [token for token, held in self.access.items() if account is None or held.seller == account]
        for token in gone:
            del self.access[token]
        return len(gone)

    def revoke(self, account: str) -> int:
        """Withdraw a seller's consent, as a change of password does; return how many tokens died."""
        alive = [token for token in self.refresh.values() if token.seller == account and token.alive]
        for token in alive:
            token.alive = False
        return len(alive) + self.expire_access(account)
