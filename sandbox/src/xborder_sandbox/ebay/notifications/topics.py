"""Configuration, topics and public keys (commerce_notification_v1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.errors import json_response
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.notifications.book import NotificationBook
from xborder_sandbox.ebay.notifications.errors import notification_error
from xborder_sandbox.ebay.notifications.pages import NOTIFICATION_PATH, answer_page, read_body
from xborder_sandbox.ebay.order import Document
from xborder_sandbox.ebay.words import BASE, NOTIFICATION_SUBSCRIPTION

ACCOUNT_DELETION = "MARKETPLACE_ACCOUNT_DELETION"
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")


@dataclass(frozen=True)
class Topic:
    """Something one can be notified of. Which tokens a topic asks for is unverified but for the first."""

    topic_id: str
    description: str
    of_user: bool

    def picture(self) -> Document:
        """Return a Topic."""
        return {
            "topicId": self.topic_id,
            "description": self.description,
            "authorizationScopes": [NOTIFICATION_SUBSCRIPTION[0] if self.of_user else BASE],
            "status": "ENABLED",
            "context": "",
            "scope": "USER" if self.of_user else "APPLICATION",
            "supportedPayloads": [
                {"format": ["JSON"], "schemaVersion": "1.0", "deliveryProtocol": "HTTPS", "deprecated": False}
            ],
            "filterable": False,
        }


# Names seen by a probe of the live sandbox (reference, section 7), which saw fifteen. None is about payment
# disputes.
TOPICS = {
    topic.topic_id: topic
    for topic in (
        Topic(ACCOUNT_DELETION, "A user wants his data to be deleted", of_user=False),
        Topic("ITEM_MARKED_SHIPPED", "A line of an order was marked as shipped", of_user=True),
        Topic("ORDER_CANCELLATION_ACTIVITY", "Something happened to a cancellation", of_user=True),
    )
}


class Topics:
    """The config, topic and public_key resources."""

    def __init__(self, book: NotificationBook, guard: Guard) -> None:
        self._book = book
        self._guard = guard

    def routes(self) -> list[Route]:
        """Return the routes below api.ebay.com."""
        return [
            Route(NOTIFICATION_PATH + "/config", self.get_config, methods=["GET"]),
            Route(NOTIFICATION_PATH + "/config", self.put_config, methods=["PUT"]),
            Route(NOTIFICATION_PATH + "/topic", self.get_topics, methods=["GET"]),
            Route(NOTIFICATION_PATH + "/topic/{topic_id}", self.get_topic, methods=["GET"]),
            Route(NOTIFICATION_PATH + "/public_key/{kid}", self.public_key, methods=["GET"]),
        ]

    async def get_config(self, request: Request) -> Response:
        """Answer getConfig."""
        self._guard.application(request, (BASE,))
        if self._book.alert_email is None:
            raise notification_error(195026)
        return json_response({"alertEmail": self._book.alert_email})

    async def put_config(self, request: Request) -> Response:
        """Answer updateConfig."""
        self._guard.application(request, (BASE,))
        email = read_body(await request.body()).get("alertEmail")
        if not isinstance(email, str) or not _EMAIL.fullmatch(email):
            raise notification_error(195025)
        self._book.alert_email = email
        return Response(status_code=204)

    async def get_topics(self, request: Request) -> Response:
        """Answer getTopics."""
        self._guard.application(request, (BASE,))
        return answer_page(request, "topics", [topic.picture() for topic in TOPICS.values()])

    async def get_topic(self, request: Request) -> Response:
        """Answer getTopic."""
        self._guard.application(request, (BASE,))
        topic = TOPICS.get(request.path_params["topic_id"])
        if topic is None:
            raise notification_error(195002)
        return json_response(topic.picture())

    async def public_key(self, request: Request) -> Response:
        """Answer getPublicKey."""
        self._guard.application(request, (BASE,))
        pair = self._book.keys.find(request.path_params["kid"])
        if pair is None:
            raise notification_error(195001)
        return json_response(pair.public_key())
