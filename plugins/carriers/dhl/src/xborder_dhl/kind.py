"""The base of this connector's kind classes: typed access to the account's settings."""

from __future__ import annotations

from xborder_dhl.settings import DhlSettings
from xborder_sdk.hookspecs import LogisticsProvider


class DhlKind(LogisticsProvider):
    """A part of DHL Express; each part implements its own operations."""

    @property
    def _settings(self) -> DhlSettings:
        settings = self.connector.settings
        assert isinstance(settings, DhlSettings)  # noqa: S101 - the connector's settings_model says so
        return settings
