"""Booking a parcel online: createwarehouseorder, order.createorder, cainiao.global.logistic.order.create."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.shipping.book import Booking, ShippingBook
from xborder_sandbox.aliexpress.shipping.declared_goods import read_goods
from xborder_sandbox.aliexpress.shipping.parcel import DeclaredGoods, Parcel, Receiver
from xborder_sandbox.aliexpress.shipping.refusals import REFUSED, Refused
from xborder_sandbox.aliexpress.shipping.seller_addresses import COURIERS, SellerAddress
from xborder_sandbox.aliexpress.shipping.services import SERVICES, WAYS, Service, by_solution, offered
from xborder_sandbox.aliexpress.shipping.tariff import discounted, freight
from xborder_sandbox.aliexpress.shipping.trade import Trade, trade_of
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json

_ESCROW = "ESCROW"
_OTHER_COURIER = -1
_MAIL_NUMBER = 32
_USER_KEY = 16
_NO_ERROR = 1

Domestic = tuple[str, str]


def create_warehouse_order(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.logistics.createwarehouseorder: the domestic courier says how the parcel comes to the warehouse."""

    def way_and_domestic(pickup: bool) -> tuple[str, Domestic]:
        domestic = _domestic(call)
        # Before there was `pickup_type`: collected if there is an address for it, driven if the courier is "other".
        if pickup:
            return "DOOR_PICKUP", domestic
        return "SELF_SEND" if call.whole("domestic_logistics_company_id") == _OTHER_COURIER else "SELF_POST", domestic

    return _answer(call, lambda: _create(shop, call, way_and_domestic), with_code=False)


def create_order(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.logistics.order.createorder: with `pickup_type`, and the receiver by `oaid`."""

    def way_and_domestic(pickup: bool) -> tuple[str, Domestic]:
        if "pickup_type" not in call:
            domestic = _domestic(call)
            other = call.whole("domestic_logistics_company_id") == _OTHER_COURIER
            return "DOOR_PICKUP" if pickup else "SELF_SEND" if other else "SELF_POST", domestic
        way = call.text("pickup_type")
        if way not in WAYS:
            raise Refused(f"pickup_type must be one of {', '.join(WAYS)}")
        if way == "DOOR_PICKUP" and not pickup:
            raise Refused("address_d_t_os.pickup is required for DOOR_PICKUP")
        return way, _domestic(call) if "domestic_tracking_no" in call else ("", "")

    return _answer(call, lambda: _create(shop, call, way_and_domestic), with_code=True)


def create_by_solution(shop: Shop, call: Call) -> dict[str, Json]:
    """cainiao.global.logistic.order.create."""
    try:
        parcel = _create_by_solution(shop, call.seller.account, call.form("order_param"))
    except Refused as refusal:
        return {
            "is_success": "false",
            "need_retry": False,
            "error_info": {"error_code": str(REFUSED), "error_msg": str(refusal)},
        }
    return {"is_success": "true", "need_retry": False, "result": {"logistics_order_id": parcel.order_id}}


def _answer(call: Call, create: Callable[[], Parcel], *, with_code: bool) -> dict[str, Json]:
    """Return the answer: `result_success` is that the call went through, `result.success` that it was booked."""
    try:
        parcel = create()
    except Refused as refusal:
        result: dict[str, Json] = {
            "success": False,
            "error_code": REFUSED,
            "error_desc": str(refusal),
            "trade_order_id": call.whole("trade_order_id"),
            "trade_order_from": call.text("trade_order_from"),
        }
        return {"result": result, "result_success": True}
    result = {
        "success": True,
        "error_code": _NO_ERROR,
        "error_desc": "",
        "warehouse_order_id": parcel.order_id,
        "intl_tracking_no": parcel.known_number(parcel.created),
        "out_order_id": parcel.trade_order_id,
        "trade_order_id": parcel.trade_order_id,
        "trade_order_from": _ESCROW,
    }
    if not with_code:
        return {"result": result, "result_success": True}
    return {"result": {**result, "out_order_code": parcel.code}, "result_success": True, "ext_info": "{}"}


def _create(shop: Shop, call: Call, way_and_domestic: Callable[[bool], tuple[str, Domestic]]) -> Parcel:
    book, seller = shop.part(ShippingBook), call.seller.account
    trade_id, key = call.whole("trade_order_id"), call.text("warehouse_carrier_service")
    origin, addresses = call.text("trade_order_from"), call.form("address_d_t_os")
    if "declare_product_d_t_os" not in call:
        raise call.missing("declare_product_d_t_os")
    if origin != _ESCROW:
        raise Refused(f"trade_order_from must be {_ESCROW}")
    if len(call.maybe("top_user_key")) > _USER_KEY:
        raise Refused(f"top_user_key may have {_USER_KEY} characters")
    trade = _trade(shop, seller, trade_id)
    service = SERVICES.get(key)
    if service is None:
        raise Refused(f"There is no warehouse_carrier_service {key}")
    if service.is_express and call.maybe_whole("package_num", 0) < 1:
        raise Refused("package_num is required for express")
    way, domestic = way_and_domestic("pickup" in addresses)
    returns = call.maybe("undeliverable_decision", "0")
    if returns not in ("0", "1"):
        raise Refused("undeliverable_decision must be 0 or 1")
    sender = _kept(book, seller, addresses, "sender")
    if way == "DOOR_PICKUP":
        _check_collected(service, _kept(book, seller, addresses, "pickup"))
    refund = _kept(book, seller, addresses, "refund") if returns == "0" else None
    receiver = _receiver(trade, addresses, call.maybe("oaid"))
    goods = read_goods(call.forms("declare_product_d_t_os"), trade.children)
    insured = "insurance_coverage" in call and call.form("insurance_coverage").whole("cent") > 0
    return _book(
        book,
        Booking(
            seller=seller,
            trade_order_id=trade_id,
            service=service,
            way=way,
            receiver=receiver,
            sender=sender,
            return_to=refund,
            goods=goods,
            returns_unreachable=returns == "0",
            domestic=domestic,
            insured=insured,
        ),
    )


def _create_by_solution(shop: Shop, seller: str, order: Form) -> Parcel:
    book = shop.part(ShippingBook)
    trade = _trade(shop, seller, order.form("trade_order_param").whole("trade_order_id"))
    solution = order.form("solution_param")
    order.form("seller_info_param")
    services = {entry.text("code"): entry.form("features") for entry in solution.forms("service_params")}
    unknown = sorted(set(services) - {*WAYS, "UNREACHABLE_RETURN"})
    ways = [code for code in services if code in WAYS]
    if unknown or len(ways) != 1:
        raise Refused(f"service_params needs one of {', '.join(WAYS)}, and may have UNREACHABLE_RETURN")
    features = services[ways[0]]
    service = by_solution(solution.text("solution_code"), features.maybe("warehouse_code"))
    if service is None:
        raise Refused("There is no such solution at that warehouse")
    domestic = ("", "")
    if ways[0] == "SELF_POST":
        domestic = (features.text("express_company_name"), features.text("express_mail_no"))
    sender = _own(book, seller, order.form("sender_param"))
    returner = _own(book, seller, order.form("returner_param"))
    if ways[0] == "DOOR_PICKUP":
        _check_collected(service, _own(book, seller, order.form("pickup_info_param")))
    receiver = order.form("receiver_param")
    packages = order.forms("package_params")
    if len(packages) != 1:
        raise Refused("package_params must have one package")
    return _book(
        book,
        Booking(
            seller=seller,
            trade_order_id=trade.order_id,
            service=service,
            way=ways[0],
            receiver=_receiver_of_solution(trade, receiver),
            sender=sender,
            return_to=returner if "UNREACHABLE_RETURN" in services else None,
            goods=tuple(_item(entry) for entry in packages[0].forms("item_params")),
            returns_unreachable="UNREACHABLE_RETURN" in services,
            domestic=domestic,
        ),
    )


def _book(book: ShippingBook, booking: Booking) -> Parcel:
    """Check what holds for goods, route and destination together, price it, and take it in."""
    service, country = booking.service, booking.receiver.country
    grams = sum(item.weight for item in booking.goods)
    if not booking.goods:
        raise Refused("Nothing is declared")
    if not offered(service, country):
        raise Refused(f"{service.key} does not go to {country}")
    if not 0 < grams <= service.heaviest:
        raise Refused(f"The parcel weighs {grams} g; {service.key} takes {service.heaviest} g")
    if not service.takes_battery and any(item.has_battery for item in booking.goods):
        raise Refused(f"{service.key} takes no batteries")
    if booking.seller in book.unpaid_sellers:
        raise Refused("There are logistics orders that are not paid")
    return book.book(booking, discounted(freight(service, country, grams)))


def _trade(shop: Shop, seller: str, order_id: int) -> Trade:
    trade = trade_of(shop, seller, order_id)
    if trade is None:
        raise Refused("The trade order does not exist")
    if not trade.is_shippable:
        raise Refused(f"The trade order cannot be shipped: {trade.status}")
    return trade


def _domestic(call: Call) -> Domestic:
    """Read the three fields of the domestic courier; all are required."""
    company, number = call.whole("domestic_logistics_company_id"), call.text("domestic_tracking_no")
    if len(number) > _MAIL_NUMBER:
        raise Refused(f"domestic_tracking_no must have 1-{_MAIL_NUMBER} characters")
    names = {known: name for known, _, name in COURIERS}
    if company not in names:
        raise Refused("There is no such domestic_logistics_company_id")
    if company != _OTHER_COURIER:
        return names[company], number
    if "domestic_logistics_company" not in call:
        raise Refused("domestic_logistics_company is required when domestic_logistics_company_id is -1")
    return call.text("domestic_logistics_company"), number


def _kept(book: ShippingBook, seller: str, addresses: Form, kind: str) -> SellerAddress:
    if kind not in addresses or "address_id" not in addresses.form(kind):
        raise Refused(f"address_d_t_os.{kind}.address_id is required")
    kept = book.address(seller, addresses.form(kind).whole("address_id"))
    if kept is None:
        raise Refused(f"The seller has no {kind} address of that id")
    return kept


def _own(book: ShippingBook, seller: str, form: Form) -> SellerAddress:
    kept = book.address(seller, form.whole("seller_address_id"))
    if kept is None:
        raise Refused("The seller has no address of that id")
    return kept


def _check_collected(service: Service, pickup: SellerAddress) -> None:
    if pickup.province not in service.warehouse.provinces:
        raise Refused(f"{service.warehouse.name} does not collect in {pickup.province}")


def _receiver(trade: Trade, addresses: Form, oaid: str) -> Receiver:
    """Return the receiver: the order's own by its oaid, else as it is given."""
    if oaid:
        if oaid != trade.oaid:
            raise Refused("The oaid does not belong to the trade order")
        return trade.receiver
    if "receiver" not in addresses:
        raise Refused("address_d_t_os.receiver is required")
    given = addresses.form("receiver")
    for name in ("name", "country", "city", "street_address", "post_code"):
        if name not in given:
            raise Refused(f"address_d_t_os.receiver.{name} is required")
    if "phone" not in given and "mobile" not in given:
        raise Refused("address_d_t_os.receiver needs a phone or a mobile")
    return _checked(
        trade,
        Receiver(
            given.text("name"),
            given.text("country"),
            given.maybe("province"),
            given.text("city"),
            given.text("street_address"),
            given.text("post_code"),
            given.maybe("mobile") or given.maybe("phone"),
        ),
    )


def _receiver_of_solution(trade: Trade, given: Form) -> Receiver:
    if "address_param" not in given:
        return trade.receiver
    address = given.form("address_param")
    return _checked(
        trade,
        Receiver(
            given.text("name"),
            address.text("country_code"),
            address.maybe("province"),
            address.text("city"),
            address.text("detail_address"),
            address.text("zip_code"),
            given.maybe("mobile_phone") or given.text("telephone"),
        ),
    )


def _checked(trade: Trade, receiver: Receiver) -> Receiver:
    if receiver.country != trade.receiver.country:
        raise Refused("The receiver's country is not the trade order's")
    if any("*" in text for text in (receiver.name, receiver.street, receiver.phone)):
        raise Refused("The receiver is masked")
    return receiver


def _item(form: Form) -> DeclaredGoods:
    features = form.texts("item_features")
    grams, quantity, price = form.whole("weight"), form.whole("quantity"), form.whole("total_price")
    if min(grams, quantity, price) < 1 or form.whole("unit_price") < 1:
        raise Refused("weight, quantity, unit_price and total_price must be positive")
    if unknown := sorted(set(features) - {"cf_normal", "cf_has_battery"}):
        raise Refused(f"Unknown item_features: {', '.join(unknown)}")
    return DeclaredGoods(
        product_id=form.whole("item_id"),
        child_order_id=0,
        chinese=form.text("local_name"),
        english=form.text("english_name"),
        quantity=quantity,
        amount=Decimal(price) / 100,
        weight=grams * quantity,
        sku_code=form.text("sku"),
        currency=form.text("currency"),
        has_battery="cf_has_battery" in features,
    )


HANDLERS = {
    "aliexpress.logistics.createwarehouseorder": create_warehouse_order,
    "aliexpress.logistics.order.createorder": create_order,
    "cainiao.global.logistic.order.create": create_by_solution,
}
