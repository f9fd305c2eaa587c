"""The subscription resource (commerce_notification_v1). Filters are not simulated."""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.errors import json_response
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.notifications.book import NotificationBook, Subscription
from xborder_sandbox.ebay.notifications.errors import notification_error
from xborder_sandbox.ebay.notifications.pages import NOTIFICATION_PATH, answer_page, notification_base, read_body
from xborder_sandbox.ebay.notifications.sender import Sender
from xborder_sandbox.ebay.notifications.topics import ACCOUNT_DELETION, TOPICS, Topic
from xborder_sandbox.ebay.order import Document
from xborder_sandbox.ebay.words import BASE, NOTIFICATION_SUBSCRIPTION

_PATH = NOTIFICATION_PATH + "/subscription"
_ONE = _PATH + "/{subscription_id}"
_VERSION, _FORMAT, _PROTOCOL = "1.0", "JSON", "HTTPS"


class Subscriptions:
    """Who is notified of what."""

    def __init__(self, book: NotificationBook, guard: Guard, sender: Sender) -> None:
        self._book = book
        self._guard = guard
        self._sender = sender

    def routes(self) -> list[Route]:
        """Return the routes below api.ebay.com."""
        return [
            Route(_PATH, self.get_all, methods=["GET"]),
            Route(_PATH, self.create, methods=["POST"]),
            Route(_ONE, self.get, methods=["GET"]),
            Route(_ONE, self.update, methods=["PUT"]),
            Route(_ONE, self.delete, methods=["DELETE"]),
            Route(_ONE + "/enable", self.enable, methods=["POST"]),
            Route(_ONE + "/disable", self.disable, methods=["POST"]),
            Route(_ONE + "/test", self.test, methods=["POST"]),
        ]

    async def get_all(self, request: Request) -> Response:
        """Answer getSubscriptions: those of the token's user, or the application's own."""
        account = self._caller(request, NOTIFICATION_SUBSCRIPTION)
        mine = [held.picture() for held in self._book.subscriptions.values() if held.account == account]
        return answer_page(request, "subscriptions", mine)

    async def create(self, request: Request) -> Response:
        """Answer createSubscription."""
        account = self._caller(request, NOTIFICATION_SUBSCRIPTION[:1])
        body = read_body(await request.body())
        topic = TOPICS.get(str(body.get("topicId")))
        if topic is None:
            raise notification_error(195027)
        status, destination_id, payload = self._read(body)
        if self._book.alert_email is None:
            raise notification_error(195003)
        _check_token(topic, account)
        if any(
            held.topic_id == topic.topic_id and held.account == account for held in self._book.subscriptions.values()
        ):
            raise notification_error(195012)
        self._check_enabled(status, destination_id)
        held = Subscription(
            self._book.new_id(), topic.topic_id, account, self._book.store.now(), destination_id, status, payload
        )
        self._book.subscriptions[held.subscription_id] = held
        location = f"{notification_base(request)}/subscription/{held.subscription_id}"
        return json_response({}, 201, {"location": location})

    async def get(self, request: Request) -> Response:
        """Answer getSubscription."""
        return json_response(self._find(request, NOTIFICATION_SUBSCRIPTION).picture())

    async def update(self, request: Request) -> Response:
        """Answer updateSubscription; the topic stays."""
        held = self._find(request)
        status, destination_id, payload = self._read(read_body(await request.body()))
        self._check_enabled(status, destination_id)
        held.status, held.destination_id, held.payload = status, destination_id, payload
        return Response(status_code=204)

    async def delete(self, request: Request) -> Response:
        """Answer deleteSubscription."""
        del self._book.subscriptions[self._find(request).subscription_id]
        return Response(status_code=204)

    async def enable(self, request: Request) -> Response:
        """Answer enableSubscription."""
        held = self._find(request)
        self._check_enabled("ENABLED", held.destination_id)
        held.status = "ENABLED"
        return Response(status_code=204)

    async def disable(self, request: Request) -> Response:
        """Answer disableSubscription."""
        self._find(request).status = "DISABLED"
        return Response(status_code=204)

    async def test(self, request: Request) -> Response:
        """Answer testSubscription: a mocked notification follows, also where the subscription is disabled."""
        held = self._find(request)
        destination = self._book.destinations[held.destination_id]
        # Of other topics eBay's payload is not established.
        data: Document | None = None if held.topic_id == ACCOUNT_DELETION else {}
        message = self._sender.compose(held.topic_id, data)
        return Response(status_code=202, background=BackgroundTask(self._sender.send, message, destination.endpoint))

    def _caller(self, request: Request, scopes: tuple[str, ...]) -> str | None:
        return self._guard.anyone(request, (BASE,), scopes)

    def _find(self, request: Request, scopes: tuple[str, ...] = NOTIFICATION_SUBSCRIPTION[:1]) -> Subscription:
        account = self._caller(request, scopes)
        held = self._book.subscriptions.get(request.path_params["subscription_id"])
        if held is None or held.account != account:
            raise notification_error(195013)
        return held

    def _read(self, body: Document) -> tuple[str, str, Document]:
        status, destination_id, payload = body.get("status"), body.get("destinationId"), body.get("payload")
        if status not in ("ENABLED", "DISABLED"):
            raise notification_error(195006)
        if not isinstance(destination_id, str) or destination_id not in self._book.destinations:
            raise notification_error(195007)
        given = payload if isinstance(payload, dict) else {}
        if given.get("schemaVersion") != _VERSION:
            raise notification_error(195008)
        if given.get("format") != _FORMAT:
            raise notification_error(195009)
        if given.get("deliveryProtocol") != _PROTOCOL:
            raise notification_error(195010)
        return (
            str(status),
            destination_id,
            {"format": _FORMAT, "schemaVersion": _VERSION, "deliveryProtocol": _PROTOCOL},
        )

    def _check_enabled(self, status: str, destination_id: str) -> None:
        if status == "ENABLED" and self._book.destinations[destination_id].status != "ENABLED":
            raise notification_error(195015)


def _check_token(topic: Topic, account: str | None) -> None:
    """The kind of token follows the topic's scope (reference, section 7)."""
    if topic.of_user != (account is not None):
        raise notification_error(195011)
