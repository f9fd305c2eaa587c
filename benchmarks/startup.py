"""A fresh process: to the first unified answer, and the cost of importing.

CPU time of the child (user and system) rather than wall time, since it is steadier; the first answer also in wall time.
Medians for the ratios; for importing, which has a bar in milliseconds, the least disturbed run of each.
The script it is held against sends the same requests with httpx and builds a small pydantic model.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from loopback import serving
from material import ORDER_ID, ORDER_PATH, TOKEN_PATH, ebay_account, ebay_answers
from measuring import Figure, alone, at_most

_ROUNDS = 15

_BARE = "pass"
_FLOOR = "from pydantic import BaseModel\nimport pluggy"
_MODELS = "import xborder_sdk, xborder_sdk.models, xborder_sdk.hookspecs"
_CLIENT = "from xborder_sdk import Client"

_OURS = """
from xborder_sdk import Client
from xborder_sdk.hookspecs import GetOrder
with Client(accounts={{"shop": {account!r}}}, store={ledger!r}) as client:
    order = client.get_order("shop", GetOrder(order_id={order_id!r}))
assert order.totals.total is not None
"""

_MODEL = """
from datetime import datetime
from decimal import Decimal
import httpx
from pydantic import BaseModel

class Money(BaseModel):
    value: Decimal
    currency: str

class Prices(BaseModel):
    total: Money

class Line(BaseModel):
    lineItemId: str
    sku: str | None = None
    title: str
    quantity: int
    lineItemCost: Money

class Order(BaseModel):
    orderId: str
    creationDate: datetime
    orderPaymentStatus: str
    pricingSummary: Prices
    lineItems: list[Line]
"""

_THEIRS = (
    _MODEL
    + """
with httpx.Client(base_url={url!r}) as client:
    answer = client.get({order_path!r}, headers={{"Authorization": "Bearer held-token"}})
    answer.raise_for_status()
    order = Order.model_validate_json(answer.content)
assert order.pricingSummary.total is not None
"""
)

_THEIRS_WITH_TOKEN = (
    _MODEL
    + """
with httpx.Client(base_url={url!r}) as client:
    form = {{"grant_type": "refresh_token", "refresh_token": "benchmark-refresh"}}
    token = client.post({token_path!r}, data=form, auth=("benchmark", "benchmark-secret")).json()["access_token"]
    answer = client.get({order_path!r}, headers={{"Authorization": f"Bearer {{token}}"}})
    answer.raise_for_status()
    order = Order.model_validate_json(answer.content)
assert order.pricingSummary.total is not None
"""
)


@dataclass(frozen=True)
class _Cost:
    cpu_ms: float
    wall_ms: float
    least_ms: float


def measure() -> list[Figure]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder, serving(ebay_answers()) as url:
        values = {
            "url": url,
            "order_path": ORDER_PATH,
            "token_path": TOKEN_PATH,
            "order_id": ORDER_ID,
            "account": ebay_account(url),
            "ledger": str(Path(folder, "ledger.db")),
        }
        scripts = {
            "ours": _OURS.format(**values),
            "theirs": _THEIRS.format(**values),
            "theirs with token": _THEIRS_WITH_TOKEN.format(**values),
            "bare": _BARE,
            "floor": _FLOOR,
            "models": _MODELS,
            "client": _CLIENT,
        }
        bytecode = str(Path(folder, "bytecode"))
        _costs(scripts, 1, bytecode)  # leaves bytecode, and a token in the ledger, as any earlier use does
        costs = _costs(scripts, _ROUNDS, bytecode)
        fresh = _OURS.format(**{**values, "ledger": ""})
        first = _costs_with_new_ledger(fresh, scripts["theirs with token"], folder, bytecode)
    models, client, floor = (costs[name].least_ms - costs["bare"].least_ms for name in ("models", "client", "floor"))
    ours, theirs = costs["ours"], costs["theirs"]
    return [
        at_most("process to first answer, token held, CPU", ours.cpu_ms, theirs.cpu_ms, 1.3, "ms"),
        at_most("process to first answer, token held, wall", ours.wall_ms, theirs.wall_ms, 1.3, "ms"),
        at_most("process to first answer, new ledger and token, CPU", first[0].cpu_ms, first[1].cpu_ms, 1.3, "ms"),
        alone("import with models and hookspecs, over bare Python, CPU", models, 150, "ms"),
        at_most("the same against BaseModel and pluggy", models, floor, None, "ms"),
        alone("import of Client, over bare Python, CPU", client, None, "ms"),
    ]


def _costs(scripts: dict[str, str], rounds: int, bytecode: str) -> dict[str, _Cost]:
    taken: dict[str, list[_Cost]] = {name: [] for name in scripts}
    for _ in range(rounds):
        for name, script in scripts.items():
            taken[name].append(_run(script, bytecode))
    return {name: _median(found) for name, found in taken.items()}


def _costs_with_new_ledger(ours: str, theirs: str, folder: str, bytecode: str) -> tuple[_Cost, _Cost]:
    taken: tuple[list[_Cost], list[_Cost]] = ([], [])
    for number in range(_ROUNDS):
        ledger = str(Path(folder, f"fresh-{number}.db"))
        taken[0].append(_run(ours.replace("store=''", f"store={ledger!r}"), bytecode))
        taken[1].append(_run(theirs, bytecode))
    return _median(taken[0]), _median(taken[1])


def _environment(bytecode: str) -> dict[str, str]:
    """Bytecode is kept, as it is where a package has been installed, whatever this environment says of writing it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": bytecode}


def _median(found: list[_Cost]) -> _Cost:
    return _Cost(
        statistics.median(cost.cpu_ms for cost in found),
        statistics.median(cost.wall_ms for cost in found),
        min(cost.least_ms for cost in found),
    )


def _run(script: str, bytecode: str) -> _Cost:
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-c", script], env=_environment(bytecode))
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError("a measured script failed")
    cpu_ms = (usage.ru_utime + usage.ru_stime) * 1e3
    return _Cost(cpu_ms, (time.perf_counter() - started) * 1e3, cpu_ms)
