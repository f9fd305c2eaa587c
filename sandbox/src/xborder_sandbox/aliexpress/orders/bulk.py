"""The scenario `bulk`: many invented orders over a year, both changes to and from daylight saving among them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from xborder_sandbox.aliexpress.orders import life
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.compose import Composer, Item, Wish
from xborder_sandbox.aliexpress.orders.goods import CATALOGUE
from xborder_sandbox.aliexpress.orders.order import Declaration, Order, Receiver
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.aliexpress.tokens import Seller

DEFAULT_COUNT = 3000
MAX_COUNT = 50_000
_SPREAD = timedelta(days=365)
_OVERSEAS_EVERY = 6

_FIRST = ("Ada", "Bram", "Cleo", "Dario", "Esme", "Finn", "Greta", "Hugo", "Inès", "Jory", "Kaia", "Lior")
_LAST = ("Abel", "Berg", "Castell", "Dorn", "Ekman", "Frost", "Grau", "Hale", "Ibsen", "Jung", "Keller")
_STREETS = ("Alder", "Birch", "Cedar", "Elder", "Hazel", "Juniper", "Larch", "Maple", "Rowan", "Willow")
# Country, its name, province, city, postcode, code of telephone.
_PLACES = (
    ("US", "United States", "Ohio", "Dayton", "45402", "1"),
    ("GB", "United Kingdom", "North Yorkshire", "York", "YO1 7HH", "44"),
    ("DE", "Germany", "Thüringen", "Jena", "07743", "49"),
    ("FR", "France", "Bourgogne", "Dijon", "21000", "33"),
    ("ES", "Spain", "Navarra", "Pamplona", "31001", "34"),
    ("AU", "Australia", "Tasmania", "Hobart", "7000", "61"),
    ("CA", "Canada", "Quebec", "Montréal", "H2X 1Y4", "1"),
    ("BR", "Brazil", "Sao Paulo", "Campinas", "13015-904", "55"),
    ("RU", "Russian Federation", "Tverskaya oblast", "Tver", "170000", "7"),
)


def load_bulk(shop: Shop, composer: Composer, count: int = DEFAULT_COUNT) -> None:
    """Take in orders spread over the last year, the last one a minute old."""
    chance = shop.random("bulk")
    sellers = list(shop.tokens.sellers.values())
    book = shop.part(OrderBook)
    end = shop.now - timedelta(minutes=1)
    step = _SPREAD / max(count, 1)
    for place in range(count):
        seller = sellers[1] if place % _OVERSEAS_EVERY == 0 else sellers[0]
        created = end - step * (count - 1 - place)
        book.add(_live(shop, composer.compose(wish(chance), seller, created), seller, chance))


def wish(chance: Random) -> Wish:
    """Return an order's substance, drawn at random."""
    country, name, province, city, postcode, code = chance.choice(_PLACES)
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    receiver = Receiver(
        f"{first} {last}",
        country,
        name,
        province,
        city,
        f"{chance.randrange(1, 900)} {chance.choice(_STREETS)} Street",
        postcode,
        f"555{chance.randrange(10**6, 10**7)}",
        phone_country=code,
        cpf="00000000191" if country == "BR" else "",
    )
    skus = chance.sample(list(CATALOGUE), chance.choice((1, 1, 1, 2, 3)))
    items = tuple(
        Item(
            sku,
            chance.choice((1, 1, 1, 2, 4)),
            by_platform=chance.random() < 0.05,
            semi_managed=chance.random() < 0.1,
        )
        for sku in skus
    )
    return Wish(first, last, receiver, items, service="CPAM", freight=Decimal(chance.choice(("0", "1.99", "4.50"))))


def _live(shop: Shop, order: Order, seller: Seller, chance: Random) -> Order:
    """Let an order lead an ordinary life up to now."""
    now = shop.now
    fate = chance.random()
    if fate < 0.03:
        return order
    paid = order.created + timedelta(minutes=chance.randrange(1, 300))
    if paid > now:
        return order
    life.pay(order, paid)
    cleared = paid + timedelta(seconds=shop.settings.risk_seconds)
    if cleared > now:
        return order
    life.clear(order, cleared)
    del seller
    if fate < 0.06:
        life.ask_cancel(order, min(cleared + timedelta(hours=1), now), "buyer_changed_mind")
        if cleared + timedelta(days=1) < now:
            life.accept_cancel(order, cleared + timedelta(days=1))
        return order
    if fate < 0.07:
        life.freeze(order, min(cleared + timedelta(hours=2), now), "chargeback")
        return order
    return _send(shop, order, cleared, chance)


def _send(shop: Shop, order: Order, cleared: datetime, chance: Random) -> Order:
    now = shop.now
    own = tuple(line.index for line in order.lines if not line.by_platform)
    declared = cleared + timedelta(hours=chance.randrange(2, 120))
    if own and declared <= now:
        life.advance(order, shop.settings, declared)
        number = f"RV{order.order_id // 10_000 % 10**9:09d}CN"
        life.declare(
            order,
            [Declaration(order.order_id + 1, number, "CPAM", "China Post Registered Air Mail", declared, own, "all")],
        )
    life.advance(order, shop.settings, now)
    received = cleared + timedelta(days=chance.randrange(18, 45))
    if order.status == "WAIT_BUYER_ACCEPT_GOODS" and received <= now:
        life.receive(order, received)
        life.advance(order, shop.settings, now)
    return order
