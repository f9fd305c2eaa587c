"""The two shapes of an answer, and where one may say no although its envelope is good.

Not simplified, an answer lies under the name of its method and every list is an object around one array; simplified it
does not. Sources: the official IOP Java SDK 1.3.5-ae (SimplifyJsonConverter; the response classes, which name the
fields), the vendor's metadata of the older gateway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from xborder_aliexpress.spellings import as_documented
from xborder_sdk.reading import Json, JsonObject

# The fields that hold a list in the answers of the calls used here. An empty one may be missing or `{}`.
LIST_FIELDS: Final = frozenset({
    # orders
    "target_list", "product_list", "tags", "child_order_list", "child_order_ext_info_list", "logistic_info_list",
    "opr_log_dto_list", "order_msg_list", "child_order_discount_detail_list",
    # shipping notices
    "result_list", "sub_trade_order_list", "shipment_list", "courier_list",
    # messages
    "message_list",
    # online logistics
    "available_logistic_service_list", "logistics_fee_list", "logistics_service_list", "other_fees",
    "order_status_list", "sender_seller_address_list", "pickup_seller_address_list", "refund_seller_address_list",
    "details", "usable_solution_list", "timing_list", "parcel_order_list", "slave_bigbag_list",
    # disputes
    "data_list", "buyer_solution_list", "seller_solution_list", "platform_solution_list", "process_dto_list",
    "attachments", "issues",
})  # fmt: skip

_WRAPPER_ENDS: Final = "_response"
_WRAPPER_BEGINS: Final = ("aliexpress", "cainiao")
"""The method's name with `_` for its dots; whether the slashes of some stay nobody says. `response` and
`result_response` are fields of simplified answers."""
_HOLDERS: Final = ("result", "result_response", "response", "return_result", "resultdata")
"""Where an answer may keep its own word on success, besides the top."""
_SUCCESS: Final = ("success", "is_success", "result_success", "succeeded")
_CODES: Final = ("error_code", "result_error_code", "code_of_error", "errorCode", "sub_error_code")
_MESSAGES: Final = ("error_msg", "error_desc", "error_message", "result_error_desc", "error_info", "msg", "error")


def unwrapped(root: JsonObject) -> JsonObject:
    """An answer without the wrapper of its method, whichever shape it came in.

    Args:
        root: The top of the answer.
    """
    for name in root.data:
        if name.endswith(_WRAPPER_ENDS) and name.startswith(_WRAPPER_BEGINS):
            return root.child(name)
    return root


def simplified(value: Mapping[str, Json]) -> dict[str, Json]:
    """The same with plain lists where the known list fields are objects around one array, and words as documented."""
    return {name: _field(name, found) for name, found in value.items()}


def _field(name: str, value: Json) -> Json:
    if name in LIST_FIELDS and isinstance(value, Mapping):
        value = _unwrapped_list(value)
    if isinstance(value, list):
        return [simplified(item) if isinstance(item, Mapping) else item for item in value]
    if isinstance(value, str):
        return as_documented(name, value)
    return simplified(value) if isinstance(value, Mapping) else value


def _unwrapped_list(value: Mapping[str, Json]) -> list[Json]:
    """The items of an object around one array, or around what is left of an array of one or none."""
    inner = list(value.values())
    if len(inner) != 1:
        return [value] if inner else []
    (only,) = inner
    if isinstance(only, list):
        return only
    if isinstance(only, Mapping):
        return [only] if only else []
    return [] if only is None or only == "" else [value]


@dataclass(frozen=True, slots=True)
class BusinessFailure:
    """What an answer says that says no inside a good envelope.

    Attributes:
        code: The vendor's code.
        message: Its words, unscrubbed.
    """

    code: str | None
    message: str | None


def business_failure(body: JsonObject) -> BusinessFailure | None:
    """The failure that a good envelope holds; None where the answer does not say no.

    A code alone says nothing: it is `0`, `1` or missing in good answers, depending on the call.

    Args:
        body: The answer without its wrapper.
    """
    for holder in (body, *(body.child(name) for name in _HOLDERS)):
        if any(holder.flag(name) is False for name in _SUCCESS):
            places = (holder, holder.child("error_info"), body, *(body.child(name) for name in _HOLDERS))
            code = next((found for place in places for found in _found(place, _CODES)), None)
            message = next((found for place in places for found in _found(place, _MESSAGES)), None)
            return BusinessFailure(code, message)
    return None


def _found(place: JsonObject, names: tuple[str, ...]) -> Iterator[str]:
    return (found for name in names if (found := place.text_or_none(name)))
