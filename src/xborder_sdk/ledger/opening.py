"""Opens a store by its name in a configuration."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from xborder_sdk.errors import ConfigurationError
from xborder_sdk.ledger.port import Store

_POSTGRES = ("postgresql", "postgres")
_HINT = "name a file, `sqlite:///file`, `sqlite:////absolute/file` or `postgresql://user@host/database`"


def open_store(url_or_path: str) -> Store:
    """Opens the store a configuration names. Nothing is read, written or connected to before its first use.

    Args:
        url_or_path: A file path, `sqlite:///relative/file`, `sqlite:////absolute/file`, or a `postgresql://` URL as
            libpq reads it; a password may also come from libpq's own places (`PGPASSFILE`, `PGSERVICE`).

    Raises:
        ConfigurationError: It names no store.
        MissingExtra: PostgreSQL is named and its driver is not installed.
    """
    scheme, separator, _ = url_or_path.partition("://")
    if not separator:
        return _file(url_or_path)
    if scheme == "sqlite":
        parts = urlsplit(url_or_path)
        if parts.netloc or parts.query or parts.fragment:
            raise ConfigurationError("a sqlite URL holds three slashes and a path, nothing else", hint=_HINT)
        return _file(unquote(parts.path.removeprefix("/")))
    if scheme in _POSTGRES:
        from xborder_sdk.ledger.postgres import PostgresStore

        return PostgresStore(url_or_path)
    raise ConfigurationError("the ledger's URL has a scheme that is not known", hint=_HINT)


def _file(path: str) -> Store:
    from xborder_sdk.ledger.sqlite import SqliteStore

    if not path:
        raise ConfigurationError("the ledger's path is empty", hint=_HINT)
    if path == ":memory:":
        raise ConfigurationError(
            "a ledger in memory forgets what was bought when the process ends",
            hint="name a file; tests use SqliteStore(None)",
        )
    return SqliteStore(Path(path))
