"""Which calls have to be signed, and whether one is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from starlette.requests import Request

from xborder_sandbox.clock import Clock
from xborder_sandbox.ebay.errors import rest_error
from xborder_sandbox.ebay.signature import BadSignatureError, SignedCall, SigningKey, verify
from xborder_sandbox.ebay.tokens import Seller
from xborder_sandbox.ebay.words import SIGNING_COUNTRIES

KEY_LIFETIME = timedelta(days=3 * 365)


@dataclass
class Signing:
    """The signing keys there are, and the check of calls."""

    clock: Clock
    random: Random
    keys: dict[str, SigningKey] = field(default_factory=dict)

    def add(self, cipher: str, public: Ed25519PublicKey | rsa.RSAPublicKey, created: datetime) -> SigningKey:
        """Keep the public half of a key pair and draw its JWE."""
        key = SigningKey(
            key_id=f"{self.random.getrandbits(128):032x}",
            cipher=cipher,
            public=public,
            # Opaque to the caller; five parts like a real one.
            jwe=".".join(["sandbox-jwe", *(f"{self.random.getrandbits(96):024x}" for _ in range(4))]),
            created=created,
            expires=created + KEY_LIFETIME,
        )
        self.keys[key.jwe] = key
        return key

    def draw_ed25519(self) -> Ed25519PrivateKey:
        """Return a key pair that depends on the seed alone."""
        return Ed25519PrivateKey.from_private_bytes(self.random.randbytes(32))

    async def check(self, request: Request, seller: Seller) -> None:
        """Refuse a call that has to be signed and is not, or not well.

        Raises:
            ApiError: 400 with 215122, domain ACCESS. The number is seen in public threads of eBay's SDKs;
                the status is unverified.
        """
        enforced = request.headers.get("x-ebay-enforce-signature", "").lower() == "true"
        if seller.domicile not in SIGNING_COUNTRIES and not enforced:
            return
        call = SignedCall(
            method=request.method,
            path=request.scope["raw_path"].split(b"?")[0].decode("ascii"),
            authority=request.headers.get("host", ""),
            headers=request.headers,
            body=await request.body(),
        )
        try:
            verify(call, self.keys, self.clock.now())
        except BadSignatureError as error:
            raise rest_error(
                400,
                215122,
                "ACCESS",
                "REQUEST",
                "Signature validation failed",
                long_message="Signature validation failed to fulfill the request.",
                parameters={"reason": str(error)},
            ) from error
