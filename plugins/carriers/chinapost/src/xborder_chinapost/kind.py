"""The base of this connector's kind classes: typed access to the account's settings and transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xborder_chinapost.gateway import Gateway
from xborder_chinapost.pcp import Pcp
from xborder_chinapost.settings import ChinaPostSettings
from xborder_sdk.errors import UnsupportedOperation
from xborder_sdk.hookspecs import LogisticsProvider

if TYPE_CHECKING:
    from xborder_chinapost.connector import ChinaPostConnector


class ChinaPostKind(LogisticsProvider):
    """A part of China Post; each part implements its own operations."""

    connector: ChinaPostConnector

    @property
    def _settings(self) -> ChinaPostSettings:
        return self.connector.settings

    @property
    def _pcp(self) -> Pcp:
        return self.connector.pcp

    def _gateway(self, operation: str) -> Gateway:
        transport = self.connector.transport
        if not isinstance(transport, Gateway):
            raise UnsupportedOperation(transport.lacks[operation])
        return transport
