"""The 17TRACK connector: host, key, the meaning of answers, limits, pushed messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from xborder_sdk.hookspecs import (
    SUPPORTED,
    Checked,
    Connector,
    Identity,
    Limit,
    Support,
    SupportLevel,
    Token,
    Verdict,
)
from xborder_sdk.models import InboundMessage, Notification
from xborder_sdk.steps import Flow, Response, WireRequest
from xborder_track17.following import Track17Following
from xborder_track17.notifications import read_notification
from xborder_track17.refusals import classify
from xborder_track17.settings import Track17Settings
from xborder_track17.tracking import Track17Tracking
from xborder_track17.vocabulary import HOST, KEY_HEADER, PATH, PAUSE_S

_OPERATIONS = frozenset({"track", "stop_tracking", "change_carrier"})


class Track17Connector(Connector[Track17Settings]):
    """17TRACK follows any carrier's parcels; it sells nothing."""

    name = "track17"
    title = "17TRACK"
    settings_model = Track17Settings
    kinds = (Track17Tracking, Track17Following)
    checked: ClassVar[Mapping[str, Checked]] = {
        "track": Checked.SAMPLE,
        "stop_tracking": Checked.UNVERIFIED,
        "change_carrier": Checked.UNVERIFIED,
    }

    def hosts(self) -> Mapping[str, str]:
        return {"api": HOST}

    def sign(self, request: WireRequest, token: Token | None) -> WireRequest:  # noqa: ARG002 - a key is no token
        return request.with_headers({KEY_HEADER: self.settings.api_key.get_secret_value()})

    def classify(self, response: Response) -> Verdict:
        return classify(response)

    def limits(self) -> tuple[Limit, ...]:
        # One at a time: three at once and then one every third of a second would be five in the first.
        return (Limit("calls", 1, PAUSE_S, source="a note on v2.2 and clients: 3 requests a second"),)

    def support(self, operation: str) -> Support:
        if operation in _OPERATIONS:
            return SUPPORTED
        return Support(SupportLevel.NO, "17TRACK follows parcels and carries none")

    def read_notification(self, message: InboundMessage) -> Flow[tuple[Notification, ...]] | None:
        return read_notification(self.account, self.settings, message)

    def whoami(self) -> Flow[Identity] | None:
        return self._quota()

    def _quota(self) -> Flow[Identity]:
        # No call names the account. getquota is free and needs the key.
        response = yield from self.api.read("POST", f"{PATH}/{self.settings.version}/getquota", json=[])
        quota = response.object().child("data")
        left, whole = quota.integer_or_none("quota_remain"), quota.integer_or_none("quota_total")
        return Identity(
            id=self.account,
            name="17TRACK",
            detail=f"key accepted; quota left: {'unknown' if left is None else left} of"
            f" {'unknown' if whole is None else whole}",
        )
