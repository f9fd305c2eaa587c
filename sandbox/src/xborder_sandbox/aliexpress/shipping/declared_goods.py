"""Declared goods, with the vendor's limits (TOP metadata, createwarehouseorder: declare_product_d_t_os).

`product_weight` is taken as the weight of the whole line: 2.000 kg is the most of it and of a small packet.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xborder_sandbox.aliexpress.call import Form
from xborder_sandbox.aliexpress.errors import GatewayError
from xborder_sandbox.aliexpress.shipping.parcel import DeclaredGoods
from xborder_sandbox.aliexpress.shipping.refusals import Refused

_MOST_LINES = 50
_ENGLISH = 60
_CHINESE = 20
_QUANTITY = (1, 999)
_AMOUNT = (Decimal("0.01"), Decimal("10000.00"))
_KILOGRAMS = (Decimal("0.001"), Decimal("2.000"))


def read_goods(forms: Sequence[Form], children: frozenset[int]) -> tuple[DeclaredGoods, ...]:
    """Return the declared goods.

    Args:
        forms: The lines of `declare_product_d_t_os`.
        children: The order's child ids; a line that names another is refused.

    Raises:
        Refused: If a line breaks one of the limits.
    """
    if not 1 <= len(forms) <= _MOST_LINES:
        raise Refused(f"declare_product_d_t_os must have 1 to {_MOST_LINES} products")
    try:
        return tuple(_read_line(form, children) for form in forms)
    except GatewayError as error:
        # The list is JSON inside a parameter: the gateway does not look into it.
        raise Refused(f"{error.refusal.msg}: {error.detail}") from error


def _read_line(form: Form, children: frozenset[int]) -> DeclaredGoods:
    chinese, english = form.text("category_cn_desc"), form.text("category_en_desc")
    _check("category_cn_desc", len(chinese) <= _CHINESE, f"1-{_CHINESE} characters")
    _check("category_en_desc", len(english) <= _ENGLISH and english.isascii(), f"1-{_ENGLISH} English characters")
    quantity = form.whole("product_num")
    _check("product_num", _QUANTITY[0] <= quantity <= _QUANTITY[1], "1-999")
    amount = form.decimal("product_declare_amount")
    _check("product_declare_amount", _AMOUNT[0] <= amount <= _AMOUNT[1], "0.01-10000.00")
    weight = form.decimal("product_weight")
    _check("product_weight", _KILOGRAMS[0] <= weight <= _KILOGRAMS[1], "0.001-2.000")
    grams = weight * 1000
    _check("product_weight", grams == grams.to_integral_value(), "three decimals at most")
    child = form.maybe_whole("child_order_id", 0)
    _check("child_order_id", child in children or child == 0, "a child of the trade order")
    return DeclaredGoods(
        product_id=form.whole("product_id"),
        child_order_id=child,
        chinese=chinese,
        english=english,
        quantity=quantity,
        amount=amount,
        weight=int(grams),
        hs_code=form.maybe("hs_code"),
        sku_code=form.maybe("sku_code"),
        has_battery=_flag(form, "contains_battery") or _flag(form, "only_battery"),
    )


def _flag(form: Form, name: str) -> bool:
    # 0 and 1 are allowed beside true and false.
    text = form.maybe(name, "false").lower()
    _check(name, text in ("true", "false", "0", "1"), "true or false")
    return text in ("true", "1")


def _check(name: str, good: bool, what: str) -> None:
    if not good:
        raise Refused(f"{name} must be {what}")
