"""The Key Management API (developer_key_management_v1)."""

from __future__ import annotations

import asyncio
import base64
import json

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.errors import json_response, key_error
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.signature import SigningKey, private_key_text, public_key_text
from xborder_sandbox.ebay.signing import Signing
from xborder_sandbox.ebay.words import BASE
from xborder_sandbox.requests import Json

_PATH = "/developer/key_management/v1/signing_key"


class SigningKeys:
    """The signing_key resource."""

    def __init__(self, guard: Guard, signing: Signing) -> None:
        self._guard = guard
        self._signing = signing

    def routes(self) -> list[Route]:
        """Return the routes below apiz.ebay.com."""
        return [
            Route(_PATH, self.get_all, methods=["GET"]),
            Route(_PATH, self.create, methods=["POST"]),
            Route(_PATH + "/{key_id}", self.get, methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """Answer createSigningKey; the only answer that has the private key."""
        self._guard.application(request, (BASE,))
        try:
            body = json.loads(await request.body())
        except ValueError as error:
            raise key_error(210006) from error
        if not isinstance(body, dict):
            raise key_error(210006)
        cipher = body.get("signingKeyCipher")
        now = self._signing.clock.now()
        if cipher == "ED25519":
            pair = self._signing.draw_ed25519()
            key = self._signing.add(cipher, pair.public_key(), now)
            private = private_key_text(pair)
        elif cipher == "RSA":
            rsa_pair = await asyncio.to_thread(rsa.generate_private_key, 65537, 2048)
            key = self._signing.add(cipher, rsa_pair.public_key(), now)
            private = base64.b64encode(
                rsa_pair.private_bytes(
                    serialization.Encoding.DER,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            ).decode()
        else:
            raise key_error(210001)
        return json_response({**_picture(key), "privateKey": private})

    async def get_all(self, request: Request) -> Response:
        """Answer getSigningKeys."""
        self._guard.application(request, (BASE,))
        keys: list[Json] = [_picture(key) for key in self._signing.keys.values()]
        return json_response({"signingKeys": keys})

    async def get(self, request: Request) -> Response:
        """Answer getSigningKey."""
        self._guard.application(request, (BASE,))
        wanted = request.path_params["key_id"]
        for key in self._signing.keys.values():
            if key.key_id == wanted:
                return json_response(_picture(key))
        raise key_error(210002, wanted)


def _picture(key: SigningKey) -> dict[str, Json]:
    return {
        "signingKeyId": key.key_id,
        "signingKeyCipher": key.cipher,
        "publicKey": public_key_text(key.public),
        "jwe": key.jwe,
        "creationTime": int(key.created.timestamp()),
        "expirationTime": int(key.expires.timestamp()),
    }
