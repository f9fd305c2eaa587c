"""How much of an untrusted document is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for documents that come from outside.

    Attributes:
        data_bytes: Largest document as received.
        pages: Most pages in one document.
        pixels: Largest picture, in or out, in pixels.
        inflated_bytes: Most bytes that all compressed streams of a document may unpack to.
    """

    data_bytes: int = 20_000_000
    pages: int = 500
    pixels: int = 60_000_000
    inflated_bytes: int = 300_000_000


DEFAULT_LIMITS = Limits()
