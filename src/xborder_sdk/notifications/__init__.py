"""Receives what vendors push: an ASGI app that proves, de-duplicates and hands over typed notifications.

    from xborder_sdk import AsyncClient
    from xborder_sdk.notifications import NotificationApp

    async def handle(notification):
        print(notification.kind, notification.order_ids)

    app = NotificationApp(AsyncClient(), handle)      # uvicorn module:app; register https://.../ebay-us with eBay

It needs no web framework and runs under any ASGI server, alone or mounted in a larger app.
"""

from xborder_sdk.notifications.app import Handler, NotificationApp
from xborder_sdk.notifications.seen import SeenStore, SqliteSeen, Standing

__all__ = ["Handler", "NotificationApp", "SeenStore", "SqliteSeen", "Standing"]
