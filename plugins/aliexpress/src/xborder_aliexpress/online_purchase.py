"""What is sent to buy a logistics order.

Sources: the vendor's metadata of aliexpress.logistics.createwarehouseorder (what is required, and limits) and the
official IOP Java SDK 1.3.5-ae (aliexpress.logistics.order.createorder, which adds `oaid` and `pickup_type`; with the
latter the domestic courier may be left out).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from xborder_aliexpress import online_words as words
from xborder_aliexpress.addresses import country_of
from xborder_aliexpress.calls import whole_id
from xborder_aliexpress.declared_goods import declared_goods
from xborder_aliexpress.online_kind import user_key
from xborder_aliexpress.order_reading import line_id
from xborder_aliexpress.seller_addresses import StoredAddresses
from xborder_aliexpress.settings import AliexpressSettings
from xborder_aliexpress.texts import clean, is_masked
from xborder_aliexpress.trade_order import TradeOrder
from xborder_sdk.errors import Conflict, InvalidRequest
from xborder_sdk.hookspecs import CreateShipment
from xborder_sdk.models import Address, Money, Parcel, kg_from_grams


def goods_size(parcel: Parcel) -> dict[str, object]:
    """Weight in kilograms and sides in whole centimetres, rounded up.

    Args:
        parcel: The box.
    """
    found: dict[str, object] = {"goods_weight": f"{kg_from_grams(parcel.weight_g):.3f}"}
    if parcel.dimensions is not None:
        for side in ("length", "width", "height"):
            found[f"goods_{side}"] = -(-getattr(parcel.dimensions, f"{side}_mm") // 10)
    return found


def purchase(
    request: CreateShipment,
    order: TradeOrder,
    addresses: StoredAddresses,
    settings: AliexpressSettings,
    account: str,
    pickup_type: str,
    warehouse: str | None,
) -> tuple[str, dict[str, object]]:
    """Name and parameters of the call.

    Args:
        request: The checked shipment.
        order: Its order as it stands.
        addresses: The seller's addresses.
        settings: The account's settings.
        account: Name of the account.
        pickup_type: How the parcel comes to the warehouse.
        warehouse: Which warehouse collects, where it is to be named.

    Raises:
        Conflict: The order has no such line (any more).
        InvalidRequest: The recipient is masked and the order has no key to the whole address.
    """
    older = settings.logistics_order == "createwarehouseorder"
    oaid = None if older else order.found.text_or_none("oaid")
    parameters: dict[str, object] = {
        "trade_order_id": whole_id(request.contents[0].order_id, "contents.0.order_id"),
        "trade_order_from": words.ESCROW,
        "warehouse_carrier_service": clean(request.service),
        "address_d_t_os": _addresses(request.recipient, order, addresses, warehouse, may_be_masked=oaid is not None),
        "declare_product_d_t_os": declared_goods(request, _product_ids(request, order), settings),
        "package_num": len(request.parcels),
        "undeliverable_decision": words.UNDELIVERABLE[settings.undeliverable],
        "invoice_number": None if request.customs is None else clean(request.customs.invoice_number),
        "top_user_key": user_key(settings, account),
    }
    if request.options.insurance is not None:
        parameters["insurance_coverage"] = _coverage(request.options.insurance)
    if older:
        return words.CREATE_OLDER, parameters | _courier(settings, pickup_type)
    if oaid is not None and _is_masked(request.recipient):
        parameters["oaid"] = oaid
    return words.CREATE, parameters | {"pickup_type": pickup_type}


def _courier(settings: AliexpressSettings, pickup_type: str) -> dict[str, object]:
    """The domestic courier, which the older call requires even where there is none: -1, and words that say so."""
    number = settings.domestic_carrier_id if pickup_type == words.SELF_POST else None
    return {
        "domestic_logistics_company_id": words.OTHER_COURIER if number is None else number,
        "domestic_logistics_company": settings.domestic_carrier or "self",
        "domestic_tracking_no": "none",
    }


def _product_ids(request: CreateShipment, order: TradeOrder) -> dict[str, str]:
    """The platform's product by order line. Gifts have the number 0."""
    known = {line_id(line): line.text_or_none("product_id") or "0" for line in order.lines}
    for index, content in enumerate(request.contents):
        if content.line_id not in known:
            raise Conflict(f"the order has no line as named in contents.{index}", status=200)
    return {content.line_id: known[content.line_id] for content in request.contents}


def _addresses(
    recipient: Address, order: TradeOrder, addresses: StoredAddresses, warehouse: str | None, *, may_be_masked: bool
) -> dict[str, Any]:
    if _is_masked(recipient) and not may_be_masked:
        raise InvalidRequest(
            "the recipient's address is masked, and nothing opens it for this purchase",
            field="recipient",
            hint="read the order again with the setting `decrypt`, then buy",
        )
    found: dict[str, Any] = {
        "sender": {"address_id": addresses.sender},
        "refund": {"address_id": addresses.refund},
        "receiver": _receiver(recipient, order),
    }
    if addresses.pickup is not None:
        found["pickup"] = {"address_id": addresses.pickup, "from_warehouse_code": warehouse}
    return found


def _receiver(recipient: Address, order: TradeOrder) -> dict[str, str | None]:
    return {
        "name": clean(recipient.name),
        "country": platform_country(recipient.country, order.country),
        "province": _text(recipient.region),
        "city": clean(recipient.city),
        "street_address": ", ".join(clean(line) for line in recipient.lines if line.strip()),
        "post_code": _text(recipient.postal_code),
        # One number is known; which of the two the label shows is not documented.
        "phone": _text(recipient.phone),
        "mobile": _text(recipient.phone),
        "email": _text(recipient.email),
    }


def _text(value: str | None) -> str | None:
    return None if value is None else clean(value) or None


def _is_masked(place: Address) -> bool:
    return any(is_masked(text) for text in (place.name, place.city, *place.lines, place.phone or ""))


def _coverage(insured: Money) -> dict[str, object]:
    step = Decimal(1).scaleb(-insured.minor_digits)
    return {"cent": int(insured.amount / step), "currency_code": insured.currency}


def platform_country(country: str, told: str | None) -> str:
    """A country as the platform writes it: its own code for the order, where that means the same country.

    Args:
        country: ISO 3166-1 alpha-2.
        told: The platform's code in the order, where it is known.
    """
    return told.strip().upper() if told is not None and country_of(told) == country else country
