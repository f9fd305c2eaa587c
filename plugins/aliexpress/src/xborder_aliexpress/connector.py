"""AliExpress as a connector: hosts, tokens, signatures, the meaning of answers and what an account may do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from pydantic import SecretStr

from xborder_aliexpress import answers, gateways, online_support, tokens
from xborder_aliexpress.calls import Calls
from xborder_aliexpress.disputes import AliexpressDisputes
from xborder_aliexpress.hand_over import OnlineHandOver
from xborder_aliexpress.online_orders import OnlineOrders
from xborder_aliexpress.online_papers import OnlinePapers
from xborder_aliexpress.online_tracking import OnlineTracking
from xborder_aliexpress.order_papers import PlatformTax
from xborder_aliexpress.orders import AliexpressOrders
from xborder_aliexpress.settings import AliexpressSettings
from xborder_aliexpress.shipment_checks import shipment_holds
from xborder_sdk.errors import InvalidSettings
from xborder_sdk.hookspecs import (
    SUPPORTED,
    Checked,
    Connector,
    Identity,
    Settings,
    ShipmentDetails,
    Support,
    SupportLevel,
    Token,
    Verdict,
)
from xborder_sdk.hookspecs.kind import Kind
from xborder_sdk.models import Hold
from xborder_sdk.steps import Flow, Response, WireRequest


class AliexpressConnector(Connector[AliexpressSettings]):
    """AliExpress.

    Args:
        account: Name of the account.
        settings: Its settings.
    """

    name: ClassVar[str] = "aliexpress"
    title: ClassVar[str] = "AliExpress"
    settings_model: ClassVar[type[Settings]] = AliexpressSettings
    kinds: ClassVar[tuple[type[Kind], ...]] = (
        AliexpressOrders,
        OnlineOrders,
        OnlinePapers,
        OnlineHandOver,
        OnlineTracking,
        AliexpressDisputes,
    )
    checked: ClassVar[Mapping[str, Checked]] = {
        # Names and types of every parameter and field are held against the vendor's SDK and metadata. What the texts
        # beside them leave open is in the README.
        "list_orders": Checked.SPEC,
        "get_order": Checked.SPEC,
        "declare_shipment": Checked.SPEC,
        "list_declared_shipments": Checked.SPEC,
        "amend_shipment": Checked.SPEC,
        "cancel_order": Checked.SPEC,
        "list_messages": Checked.SPEC,
        "list_reviews": Checked.SPEC,
        "reply_review": Checked.SPEC,
        "review_buyer": Checked.SPEC,
        # The SDK calls the answer a map and tells nothing of what is in it.
        "send_message": Checked.UNVERIFIED,
        **online_support.CHECKED,
    }

    def __init__(self, account: str, settings: AliexpressSettings) -> None:
        super().__init__(account, settings)
        self.calls = Calls(settings)
        self.platform_tax = PlatformTax(self._present)

    def _present(self) -> datetime:
        return self.now()  # the client puts its own clock in later

    def hosts(self) -> Mapping[str, str]:
        """`api`, the gateway of today, and `top`, the older one."""
        return gateways.HOSTS

    def token(self, credential: str, held: Token | None) -> Flow[Token] | None:  # noqa: ARG002 - there is one
        """A token from the refresh token, or the one of the settings.

        Args:
            credential: Not used: an account has one token.
            held: The token until now.
        """
        return self._token(held)

    def _token(self, held: Token | None) -> Flow[Token]:
        given = self.settings.access_token
        if given is not None and self.settings.refresh_token is None:
            yield from ()
            return Token(access=given)
        return (yield from tokens.refresh(self.settings, held, self.now))

    def credential_key(self, credential: str) -> str:
        """Digest of what a stored token depends on; no other setting may cost the account its young refresh token."""
        settings = self.settings
        secrets = (settings.app_secret, settings.refresh_token, settings.access_token)
        parts = [self.name, credential, settings.gateway, settings.app_key, *sorted(self.resolved_hosts().values())]
        parts += [each.get_secret_value() if isinstance(each, SecretStr) else "" for each in secrets]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def consent_url(self, state: str, redirect_uri: str | None = None) -> str | None:
        """The page on which the seller consents; it leads back to the registered callback.

        Args:
            state: What comes back with the code.
            redirect_uri: The callback; None for the one of the settings.

        Raises:
            InvalidSettings: There is no callback, or the account uses the older gateway.
        """
        self._must_consent_here()
        callback = redirect_uri or self.settings.redirect_uri
        if callback is None:
            raise InvalidSettings(
                "the account has no redirect_uri",
                hint="set redirect_uri to the callback URL exactly as the application has it in the console",
            )
        return tokens.consent_url(self.settings, self.resolved_hosts()["api"], state, callback)

    def exchange_code(self, code: str, redirect_uri: str | None = None) -> Flow[Token] | None:  # noqa: ARG002
        """The token of a consent.

        Args:
            code: The `code` of the callback.
            redirect_uri: Not used: the call does not ask for it.

        Raises:
            InvalidSettings: The account uses the older gateway.
        """
        self._must_consent_here()
        return tokens.exchange_code(code, self.now)

    def _must_consent_here(self) -> None:
        if self.settings.gateway == "top":
            raise InvalidSettings(
                "the older gateway's consent is not offered here",
                hint="set access_token to the session that the application's own login gave",
            )

    def expiries(self) -> Mapping[str, datetime]:
        """The seller's consent, where the settings tell when it ends."""
        end = self.settings.refresh_token_expires
        return {} if end is None else {"seller's consent": end}

    def sign(self, request: WireRequest, token: Token | None) -> WireRequest:
        """Puts in the common parameters, the token and the signature, all in the query.

        Args:
            request: What will go out.
            token: The token of the step.
        """
        return gateways.signed(request, self.settings, self.resolved_hosts(), token, self.now())

    def classify(self, response: Response) -> Verdict:
        """Reads the error envelopes of both gateways."""
        return answers.classify(response)

    def support(self, operation: str) -> Support:
        """Nothing without the seller's consent; says why the platform has no refunds by the seller."""
        if operation == "refund_order":
            return Support(
                SupportLevel.NO,
                "AliExpress has no call by which a seller sends money back: agree to a refund in the dispute",
            )
        if self.settings.refresh_token is None and self.settings.access_token is None:
            return Support(SupportLevel.NO, "the seller has not consented: run xborder login, or set access_token")
        if operation == "cancel_order":
            return Support(
                SupportLevel.CONDITIONAL, "AliExpress lets a seller cancel only what the buyer asks to cancel"
            )
        return online_support.SUPPORT.get(operation, SUPPORTED)

    def check_shipment(self, request: ShipmentDetails) -> tuple[Hold, ...]:
        """Reasons why online shipping cannot take a shipment."""
        return tuple(shipment_holds(request, self.account, self.settings))

    def whoami(self) -> Flow[Identity] | None:
        """Asks for the shop's profile, by the call of the account's family."""
        if self.settings.refresh_token is None and self.settings.access_token is None:
            return None
        return self._whoami()

    def _whoami(self) -> Flow[Identity]:
        if self.settings.order_list == "solution":
            shop = (yield from self.calls.read("aliexpress.solution.merchant.profile.get", {})).body
            return Identity(
                id=shop.text_or_none("merchant_login_id") or shop.text("shop_id"),
                name=shop.text_or_none("shop_name"),
                detail=shop.text_or_none("country_code"),
            )
        seller = (yield from self.calls.read("aliexpress.merchant.profile.get", {})).body.child("profile")
        return Identity(id=seller.text("seller_id"), detail=seller.text_or_none("country"))
