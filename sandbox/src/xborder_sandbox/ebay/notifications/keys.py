"""The keys that notifications are signed with, and the X-EBAY-SIGNATURE header."""

from __future__ import annotations

import base64
import json
import uuid
from random import Random

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from xborder_sandbox.ebay.order import Document

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the group P-256

DIGESTS: dict[str, hashes.HashAlgorithm] = {"SHA1": hashes.SHA1(), "SHA256": hashes.SHA256()}  # noqa: S303 - eBay's


class SigningPair:
    """An ECDSA key pair with its id and the digest it is used with.

    Args:
        random: Where id and key come from.
        digest: `SHA1` or `SHA256`.
    """

    def __init__(self, random: Random, digest: str) -> None:
        self.kid = str(uuid.UUID(int=random.getrandbits(128), version=4))
        self.digest = digest
        self._private = ec.derive_private_key(random.randrange(1, _ORDER), ec.SECP256R1())

    def public_key(self) -> Document:
        """Return a PublicKey; the PEM stands on one line, as in eBay's vectors."""
        pem = self._private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {"key": pem.decode().replace("\n", ""), "algorithm": "ECDSA", "digest": self.digest}

    def header(self, body: bytes, *, digest: str | None = None, kid: str | None = None) -> str:
        """Return the value of X-EBAY-SIGNATURE for a body.

        Args:
            body: What is signed.
            digest: Sign with another digest than the key's.
            kid: Name another key than the one that signs.
        """
        used = DIGESTS[digest or self.digest]
        signature = base64.b64encode(self._private.sign(body, ec.ECDSA(used))).decode()
        parts = {"alg": "ecdsa", "kid": kid or self.kid, "signature": signature, "digest": self.digest}
        return base64.b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode()


class Keys:
    """One key per digest, and one that nobody publishes."""

    def __init__(self, random: Random) -> None:
        self._pairs = {digest: SigningPair(random, digest) for digest in DIGESTS}
        self._strangers = {digest: SigningPair(random, digest) for digest in DIGESTS}

    def of(self, digest: str) -> SigningPair:
        """Return the key that signs with this digest."""
        return self._pairs[digest]

    def stranger(self, digest: str) -> SigningPair:
        """Return a key that is not eBay's."""
        return self._strangers[digest]

    def find(self, kid: str) -> SigningPair | None:
        """Return the published key of this id."""
        return next((pair for pair in self._pairs.values() if pair.kid == kid), None)
