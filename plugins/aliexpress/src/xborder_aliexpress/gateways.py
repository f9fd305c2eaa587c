"""The two gateways: where a call goes, which parameters every call carries, and how it is signed. Pure functions.

Sources: the official IOP Java SDK 1.3.5-ae (TopExecutor, GopExecutor) and the vendor's signature page (article 120693);
for the older gateway its calling page (article 118934) and the vendor's PHP SDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from xborder_aliexpress.settings import AliexpressSettings
from xborder_sdk.hookspecs import Token
from xborder_sdk.signing import ParameterDigest, parameter_signature
from xborder_sdk.steps import WireRequest

HOSTS: Final = {"api": "https://api-sg.aliexpress.com", "top": "https://eco.taobao.com"}
SYNC: Final = "/sync"
REST: Final = "/rest"
ROUTER: Final = "/router/rest"
"""The only path of the older gateway."""

_FORM = "application/x-www-form-urlencoded"
FORM: Final = f"{_FORM};charset=UTF-8"
"""As the vendor's SDK names it."""
_CHINA = timezone(timedelta(hours=8))  # article 118934: `timestamp` of the older gateway is GMT+8
_TOP_DIGESTS = {"md5": ParameterDigest.MD5, "hmac": ParameterDigest.HMAC_MD5}
_OURS = frozenset({"app_key", "timestamp", "sign_method", "sign", "session", "access_token"})


def endpoint(settings: AliexpressSettings) -> tuple[str, str]:
    """Name of the host and path that business calls go to."""
    return ("top", ROUTER) if settings.gateway == "top" else ("api", SYNC)


def signed(
    request: WireRequest,
    settings: AliexpressSettings,
    hosts: Mapping[str, str],
    token: Token | None,
    now: datetime,
) -> WireRequest:
    """A request with the common parameters and the signature, both in its query as the vendor's SDK puts them.

    Args:
        request: What will go out.
        settings: The account's settings.
        hosts: Base URLs, by which the API path is told from the base of a gateway behind another address.
        token: The token; None for calls that need none.
        now: The present, aware.
    """
    parts = urlsplit(request.url)
    given = parse_qsl(parts.query, keep_blank_values=True)
    path = parts.path.removeprefix(urlsplit(hosts["api"]).path.rstrip("/"))
    session = {} if token is None else {"session": token.access.get_secret_value()}
    if parts.path.endswith(ROUTER):
        prefix, digest = "", _TOP_DIGESTS[settings.top_sign_method]
        stamp = now.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S")
        common = {"v": "2.0", "format": "json", "simplify": "true"}
        own = {"sign_method": settings.top_sign_method, "timestamp": stamp} | session
    else:
        digest = ParameterDigest.HMAC_SHA256
        own = {"sign_method": "sha256", "timestamp": str(int(now.timestamp() * 1000))}
        if path.startswith(REST + "/"):
            prefix, common = path.removeprefix(REST), {}
            own |= {} if token is None else {"access_token": token.access.get_secret_value()}
        else:
            prefix, common = "", {"v": "2.0", "format": "json", "simplify": "true"}
            own |= session
    query = [(name, value) for name, value in given if name not in _OURS]
    named = {name for name, _ in query}
    query += [pair for pair in common.items() if pair[0] not in named]
    query += [("app_key", settings.app_key), *own.items()]
    signature = parameter_signature(
        query + _form(request), settings.app_secret.get_secret_value(), digest=digest, path=prefix
    )
    url = urlunsplit(parts._replace(query=urlencode([*query, ("sign", signature)])))
    return WireRequest(request.method, url, request.headers, request.content)


def form(fields: Mapping[str, str]) -> bytes:
    """The business parameters as a body of type `FORM`.

    Args:
        fields: Texts by name.
    """
    return urlencode(fields).encode()


def _form(request: WireRequest) -> list[tuple[str, str]]:
    """The text parameters of the body. A body of files has none: its texts travel in the query."""
    if not (request.header("content-type") or "").lower().startswith(_FORM):
        return []
    return parse_qsl(request.content.decode(), keep_blank_values=True)
