"""The Notification API (commerce_notification_v1), and the notifications it sends."""

from __future__ import annotations

from xborder_sandbox.ebay.notifications.actions import NotificationActions
from xborder_sandbox.ebay.notifications.book import NotificationBook
from xborder_sandbox.ebay.notifications.destinations import Destinations
from xborder_sandbox.ebay.notifications.sender import Sender
from xborder_sandbox.ebay.notifications.subscriptions import Subscriptions
from xborder_sandbox.ebay.notifications.topics import Topics

__all__ = ["Destinations", "NotificationActions", "NotificationBook", "Sender", "Subscriptions", "Topics"]
