"""The scenario `demo`: a morning's orders in a realistic mix. All people and numbers are invented.

Telephone numbers come from ranges kept free for fiction where a country has one; mail addresses end in
`example`, which is nobody's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from xborder_sandbox.ebay.cancellation import CancellationBook
from xborder_sandbox.ebay.compose import Buyer, Composer, Remitted, Wish
from xborder_sandbox.ebay.fulfilments import fulfil_lines
from xborder_sandbox.ebay.order import Fulfilment, Order
from xborder_sandbox.ebay.store import Store
from xborder_sandbox.ebay.tokens import Seller

_IOSS = "IM2760000017"  # invented; digits 3 to 5 are the state of registration (276, Germany)
_HUB = Buyer(
    "Tessa Marlowe",
    "Reference hub, 100 Gateway Road",
    "Elk Grove Village",
    "60007",
    "US",
    state="IL",
    company="International shipping hub",
    phone="2175550143",
)


def _vat(rate: str) -> Remitted:
    return Remitted("VAT", Decimal(rate), "IOSS", _IOSS)


@dataclass(frozen=True)
class Sample:
    """One order of the mix, and why it is in it."""

    why: str
    wish: Wish


ABROAD = (
    Sample(
        "several lines, a quantity of two, state sales tax",
        Wish(
            Buyer(
                "Marlene Quist",
                "2210 Juniper Street",
                "Portland",
                "97205",
                "US",
                state="OR",
                phone="5035550118",
                email="marlene.quist@mail.example",
            ),
            (("TEE-BLK-M", 1), ("MUG-ENAMEL-350", 2)),
            "USD",
            "EBAY_US",
            Decimal("6.50"),
            remitted=Remitted("STATE_SALES_TAX", Decimal("0.06")),
            payment_method="CustomCode",
        ),
    ),
    Sample(
        "pounds; VAT collected for the UK",
        Wish(
            Buyer(
                "Rhys Pendlebury",
                "14 Larkfield Close",
                "Leeds",
                "LS6 2AB",
                "GB",
                phone="+441134960271",
                email="rhys.p@mail.example",
            ),
            (("LED-DESK-LAMP", 1),),
            "GBP",
            "EBAY_GB",
            Decimal("7.00"),
            remitted=Remitted("VAT", Decimal("0.20"), "IOSS", "GB000000017"),
        ),
    ),
    Sample(
        "euro, IOSS, a quantity of three",
        Wish(
            Buyer(
                "Jonas Brückmann",
                "Lindenallee 23",
                "Köln",
                "50668",
                "DE",
                phone="+4922155501234",
                email="j.brueckmann@post.example",
            ),
            (("PHONE-CASE-15", 3),),
            "EUR",
            "EBAY_DE",
            Decimal("4.20"),
            remitted=_vat("0.19"),
        ),
    ),
    Sample(
        "two lines with IOSS, and a note from the buyer",
        Wish(
            Buyer(
                "Élodie Garnier",
                "8 bis rue des Tanneurs",
                "Lyon",
                "69001",
                "FR",
                line2="Bâtiment C, 3e étage",
                phone="+33199005512",
                email="elodie.garnier@courriel.example",
            ),
            (("TEA-GIFT-TIN", 1), ("YOGA-STRAP", 1)),
            "EUR",
            "EBAY_FR",
            Decimal("5.10"),
            remitted=_vat("0.20"),
            notes="It is a present: please no price on the parcel.",
        ),
    ),
    Sample(
        "Australian dollars, GST under an ABN",
        Wish(
            Buyer(
                "Isla Thornbury",
                "5 Banksia Court",
                "Fremantle",
                "6160",
                "AU",
                state="WA",
                phone="+61855501234",
            ),
            (("YOGA-STRAP", 2),),
            "AUD",
            "EBAY_AU",
            Decimal("6.00"),
            remitted=Remitted("GST", Decimal("0.10"), "ABN", "00000000019"),
        ),
    ),
    Sample(
        "yen, a currency without decimals",
        Wish(
            Buyer(
                "Asano Mari",
                "2-14-7 Nishikicho",
                "Tachikawa-shi",
                "190-0022",
                "JP",
                state="Tokyo",
                phone="+81425550142",
                email="mari.asano@mail.example",
            ),
            (("TEA-GIFT-TIN", 2),),
            "JPY",
            "EBAY_JP",
            Decimal("9.00"),
        ),
    ),
    Sample(
        "the buyer paid for an express service",
        Wish(
            Buyer(
                "Desmond Achebe",
                "77 Harrow Lane",
                "Austin",
                "78704",
                "US",
                state="TX",
                line2="Unit 9",
                phone="5125550167",
                email="d.achebe@mail.example",
            ),
            (("LED-DESK-LAMP", 1), ("USB-C-CABLE-1M", 2)),
            "USD",
            "EBAY_US",
            Decimal("38.00"),
            service="ExpeditedInternational",
            remitted=Remitted("STATE_SALES_TAX", Decimal("0.0825")),
        ),
    ),
    Sample(
        "a lithium battery",
        Wish(
            Buyer(
                "Pieter van Oorschot",
                "Kanaalweg 110",
                "Utrecht",
                "3526 KM",
                "NL",
                phone="+31850012345",
                email="pieter@bericht.example",
            ),
            (("POWERBANK-10K", 1),),
            "EUR",
            "EBAY_NL",
            Decimal("6.90"),
            remitted=_vat("0.21"),
        ),
    ),
    Sample(
        "the buyer's tax number, which only getOrder shows",
        Wish(
            Buyer(
                "Chiara Bellandi",
                "Via dei Glicini 41",
                "Bologna",
                "40137",
                "IT",
                state="BO",
                phone="+390515550123",
            ),
            (("TEE-BLK-M", 2),),
            "EUR",
            "EBAY_IT",
            Decimal("5.80"),
            remitted=_vat("0.22"),
            tax_identifier=("CODICE_FISCALE", "BLLCHR00A41A944X"),
        ),
    ),
    Sample(
        "part-paid: the rest is PENDING, so it must not be shipped",
        Wish(
            Buyer(
                "Callum Reid",
                "3 Quayside Mews",
                "Bristol",
                "BS1 6AE",
                "GB",
                phone="+441174960312",
            ),
            (("POWERBANK-10K", 2), ("USB-C-CABLE-1M", 2)),
            "GBP",
            "EBAY_GB",
            Decimal("7.00"),
            paid_part=Decimal("0.4"),
        ),
    ),
    Sample(
        "a street line of more than 45 characters",
        Wish(
            Buyer(
                "Wilhelmina Featherstone-Abernathy",
                "Apartment 1204, Tower Three, 4418 North Old Lakeshore Boulevard East",
                "Milwaukee",
                "53202",
                "US",
                state="WI",
                phone="4145550133",
                email="w.featherstone@mail.example",
            ),
            (("MUG-ENAMEL-350", 1),),
            "USD",
            "EBAY_US",
            Decimal("6.50"),
            remitted=Remitted("STATE_SALES_TAX", Decimal("0.055")),
        ),
    ),
    Sample(
        "a name of Chinese characters only",
        Wish(
            Buyer(
                "陳嘉敏",
                "No. 88, Section 2, Zhongshan North Road",
                "Taipei",
                "104",
                "TW",
                phone="+886255501234",
                email="chan@mail.example",
            ),
            (("USB-C-CABLE-1M", 3),),
            "USD",
            "EBAY_US",
            Decimal("8.00"),
        ),
    ),
    Sample(
        "an SKU that no catalogue knows",
        Wish(
            Buyer(
                "Noémie Tremblay-Roy",
                "1190 Chemin du Ruisseau",
                "Sherbrooke",
                "J1H 4A5",
                "CA",
                state="QC",
                phone="8195550174",
            ),
            (("MYSTERY-BOX-7", 1),),
            "CAD",
            "EBAY_CA",
            Decimal("9.80"),
            remitted=Remitted("GST", Decimal("0.05")),
        ),
    ),
    Sample(
        "eBay International Shipping: goes to a hub, not to the buyer",
        Wish(
            Buyer("Lovisa Engström", "Björkvägen 12", "Uppsala", "754 21", "SE", phone="+46105550123"),
            (("TEE-BLK-M", 1),),
            "USD",
            "EBAY_US",
            Decimal("5.00"),
            hub=_HUB,
            hub_reference="4820001900073311",
        ),
    ),
)

_CANCELLED = Sample(
    "cancelled by the seller and refunded",
    Wish(
        Buyer("Grady Holloway", "9 Millrace Road", "Boise", "83702", "US", state="ID", phone="2085550199"),
        (("YOGA-STRAP", 1),),
        "USD",
        "EBAY_US",
        Decimal("5.50"),
    ),
)
_CANCELLING = Sample(
    "the buyer asks to cancel; the request itself is in getOrder only",
    Wish(
        Buyer("Sunniva Aas", "Fjellgata 6", "Bergen", "5003", "NO", phone="+4755501234"),
        (("LED-DESK-LAMP", 1),),
        "USD",
        "EBAY_US",
        Decimal("8.00"),
        remitted=Remitted("VAT", Decimal("0.25"), "VOEC", "2000017"),
    ),
)
_SHIPPED = Sample(
    "already fulfilled",
    Wish(
        Buyer("Tobias Kranz", "Am Weinberg 4", "Würzburg", "97070", "DE", phone="+4993155501234"),
        (("MUG-ENAMEL-350", 2),),
        "EUR",
        "EBAY_DE",
        Decimal("4.20"),
        remitted=_vat("0.19"),
    ),
)

# What a seller in the UK sells: refunds of these have to be signed.
HOME = (
    Sample(
        "from the UK to the US",
        Wish(
            Buyer("Harper Lindqvist", "640 Cedar Row", "Denver", "80203", "US", state="CO", phone="3035550121"),
            (("TEA-GIFT-TIN", 2), ("MUG-ENAMEL-350", 1)),
            "USD",
            "EBAY_US",
            Decimal("11.00"),
        ),
    ),
    Sample(
        "within the UK, with the seller's own VAT",
        Wish(
            Buyer("Oonagh Kilbride", "22 Castle Terrace", "Belfast", "BT7 1NN", "GB", phone="+442896496001"),
            (("TEE-BLK-M", 3),),
            "GBP",
            "EBAY_GB",
            Decimal("3.50"),
            own_tax=Decimal("0.20"),
        ),
    ),
)


def load_demo(
    store: Store,
    book: CancellationBook,
    composer: Composer,
    seller_abroad: Seller,
    seller_at_home: Seller,
) -> None:
    """Fill the store with the mix. The youngest order is an hour old, the oldest about two days."""
    now = store.now()
    hours = iter(range(1, 100))

    def place(
        sample: Sample, seller: Seller, change: Callable[[Order], None] | None = None, age: int | None = None
    ) -> Order:
        created = now - timedelta(hours=age if age is not None else 2 * next(hours) - 1, minutes=7)
        order = composer.compose(sample.wish, seller, created)
        if change is not None:
            change(order)
        store.add(order)
        return order

    for sample in ABROAD:
        place(sample, seller_abroad)
    place(_CANCELLED, seller_abroad, lambda order: _cancel(book, order), age=40)
    place(_CANCELLING, seller_abroad, lambda order: _ask_to_cancel(book, order), age=41)
    place(_SHIPPED, seller_abroad, _ship, age=50)
    for sample in HOME:
        place(sample, seller_at_home)


def _cancel(book: CancellationBook, order: Order) -> None:
    book.open(order, "SELLER", "OUT_OF_STOCK_OR_CANNOT_FULFILL")
    for refund in order.refunds:
        refund.due = order.modified
    book.store.settle()


def _ask_to_cancel(book: CancellationBook, order: Order) -> None:
    book.open(order, "BUYER", "ORDER_MISTAKE")


def _ship(order: Order) -> None:
    lines = [(str(line["lineItemId"]), 2) for line in order.lines]
    shipped = order.created + timedelta(hours=20)
    order.fulfilments.append(Fulfilment("LX900000017CN", lines, shipped, "ChinaPost", "LX900000017CN"))
    fulfil_lines(order, [line for line, _ in lines])
    order.changed(shipped)
