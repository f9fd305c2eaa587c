"""The post office behind both APIs: its customers, its memory, its clock."""

from __future__ import annotations

import random
from datetime import datetime

from xborder_sandbox.chinapost.accounts import Account, draw_accounts
from xborder_sandbox.chinapost.order import Customer
from xborder_sandbox.chinapost.store import Mail, Store
from xborder_sandbox.parcels import Parcel, Place, Sighting
from xborder_sandbox.world import World

# The names they trade under abroad, as 17TRACK's list of carriers has them.
_TRADE_NAMES = {"ems": "China EMS"}


class PostOffice:
    """What all operations share.

    Args:
        world: The sandbox's surroundings.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.reset()
        world.parcels.show("chinapost", self.show)

    def reset(self) -> None:
        """Forget everything and draw customers and numbers anew from the world's seed."""
        self.accounts: tuple[Account, ...] = draw_accounts(self._world.stream("chinapost/accounts"))
        self.store = Store(self._world.stream("chinapost/numbers"))

    @property
    def now(self) -> datetime:
        """The sandbox's time, UTC."""
        return self._world.clock.now()

    def chance(self, name: str) -> random.Random:
        """Return a source of chance that depends on the seed and the name alone."""
        return self._world.stream(f"chinapost/{name}")

    def account(self, sender_no: str) -> Account | None:
        """Return the customer with this number."""
        return next((account for account in self.accounts if account.sender_no == sender_no), None)

    def customer(self, account: Account) -> Customer:
        """Return what an order of this customer is held against."""
        return Customer(
            account.sender_no,
            account.wh_code,
            account.mail_type,
            account.products,
            self.store.settings.special_characters,
        )

    def mail_of(self, account: Account, number: str) -> Mail | None:
        """Return a customer's own parcel."""
        mail = self.store.mails.get(number)
        return mail if mail is not None and mail.sender_no == account.sender_no else None

    def show(self, number: str) -> Parcel | None:
        """Return a parcel for the board."""
        with self.store.lock:
            mail = self.store.mails.get(number)
            if mail is None:
                return None
            sender, receiver, product = mail.order.sender, mail.order.receiver, mail.order.product
            return Parcel(
                number=number,
                carrier=_TRADE_NAMES.get(product.family.name, "China Post"),
                service=product.name,
                origin=Place(sender.nation, sender.city, sender.post_code),
                destination=Place(receiver.nation, receiver.city, receiver.post_code),
                grams=mail.order.grams,
                sightings=tuple(
                    Sighting(event.at, event.stage, event.text, event.office.city, event.office.country)
                    for event in mail.visible(self.now)
                ),
            )
