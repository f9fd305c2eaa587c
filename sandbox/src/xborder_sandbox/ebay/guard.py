"""Who is calling, and may they: the check every API call passes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request

from xborder_sandbox.clock import Clock
from xborder_sandbox.ebay.errors import ApiError, rest_error
from xborder_sandbox.ebay.tokens import AccessToken, Seller, Tokens


@dataclass
class Guard:
    """Checks access tokens."""

    tokens: Tokens
    clock: Clock

    def seller(self, request: Request, scopes: Iterable[str], scheme: str = "Bearer") -> Seller:
        """Return the seller a user token speaks for.

        Args:
            request: The call.
            scopes: The token needs one of these; empty asks for none.
            scheme: The word before the token in the Authorization header.

        Raises:
            ApiError: 401 for a token that is missing, unknown or expired; 403 for a token without the
                scope, or without a user.
        """
        token = self._token(request, scopes, scheme)
        if token.seller is None:
            raise self._forbidden()
        return self.tokens.sellers[token.seller]

    def application(self, request: Request, scopes: Iterable[str]) -> None:
        """Let an application token pass (a user token holds no application scope grant here).

        Raises:
            ApiError: As `seller`; 403 for a user token.
        """
        if self._token(request, scopes, "Bearer").seller is not None:
            raise self._forbidden()

    def anyone(self, request: Request, of_application: Iterable[str], of_user: Iterable[str]) -> str | None:
        """Return the account a user token speaks for; None for an application token.

        Args:
            request: The call.
            of_application: An application token needs one of these scopes.
            of_user: A user token needs one of these.

        Raises:
            ApiError: As `seller`.
        """
        token = self._token(request, (), "Bearer")
        wanted = set(of_application if token.seller is None else of_user)
        if not wanted & token.scopes:
            raise self._forbidden()
        return token.seller

    def _token(self, request: Request, scopes: Iterable[str], scheme: str) -> AccessToken:
        word, _, value = request.headers.get("authorization", "").partition(" ")
        token = self.tokens.access.get(value.strip()) if word.lower() == scheme.lower() else None
        if token is None or token.expires <= self.clock.now():
            # Number and domain as probed against the live service (reference, section 1).
            raise rest_error(
                401,
                1001,
                "OAuth",
                "REQUEST",
                "Invalid access token",
                long_message="Invalid access token. Check the value of the Authorization HTTP request header.",
            )
        wanted = set(scopes)
        if wanted and not wanted & token.scopes:
            raise self._forbidden()
        return token

    @staticmethod
    def _forbidden() -> ApiError:
        return rest_error(
            403,
            1100,
            "ACCESS",
            "REQUEST",
            "Access denied",
            long_message="Insufficient permissions to fulfill the request.",
        )
