"""The China Post simulator as the sandbox sees it."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from xborder_sandbox.chinapost.accounts import Account
from xborder_sandbox.chinapost.admin_actions import ACTIONS, picture_of_event, settings_picture
from xborder_sandbox.chinapost.gateway import gateway_routes
from xborder_sandbox.chinapost.office import PostOffice
from xborder_sandbox.chinapost.pcp import pcp_routes
from xborder_sandbox.chinapost.products import CONTRACT
from xborder_sandbox.chinapost.scenarios import fill
from xborder_sandbox.chinapost.store import Mail
from xborder_sandbox.errors import UnknownActionError
from xborder_sandbox.requests import Json
from xborder_sandbox.world import World


class ChinaPost:
    """The open platform gateway below `/gateway`, the order API below `/pcp`.

    Args:
        world: The sandbox's clock, chance and address.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._office = PostOffice(world)
        self._app = Starlette(
            routes=[
                Mount("/gateway", routes=gateway_routes(self._office)),
                Mount("/pcp", routes=pcp_routes(self._office)),
            ]
        )

    @property
    def name(self) -> str:
        """`chinapost`."""
        return "chinapost"

    @property
    def app(self) -> ASGIApp:
        """What is mounted at `/chinapost`."""
        return self._app

    def load(self, scenario: str) -> None:
        """Announce the parcels of a scenario."""
        with self._office.store.lock:
            fill(self._office, scenario)

    def reset(self) -> None:
        """Forget everything and draw the accounts anew."""
        self._office.reset()

    def state(self) -> dict[str, Json]:
        """Return every parcel and number, in the order they were made, and the settings."""
        store = self._office.store
        with store.lock:
            return {
                "parcels": [self._picture(mail) for mail in store.mails.values()],
                "numbers": [
                    {
                        "number": held.number,
                        "sender_no": held.sender_no,
                        "order_id": held.order_id,
                        "product": held.product,
                        "used": held.number in store.mails,
                    }
                    for held in store.numbers.values()
                ],
                "settings": settings_picture(store.settings),
            }

    def _picture(self, mail: Mail) -> dict[str, Json]:
        now, order = self._office.now, mail.order
        return {
            "number": mail.number,
            "sent": mail.sent.isoformat(),
            "sender_no": mail.sender_no,
            "order_no": order.order_no,
            "product": order.product.code,
            "family": order.product.family.name,
            "grams": order.grams,
            "to": order.receiver.nation,
            "transport": mail.transport,
            "story": mail.story,
            "cancelled": mail.cancelled is not None,
            "accepted": mail.is_accepted(now),
            "delivered": any(event.signed for event in mail.visible(now)),
            "scans": [picture_of_event(event) for event in mail.visible(now)],
            "coming": [picture_of_event(event) for event in mail.events if event.at > now],
            "unknown_fields": list(order.unknown),
        }

    def accounts(self) -> list[dict[str, Json]]:
        """Return the customers with the settings a user of a China Post connector would write."""
        return [
            {"name": account.name, "connector": "chinapost", "settings": self._settings(account)}
            for account in self._office.accounts
        ]

    def _settings(self, account: Account) -> dict[str, Json]:
        keys: dict[str, Json] = (
            {"authorization": account.authorization, "sm4_key": account.sm4_key, "ak": account.ak}
            if account.transport == "gateway"
            else {"digest_key": account.digest_key}
        )
        return {
            "transport": account.transport,
            "sender_no": account.sender_no,
            **keys,
            "wh_code": account.wh_code,
            "mail_type": account.mail_type,
            "products": {code: CONTRACT[code].family.name for code in account.products},
            "hosts": {
                "gateway": f"{self._world.url}/chinapost/gateway",
                "pcp": f"{self._world.url}/chinapost/pcp",
            },
        }

    def tick(self) -> None:
        """Do nothing: what is seen is worked out from the clock when it is asked for."""

    def admin(self, action: str, body: dict[str, Json]) -> dict[str, Json]:
        """Do one of the actions of `admin_actions`.

        Raises:
            UnknownActionError: If there is none of that name.
            AdminError: If it cannot be done as asked.
        """
        if action not in ACTIONS:
            raise UnknownActionError(f"unknown action {action!r}; there are: {', '.join(ACTIONS)}")
        with self._office.store.lock:
            return ACTIONS[action](self._office, body)
