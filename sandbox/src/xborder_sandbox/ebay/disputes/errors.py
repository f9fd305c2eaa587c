"""The error numbers of payment disputes: the response codes of sell_fulfillment_v1; the sentences are our own."""

from __future__ import annotations

from xborder_sandbox.ebay.errors import ApiError, rest_error

# Number -> (status, sentence). Domain API_FULFILLMENT, category REQUEST.
_ERRORS: dict[int, tuple[int, str]] = {
    33001: (404, "There is no such payment dispute"),
    33002: (400, "There is no such evidence"),
    33003: (400, "There is no such evidence file"),
    33004: (409, "The dispute is in a state that takes no more evidence"),
    33005: (400, "The file has to be a JPEG or a PNG"),
    33006: (400, "The file is larger than 1.5 MB"),
    33007: (400, "The line items are not those of the dispute"),
    33008: (400, "Evidence of this type cannot be provided"),
    33009: (400, "The evidence's type and line items have to be repeated as they were given"),
    33010: (400, "There is no evidence set of this id to update"),
    33011: (409, "The dispute has changed; read it again"),
    33100: (400, "The request is not well-formed"),
    33101: (409, "The dispute is in a state that allows no answer"),
    33102: (409, "There is no evidence to contest with"),
    33103: (400, "These are more files than an evidence set may have"),
    33104: (400, "The files of an evidence set are larger than 1.5 MB together"),
    33105: (409, "The dispute has as many files as it may have"),
    33106: (400, "The file name is empty or longer than 255 characters"),
    33107: (400, "Send one file in the part named file"),
}


def dispute_error(number: int, *, status: int | None = None, **parameters: str) -> ApiError:
    """Return an error of the payment dispute calls.

    Args:
        number: The errorId.
        status: Another status than the usual one: 33001 is 400 for the summary and 404 elsewhere.
        parameters: Named values that help to find the mistake.
    """
    usual, sentence = _ERRORS[number]
    return rest_error(
        usual if status is None else status,
        number,
        "API_FULFILLMENT",
        "REQUEST",
        sentence,
        long_message=sentence,
        parameters=parameters,
    )
