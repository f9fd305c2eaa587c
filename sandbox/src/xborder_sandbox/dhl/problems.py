"""Refusals as DHL words them.

Texts with a number, and those quoted from the examples of dpdhl-express-api-3.1.1, are DHL's. Where the
document shows none the text is the sandbox's own and carries no number.
"""

from __future__ import annotations

from collections.abc import Sequence

ACCOUNT_UNKNOWN = "The account number is not found or invalid. Please check the account number and retry."
SHIPPER_ACCOUNT_INVALID = "8007: The Shipper Account is invalid."
ACCOUNT_NOT_ALLOWED = "8003: Account not allowed for this service. Please contact your DHL Express representative."
TIMESTAMP_MALFORMED = (
    "998: ShipTimeStamp is not well formatted.(Expected Sample Format : '2010-02-11T17:10:09 GMT+01:00')"
)
INVOICE_NEEDED = (
    "7120: Required either #/outputImageProperties/imageOptions where typeCode=invoice or provide #/documentImages"
)
SHIPMENT_NUMBER_REFUSED = (
    "400104: The provided Shipment Identification Number is invalid. Please check the request message and retry."
)
SHIPMENT_NUMBER_UNKNOWN = (
    "7096: The provided Shipment Identification Number is invalid. Please check the request message and retry."
)
ORIGINAL_ACCOUNT_DIFFERS = (
    "5556: The Original Shipper Account Number must match with the Shipper Account Number used previously to "
    "create/update successful pickup request. Please check the Original Shipper Account Number and retry."
)
NO_IMAGES = "1504: No document images found for the provided search criteria."
TIFF_IN_ONE_PDF = (
    "1506: encodingFormat TIFF is not applicable in combination with allInOnePDF = true.  "
    "Please check the request message and retry."
)
NO_REFERENCE_DATA = "5030: No reference data found"
QUERY_STRING_MALFORMED = (
    "5029: Parameters not having correct format: queryString must be provided in format "
    "[filterByAttribute:filterByValue:comparisonOperator]."
)


def service_unavailable(index: int, code: str) -> str:
    """Return the text for a value-added service that the lane does not have."""
    return (
        f"7008: The requested Special Service Code  #/valueAddedServices/{index}/serviceCode '{code}' is not "
        "available between this origin and destination. Please validate the products and services combination "
        "(via the /rates or /products service) or contact our customer service."
    )


def country_invalid(role: str) -> str:
    """Return the text for a country code that is none."""
    return f"7127: The {role}/postalAddress/countryCode value provided is invalid."


def product_unavailable(code: str) -> list[str]:
    """Return the texts for a product that the lane does not have (seen in answers of POST /shipments)."""
    return [
        f"1001: The requested product(s) ({code}) not available based on your search criteria.",
        f"410135: Requested product(s) not available at origin, {code}/{code}",
    ]


class Problem(Exception):
    """A refusal; becomes the answer.

    Args:
        status: The HTTP status.
        title: Short.
        detail: What is wrong; left out of the answer when empty.
        message: The status in words; left out when empty.
        additional: The single problems when there are several.
    """

    def __init__(
        self, status: int, title: str, detail: str = "", message: str = "", additional: Sequence[str] = ()
    ) -> None:
        super().__init__(detail or title)
        self.status = status
        self.title = title
        self.detail = detail
        self.message = message
        self.additional = tuple(additional)

    def body(self, instance: str) -> dict[str, object]:
        """Return the answer's body (ErrorResponse)."""
        body: dict[str, object] = {"instance": instance}
        if self.detail:
            body["detail"] = self.detail
        body["title"] = self.title
        if self.message:
            body["message"] = self.message
        if self.additional:
            body["additionalDetails"] = list(self.additional)
        body["status"] = str(self.status)
        return body


def refused(problems: Sequence[str]) -> Problem:
    """Return the 400 for what is well-formed but not possible."""
    return _one_or_many(400, "Bad request", "Bad request", problems)


def unprocessable(problems: Sequence[str]) -> Problem:
    """Return the 422 for a body that has not its shape."""
    return _one_or_many(422, "Validation error", "Unprocessable Entity", problems)


def _one_or_many(status: int, title: str, message: str, problems: Sequence[str]) -> Problem:
    if len(problems) == 1:
        return Problem(status, title, problems[0], message)
    return Problem(status, title, "Multiple problems found, see Additional Details", message, problems)


def missing_parameters(names: Sequence[str]) -> Problem:
    """Return the 400 for query parameters that must be there."""
    return Problem(400, "Missing parameters", f"Missing mandatory parameters: {', '.join(names)}", "Bad request")


def wrong_format(what: Sequence[str], title: str = "Bad request") -> Problem:
    """Return the 400 for query parameters that cannot be read."""
    return Problem(400, title, f"Parameters not having correct format: {', '.join(what)}", "Bad request")


def nothing_tracked(detail: str = "No data found") -> Problem:
    """Return the 404 of tracking."""
    return Problem(404, "Not data found", detail, "Not data found")
