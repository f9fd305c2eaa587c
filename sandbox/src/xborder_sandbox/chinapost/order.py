"""An order as it was sent: its shape, its rules, and what is kept of it.

Fields and rules: chinapost.md section 2, "Order payload" and "Rules seen in clients". Which of the fields must be
there, and which code answers which fault, is established for few of them; required is what every public client fills.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from xborder_sandbox.chinapost.form import read_time
from xborder_sandbox.chinapost.products import CONTRACT, COUNTRIES, LONGEST_CM, SUM_CM, Product
from xborder_sandbox.chinapost.refusals import refused

Fields: TypeAlias = dict[str, object]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ORDER_FIELDS = _words(
    "created_time sender_no wh_code mailType logistics_order_no batch_no waybill_no biz_product_no weight volume "
    "length width height postage_total postage_currency contents_total_weight contents_total_value transfer_type "
    "battery_flag pickup_notes insurance_flag insurance_amount undelivery_option back_addr back_way valuable_flag "
    "declare_source declare_type declare_curr_code printcode barcode forecastshut mail_sign mail_flag tax_id s_tax_id "
    "prepayment_of_vat pickup_flag sender receiver pickup items"
)
ADDRESS_FIELDS = _words(
    "name company post_code phone mobile email id_type id_no nation province city county address gis linker"
)
ITEM_FIELDS = _words(
    "cargo_no cargo_name cargo_name_en cargo_type_name cargo_type_name_en cargo_origin_name cargo_link cargo_quantity "
    "cargo_value cost cargo_currency carogo_weight cargo_weight cargo_description cargo_serial unit intemsize"
)

_REQUIRED = _words(
    "created_time sender_no wh_code mailType logistics_order_no biz_product_no weight contents_total_weight "
    "contents_total_value undelivery_option declare_source declare_type declare_curr_code forecastshut mail_sign"
)
_REQUIRED_OF_SENDER = _words("name post_code phone nation province city address linker")
_REQUIRED_OF_RECEIVER = _words("name phone nation province city address linker")
_REQUIRED_OF_ITEM = _words(
    "cargo_no cargo_name cargo_name_en cargo_type_name cargo_type_name_en cargo_quantity cargo_value cost "
    "cargo_currency unit"
)
_CHOICES = {
    "battery_flag": ("", "0", "1"),
    "undelivery_option": ("1", "2"),
    "declare_source": ("1", "2", "3"),
    "declare_type": ("1", "2"),
    "forecastshut": ("0", "1"),
    "mail_sign": ("1", "2"),
}
_MOST_BYTES_OF_ITEM = {
    "cargo_name": 59,
    "cargo_name_en": 59,
    "cargo_type_name": 59,
    "cargo_type_name_en": 59,
    "cargo_no": 49,
}
_MOST_BYTES_OF_ADDRESS = {"address": 512, "phone": 20, "mobile": 20}
# The gateway's own sample spells an item's weight carogo_weight; two of six clients write cargo_weight.
_WEIGHTS_OF_ITEM = ("carogo_weight", "cargo_weight")
_TEXTS = ("name", "company", "phone", "mobile", "province", "city", "county", "address", "linker")


@dataclass(frozen=True)
class Party:
    """Sender or receiver."""

    name: str
    company: str
    phone: str
    nation: str
    province: str
    city: str
    address: str
    post_code: str


@dataclass(frozen=True)
class Item:
    """A line of the customs declaration; the weight in grams."""

    name: str
    name_en: str
    quantity: int
    value: Decimal
    currency: str
    grams: int


@dataclass(frozen=True)
class Order:
    """What an order says, as far as the simulator acts on it."""

    order_no: str
    product: Product
    grams: int
    sender: Party
    receiver: Party
    items: tuple[Item, ...]
    waybill_no: str
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Customer:
    """Whose order it must be, and what is not to be in it."""

    sender_no: str
    wh_code: str
    mail_type: str
    products: Sequence[str]
    special_characters: Sequence[str]


def read_json(text: str) -> object:
    """Parse JSON; numbers with a point as Decimal.

    Raises:
        ValueError: If it is none.
    """

    def number(digits: str) -> Decimal:
        try:
            return Decimal(digits)
        except InvalidOperation:
            raise ValueError("a number is out of all bounds") from None

    def constant(word: str) -> object:
        raise ValueError(f"{word} is no JSON")

    try:
        return json.loads(text, parse_float=number, parse_constant=constant)
    except RecursionError:
        raise ValueError("nested too deep") from None


def read_order(content: str, customer: Customer) -> Order:
    """Read an order and hold it against the rules.

    Raises:
        Refusal: With the code of the first thing that is wrong.
    """
    try:
        fields = read_json(content)
    except ValueError:
        raise refused("S01") from None
    if not isinstance(fields, dict):
        raise refused("S01")
    sender, receiver, items = _object(fields, "sender"), _object(fields, "receiver"), _items(fields)
    _need(fields, _REQUIRED, "")
    _need(sender, _REQUIRED_OF_SENDER, "sender.")
    _need(receiver, _REQUIRED_OF_RECEIVER, "receiver.")
    for index, item in enumerate(items):
        _need(item, _REQUIRED_OF_ITEM, f"items[{index}].")
        if not any(_text(item, name) for name in _WEIGHTS_OF_ITEM):
            raise refused("B03", f"items[{index}].{_WEIGHTS_OF_ITEM[0]}")
    if read_time(_text(fields, "created_time")) is None:
        raise refused("B02", "created_time")
    if _text(fields, "sender_no") != customer.sender_no or _text(fields, "mailType") != customer.mail_type:
        raise refused("S12", "sender_no, mailType")
    if _text(fields, "wh_code") != customer.wh_code:
        raise refused("S03", "wh_code")
    for name, choices in _CHOICES.items():
        if _text(fields, name) not in choices:
            raise refused("B00", name)
    product = _product(fields, customer)
    nation = _text(receiver, "nation")
    if _text(sender, "nation") != "CN" or nation not in COUNTRIES:
        raise refused("S15", "nation")
    if nation not in product.family.destinations:
        raise refused("B16", nation)
    _check_texts(sender, receiver, items, customer.special_characters)
    return Order(
        order_no=_text(fields, "logistics_order_no"),
        product=product,
        grams=_grams(fields, product, nation),
        sender=_party(sender),
        receiver=_party(receiver),
        items=tuple(_item(item) for item in items),
        waybill_no=_text(fields, "waybill_no"),
        unknown=tuple(_unknown(fields, sender, receiver, items)),
    )


def _object(fields: Fields, name: str) -> Fields:
    if name not in fields:
        raise refused("B01", name)
    value = fields[name]
    if not isinstance(value, dict):
        raise refused("B03", name)
    return value


def _items(fields: Fields) -> list[Fields]:
    if "items" not in fields:
        raise refused("B01", "items")
    items = fields["items"]
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise refused("B03", "items")
    return items


def _need(fields: Fields, names: Sequence[str], where: str) -> None:
    for name in names:
        if name not in fields:
            raise refused("B01", where + name)
        if not _text(fields, name):
            raise refused("B03", where + name)


def _text(fields: Fields, name: str) -> str:
    """Return a field as text: clients send numbers as texts and texts as numbers."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    return str(value).strip()


def _number(fields: Fields, name: str, code: str = "B03") -> Decimal:
    try:
        number = Decimal(_text(fields, name))
    except InvalidOperation:
        raise refused(code, name) from None
    if not number.is_finite() or number < 0:
        raise refused(code, name)
    return number


def _product(fields: Fields, customer: Customer) -> Product:
    code = _text(fields, "biz_product_no")
    if code not in customer.products or code not in CONTRACT:
        raise refused("B05", "biz_product_no")
    return CONTRACT[code]


def _grams(fields: Fields, product: Product, nation: str) -> int:
    family = product.family
    weight = _number(fields, "weight", "B12")
    if weight != weight.to_integral_value() or not 0 < weight <= family.most_grams(nation):
        raise refused("B12", "weight")
    sides = [_number(fields, name) for name in ("length", "width", "height") if _text(fields, name)]
    if family.is_packet and sides and (max(sides) > LONGEST_CM or sum(sides) > SUM_CM):
        raise refused("B00", "length, width, height")
    return int(weight)


def _check_texts(sender: Fields, receiver: Fields, items: list[Fields], special: Sequence[str]) -> None:
    for where, party in (("sender", sender), ("receiver", receiver)):
        for name, most in _MOST_BYTES_OF_ADDRESS.items():
            _check_length(party, name, most, where)
        for name in _TEXTS:
            _check_special(party, name, special, where)
    for index, item in enumerate(items):
        for name, most in _MOST_BYTES_OF_ITEM.items():
            _check_length(item, name, most, f"items[{index}]")
            _check_special(item, name, special, f"items[{index}]")
        if not all(_text(item, name).isascii() for name in ("cargo_name_en", "cargo_type_name_en")):
            raise refused("B13", f"items[{index}]")


def _check_length(fields: Fields, name: str, most: int, where: str) -> None:
    if len(_text(fields, name).encode()) > most:
        raise refused("B07", f"{where}.{name}")


def _check_special(fields: Fields, name: str, special: Sequence[str], where: str) -> None:
    if any(sign in _text(fields, name) for sign in special):
        raise refused("S14", f"{where}.{name}")


def _party(fields: Fields) -> Party:
    return Party(
        name=_text(fields, "name"),
        company=_text(fields, "company"),
        phone=_text(fields, "phone"),
        nation=_text(fields, "nation"),
        province=_text(fields, "province"),
        city=_text(fields, "city"),
        address=_text(fields, "address"),
        post_code=_text(fields, "post_code"),
    )


def _item(fields: Fields) -> Item:
    quantity = _number(fields, "cargo_quantity")
    grams = _number(fields, next(name for name in _WEIGHTS_OF_ITEM if _text(fields, name)), "B12")
    if quantity != quantity.to_integral_value() or quantity == 0:
        raise refused("B03", "cargo_quantity")
    if grams != grams.to_integral_value():
        raise refused("B12", _WEIGHTS_OF_ITEM[0])
    return Item(
        name=_text(fields, "cargo_name"),
        name_en=_text(fields, "cargo_name_en"),
        quantity=int(quantity),
        value=_number(fields, "cargo_value"),
        currency=_text(fields, "cargo_currency"),
        grams=int(grams),
    )


def _unknown(fields: Fields, sender: Fields, receiver: Fields, items: list[Fields]) -> Iterator[str]:
    """Yield the fields nobody knows: the vendor most likely passes over them, but a test may want to know."""
    yield from (name for name in fields if name not in ORDER_FIELDS)
    for where, party in (("sender", sender), ("receiver", receiver)):
        yield from (f"{where}.{name}" for name in party if name not in ADDRESS_FIELDS)
    for index, item in enumerate(items):
        yield from (f"items[{index}].{name}" for name in item if name not in ITEM_FIELDS)
