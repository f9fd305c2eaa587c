"""The page on which a seller agrees (AliExpress reference, section 1.4)."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from xborder_sandbox.aliexpress.shop import Shop


class Consent:
    """`/oauth/authorize`: asks, and sends the browser back with a code.

    Args:
        shop: Whose sellers are asked.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def routes(self) -> list[Route]:
        """Return the routes below api-sg.aliexpress.com."""
        return [
            Route("/oauth/authorize", self.ask, methods=["GET"]),
            Route("/oauth/authorize", self.agree, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """Show the page; with `auto_consent` set, agree at once."""
        query = dict(request.query_params)
        refusal = self._refuse(query)
        if refusal is not None:
            return _error(refusal)
        tokens = self._shop.tokens
        if tokens.auto_consent is not None:
            return self._back(query, tokens.auto_consent)
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in query.items()
        )
        buttons = "".join(
            f'<button name="seller" value="{escape(seller.account)}">Agree as {escape(seller.login)}</button> '
            for seller in tokens.sellers.values()
        )
        return HTMLResponse(
            "<!DOCTYPE html><title>Authorize</title><h1>An application asks for access to your shop</h1>"
            f'<form method="post">{hidden}{buttons}</form>'
        )

    async def agree(self, request: Request) -> Response:
        """Take the seller's consent."""
        try:
            form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        except UnicodeDecodeError:
            form = {}
        refusal = self._refuse(form)
        if refusal is None and form.get("seller") not in self._shop.tokens.sellers:
            refusal = "There is no such seller."
        return _error(refusal) if refusal is not None else self._back(form, form["seller"])

    def _refuse(self, query: dict[str, str]) -> str | None:
        if query.get("client_id") != self._shop.tokens.app_key:
            return "The client_id is unknown."
        if query.get("response_type") != "code":
            return "The response_type has to be code."
        target = urlsplit(query.get("redirect_uri", ""))
        if target.scheme not in ("http", "https") or not target.netloc:
            return "The redirect_uri has to be the application's callback address."
        return None

    def _back(self, query: dict[str, str], account: str) -> Response:
        with self._shop.lock:
            tokens = self._shop.tokens
            code = tokens.give_code(tokens.sellers[account], query.get("uuid", ""), self._shop.now)
        answer = {"code": code}
        if "state" in query:
            answer["state"] = query["state"]
        target = query["redirect_uri"]
        return RedirectResponse(f"{target}{'&' if '?' in target else '?'}{urlencode(answer)}", 302)


def _error(text: str) -> Response:
    return HTMLResponse(f"<!DOCTYPE html><title>Error</title><p>{escape(text)}</p>", 400)
