"""GET /reference-data."""

from __future__ import annotations

from xborder_sandbox.dhl.call import Answer, Call
from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.problems import NO_REFERENCE_DATA, QUERY_STRING_MALFORMED, Problem, refused
from xborder_sandbox.dhl.reference_data import DATASETS, Row, rows

_OPERATORS = ("equal", "notEqual", "contains")
_MOST_FILTERS = 3  # parameter queryString: "Maximum of three additional attributes"


def get_reference_data(_network: Network, call: Call) -> Answer:
    """Return a code list, or some rows of it."""
    call.need("datasetName")
    dataset = call.choice("datasetName", DATASETS)
    filters = _filters(call)
    names = [name for name in DATASETS if name != "all"] if dataset == "all" else [dataset]
    found = []
    for name in names:
        chosen = [row for row in rows(name) if all(_passes(row, *one) for one in filters)]
        if chosen:
            found.append({"datasetName": name, "data": [_wire(row) for row in chosen]})
    if not found:
        raise Problem(404, "Reference Data Not found", NO_REFERENCE_DATA, "Reference Data Not found")
    return Answer({"referenceData": found}, headers={"Content-Language": "eng"})


def _filters(call: Call) -> list[tuple[str, str, str]]:
    filters = []
    attribute, value = call.one("filterByAttribute"), call.one("filterByValue")
    operator = call.choice("comparisonOperator", _OPERATORS, "equal")
    if attribute or value:
        filters.append((attribute, value, operator))
    text = call.one("queryString")
    parts = [part.strip("[] ").split(":") for part in text.split(",")] if text else []
    if len(parts) > _MOST_FILTERS or any(len(part) != 3 or part[2] not in _OPERATORS for part in parts):
        raise refused([QUERY_STRING_MALFORMED])
    return [*filters, *((name, wanted, how) for name, wanted, how in parts)]


def _passes(row: Row, attribute: str, value: str, operator: str) -> bool:
    values = [text for name, text in row if attribute in ("", name)]
    match operator:
        case "contains":
            return any(value.lower() in text.lower() for text in values)
        case "notEqual":
            return bool(values) and value not in values
        case _:
            return value in values


def _wire(row: Row) -> list[dict[str, str]]:
    return [{"attribute": name, "value": value} for name, value in row]
