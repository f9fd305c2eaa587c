"""The base of the classes that speak to the platform's logistics: typed access to the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xborder_aliexpress import online_words as words
from xborder_sdk.hookspecs import LogisticsProvider

if TYPE_CHECKING:
    from xborder_aliexpress.calls import Calls
    from xborder_aliexpress.connector import AliexpressConnector
    from xborder_aliexpress.settings import AliexpressSettings


class OnlineKind(LogisticsProvider):
    """A part of the platform's logistics; each part implements its own operations."""

    connector: AliexpressConnector

    @property
    def _settings(self) -> AliexpressSettings:
        return self.connector.settings

    @property
    def _calls(self) -> Calls:
        return self.connector.calls

    @property
    def _user_info(self) -> dict[str, str]:
        return {"top_user_key": user_key(self._settings, self.account)}


def user_key(settings: AliexpressSettings, account: str) -> str:
    """How the application tells its sellers apart: the account's name where nothing else is set.

    Args:
        settings: The account's settings.
        account: Its name.
    """
    return settings.top_user_key or account[: words.MOST_USER_KEY]
