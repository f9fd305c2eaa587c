"""The error numbers of the Notification API: response codes of commerce_notification_v1; our own sentences."""

from __future__ import annotations

from xborder_sandbox.ebay.errors import ApiError, rest_error

# Number -> (status, category, sentence). Domain API_NOTIFICATION.
_ERRORS: dict[int, tuple[int, str, str]] = {
    195001: (404, "REQUEST", "There is no key of this id"),
    195002: (404, "REQUEST", "There is no topic of this id"),
    195003: (409, "REQUEST", "Set an alert e-mail with /config first"),
    195004: (400, "REQUEST", "The limit has to be from 10 to 100"),
    195005: (400, "REQUEST", "The continuation token is not one of ours"),
    195006: (400, "REQUEST", "The subscription's status has to be ENABLED or DISABLED"),
    195007: (400, "REQUEST", "There is no destination of this id"),
    195008: (400, "REQUEST", "The topic has no such schema version"),
    195009: (400, "REQUEST", "The topic has no such format"),
    195010: (400, "REQUEST", "The protocol has to be HTTPS"),
    195011: (403, "REQUEST", "This kind of token may not subscribe to the topic"),
    195012: (409, "REQUEST", "There is such a subscription"),
    195013: (404, "REQUEST", "There is no subscription of this id"),
    195015: (409, "REQUEST", "The destination is not enabled"),
    195016: (400, "REQUEST", "The name is missing, has markup or is longer than 64 characters"),
    195017: (400, "REQUEST", "The endpoint is missing or invalid"),
    195018: (400, "REQUEST", "The destination's status has to be ENABLED or DISABLED"),
    195019: (400, "REQUEST", "The verification token is missing or invalid"),
    195020: (409, "REQUEST", "The endpoint did not answer the challenge as it has to"),
    195021: (409, "REQUEST", "There is a destination for this endpoint"),
    195022: (404, "REQUEST", "There is no destination of this id"),
    195024: (409, "REQUEST", "The destination is in use"),
    195025: (400, "REQUEST", "The e-mail address is missing or invalid"),
    195026: (404, "APPLICATION", "There is no configuration"),
    195027: (400, "REQUEST", "There is no topic of this id"),
}


def notification_error(number: int, **parameters: str) -> ApiError:
    """Return an error of the Notification API."""
    status, category, sentence = _ERRORS[number]
    return rest_error(
        status, number, "API_NOTIFICATION", category, sentence, long_message=sentence, parameters=parameters
    )
