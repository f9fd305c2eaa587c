"""`python -m xborder_sandbox`: serve the sandbox until told to stop."""

from __future__ import annotations

import argparse
import ipaddress
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType

import uvicorn

from xborder_sandbox.server import Sandbox, bind, make_server
from xborder_sandbox.vendor import SCENARIOS
from xborder_sandbox.vendors import VENDORS
from xborder_sandbox.world import World


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: What stands behind the command's name. Default: the process's.

    Returns:
        The exit code: 0 after a clean stop, 2 for arguments that cannot be served.
    """
    parser = argparse.ArgumentParser(prog="xborder-sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="the TCP port; 0 takes a free one (0)")
    parser.add_argument("--seed", type=int, default=1, help="decides everything that is invented (1)")
    parser.add_argument("--scenario", choices=SCENARIOS, default="demo", help="what is there at first (demo)")
    parser.add_argument("--start", help="what the clock shows at first, ISO 8601 with zone (the real time)")
    parser.add_argument("--vendor", action="append", choices=list(VENDORS), help="only this one; repeatable")
    parser.add_argument("--ready-file", type=Path, help="a file the URL is written to once it is served")
    parser.add_argument(
        "--i-know-this-is-not-private",
        action="store_true",
        help="allow an address others can reach: the admin API asks for no password",
    )
    options = parser.parse_args(arguments)
    if not _is_loopback(options.host) and not options.i_know_this_is_not_private:
        parser.error(f"{options.host} is not a loopback address; see --i-know-this-is-not-private")
    try:
        start = datetime.fromisoformat(options.start) if options.start else None
        world = World(seed=options.seed, start=start)
    except ValueError as error:
        parser.error(f"--start: {error}")
    try:
        bound = bind(options.host, options.port)
    except OSError as error:
        parser.error(f"cannot listen on {options.host}:{options.port}: {error.strerror}")
    with bound:
        host = f"[{options.host}]" if ":" in options.host else options.host
        world.url = f"http://{host}:{bound.getsockname()[1]}"
        sandbox = Sandbox(world, options.vendor, options.scenario)
        server = _Server(make_server(sandbox).config, sandbox, options.ready_file)
        try:
            server.run(sockets=[bound])
        finally:
            if options.ready_file is not None:
                options.ready_file.unlink(missing_ok=True)
    return 0


class _Server(uvicorn.Server):
    """Says that it is ready once it is, not before; and ends well when it is told to stop."""

    def __init__(self, config: uvicorn.Config, sandbox: Sandbox, ready_file: Path | None) -> None:
        super().__init__(config)
        self._sandbox = sandbox
        self._ready_file = ready_file

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Stop. uvicorn would raise the signal again afterwards, and the exit code would say "killed"."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        url = self._sandbox.world.url
        sys.stdout.write(f"sandbox ready at {url}/  (a page to look at it; admin: {url}/_admin/)\n")
        for account in self._sandbox.accounts():
            sys.stdout.write(json.dumps(account, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        if self._ready_file is not None:
            # Renamed into place, so that a reader never sees half a URL.
            draft = self._ready_file.with_name(self._ready_file.name + ".part")
            draft.write_text(url)
            draft.replace(self._ready_file)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main())
