"""The sandbox: all simulators in one app, and a server for it on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Message, Receive, Scope, Send

from xborder_sandbox.admin import admin_routes, refuse
from xborder_sandbox.errors import AdminError, UnknownActionError
from xborder_sandbox.faults import Fault
from xborder_sandbox.gate import Gate
from xborder_sandbox.page import page_routes
from xborder_sandbox.requests import Json, Record
from xborder_sandbox.transport import SandboxProtocol
from xborder_sandbox.vendor import SCENARIOS, Vendor
from xborder_sandbox.vendors import VENDORS
from xborder_sandbox.world import World


class Sandbox:
    """All simulators and the admin API as one ASGI app.

    Args:
        world: What they share.
        vendors: Names out of `VENDORS`. Default: all.
        scenario: What the simulators hold at first.

    Attributes:
        vendors: The simulators by name.
        scenario: The scenario loaded last.
        app: The Starlette app; the sandbox itself can be called as an ASGI app too.

    Raises:
        AdminError: If a vendor or the scenario is unknown.
    """

    def __init__(self, world: World, vendors: Iterable[str] | None = None, scenario: str = "empty") -> None:
        self.world = world
        names = list(VENDORS if vendors is None else vendors)
        unknown = [name for name in names if name not in VENDORS]
        if unknown:
            raise AdminError(f"unknown vendors: {', '.join(unknown)}")
        self.vendors: dict[str, Vendor] = {name: VENDORS[name](world) for name in names}
        self.scenario = scenario
        mounts = [
            Mount(f"/{name}", app=Gate(vendor.app, name, world, _expirer(vendor)))
            for name, vendor in self.vendors.items()
        ]
        self.app = Starlette(
            routes=[*admin_routes(self), *page_routes(), *mounts],
            exception_handlers={AdminError: refuse},
        )
        world.clock.on_move(self._tick)
        self.load(scenario)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as an ASGI app. Answers are dated by the sandbox's clock: clients hold deadlines against that."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                if all(name.lower() != b"date" for name, _ in headers):
                    now = self.world.clock.now().astimezone(UTC)
                    headers.append((b"date", format_datetime(now, usegmt=True).encode("ascii")))
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, dated)

    def load(self, scenario: str) -> None:
        """Empty all simulators and fill them for a scenario.

        Raises:
            AdminError: If there is no such scenario.
        """
        if scenario not in SCENARIOS:
            raise AdminError(f"unknown scenario {scenario!r}; there are: {', '.join(SCENARIOS)}")
        self.scenario = scenario
        for vendor in self.vendors.values():
            vendor.reset()
            vendor.load(scenario)

    def reset(self, scenario: str | None = None, seed: int | None = None) -> None:
        """Start anew: state, credentials, log and faults. The clock stays where it is.

        Raises:
            AdminError: If there is no such scenario.
        """
        scenario = self.scenario if scenario is None else scenario
        if scenario not in SCENARIOS:
            raise AdminError(f"unknown scenario {scenario!r}; there are: {', '.join(SCENARIOS)}")
        self.world.reseed(self.world.seed if seed is None else seed)
        self.world.requests.clear()
        self.world.faults.clear()
        self.load(scenario)

    def accounts(self) -> list[dict[str, Json]]:
        """Return the ready-made accounts of all simulators: `{"name", "connector", "settings"}`."""
        return [account for vendor in self.vendors.values() for account in vendor.accounts()]

    def _tick(self) -> None:
        for vendor in self.vendors.values():
            vendor.tick()


def _expirer(vendor: Vendor) -> Callable[[], None]:
    def expire() -> None:
        try:
            vendor.admin("expire_tokens", {})
        except UnknownActionError:
            # A vendor without tokens: nothing can expire.
            return

    return expire


class Handle:
    """A running sandbox.

    Attributes:
        url: Where it is, such as `http://127.0.0.1:40123`.
        world: Clock, log and faults.
        sandbox: The simulators.
    """

    def __init__(self, sandbox: Sandbox, server: uvicorn.Server, thread: threading.Thread) -> None:
        self.sandbox = sandbox
        self.world = sandbox.world
        self.url = sandbox.world.url
        self._server = server
        self._thread = thread

    def stop(self) -> None:
        """Stop serving; a request that is kept unanswered is cut off. Stopping twice is harmless."""
        self._server.should_exit = True
        self._thread.join(timeout=10)
        if self._thread.is_alive():
            raise RuntimeError("the sandbox did not stop")

    def accounts(self) -> list[dict[str, Json]]:
        """Return the ready-made accounts."""
        return self.sandbox.accounts()

    def settings(self, name: str) -> dict[str, Json]:
        """Return the settings of the account of that name.

        Raises:
            KeyError: If there is none.
        """
        for account in self.sandbox.accounts():
            settings = account["settings"]
            if account["name"] == name and isinstance(settings, dict):
                return settings
        raise KeyError(name)

    def inject(
        self,
        fault: dict[str, Json],
        *,
        vendor: str | None = None,
        host: str | None = None,
        method: str | None = None,
        path: str = "*",
        times: int | None = 1,
        skip: int = 0,
    ) -> Fault:
        """Set a fault; see `Faults.add`."""
        return self.world.faults.add(
            {
                "vendor": vendor,
                "host": host,
                "method": method,
                "path": path,
                "times": times,
                "skip": skip,
                "fault": fault,
            }
        )

    def requests(self, vendor: str | None = None, path: str | None = None, method: str | None = None) -> list[Record]:
        """Return the logged requests that match; see `RequestLog.find`."""
        return self.world.requests.find(vendor, path, method)

    def admin(self, vendor: str, action: str, **body: Json) -> dict[str, Json]:
        """Do a vendor's own admin action."""
        return self.sandbox.vendors[vendor].admin(action, dict(body))


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle off; without, small answers wait 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def make_server(sandbox: Sandbox) -> uvicorn.Server:
    """Return a uvicorn server for the sandbox, not yet running."""
    config = uvicorn.Config(
        sandbox,
        http=SandboxProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


@contextmanager
def running(
    port: int = 0,
    *,
    seed: int = 1,
    scenario: str = "empty",
    start: datetime | None = None,
    vendors: Iterable[str] | None = None,
) -> Iterator[Handle]:
    """Serve a sandbox in a thread, on 127.0.0.1, while the block runs.

    Args:
        port: The TCP port; 0 takes a free one.
        seed: Decides everything that is invented.
        scenario: `empty`, `demo` or `bulk`.
        start: What the clock shows at first; aware. Default: the real time.
        vendors: Names of simulators. Default: all.

    Raises:
        OSError: If the port is taken.
        AdminError: If the scenario or a vendor is unknown.
    """
    world = World(seed=seed, start=start)
    with bind("127.0.0.1", port) as bound:
        world.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        sandbox = Sandbox(world, vendors, scenario)
        server = make_server(sandbox)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="xborder-sandbox", daemon=True)
        thread.start()
        patience = time.monotonic() + 10
        while not server.started:
            if not thread.is_alive() or time.monotonic() > patience:
                raise RuntimeError("the sandbox did not start")
            time.sleep(0.002)
        handle = Handle(sandbox, server, thread)
        try:
            yield handle
        finally:
            handle.stop()
