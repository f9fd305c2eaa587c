"""The exchanges in files: a request, what goes out for it, what comes back, what the caller gets.

Every file is invented, people and numbers included; none is a recording.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xborder_sdk import errors, hookspecs
from xborder_sdk.models import Model
from xborder_sdk.reading import parse_json
from xborder_sdk.steps import Send

FOLDER = Path(__file__).with_name("exchanges")
FILES = sorted(FOLDER.glob("*/*.json"))
REQUESTS: dict[str, type[hookspecs.Request]] = {
    "book_pickup": hookspecs.BookPickup,
    "cancel_pickup": hookspecs.CancelPickup,
    "change_pickup": hookspecs.ChangePickup,
    "check_address": hookspecs.CheckAddress,
    "create_shipment": hookspecs.CreateShipment,
    "estimate_landed_cost": hookspecs.EstimateLandedCost,
    "find_shipment": hookspecs.FindShipment,
    "get_documents": hookspecs.GetDocuments,
    "get_proof_of_delivery": hookspecs.GetProofOfDelivery,
    "list_services": hookspecs.ListServices,
    "quote": hookspecs.QuoteShipment,
    "track": hookspecs.TrackParcels,
}


def wire(step: Send) -> dict[str, Any]:
    """A sent step as an exchange writes it."""
    found: dict[str, Any] = {"effect": step.effect.value, "method": step.method, "host": step.host, "path": step.path}
    if step.query:
        found["query"] = [list(pair) for pair in step.query]
    if step.headers:
        found["headers"] = [list(pair) for pair in step.headers]
    if step.content is not None:
        found["json"] = parse_json(step.content)
    return found


def plain(result: Any) -> Any:
    """A result as an exchange writes it: fields that say something, sets in order."""
    if isinstance(result, (tuple, list)):
        return [plain(item) for item in result]
    if isinstance(result, Model):
        return plain(result.model_dump(mode="json", exclude_defaults=True))
    if isinstance(result, dict):
        return {key: sorted(value) if key == "actions" else plain(value) for key, value in result.items()}
    return result


def test_every_operation_has_its_exchanges() -> None:
    assert {path.parent.name for path in FILES} == set(REQUESTS)


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_exchange(path: Path, connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    exchange: Any = parse_json(path.read_bytes())
    operation = path.parent.name
    request = REQUESTS[operation].model_validate(exchange["request"])
    account = connector(**exchange.get("settings", {}))
    answers = [(entry["answer"]["status"], _body(entry["answer"])) for entry in exchange["exchanges"]]
    if "error" in exchange:
        with pytest.raises(getattr(errors, exchange["error"]["type"])) as raised:
            run(account, operation, request, answers)
        for name, value in exchange["error"].items():
            if name != "type":
                assert getattr(raised.value, name) == value
        return
    sent, result = run(account, operation, request, answers)
    assert [wire(step) for step in sent] == [entry["expect"] for entry in exchange["exchanges"]]
    assert plain(result) == exchange["result"]


def _body(answer: Any) -> Any:
    if "text" in answer:
        return answer["text"].encode()
    return json.loads(json.dumps(answer["json"], default=float))
