"""One process that uses a store: `contender.py sqlite|postgres LOCATION COMMAND ...`; prints what came of it as JSON."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from xborder_sdk.hookspecs.connector import Token
from xborder_sdk.ledger import Claim, ClaimResult, PostgresStore, SqliteStore, Store, StoredAnswer

ANSWER = StoredAnswer(201, (("content-type", "application/json"),), b'{"waybill": "W1"}')


def _open(kind: str, location: str) -> Store:
    return PostgresStore(location) if kind == "postgres" else SqliteStore(Path(location))


def _claim(store: Store, intent: str, owner: str) -> Claim:
    return store.claim(
        intent,
        1,
        account="dhl-shenzhen",
        operation="create_shipment",
        fingerprint="f00d",
        reference=None,
        owner=owner,
        lease_s=600,
    )


def _start_together() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def claims(store: Store, owner: str, count: str) -> None:
    """Claims many intents, in an order of its own; prints those it won."""
    intents = [f"parcel-{number}" for number in range(int(count))]
    random.Random(owner).shuffle(intents)
    _start_together()
    print(json.dumps([intent for intent in intents if _claim(store, intent, owner).result is ClaimResult.WON]))


def lease(store: Store, owner: str) -> None:
    """Tries to get the right to refresh a token; prints whether it did."""
    _start_together()
    print(json.dumps(store.try_token_lease("ebay-us", owner, 600)))


def reserve(store: Store, count: str) -> None:
    """Books requests; prints the moments at which they may leave, by this process's clock at the last look."""
    _start_together()
    waits = [store.reserve("shared", 10.0, 0.0, 0.0) for _ in range(int(count))]
    print(json.dumps(waits))


def die(store: Store, method: str) -> None:
    """Goes as far as a method and is gone the moment that it returns."""
    _claim(store, "parcel", "ann")
    if method == "mark_sent":
        store.mark_sent("parcel", 1, "ann", 600)
    elif method == "store_answer":
        store.mark_sent("parcel", 1, "ann", 600)
        store.store_answer("parcel", 1, ANSWER)
    elif method == "settle":
        store.mark_sent("parcel", 1, "ann", 600)
        store.store_answer("parcel", 1, ANSWER)
        store.settle("parcel", 1, "W1")
    elif method == "put_token":
        token = Token(access=SecretStr("new"), expires_at=datetime(2031, 1, 1, tzinfo=UTC), refresh=SecretStr("r2"))
        store.put_token("ebay-us", token)
    os.kill(os.getpid(), signal.SIGKILL)


def steps(store: Store, fullness: str) -> None:
    """Writes `step NAME` to stderr after each durable method, so that a trace shows what lies between."""
    store.latest("parcel")  # opens the file
    if fullness == "weakened":
        assert isinstance(store, SqliteStore)
        with store._effects.use() as connection:
            connection.execute("PRAGMA synchronous = NORMAL")

    def mark(name: str) -> None:
        os.write(2, f"step {name}\n".encode())

    mark("begin")
    _claim(store, "parcel", "ann")
    mark("claim")
    store.mark_sent("parcel", 1, "ann", 600)
    mark("mark_sent")
    store.store_answer("parcel", 1, ANSWER)
    mark("store_answer")
    store.settle("parcel", 1, "W1")
    mark("settle")
    store.put_token("ebay-us", Token(access=SecretStr("new")))
    mark("put_token")
    for _ in range(20):
        store.reserve("budget", 1.0, 0.0, 0.0)
    mark("reserve")


def main() -> None:
    kind, location, command, *arguments = sys.argv[1:]
    with closing(_open(kind, location)) as store:
        {"claims": claims, "lease": lease, "reserve": reserve, "die": die, "steps": steps}[command](
            store, *arguments
        )


if __name__ == "__main__":
    main()
