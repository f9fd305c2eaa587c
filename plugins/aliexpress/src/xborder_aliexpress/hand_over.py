"""Handing parcels over (交运): many parcels in a bag or batch, announced to the platform's logistics.

Source: the vendor's metadata of cainiao.global.handover.commit (what is required, patterns, limits).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Final

from xborder_aliexpress import online_words as words
from xborder_aliexpress.logistics_orders import logistics_order
from xborder_aliexpress.online_kind import OnlineKind
from xborder_aliexpress.seller_addresses import PICKUP, stored_addresses
from xborder_aliexpress.texts import clean, has_chinese
from xborder_sdk.errors import InvalidRequest, MalformedResponse
from xborder_sdk.hookspecs import HandOverParcels
from xborder_sdk.models import Address, HandOver, HandOverMethod, Raw
from xborder_sdk.reading import JsonObject, parse_json
from xborder_sdk.steps import Flow

# META, pickup_info.mobile and pickup_info.phone; the platform refuses what does not match.
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_PHONE: Final = re.compile(r"0\d{2,3}-\d{7,8}|400\d{6,8}|400-\d{6,8}")
_CHINA: Final = re.compile(r"^(?:\+|00)86[\s-]*")


class OnlineHandOver(OnlineKind):
    """Hand-overs."""

    honours: ClassVar[Mapping[str, frozenset[str]]] = {
        "hand_over": frozenset({"method", "weight_g", "domestic_carrier", "domestic_number", "note"})
    }

    def hand_over(self, request: HandOverParcels) -> Flow[HandOver]:
        """Announces parcels by their LP numbers; the address of collection is the one stored on the platform.

        Args:
            request: Which parcels. `sender` gives the person and number to call, where the platform takes them.

        Raises:
            InvalidRequest: The domestic courier or its number is missing, or is not known to the platform.
            Refused: The platform takes none of them.
        """
        settings = self._settings
        method = request.method or words.METHOD_OF_PICKUP[settings.pickup_type]
        parameters: dict[str, object] = {
            "client": settings.hand_over_client,
            "user_info": self._user_info,
            "type": words.METHODS[method],
            "locale": settings.locale,
            "remark": request.note,
        }
        if request.weight_g is not None:
            parameters |= {"weight": request.weight_g, "weight_unit": "g"}
        if settings.skip_bad_parcels:
            parameters["skip_invalid_parcel"] = True
        if method is HandOverMethod.POSTED:
            parameters |= yield from self._courier(request)
        elif request.domestic_carrier is not None or request.domestic_number is not None:
            raise InvalidRequest(
                f"a courier is named only for parcels that are posted, and these are {method.value}",
                field="domestic_carrier" if request.domestic_carrier is not None else "domestic_number",
            )
        addresses = yield from stored_addresses(self._calls, settings, frozenset({PICKUP}))
        parameters["pickup_info"] = {"address_id": addresses.pickup, **_contact(request.sender)}
        if settings.refund_address_id is not None:
            parameters["return_info"] = {"address_id": settings.refund_address_id}
        codes = yield from self._codes(request.waybills)
        parameters["order_code_list"] = list(codes)
        answer = yield from self._calls.once(words.HAND_OVER, parameters)
        return read_hand_over(answer.body, answer.raw, codes, self.account)

    def _courier(self, request: HandOverParcels) -> Flow[dict[str, object]]:
        """META: number, name and id of the courier are required for parcels that are posted."""
        settings = self._settings
        if request.domestic_number is None:
            raise InvalidRequest("posted parcels need the courier's number", field="domestic_number")
        wanted = request.domestic_carrier or settings.domestic_carrier
        number = settings.domestic_carrier_id if request.domestic_carrier is None else None
        if wanted is None and number is None:
            raise InvalidRequest(
                "posted parcels need the name of the domestic courier",
                field="domestic_carrier",
                hint="name it, or set domestic_carrier in the account's settings",
            )
        if number is None or wanted is None:
            number, wanted = yield from self._known_courier(wanted, number)
        return {
            "domestic_tracking_no": clean(request.domestic_number),
            "domestic_logistics_company_id": number,
            "domestic_logistics_company": wanted,
        }

    def _known_courier(self, name: str | None, number: int | None) -> Flow[tuple[int, str]]:
        """The courier by its name or code in the platform's list, or by its id."""
        answer = yield from self._calls.read(words.COURIERS, {})
        known: list[str] = []
        wanted = clean(name or "").casefold()
        for found in answer.body.children("result_list"):
            company_id, company = found.integer_or_none("company_id"), found.text_or_none("name")
            code = found.text_or_none("company_code")
            if company_id is None or company is None:
                continue
            known.append(company)
            if company_id == number or (name is not None and wanted in {company.casefold(), (code or "").casefold()}):
                return company_id, company
        raise InvalidRequest(
            "AliExpress does not know this domestic courier",
            field="domestic_carrier",
            hint=f"it knows {', '.join(known[:30]) or 'none'}",
        )

    def _codes(self, waybills: tuple[str, ...]) -> Flow[dict[str, str]]:
        """Our waybills by LP number; those that are no LP numbers are looked up."""
        found: dict[str, str] = {}
        for index, waybill in enumerate(waybills):
            code = waybill
            if waybill.isascii() and waybill.isdecimal():
                order = yield from logistics_order(self._calls, waybill)
                if order.lp_number is None:
                    raise InvalidRequest("the parcel has no LP number yet", field=f"waybills.{index}")
                code = order.lp_number
            found[code] = waybill
        return found


def _contact(sender: Address) -> dict[str, str]:
    """The person to call, as far as the platform takes it; the stored address tells the rest."""
    found: dict[str, str] = {}
    if has_chinese(sender.name):
        found["name"] = clean(sender.name)
    number = _CHINA.sub("", clean(sender.phone or ""))
    digits = number.replace(" ", "").replace("-", "")
    if _MOBILE.fullmatch(digits):
        found["mobile"] = digits
    elif _PHONE.fullmatch(number):
        found["phone"] = number
    return found


def read_hand_over(answer: JsonObject, raw: Raw, codes: Mapping[str, str], account: str) -> HandOver:
    """A hand-over that the platform took.

    Args:
        answer: The answer.
        raw: The same, as it came.
        codes: Our waybills by LP number.
        account: Name of the account.

    Raises:
        MalformedResponse: It has no number.
    """
    data = answer.child("result").child("data")
    told = data.get("not_commit_parcel_detail")
    not_taken = left_out(told, codes)
    out = {waybill for waybill, _ in not_taken}
    warnings = []
    if isinstance(told, str) and told.strip() not in {"", "{}", "[]", "null"} and not not_taken:
        warnings.append(f"AliExpress names parcels it did not take, and none of these: {told.strip()[:300]}")
    confirmation = data.text_or_none("handover_content_id")
    if confirmation is None:
        raise MalformedResponse("the answer names no hand-over")
    return HandOver(
        account=account,
        confirmation=confirmation,
        bag_number=data.text_or_none("handover_content_code"),
        waybills=tuple(waybill for waybill in codes.values() if waybill not in out),
        not_taken=not_taken,
        warnings=tuple(warnings),
        raw=raw,
    )


def left_out(told: object, codes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Which parcels `not_commit_parcel_detail` names, and why, as far as it can be read.

    No document shows its form: an object by LP number, a list of objects and plain text are understood.

    Args:
        told: The field.
        codes: Our waybills by LP number.

    Raises:
        MalformedResponse: It is nested deeper than can be read.
    """
    try:
        return _left_out(told, codes)
    except RecursionError:
        raise MalformedResponse("the parcels that were not taken are told too deeply nested") from None


def _left_out(told: object, codes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    value = told
    if isinstance(told, str):
        try:
            value = parse_json(told.encode())
        except MalformedResponse:
            value = told
    found: dict[str, str] = {}
    if isinstance(value, dict):
        found = {code: _reason(value[code]) for code in codes if code in value}
    if isinstance(value, list):
        for item in value:
            text = _reason(item)
            found |= {code: text for code in codes if _names(text, code)}
    if not found:
        text = _reason(value)
        found = {code: text for code in codes if _names(text, code)}
    return tuple((codes[code], reason[:300]) for code, reason in found.items())


def _reason(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_reason(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(_reason, value))
    return "" if value is None else str(value)


def _names(text: str, code: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(code)}(?![A-Za-z0-9])", text) is not None
