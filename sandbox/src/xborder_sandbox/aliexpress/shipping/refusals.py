"""How the logistics APIs say no: inside a good envelope."""

from __future__ import annotations

# The vendor publishes no error codes for these APIs; -1 is what its samples of a failure have. Texts are our own.
REFUSED = -1


class Refused(Exception):
    """A business refusal; its text becomes the answer's error description."""
