"""The application, its sellers, and the tokens they have. Times are those of the sandbox's clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from xborder_sandbox.aliexpress.settings import Settings


@dataclass
class Seller:
    """A seller of the simulated marketplace.

    Attributes:
        account: The name of the ready-made account, such as `ae-shop`.
        order_list: Which list API this seller uses: `seller` (in China) or `solution` (overseas).
        masked: Whether buyers' addresses come masked.
    """

    account: str
    login: str
    user_id: int
    country: str
    currency: str
    order_list: str
    full_name: str
    shop_name: str
    shop_id: int
    masked: bool = False
    refresh_token: str = ""


@dataclass
class Token:
    """An access token, refresh token, or authorization code."""

    seller: str
    expires: datetime
    uuid: str = ""


@dataclass
class Tokens:
    """All credentials of the one application there is.

    Args:
        random: Where they are drawn from.
        settings: The lifetimes.
    """

    random: Random
    settings: Settings
    app_key: str = ""
    app_secret: str = ""
    auto_consent: str | None = None
    sellers: dict[str, Seller] = field(default_factory=dict)
    access: dict[str, Token] = field(default_factory=dict)
    refresh: dict[str, Token] = field(default_factory=dict)
    codes: dict[str, Token] = field(default_factory=dict)

    def open_application(self) -> None:
        """Draw key and secret."""
        self.app_key = str(self.random.randrange(500_000, 600_000))
        self.app_secret = self.secret("secret")

    def secret(self, kind: str) -> str:
        """Return a new credential, recognisable should it ever leak."""
        return f"sandbox-aliexpress-{kind}-{self.random.getrandbits(160):040x}"

    def add_seller(self, seller: Seller, now: datetime) -> None:
        """Take a seller in who has agreed."""
        self.sellers[seller.account] = seller
        seller.refresh_token = self.give_refresh(seller, now)

    def give_access(self, seller: Seller, now: datetime) -> str:
        """Return a new access token."""
        token = self.secret("access")
        self.access[token] = Token(seller.account, now + timedelta(seconds=self.settings.access_seconds))
        return token

    def give_refresh(self, seller: Seller, now: datetime) -> str:
        """Return a new refresh token."""
        token = self.secret("refresh")
        self.refresh[token] = Token(seller.account, now + timedelta(seconds=self.settings.refresh_seconds))
        return token

    def give_code(self, seller: Seller, uuid: str, now: datetime) -> str:
        """Return a new authorization code, good once."""
        code = f"0_{self.secret('code')}"
        self.codes[code] = Token(seller.account, now + timedelta(seconds=self.settings.code_seconds), uuid)
        return code

    def whose(self, token: str, now: datetime) -> Seller | None:
        """Return the seller of a good access token."""
        held = self.access.get(token)
        return self.sellers[held.seller] if held is not None and held.expires > now else None

    def expire_access(self, account: str | None = None) -> int:
        """Drop access tokens, of one seller or all; return how many went."""
        gone = [token for token, held in self.access.items() if account is None or held.seller == account]
        for token in gone:
            del self.access[token]
        return len(gone)

    def revoke(self, account: str) -> int:
        """Withdraw a seller's consent; return how many tokens died."""
        gone = [token for token, held in self.refresh.items() if held.seller == account]
        for token in gone:
            del self.refresh[token]
        return len(gone) + self.expire_access(account)
