"""Who may use the simulated API."""

from __future__ import annotations

import base64
import binascii
import hmac
import random
import string
from dataclasses import dataclass

_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Account:
    """A customer: key and secret of the API, a shipper account number, where it is billed."""

    name: str
    api_key: str
    api_secret: str
    number: str
    country: str
    currency: str


def draw_accounts(chance: random.Random) -> tuple[Account, ...]:
    """Return the sandbox's customers; the same ones for the same state of `chance`."""

    def secret(word: str) -> str:
        return f"sandbox-{word}-" + "".join(chance.choices(_ALPHABET, k=24))

    return tuple(
        Account(name, secret("dhl-key"), secret("dhl-secret"), f"9{chance.randrange(10**8):08d}", country, currency)
        for name, country, currency in (
            ("dhl-shenzhen", "CN", "CNY"),
            ("dhl-berlin", "DE", "EUR"),
        )
    )


def who_calls(authorization: str, accounts: tuple[Account, ...]) -> Account | None:
    """Return the customer whose key and secret the Basic credentials are, or None."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        key, _, secret = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    for account in accounts:
        if hmac.compare_digest(key.encode(), account.api_key.encode()) and hmac.compare_digest(
            secret.encode(), account.api_secret.encode()
        ):
            return account
    return None
