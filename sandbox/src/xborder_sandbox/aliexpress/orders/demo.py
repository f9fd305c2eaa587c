"""The scenario `demo`: a morning's orders in a realistic mix. All people and addresses are invented.

Telephone numbers come from ranges kept free for fiction where a country has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from xborder_sandbox.aliexpress.orders import life
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.compose import Composer, Item, Wish
from xborder_sandbox.aliexpress.orders.order import Declaration, Order, Receiver, Refund
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.aliexpress.talking.messages import MessageBook

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Sample:
    """One order of the mix: why it is in it, its substance, its age, and what has happened to it."""

    why: str
    wish: Wish
    age: timedelta
    then: Callable[[Order, timedelta], None]


def _paid(order: Order, age: timedelta) -> None:
    life.pay(order, order.created + timedelta(minutes=7))
    del age


def _ready(order: Order, age: timedelta) -> None:
    _paid(order, age)
    life.clear(order, order.created + timedelta(hours=24, minutes=7))


def _frozen(order: Order, age: timedelta) -> None:
    _ready(order, age)
    at = order.created + timedelta(hours=30)
    refund = Refund(order.total, "paypal_issue_refund", "refund_frozen", "unauthorized payment", at)
    life.freeze(order, at, "chargeback", refund)


def _cancel_asked(order: Order, age: timedelta) -> None:
    _ready(order, age)
    life.ask_cancel(order, order.created + timedelta(hours=26), "buyer_changed_mind")


def _sent(order: Order, age: timedelta) -> None:
    _ready(order, age)
    at = order.created + timedelta(hours=40)
    number = f"RV{order.order_id % 10**9:09d}CN"
    lines = tuple(line.index for line in order.lines)
    life.declare(
        order,
        [Declaration(order.order_id + 1, number, "CPAM", "China Post Registered Air Mail", at, lines, "all")],
    )


def _received(order: Order, age: timedelta) -> None:
    _sent(order, age)
    life.receive(order, order.created + timedelta(days=19))


def _unpaid(order: Order, age: timedelta) -> None:
    del order, age


SHOP = (
    Sample(
        "one line, to France",
        Wish(
            "Odile",
            "Varenne",
            Receiver(
                "Odile Varenne",
                "FR",
                "France",
                "Ile-de-France",
                "Paris",
                "12 rue des Tilleuls",
                "75011",
                "0639980042",
                phone_country="33",
            ),
            (Item("LAMP-01"),),
        ),
        27 * _HOUR,
        _ready,
    ),
    Sample(
        "two lines, a quantity of three, second address line, to the United Kingdom",
        Wish(
            "Rhys",
            "Pendlebury",
            Receiver(
                "Rhys Pendlebury",
                "GB",
                "United Kingdom",
                "West Yorkshire",
                "Leeds",
                "14 Larkfield Close",
                "LS6 2AB",
                "07700900271",
                address2="Flat 2",
                phone_country="44",
            ),
            (Item("MUG-02", 3), Item("CASE-03")),
            memo="Please wrap the mugs well",
        ),
        28 * _HOUR,
        _ready,
    ),
    Sample(
        "a battery, semi-managed, to the United States",
        Wish(
            "Marlene",
            "Quist",
            Receiver(
                "Marlene Quist",
                "US",
                "United States",
                "Oregon",
                "Portland",
                "2210 Juniper Street",
                "97205",
                "5035550118",
                phone_country="1",
            ),
            (Item("TORCH-05", semi_managed=True),),
            payment_type="pp101",
        ),
        29 * _HOUR,
        _ready,
    ),
    Sample(
        "a mixed set: one line from the platform's warehouse, one from the seller, to Australia",
        Wish(
            "Zara",
            "Quill",
            Receiver(
                "Zara Quill",
                "AU",
                "Australia",
                "New South Wales",
                "Sydney",
                "77 Banksia Road",
                "2000",
                "0491570006",
                phone_country="61",
            ),
            (Item("LAMP-01", by_platform=True), Item("TOY-04", 2)),
        ),
        30 * _HOUR,
        _ready,
    ),
    Sample(
        "emoji and accents in the name, to Canada",
        Wish(
            "Zoë",
            "Łąka-Ørsted 🦊",
            Receiver(
                "Zoë Łąka-Ørsted 🦊",
                "CA",
                "Canada",
                "Quebec",
                "Montréal",
                "5 rue de l'Érable",
                "H2X 1Y4",
                "5145550133",
                phone_country="1",
            ),
            (Item("TOY-04"), Item("MUG-02")),
            memo="🎁 cadeau, merci !",
        ),
        31 * _HOUR,
        _ready,
    ),
    Sample(
        "under risk control, to Germany",
        Wish(
            "Jorun",
            "Feldkamp",
            Receiver(
                "Jorun Feldkamp",
                "DE",
                "Germany",
                "Thüringen",
                "Jena",
                "Große Lindenstraße 4",
                "07743",
                "015550001234",
                phone_country="49",
            ),
            (Item("CASE-03", 2),),
        ),
        5 * _HOUR,
        _paid,
    ),
    Sample(
        "asked to be cancelled, with a tax number (CPF), to Brazil",
        Wish(
            "Iara",
            "Monteiro",
            Receiver(
                "Iara Monteiro",
                "BR",
                "Brazil",
                "Sao Paulo",
                "Campinas",
                "Rua das Acacias 300",
                "13015-904",
                "19955500123",
                phone_country="55",
                cpf="00000000191",
            ),
            (Item("LAMP-01"),),
            payment_type="ebanx101",
        ),
        33 * _HOUR,
        _cancel_asked,
    ),
    Sample(
        "frozen, as after a chargeback, to Spain",
        Wish(
            "Teo",
            "Arandia",
            Receiver(
                "Teo Arandia",
                "ES",
                "Spain",
                "Navarra",
                "Pamplona",
                "Calle del Olmo 9",
                "31001",
                "600000123",
                phone_country="34",
            ),
            (Item("LAMP-01", 4),),
            freight=Decimal(0),
            payment_type="pp101",
        ),
        50 * _HOUR,
        _frozen,
    ),
    Sample(
        "sent by the platform's warehouse as a whole, to Poland",
        Wish(
            "Wanda",
            "Brzoza",
            Receiver(
                "Wanda Brzoza",
                "PL",
                "Poland",
                "Mazowieckie",
                "Warszawa",
                "ul. Klonowa 7",
                "00-591",
                "510000123",
                phone_country="48",
            ),
            (Item("CASE-03", by_platform=True),),
        ),
        34 * _HOUR,
        _ready,
    ),
    Sample(
        "on its way, with a landline and an address in Russian, to Russia",
        Wish(
            "Linda",
            "Orlova",
            Receiver(
                "Linda Orlova",
                "RU",
                "Russian Federation",
                "Tverskaya oblast",
                "Tver",
                "ul. Lipovaya, dom 3, kv. 8",
                "170000",
                "9000000042",
                phone_country="7",
                phone_area="4822",
                phone_number="000042",
                localized_address="Тверская область, Тверь, ул. Липовая, дом 3, кв. 8",
            ),
            (Item("TOY-04"),),
            service="CPAM",
            payment_type="wm101",
        ),
        timedelta(days=12),
        _sent,
    ),
    Sample(
        "unpaid, to Italy",
        Wish(
            "Nino",
            "Castagna",
            Receiver(
                "Nino Castagna",
                "IT",
                "Italy",
                "Lazio",
                "Roma",
                "Via dei Pioppi 22",
                "00184",
                "3120000123",
                phone_country="39",
            ),
            (Item("MUG-02", 2),),
        ),
        3 * _HOUR,
        _unpaid,
    ),
    Sample(
        "received, the money being settled, to the Netherlands",
        Wish(
            "Sanne",
            "van Iepenburg",
            Receiver(
                "Sanne van Iepenburg",
                "NL",
                "Netherlands",
                "Utrecht",
                "Utrecht",
                "Beukenlaan 16",
                "3511 AB",
                "0612000123",
                phone_country="31",
            ),
            (Item("TORCH-05"),),
            service="CPAM",
        ),
        timedelta(days=21),
        _received,
    ),
    Sample(
        "two pieces of one line, to Germany",
        Wish(
            "Hauke",
            "Lindenau",
            Receiver(
                "Hauke Lindenau",
                "DE",
                "Germany",
                "Schleswig-Holstein",
                "Flensburg",
                "Ulmenweg 3",
                "24937",
                "015550004321",
                phone_country="49",
            ),
            (Item("CASE-03", 2),),
        ),
        32 * _HOUR,
        _ready,
    ),
    Sample(
        "one line, to Japan",
        Wish(
            "Haruka",
            "Mizushiro",
            Receiver(
                "Haruka Mizushiro",
                "JP",
                "Japan",
                "Miyagi",
                "Sendai",
                "2-8 Keyaki-dori",
                "980-0811",
                "09000000042",
                phone_country="81",
            ),
            (Item("MUG-02"),),
        ),
        35 * _HOUR,
        _ready,
    ),
)

OVERSEAS = (
    Sample(
        "at home, to Spain",
        Wish(
            "Alba",
            "Sauceda",
            Receiver(
                "Alba Sauceda",
                "ES",
                "Spain",
                "Madrid",
                "Madrid",
                "Calle de los Sauces 5",
                "28010",
                "600000456",
                phone_country="34",
            ),
            (Item("LAMP-01"),),
            service="SPAIN_LOCAL_CORREOS",
        ),
        26 * _HOUR,
        _ready,
    ),
    Sample(
        "two lines, to Portugal",
        Wish(
            "Rui",
            "Carvalhal",
            Receiver(
                "Rui Carvalhal",
                "PT",
                "Portugal",
                "Lisboa",
                "Lisboa",
                "Rua dos Carvalhos 31",
                "1200-109",
                "912000456",
                phone_country="351",
            ),
            (Item("MUG-02"), Item("TOY-04")),
            service="SPAIN_LOCAL_CORREOS",
        ),
        27 * _HOUR,
        _ready,
    ),
    Sample(
        "under risk control, to France",
        Wish(
            "Clément",
            "Hêtreau",
            Receiver(
                "Clément Hêtreau",
                "FR",
                "France",
                "Bourgogne",
                "Dijon",
                "3 impasse des Ormes",
                "21000",
                "0639980077",
                phone_country="33",
            ),
            (Item("CASE-03"),),
        ),
        2 * _HOUR,
        _paid,
    ),
)


def load_demo(shop: Shop, composer: Composer) -> None:
    """Take the mix in, as of now."""
    book, messages = shop.part(OrderBook), shop.part(MessageBook)
    for account, samples in (("ae-shop", SHOP), ("ae-overseas", OVERSEAS)):
        seller = shop.tokens.sellers[account]
        for sample in samples:
            order = composer.compose(sample.wish, seller, shop.now - sample.age)
            sample.then(order, sample.age)
            book.add(order)
            if order.memo:
                at = order.created + timedelta(minutes=9)
                messages.write(seller, order.buyer.user_id, 1, order.memo, from_seller=False, at=at)
