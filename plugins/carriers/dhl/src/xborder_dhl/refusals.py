"""The meaning of DHL's answers that are not good.

Body: MyDHL API OpenAPI 3.1.1, ErrorResponse `{instance, detail, title, message, additionalDetails, status}`; some
examples say `code` instead of `status`. `detail` often begins with DHL's own number; schema errors name JSON pointers.
"""

from __future__ import annotations

import re
from dataclasses import replace

from xborder_dhl.vocabulary import REFUSALS
from xborder_sdk.errors import AuthenticationFailed, NotFound, PermissionDenied
from xborder_sdk.hookspecs import Meaning, Verdict, verdict_from_status
from xborder_sdk.steps import Response

_NUMBER = re.compile(r"^\s*(\d{3,6}):")
_POINTER = re.compile(r"#/([A-Za-z0-9_/\[\]-]+)")
_PROCESS = re.compile(r"Process ID[^()]{0,80}\((\w{1,40})\)")
_PROCESS_FAILURE = "999"
_BY_STATUS = {401: AuthenticationFailed, 403: PermissionDenied, 404: NotFound}

_FIELDS = (
    (r"customerdetails/shipperdetails", "sender"),
    (r"customerdetails/receiverdetails", "recipient"),
    (r"(?:content/)?packages/(\d+)", r"parcels.\1"),
    (r"content/exportdeclaration/lineitems/(\d+)", r"customs.lines.\1"),
    (r"content/exportdeclaration/invoice/number", "customs.invoice_number"),
    (r"content/exportdeclaration/invoice/date", "customs.invoice_date"),
    (r"content/exportdeclaration/remarks", "customs.invoice_remarks"),
    (r"content/exportdeclaration", "customs"),
    (r"content/declaredvalue\w*", "customs.lines"),
    (r"content/incoterm", "customs.incoterm"),
    (r"content/description", "parcels.0.description"),
    (r"plannedshippingdateandtime", "ship_at"),
    (r"plannedpickupdateandtime", "ready_at"),
    (r"(?:shipmentdetails/\d+/)?productcode", "service"),
    (r"valueaddedservices(?:/\d+)?", "options"),
    (r"outputimageproperties", "label"),
    (r"customerreferences(?:/(\d+))?", "references"),
    (r"closetime", "close_time"),
    (r"location", "location"),
    (r"specialinstructions", "instructions"),
)
_LEAVES = {
    "cityname": "city",
    "postalcode": "postal_code",
    "provincecode": "region",
    "provincename": "region",
    "countrycode": "country",
    "fullname": "name",
    "companyname": "company",
    "phone": "phone",
    "email": "email",
    "registrationnumbers": "tax_numbers",
    "weight": "weight_g",
    "dimensions": "dimensions",
    "description": "description",
    "price": "unit_value",
    "quantity": "quantity",
    "commoditycodes": "hs_code",
    "manufacturercountry": "origin",
    "customerreferences": "reference",
}


def our_field(pointer: str) -> str | None:
    """The field of our request that a JSON pointer of DHL's means, or None."""
    text = pointer.strip("/").lower()
    for pattern, path in _FIELDS:
        match = re.match(rf"{pattern}(?:/|$)", text)
        if match is None:
            continue
        base = match.expand(path)
        for step in text[match.end() :].split("/"):
            if line := re.fullmatch(r"addressline([123])", step):
                return f"{base}.lines.{int(line[1]) - 1}"
            if step in _LEAVES:
                leaf = "unit_weight_g" if step == "weight" and base.startswith("customs") else _LEAVES[step]
                return f"{base}.{leaf}"
        return base
    return None


def classify(response: Response) -> Verdict:
    """Reads an answer."""
    if 200 <= response.status < 300:
        return verdict_from_status(response)
    body = response.object_if_any()
    details = [text for text in (body.text_or_none("detail"), *body.texts("additionalDetails")) if text]
    code = next((match[1] for text in details if (match := _NUMBER.match(text))), None)
    message = "; ".join(details) or body.text_or_none("message") or body.text_or_none("title")
    process = next((match[1] for text in details if (match := _PROCESS.search(text))), None)
    verdict = verdict_from_status(response, code, message, process)
    told = body.text_or_none("status") or body.text_or_none("code") or ""
    if code == _PROCESS_FAILURE or (told.isdigit() and 500 <= int(told[:3]) < 600):
        # Something broke on their side, whatever the HTTP status says: nothing proves that it did nothing.
        return replace(verdict, meaning=Meaning.DOWN, not_executed=False)
    if verdict.meaning is Meaning.TOKEN_EXPIRED:  # Basic authentication has no token that a retry could renew
        verdict = replace(verdict, meaning=Meaning.REFUSED)
    if verdict.meaning is not Meaning.REFUSED:
        return verdict
    pointers = [match[1] for text in details for match in _POINTER.finditer(text)]
    fields = list(dict.fromkeys(found for pointer in pointers if (found := our_field(pointer))))
    hint = f"look at {', '.join(fields[:8])}" if fields else None
    return replace(verdict, error=REFUSALS.get(code or "", _BY_STATUS.get(response.status)), hint=hint)
