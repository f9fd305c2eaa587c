"""The settings of an eBay account."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from xborder_sdk.hookspecs import Settings
from xborder_sdk.models.base import CountryCode, Instant

_SCOPE_ROOT = "https://api.ebay.com/oauth/api_scope"

BASE_SCOPE = _SCOPE_ROOT
FULFILMENT_SCOPE = f"{_SCOPE_ROOT}/sell.fulfillment"
FULFILMENT_READ_SCOPE = f"{_SCOPE_ROOT}/sell.fulfillment.readonly"
FINANCES_SCOPE = f"{_SCOPE_ROOT}/sell.finances"
DISPUTE_SCOPE = f"{_SCOPE_ROOT}/sell.payment.dispute"
IDENTITY_SCOPE = f"{_SCOPE_ROOT}/commerce.identity.readonly"


def _full_scopes(value: object) -> object:
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)):
        return value
    return tuple(f"{_SCOPE_ROOT}/{word}" if isinstance(word, str) and "://" not in word else word for word in words)


def _is_verification_token(value: SecretStr) -> SecretStr:
    if re.fullmatch(r"[A-Za-z0-9_-]{32,80}", value.get_secret_value()) is None:
        raise ValueError("a verification token has 32 to 80 letters, digits, underscores and hyphens")
    return value


Scopes = Annotated[tuple[str, ...], BeforeValidator(_full_scopes)]
"""OAuth scopes, in full or by their last part (`sell.fulfillment`); also as one text with spaces between."""


class EbaySettings(Settings):
    """What an eBay account needs.

    Attributes:
        client_id: The keyset's App ID.
        client_secret: The keyset's Cert ID.
        refresh_token: What the seller's consent gave; without it only application tokens can be had.
        ru_name: The keyset's RuName, which the seller's consent goes through; an identifier eBay gives out, no URL.
        environment: Which of eBay's two worlds.
        marketplace: For Post-Order calls, such as `EBAY_GB`: inquiries, returns, cases, cancellation requests, and
            cancellations of orders that name no marketplace.
        scopes: What to ask for: the scopes the seller consented to, or some of them.
        signing_key_jwe: The `jwe` of the key-management answer.
        signing_private_key: Its `privateKey`: PKCS#8 in base64, with or without PEM armour, Ed25519 or RSA.
        signing_key_expires: Its `expirationTime` as a time with its zone, so that `xborder doctor` warns before.
        sign_all: Sign every request, not only those eBay asks it for.
        seller_country: Where the seller is domiciled; refunds and cancellations of EU and UK sellers are signed.
        verification_token: What the notification endpoint was registered with: 32 to 80 letters, digits, `_` and `-`.
        notification_endpoint: The endpoint's URL exactly as registered with eBay.
        notification_max_age_s: Oldest notification that is believed, in seconds since eBay published it.
        carrier_codes: eBay's carrier codes by connector name, beside and above those this plugin knows.
        evidence_files_max: Most files of one call of evidence; eBay has such a limit and does not publish it.
    """

    client_id: str = Field(min_length=1)
    client_secret: SecretStr
    refresh_token: SecretStr | None = None
    ru_name: str | None = None
    environment: Literal["production", "sandbox"] = "production"
    marketplace: str | None = None
    scopes: Scopes = (BASE_SCOPE, FULFILMENT_SCOPE, FINANCES_SCOPE, DISPUTE_SCOPE, IDENTITY_SCOPE)
    signing_key_jwe: str | None = None
    signing_private_key: SecretStr | None = None
    signing_key_expires: Instant | None = None
    sign_all: bool = False
    seller_country: CountryCode | None = None
    # commerce_notification_v1 OpenAPI, schema DeliveryConfig; eBay, "Marketplace account deletion".
    verification_token: Annotated[SecretStr, AfterValidator(_is_verification_token)] | None = None
    notification_endpoint: str | None = Field(default=None, pattern=r"^https?://\S+$")
    # eBay does not say for how long it tries again, nor whether a new try has a new date.
    notification_max_age_s: int = Field(default=86_400, ge=60, le=7 * 86_400)
    carrier_codes: dict[str, str] = Field(default_factory=dict)
    evidence_files_max: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _key_is_whole(self) -> EbaySettings:
        if (self.signing_key_jwe is None) != (self.signing_private_key is None):
            raise ValueError("signing_key_jwe and signing_private_key come together")
        if self.sign_all and self.signing_key_jwe is None:
            raise ValueError("sign_all needs signing_key_jwe and signing_private_key")
        if (self.verification_token is None) != (self.notification_endpoint is None):
            raise ValueError("verification_token and notification_endpoint come together")
        return self
