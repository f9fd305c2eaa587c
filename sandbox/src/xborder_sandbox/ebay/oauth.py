"""The token endpoint and the consent page (OAuth guide; error bodies as in the reference)."""

from __future__ import annotations

import base64
import binascii
import hmac
from html import escape
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from xborder_sandbox.clock import Clock
from xborder_sandbox.ebay.errors import json_response, oauth_error
from xborder_sandbox.ebay.tokens import ACCESS_SECONDS, CODE_SECONDS, REFRESH_SECONDS, Seller, Tokens
from xborder_sandbox.ebay.words import APPLICATION_SCOPES, SELLER_SCOPES
from xborder_sandbox.requests import Json


class OAuth:
    """OAuth 2.0 as eBay speaks it."""

    def __init__(self, tokens: Tokens, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock

    def token_routes(self) -> list[Route]:
        """Return the routes below api.ebay.com."""
        return [Route("/identity/v1/oauth2/token", self.token, methods=["POST"])]

    def consent_routes(self) -> list[Route]:
        """Return the routes below auth.ebay.com."""
        return [
            Route("/oauth2/authorize", self.ask, methods=["GET"]),
            Route("/oauth2/authorize", self.agree, methods=["POST"]),
            Route("/thanks", self.thanks, methods=["GET"]),
        ]

    async def token(self, request: Request) -> Response:
        """Give out a token."""
        self._check_client(request)
        content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if content_type != "application/x-www-form-urlencoded":
            raise oauth_error("invalid_request", "the body has to be application/x-www-form-urlencoded")
        try:
            pairs = parse_qsl((await request.body()).decode("ascii"), keep_blank_values=True)
        except UnicodeDecodeError as error:
            raise oauth_error("invalid_request", "the body is not a form") from error
        form = dict(pairs)
        if len(form) != len(pairs):
            raise oauth_error("invalid_request", "a parameter occurs twice")
        grant = form.get("grant_type", "")
        if grant == "authorization_code":
            return self._by_code(form)
        if grant == "refresh_token":
            return self._by_refresh(form)
        if grant == "client_credentials":
            return self._for_application(form)
        raise oauth_error("unsupported_grant_type", "the grant type in the request is not supported")

    def _check_client(self, request: Request) -> None:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(value.strip(), validate=True)
        except (binascii.Error, ValueError):
            given = b""
        expected = f"{self._tokens.client_id}:{self._tokens.client_secret}".encode()
        if scheme.lower() != "basic" or not hmac.compare_digest(given, expected):
            raise oauth_error("invalid_client", "client authentication failed", 401)

    def _by_code(self, form: dict[str, str]) -> Response:
        now = self._clock.now()
        if form.get("redirect_uri") != self._tokens.ru_name:
            raise oauth_error("invalid_request", "redirect_uri has to be the RuName of the keyset")
        code = self._tokens.codes.pop(form.get("code", ""), None)
        if code is None or code.expires <= now:
            raise oauth_error("invalid_grant", "the authorization code is invalid or has expired")
        seller = self._tokens.sellers[code.seller]
        refresh = self._tokens.give_refresh(seller, code.scopes, now)
        return self._user_token(seller, code.scopes, refresh)

    def _by_refresh(self, form: dict[str, str]) -> Response:
        now = self._clock.now()
        token = form.get("refresh_token", "")
        held = self._tokens.refresh.get(token)
        if held is None or not held.alive or held.expires <= now:
            raise oauth_error(
                "invalid_grant",
                "the provided authorization refresh token is invalid or was issued to another client",
            )
        scopes = held.scopes
        if "scope" in form:
            scopes = frozenset(form["scope"].split())
            if not scopes or not scopes <= held.scopes:
                raise oauth_error("invalid_scope", "the requested scope exceeds what the seller granted")
        seller = self._tokens.sellers[held.seller]
        successor = self._tokens.rotate(token, seller, now) if seller.rotate else None
        return self._user_token(seller, scopes, successor)

    def _user_token(self, seller: Seller, scopes: frozenset[str], refresh: str | None) -> Response:
        body: dict[str, Json] = {
            "access_token": self._tokens.give_access(seller, scopes, self._clock.now()),
            "expires_in": ACCESS_SECONDS,
            "token_type": "User Access Token",
        }
        if refresh is not None:
            body["refresh_token"] = refresh
            body["refresh_token_expires_in"] = REFRESH_SECONDS
        return json_response(body)

    def _for_application(self, form: dict[str, str]) -> Response:
        scopes = frozenset(form.get("scope", "").split())
        if not scopes or not scopes <= set(APPLICATION_SCOPES):
            raise oauth_error("invalid_scope", "the requested scope is invalid, unknown or not granted")
        body: dict[str, Json] = {
            "access_token": self._tokens.give_access(None, scopes, self._clock.now()),
            "expires_in": ACCESS_SECONDS,
            "token_type": "Application Access Token",
        }
        return json_response(body)

    async def ask(self, request: Request) -> Response:
        """Show the consent page; with `auto_consent` set, agree at once."""
        query = dict(request.query_params)
        refusal = self._refuse_consent(query)
        if refusal is not None:
            return HTMLResponse(f"<!DOCTYPE html><title>Error</title><p>{escape(refusal)}</p>", 400)
        if self._tokens.auto_consent is not None:
            return self._redirect(query, self._tokens.auto_consent)
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in query.items()
        )
        buttons = "".join(
            f'<button name="seller" value="{escape(seller.account)}">Agree as {escape(seller.username)}</button> '
            for seller in self._tokens.sellers.values()
        )
        wishes = "".join(f"<li>{escape(scope)}</li>" for scope in query["scope"].split())
        return HTMLResponse(
            "<!DOCTYPE html><title>Grant access</title><h1>An application asks for access</h1>"
            f'<ul>{wishes}</ul><form method="post">{hidden}{buttons}</form>'
        )

    async def agree(self, request: Request) -> Response:
        """Take the seller's consent and send the browser back with a code."""
        try:
            form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        except UnicodeDecodeError:
            form = {}
        refusal = self._refuse_consent(form)
        if refusal is None and form.get("seller") not in self._tokens.sellers:
            refusal = "There is no such seller."
        if refusal is not None:
            return HTMLResponse(f"<!DOCTYPE html><title>Error</title><p>{escape(refusal)}</p>", 400)
        return self._redirect(form, form["seller"])

    async def thanks(self, request: Request) -> Response:
        """Be the page behind the RuName, unless another was set."""
        names = ", ".join(sorted(request.query_params))
        return HTMLResponse(f"<!DOCTYPE html><title>Thank you</title><p>Received: {escape(names)}</p>")

    def _refuse_consent(self, query: dict[str, str]) -> str | None:
        if query.get("client_id") != self._tokens.client_id:
            return "The client_id is unknown."
        if query.get("redirect_uri") != self._tokens.ru_name:
            return "The redirect_uri has to be the RuName of the keyset."
        if query.get("response_type") != "code":
            return "The response_type has to be code."
        scopes = query.get("scope", "").split()
        if not scopes or not set(scopes) <= set(SELLER_SCOPES):
            return "The scope is missing, or one of the scopes is unknown."
        return None

    def _redirect(self, query: dict[str, str], account: str) -> Response:
        seller = self._tokens.sellers[account]
        code = self._tokens.give_code(seller, frozenset(query["scope"].split()), self._clock.now())
        answer = {"code": code, "expires_in": str(CODE_SECONDS)}
        if "state" in query:
            answer["state"] = query["state"]
        # A relative address keeps to the host the browser used.
        target = self._tokens.accept_url or "../thanks"
        joint = "&" if "?" in target else "?"
        return RedirectResponse(f"{target}{joint}{urlencode(answer)}", 302)
