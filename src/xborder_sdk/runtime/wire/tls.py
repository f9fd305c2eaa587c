"""Which authorities are trusted. Checking cannot be switched off."""

from __future__ import annotations

import os
import ssl
import threading

from xborder_sdk.errors import InvalidSettings


class Tls:
    """One TLS context for all connections, made when the first is needed (it takes some 20 ms)."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        if context is not None and (context.verify_mode is not ssl.CERT_REQUIRED or not context.check_hostname):
            raise InvalidSettings(
                "the TLS context does not check certificates and host names",
                hint="add your authority's certificate to the context instead of switching the check off",
            )
        self._context = context
        self._lock = threading.Lock()

    def get(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                self._context = _default_context()
            return self._context


def _default_context() -> ssl.SSLContext:
    """The authorities that the HTTP library would trust: those of the environment, else those it ships with."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return ssl.create_default_context(cafile=file or None, capath=None if file else folder)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
