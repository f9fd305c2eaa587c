"""Stores to test against: SQLite in memory and in a file, and a private PostgreSQL server where its programs are."""

from __future__ import annotations

import json
import os
import pwd
import shlex
import shutil
import subprocess
import sys
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from xborder_sdk.ledger import Claim, SqliteStore, Store

LEASE_S = 60.0
CONTENDER = Path(__file__).with_name("contender.py")


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = datetime(2030, 5, 17, 8, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Place:
    """Where a store lives, to open it more than once."""

    name: str
    location: str
    clock: Clock = field(default_factory=Clock)

    def open(self, clock: Callable[[], datetime] | None = None) -> Store:
        clock = clock or self.clock
        if self.name == "postgres":
            from xborder_sdk.ledger import PostgresStore

            return PostgresStore(self.location, clock=clock, wait_s=20)
        return SqliteStore(Path(self.location) if self.location else None, clock=clock)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs `contender.py` on the same store."""
        return subprocess.run(
            [sys.executable, str(CONTENDER), self.name, self.location, *command],
            stdout=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )

    def race(self, count: int, *command: str) -> Any:
        """What came of a command of `contender.py` in many processes at once."""
        done = self.run("race", str(count), *command)
        assert done.returncode == 0
        return json.loads(done.stdout)


@dataclass
class Server:
    """A running PostgreSQL."""

    socket: Path

    def dsn(self, schema: str) -> str:
        options = quote(f"-csearch_path={schema}", safe="")
        return f"postgresql://postgres@/postgres?host={quote(str(self.socket), safe='')}&options={options}"


def _program(name: str) -> str | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, folders)]))
    return None if found is None else str(Path(found).resolve())


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A private server on a unix socket; PostgreSQL refuses to run as root, so another user runs it then."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    initdb, control = _program("initdb"), _program("pg_ctl")
    if initdb is None or control is None:
        pytest.skip("no PostgreSQL programs in PATH or /usr/lib/postgresql")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xb-pg-")))
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            names = {entry.pw_name: entry for entry in pwd.getpwall()}
            user = names.get("postgres") or names.get("nobody")
            if user is None:
                pytest.skip("PostgreSQL does not run as root, and there is no user postgres or nobody")
            os.chown(folder, user.pw_uid, user.pw_gid)
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        data = folder / "data"

        def run(*command: str) -> None:
            with (folder / "log").open("ab") as log:
                subprocess.run(command, check=True, stdout=log, stderr=log, cwd=folder, timeout=60, **identity)

        try:
            run(initdb, "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
            # No test cuts the power, so the server need not wait for the disk.
            options = f"-k {folder} -c listen_addresses= -c max_connections=60 -c shared_buffers=16MB -c fsync=off"
            run(control, "-D", str(data), "-w", "-o", options, "-l", str(folder / "server.log"), "start")
        except subprocess.CalledProcessError:
            pytest.fail("PostgreSQL did not start:\n" + (folder / "log").read_text(errors="replace"))
        # Stops the server when this process ends, however it ends: its end of the pipe closes then.
        stop = f"read line; {shlex.quote(control)} -D {data} -w -m immediate stop; rm -rf {data}"
        with subprocess.Popen(
            ["/bin/sh", "-c", stop],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,
            **identity,
        ):
            yield Server(folder)


@pytest.fixture(scope="session")
def admin(server: Server) -> Iterator[Any]:
    import psycopg

    with psycopg.connect(server.dsn("public"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def empty_schema(server: Server, admin: Any) -> Place:
    """A schema in which no store has been yet."""
    schema = f"test_{uuid.uuid4().hex}"
    admin.execute(f"CREATE SCHEMA {schema}".encode())
    return Place("postgres", server.dsn(schema))


@pytest.fixture(scope="session")
def used_schema(server: Server, admin: Any) -> str:
    schema = f"test_{uuid.uuid4().hex}"
    admin.execute(f"CREATE SCHEMA {schema}".encode())
    with closing(Place("postgres", server.dsn(schema)).open()) as store:
        store.history()
    return schema


@pytest.fixture
def postgres_place(server: Server, admin: Any, used_schema: str) -> Place:
    tables = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (used_schema,)).fetchall()
    for (table,) in tables:
        if table != "xborder_ledger":
            admin.execute(f"DELETE FROM {used_schema}.{table}".encode())
    return Place("postgres", server.dsn(used_schema))


@pytest.fixture
def sqlite_place() -> Iterator[Place]:
    # In memory where the system has such a folder: what the disk does is the business of `test_durability.py`.
    shared_memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared_memory if os.access(shared_memory, os.W_OK) else None) as folder:
        yield Place("sqlite", str(Path(folder) / "ledger.db"))


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Place:
    """A store that several processes can share."""
    found = request.getfixturevalue(f"{request.param}_place")
    assert isinstance(found, Place)
    return found


@pytest.fixture(params=["sqlite", "postgres"])
def new_place(request: pytest.FixtureRequest) -> Place:
    """A place where no store has been yet."""
    found = request.getfixturevalue({"sqlite": "sqlite_place", "postgres": "empty_schema"}[request.param])
    assert isinstance(found, Place)
    return found


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def any_place(request: pytest.FixtureRequest) -> Place:
    if request.param == "memory":
        return Place("memory", "")
    found = request.getfixturevalue(f"{request.param}_place")
    assert isinstance(found, Place)
    return found


@pytest.fixture
def clock(any_place: Place) -> Clock:
    return any_place.clock


@pytest.fixture
def store(any_place: Place) -> Iterator[Store]:
    with closing(any_place.open()) as opened:
        yield opened


@pytest.fixture
def fork() -> Callable[[], int]:
    """`os.fork`, of which newer Pythons warn where a test runner has threads; the child uses none of them."""

    def do() -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return os.fork()

    return do


@pytest.fixture
def visible() -> Callable[[BaseException], str]:
    """All that a handler sees of an error: texts, causes, and the locals of every library frame on the way."""

    def read(error: BaseException) -> str:
        parts: list[str] = []
        found: BaseException | None = error
        while found is not None:
            parts.append(repr(found))
            trace = found.__traceback__
            while trace is not None:
                if Path(trace.tb_frame.f_code.co_filename) != Path(__file__) and (
                    "test_" not in trace.tb_frame.f_code.co_filename
                ):
                    parts.append(repr(trace.tb_frame.f_locals))
                trace = trace.tb_next
            found = found.__cause__ or found.__context__
        return "\n".join(parts)

    return read


Claimer = Callable[..., Claim]


@pytest.fixture
def claim() -> Claimer:
    """Claims with usual values."""

    def do(store: Store, attempt: int = 1, owner: str = "ann", intent: str = "parcel", **other: Any) -> Claim:
        values: dict[str, Any] = {
            "account": "dhl-shenzhen",
            "operation": "create_shipment",
            "fingerprint": "f00d",
            "reference": "XB1",
            "owner": owner,
            "lease_s": LEASE_S,
        }
        return store.claim(intent, attempt, **values | other)

    return do
