"""Karavel: its signature, and its faults inside a good status."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from pydantic import SecretStr
from tests.testing.karavel import wire
from tests.testing.karavel.disputes import KaravelDisputes, KaravelParcels

from xborder_sdk.errors import Conflict, MalformedResponse, NotFound, Refused
from xborder_sdk.hookspecs import GOOD, Connector, Meaning, Settings, Token, Verdict, verdict_from_status
from xborder_sdk.steps import Response, WireRequest

FAULTS: dict[str, type[Refused]] = {"404": NotFound, "409": Conflict}
BUSY = "902"


class KaravelSettings(Settings):
    """An account at Karavel.

    Attributes:
        password: What signs.
    """

    password: SecretStr


class KaravelConnector(Connector[KaravelSettings]):
    """Karavel."""

    name = "karavel"
    title = "Karavel"
    settings_model = KaravelSettings
    kinds = (KaravelDisputes, KaravelParcels)

    def hosts(self) -> Mapping[str, str]:
        return {"api": "https://rpc.karavel.example"}

    def sign(self, request: WireRequest, token: Token | None) -> WireRequest:
        secret = self.settings.password.get_secret_value().encode()
        digest = hashlib.md5(secret + request.content + secret, usedforsecurity=False).hexdigest()
        return replace(request, url=f"{request.url}?md5={digest}")

    def classify(self, response: Response) -> Verdict:
        if response.status != 200:
            return verdict_from_status(response)
        try:
            found = wire.answer(response.content)
        except MalformedResponse:
            return GOOD  # whoever reads it says what is wrong
        code = found.text_or_none("faultCode")
        if code is None:
            return GOOD
        if code == BUSY:
            return Verdict(Meaning.THROTTLED, not_executed=True, code=code, retry_after_s=1.0)
        words = found.text_or_none("faultString")
        return Verdict(Meaning.REFUSED, not_executed=True, code=code, message=words, error=FAULTS.get(code))
