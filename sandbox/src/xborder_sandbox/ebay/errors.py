"""eBay's error bodies.

The numbers, categories and statuses are those of the OpenAPI documents' response codes; the sentences are
our own. Every number that no document gives is marked *unverified* in the README.
"""

from __future__ import annotations

import json

from starlette.responses import Response

from xborder_sandbox.requests import Json

# Number -> (status, category, sentence). Domain API_FULFILLMENT. From sell_fulfillment_v1.
FULFILLMENT_ERRORS: dict[int, tuple[int, str, str]] = {
    30700: (400, "REQUEST", "No filter has this name: {0}"),
    30800: (400, "REQUEST", "The filter {1} cannot have the value {0}"),
    30810: (400, "REQUEST", "The date format is invalid"),
    30820: (400, "REQUEST", "There is no start date"),
    30830: (400, "REQUEST", "Start and end may be {0} years apart at most"),
    30840: (400, "REQUEST", "The start date has to be before the end date"),
    30850: (400, "REQUEST", "Start and end may not be in the future"),
    30900: (400, "REQUEST", "Too many order IDs; the limit is {0}"),
    31000: (400, "REQUEST", "The offset is invalid: {0}"),
    31100: (400, "REQUEST", "The limit is invalid: {0}"),
    32100: (400, "REQUEST", "The order ID is invalid: {0}"),
    32110: (400, "REQUEST", "The shipping fulfillment ID is invalid: {0}"),
    32200: (400, "REQUEST", "The line item id is invalid: {0}"),
    32210: (400, "REQUEST", "A line item occurs twice in the request"),
    32300: (400, "REQUEST", "The shipment tracking number or the carrier is invalid"),
    32400: (400, "REQUEST", "The user is suspended"),
    32500: (400, "REQUEST", "The shipped date is invalid"),
    32600: (400, "REQUEST", "The input data is invalid"),
    32800: (400, "REQUEST", "There is no field group {0}"),
    34100: (400, "REQUEST", "The order has as many tracking numbers as it may have"),
    34200: (400, "REQUEST", "Global Shipping Program lines and others are mixed"),
    34300: (400, "REQUEST", "Several Global Shipping Program lines cannot be marked as shipped together"),
    34500: (400, "REQUEST", "A shipping fulfillment is updated with PUT"),
    34902: (400, "REQUEST", "The request is empty"),
    34903: (400, "REQUEST", "The refund reason has to be given"),
    34905: (400, "REQUEST", "Give either orderLevelRefundAmount or refundItems"),
    34906: (400, "REQUEST", "The value of the amount has to be given"),
    34907: (400, "REQUEST", "The value of the amount has to be positive, with two decimals at most"),
    34908: (400, "REQUEST", "The currency of the amount has to be given"),
    34909: (400, "REQUEST", "The currency of the amount is not right"),
    34910: (400, "REQUEST", "An item's refund needs a legacyReference or a lineItemId"),
    34911: (400, "REQUEST", "A legacyReference needs the legacy item id"),
    34912: (400, "REQUEST", "A legacyReference needs the legacy transaction id"),
    34913: (404, "REQUEST", "There is no such order"),
    34914: (400, "REQUEST", "The item is not in the order"),
    34915: (400, "REQUEST", "The refund is more than the order's amount"),
    34916: (400, "BUSINESS", "A case is open on this order, so the seller cannot refund it"),
    34917: (400, "BUSINESS", "This order has been refunded"),
    34918: (409, "BUSINESS", "This order is not paid through eBay managed payments"),
    34920: (400, "BUSINESS", "It is too late to refund this order"),
    34921: (400, "REQUEST", "The comment is too long"),
    34922: (400, "REQUEST", "An earlier refund is still being processed"),
    34924: (409, "BUSINESS", "The item's refund is more than what is left of the item's amount"),
    34929: (409, "REQUEST", "The buyer's payment has not been processed yet"),
}

# developer_key_management_v1, domain API_KEYS.
KEY_ERRORS: dict[int, tuple[int, str]] = {
    210001: (400, "The signing key cipher has to be ED25519 or RSA"),
    210002: (404, "There is no signing key {0}"),
    210006: (400, "The payload is not a request for a signing key"),
}


class ApiError(Exception):
    """An answer that refuses; raised by an endpoint and turned into its response."""

    def __init__(self, status: int, body: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {json.dumps(body)}")
        self.status = status
        self.body = body
        self.headers = headers or {}

    def response(self) -> Response:
        """Return it as a response."""
        return json_response(self.body, self.status, self.headers)


def json_response(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON answer as eBay sends it, in UTF-8."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status, headers, media_type="application/json")


def rest_error(
    status: int,
    number: int,
    domain: str,
    category: str,
    message: str,
    *,
    long_message: str | None = None,
    parameters: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> ApiError:
    """Return an error in the shape of the REST APIs: `{"errors": [{...}]}`."""
    error: dict[str, Json] = {"errorId": number, "domain": domain, "category": category, "message": message}
    if long_message is not None:
        error["longMessage"] = long_message
    if parameters:
        error["parameters"] = [{"name": name, "value": value} for name, value in parameters.items()]
    return ApiError(status, {"errors": [error]}, headers)


def fulfillment_error(number: int, *values: str, status: int | None = None) -> ApiError:
    """Return an error of the Fulfillment API."""
    usual, category, sentence = FULFILLMENT_ERRORS[number]
    parameters = {f"value{place}": value for place, value in enumerate(values)}
    message = sentence.format(*values)
    return rest_error(
        usual if status is None else status,
        number,
        "API_FULFILLMENT",
        category,
        message,
        long_message=message,
        parameters=parameters,
    )


def key_error(number: int, *values: str) -> ApiError:
    """Return an error of the Key Management API."""
    status, sentence = KEY_ERRORS[number]
    return rest_error(status, number, "API_KEYS", "REQUEST", sentence.format(*values))


def oauth_error(error: str, description: str, status: int = 400) -> ApiError:
    """Return an error in the shape of the token endpoint: `{"error", "error_description"}`."""
    return ApiError(status, {"error": error, "error_description": description})


def post_order_error(number: int, name: str, message: str, status: int = 400, **parameters: str) -> ApiError:
    """Return an error in the shape of the Post-Order API: `{"error": [{..., "parameter": []}]}`."""
    return ApiError(
        status,
        {
            "error": [
                {
                    "errorId": number,
                    "domain": "resolutionsErrorDomain",
                    "severity": "ERROR",
                    "category": "REQUEST",
                    "message": message,
                    "parameter": [{"name": key, "value": value} for key, value in parameters.items()],
                    "errorName": name,
                    "organization": "Marketplace",
                    "inputRefIds": [],
                    "httpStatusCode": status,
                }
            ]
        },
    )
