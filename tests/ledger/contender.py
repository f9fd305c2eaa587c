"""Processes that use a store: `contender.py sqlite|postgres LOCATION COMMAND ...`.

`race COUNT NAME ...` forks so many processes, each of which opens the store for itself, lets them start together, and
writes what came of each as one JSON list.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from xborder_sdk.hookspecs.connector import Token
from xborder_sdk.ledger import Claim, ClaimResult, SqliteStore, Store, StoredAnswer, open_store

ANSWER = StoredAnswer(201, (("content-type", "application/json"),), b'{"waybill": "W1"}')


def _open(kind: str, location: str) -> Store:
    return open_store(location) if kind == "postgres" else SqliteStore(Path(location))


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


def claims(store: Store, owner: str, count: str) -> list[str]:
    """Claims many intents, in an order of its own; gives those it won."""
    intents = [f"parcel-{number}" for number in range(int(count))]
    random.Random(owner).shuffle(intents)
    return [intent for intent in intents if _claim(store, intent, owner).result is ClaimResult.WON]


def lease(store: Store, owner: str) -> bool:
    """Tries to get the right to refresh a token."""
    return store.try_token_lease("ebay-us", owner, 600)


def reserve(store: Store, _owner: str, count: str) -> list[float]:
    """Books requests; gives how long each has to wait."""
    return [store.reserve("shared", 1000.0, 0.0, 0.0) for _ in range(int(count))]


RACES: dict[str, Callable[..., object]] = {"claims": claims, "lease": lease, "reserve": reserve}


def race(kind: str, location: str, count: str, name: str, *arguments: str) -> None:
    """Runs one of `RACES` in many processes at once."""
    wait_here, go = os.pipe()
    if kind == "postgres":
        _open(kind, location)  # loads the driver once, for all
    readers = []
    for number in range(int(count)):
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.close(go)
            os.read(wait_here, 1)  # until the parent closes its end
            with closing(_open(kind, location)) as store, os.fdopen(writer, "w") as out:
                json.dump(RACES[name](store, f"owner-{number}", *arguments), out)
            os._exit(0)
        os.close(writer)
        readers.append(reader)
    os.close(go)
    found = []
    for reader in readers:
        with os.fdopen(reader) as answer:
            found.append(answer.read())
    sys.stdout.write("[" + ", ".join(found) + "]")


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
    store.latest("parcel")  # opens the files
    store.reserve("budget", 1.0, 0.0, 0.0)
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
    if command == "race":
        race(kind, location, *arguments)
        return
    with closing(_open(kind, location)) as store:
        (die if command == "die" else steps)(store, *arguments)


if __name__ == "__main__":
    main()
