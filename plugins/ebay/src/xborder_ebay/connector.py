"""eBay as a connector: hosts, tokens, signatures, the meaning of answers and what an account may do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import ClassVar
from urllib.parse import urlsplit

from xborder_ebay.answers import classify
from xborder_ebay.disputes import EbayDisputes
from xborder_ebay.notifications import KeyRing, answer_challenge, read_notification
from xborder_ebay.orders import EbayOrders
from xborder_ebay.settings import (
    DISPUTE_SCOPE,
    FINANCES_SCOPE,
    FULFILMENT_READ_SCOPE,
    FULFILMENT_SCOPE,
    IDENTITY_SCOPE,
    EbaySettings,
)
from xborder_ebay.signatures import SigningKey, must_be_signed, signed
from xborder_ebay.tokens import application_token, consent_url, exchange_code, refresh_user_token
from xborder_ebay.vocabulary import SIGNATURE_COUNTRIES
from xborder_sdk.errors import InvalidSettings
from xborder_sdk.hookspecs import (
    SUPPORTED,
    Checked,
    Connector,
    Identity,
    Settings,
    Support,
    SupportLevel,
    Token,
    Verdict,
)
from xborder_sdk.hookspecs.kind import Kind
from xborder_sdk.models import ChallengeAnswer, DisputeKind, InboundMessage, Notification
from xborder_sdk.steps import Flow, Response, WireRequest

# developer.ebay.com, api-docs/static/rest-request-components and oauth-tokens. The sandbox host of apiz is built like
# the others by widely used clients; no page of eBay's that names it was found.
_HOSTS = {
    "production": {
        "api": "https://api.ebay.com",
        "apiz": "https://apiz.ebay.com",
        "auth": "https://auth.ebay.com",
    },
    "sandbox": {
        "api": "https://api.sandbox.ebay.com",
        "apiz": "https://apiz.sandbox.ebay.com",
        "auth": "https://auth.sandbox.ebay.com",
    },
}

_POST_ORDER = "/post-order/v2/"

_NEEDED_SCOPES: dict[str, tuple[str, ...]] = {
    "list_orders": (FULFILMENT_SCOPE, FULFILMENT_READ_SCOPE),
    "get_order": (FULFILMENT_SCOPE, FULFILMENT_READ_SCOPE),
    "list_declared_shipments": (FULFILMENT_SCOPE, FULFILMENT_READ_SCOPE),
    "declare_shipment": (FULFILMENT_SCOPE,),
    "refund_order": (FINANCES_SCOPE,),
    # Post-Order names no scope of its own; the order is read first.
    "cancel_order": (FULFILMENT_SCOPE, FULFILMENT_READ_SCOPE),
    "add_evidence": (DISPUTE_SCOPE,),
}

# Payment disputes need a scope, the rest of the disputes a marketplace: either makes these operations usable.
_DISPUTE_OPERATIONS = frozenset({"list_disputes", "get_dispute", "accept_dispute", "contest_dispute"})

_SIGNED_OPERATIONS = frozenset({"refund_order", "cancel_order"})
_KEY_HINT = "create a key with eBay's Key Management API and set signing_key_jwe and signing_private_key"


class EbayConnector(Connector[EbaySettings]):
    """eBay.

    Credentials: `user` (also `default`) acts for the seller who consented, `app` for the application.

    Args:
        account: Name of the account.
        settings: Its settings.
        now: The clock for expiry and signatures, in seconds since 1970.
    """

    name: ClassVar[str] = "ebay"
    title: ClassVar[str] = "eBay"
    settings_model: ClassVar[type[Settings]] = EbaySettings
    kinds: ClassVar[tuple[type[Kind], ...]] = (EbayOrders, EbayDisputes)
    checked: ClassVar[Mapping[str, Checked]] = {
        "list_orders": Checked.SPEC,
        "get_order": Checked.SPEC,
        "declare_shipment": Checked.SPEC,
        "list_declared_shipments": Checked.SPEC,
        "refund_order": Checked.SPEC,
        "cancel_order": Checked.UNVERIFIED,
        # Payment disputes are held against FUL; inquiries, returns, cases and cancellation requests are unverified.
        "list_disputes": Checked.SPEC,
        "get_dispute": Checked.SPEC,
        "accept_dispute": Checked.SPEC,
        "contest_dispute": Checked.SPEC,
        "add_evidence": Checked.SPEC,
    }

    consent_credential: ClassVar[str] = "user"

    def __init__(self, account: str, settings: EbaySettings) -> None:
        super().__init__(account, settings)
        self._notification_keys = KeyRing(self.seconds)

    def seconds(self) -> float:
        """The present in seconds since 1970."""
        return self.now().timestamp()

    def hosts(self) -> Mapping[str, str]:
        """`api`, `apiz` (identity and payment disputes) and `auth` (the consent page), by environment."""
        return _HOSTS[self.settings.environment]

    def token(self, credential: str, held: Token | None) -> Flow[Token] | None:
        """A user token from the refresh token, or an application token.

        Args:
            credential: `user`, `default` or `app`.
            held: The token until now.
        """
        if credential == "app":
            return application_token(self.settings, self.seconds)
        return refresh_user_token(self.settings, held, self.seconds)

    def consent_url(self, state: str, redirect_uri: str | None = None) -> str | None:  # noqa: ARG002 - the contract's
        """eBay's consent page; it leads back to the accept URL of the RuName, whatever the caller would like.

        Args:
            state: What comes back with the code.
            redirect_uri: Not used.

        Raises:
            InvalidSettings: The account has no `ru_name`.
        """
        return consent_url(self.settings, self.resolved_hosts()["auth"], self._ru_name(), state)

    def exchange_code(self, code: str, redirect_uri: str | None = None) -> Flow[Token] | None:  # noqa: ARG002
        """The user token of a consent.

        Args:
            code: The `code` of the accept URL.
            redirect_uri: Not used.

        Raises:
            InvalidSettings: The account has no `ru_name`.
        """
        return exchange_code(self.settings, code, self._ru_name(), self.seconds)

    def _ru_name(self) -> str:
        if self.settings.ru_name is None:
            raise InvalidSettings(
                "the account has no ru_name",
                hint="set ru_name to the keyset's RuName (developer.ebay.com, User Tokens)",
            )
        return self.settings.ru_name

    def expiries(self) -> Mapping[str, datetime]:
        """The signing key's end, where the settings tell it."""
        end = self.settings.signing_key_expires
        return {} if end is None else {"signing key": end}

    def sign(self, request: WireRequest, token: Token | None) -> WireRequest:
        """Puts in the token, and the digital signature where eBay asks for one and a key is there.

        Post-Order wants the scheme word `IAF` (eBay, Post-Order API, Making a Call); all else `Bearer`.

        Args:
            request: What will go out.
            token: The token of the step.

        Raises:
            InvalidSettings: The private key cannot be read.
        """
        if token is not None:
            scheme = "IAF" if _POST_ORDER in urlsplit(request.url).path else "Bearer"
            request = request.with_headers({"Authorization": f"{scheme} {token.access.get_secret_value()}"})
            key = self.signing_key
            if key is not None and (self.settings.sign_all or must_be_signed(request)):
                request = signed(request, key, int(self.seconds()))
        return request

    def classify(self, response: Response) -> Verdict:
        """Reads any of eBay's error bodies; a success is good whatever it warns of."""
        return classify(response)

    def support(self, operation: str) -> Support:
        """Narrows by consent, scopes and, for refunds and cancellations, by what a signature needs."""
        if self.settings.refresh_token is None:
            return Support(SupportLevel.NO, "the account has no refresh_token: the seller has not consented")
        needed = _NEEDED_SCOPES.get(operation)
        if needed is not None and not set(needed) & set(self.settings.scopes):
            return Support(SupportLevel.NO, f"the account's scopes lack {needed[0]}")
        if operation in _SIGNED_OPERATIONS:
            if self.lacks_signing_key:
                return Support(
                    SupportLevel.NO, f"eBay wants it signed for EU and UK sellers, and no key is set: {_KEY_HINT}"
                )
            if self.settings.signing_key_jwe is None and self.settings.seller_country is None:
                return Support(
                    SupportLevel.CONDITIONAL,
                    "for sellers in the EU or UK it needs a signing key; set seller_country to be told beforehand",
                )
        if operation == "cancel_order" and self.settings.environment == "sandbox":
            return Support(
                SupportLevel.CONDITIONAL, "eBay's own sandbox does not have the Post-Order cancellation calls"
            )
        if operation in _DISPUTE_OPERATIONS:
            return self._dispute_support(operation)
        return SUPPORTED

    def _dispute_support(self, operation: str) -> Support:
        payments = self.lacks_for(DisputeKind.PAYMENT_DISPUTE)
        others = self.lacks_for(DisputeKind.RETURN)
        if payments is not None and others is not None:
            return Support(SupportLevel.NO, f"{payments}; {others}")
        if payments is not None:
            return Support(SupportLevel.CONDITIONAL, f"not for payment disputes: {payments}")
        if others is not None:
            return Support(SupportLevel.CONDITIONAL, f"for payment disputes only: {others}")
        if operation in {"accept_dispute", "contest_dispute"} and self.lacks_signing_key:
            return Support(
                SupportLevel.CONDITIONAL, f"returns, inquiries and cancellations want a signature: {_KEY_HINT}"
            )
        if self.settings.environment == "sandbox":
            return Support(SupportLevel.CONDITIONAL, "eBay's own sandbox has no Post-Order calls")
        return SUPPORTED

    def lacks_for(self, kind: DisputeKind) -> str | None:
        """What a kind of dispute needs and the account has not; None where nothing is missing."""
        if kind is DisputeKind.PAYMENT_DISPUTE:
            return None if DISPUTE_SCOPE in self.settings.scopes else f"the account's scopes lack {DISPUTE_SCOPE}"
        if self.settings.marketplace is None:
            return "Post-Order wants a marketplace, and the settings name none: set marketplace, such as EBAY_GB"
        return None

    def read_notification(self, message: InboundMessage) -> Flow[tuple[Notification, ...]] | None:
        """Proves a message by its `X-EBAY-SIGNATURE` and reads it; asks eBay for the key about once an hour.

        Args:
            message: The request as it came in.

        Raises:
            NotificationRefused: As in the contract; `status` is 412 where the signature does not hold.
        """
        return read_notification(self.api, self._notification_keys, self.account, self.settings, message)

    def answer_challenge(self, message: InboundMessage) -> ChallengeAnswer | None:
        """Answers eBay's `challenge_code`.

        Args:
            message: The request as it came in.

        Raises:
            InvalidSettings: `verification_token` and `notification_endpoint` are not set.
        """
        return answer_challenge(self.settings, message)

    def whoami(self) -> Flow[Identity] | None:
        """Asks the Identity API; None without its scope."""
        if IDENTITY_SCOPE not in self.settings.scopes or self.settings.refresh_token is None:
            return None
        return self._whoami()

    def _whoami(self) -> Flow[Identity]:
        # commerce_identity_v1 OpenAPI, getUser; the path ends in a slash there.
        response = yield from self.api.read("GET", "/commerce/identity/v1/user/", host="apiz", credential="user")
        user = response.object()
        return Identity(
            id=user.text("userId"),
            name=user.text_or_none("username"),
            detail=user.text_or_none("registrationMarketplaceId"),
        )

    @cached_property
    def signing_key(self) -> SigningKey | None:
        """The account's signing key.

        Raises:
            InvalidSettings: The private key cannot be read.
        """
        jwe, private = self.settings.signing_key_jwe, self.settings.signing_private_key
        return None if jwe is None or private is None else SigningKey.load(jwe, private.get_secret_value())

    @property
    def lacks_signing_key(self) -> bool:
        """Whether eBay would refuse this seller's refunds and cancellations for want of a signature."""
        return self.settings.signing_key_jwe is None and self.settings.seller_country in SIGNATURE_COUNTRIES

    def require_signature(self) -> None:
        """Stops a call that eBay would refuse unsigned, before anything is sent.

        Raises:
            InvalidSettings: A signature is needed and no key is set, or the key cannot be read.
        """
        if self.lacks_signing_key:
            raise InvalidSettings("eBay wants this call signed for EU and UK sellers", hint=_KEY_HINT)
        _ = self.signing_key
