"""The page at `/`: the sandbox in a browser, made of the admin API and nothing else.

Static files without any foreign resource. What the simulators hold is other people's text: the script puts it into the
page as text, never as markup, and the policy below would let nothing else run.
"""

from __future__ import annotations

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_FILES = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
}


def page_routes() -> list[Route]:
    """Return the routes of the page."""
    return [_route(path, name, kind) for path, (name, kind) in _FILES.items()]


def _route(path: str, name: str, kind: str) -> Route:
    content = files(__name__).joinpath(name).read_bytes()

    async def give(request: Request) -> Response:  # noqa: ARG001 - starlette hands it over
        return Response(content, media_type=kind, headers=_HEADERS)

    return Route(path, give, methods=["GET"])
