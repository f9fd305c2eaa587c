"""The kit over the exchange files. All of them are invented, people and numbers included; none is a recording."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from xborder_sdk.steps import Effect, WireRequest
from xborder_sdk.testing import ConnectorTests
from xborder_track17 import Track17Connector

KEY = "kit-17token-4c1d9b"


class TestTrack17(ConnectorTests):
    connector = Track17Connector
    exchanges = Path(__file__).with_name("exchanges")
    settings: ClassVar[Mapping[str, Any]] = {"api_key": KEY}
    refusals: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "a wrong key": {"status": 401, "json": {"code": -18010002, "data": {"errors": [{"code": -18010002}]}}},
        "a failed call": {"status": 200, "json": {"code": -18010013, "data": {"errors": []}}},
        "a failed call without its code": {
            "status": 200,
            "json": {"data": {"errors": [{"code": -18010014, "message": "too many"}]}},
        },
    }

    def normalise_request(self, request: WireRequest) -> WireRequest:
        assert request.header("17token") == KEY
        return request

    def test_a_question_changes_nothing(self) -> None:  # type: ignore[override]  # one test instead of a case each
        """A tracker follows what it is asked to follow: registering is all that `track` may do, and only if needed."""
        for exchange in self.playable():
            if exchange.operation != "track":
                continue
            for step in self.play(exchange).sends:
                registers = step.path.endswith("/register")
                assert step.effect is (Effect.IDEMPOTENT if registers else Effect.READ), exchange.name
                assert registers or step.path.endswith("/gettrackinfo")
        assert not [step for one in self.playable() if one.operation == "whoami" for step in self.play(one).acts]
