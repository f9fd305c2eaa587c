"""The admin API below `/_admin`: look at the sandbox and steer it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from xborder_sandbox.errors import AdminError, UnknownActionError
from xborder_sandbox.faults import KINDS
from xborder_sandbox.requests import Json
from xborder_sandbox.vendor import SCENARIOS

if TYPE_CHECKING:
    from xborder_sandbox.server import Sandbox


def admin_routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes of the admin API."""

    async def body(request: Request) -> dict[str, Json]:
        raw = await request.body()
        try:
            document = json.loads(raw) if raw else {}
        except ValueError as error:
            raise AdminError("the body is not JSON") from error
        if not isinstance(document, dict):
            raise AdminError("the body must be a JSON object")
        return cast("dict[str, Json]", document)

    def whole(query: QueryParams, name: str) -> int | None:
        given = query.get(name)
        if given is not None and not (given.isascii() and given.isdigit() and len(given) < 16):
            raise AdminError(f"{name} must be a whole number")
        return None if given is None else int(given)

    def clock() -> Json:
        return {"now": sandbox.world.clock.now().isoformat()}

    async def index(request: Request) -> Response:  # noqa: ARG001 - starlette hands it over
        return JSONResponse(
            {
                "sandbox": sandbox.world.url,
                "seed": sandbox.world.seed,
                "scenario": sandbox.scenario,
                "clock": clock(),
                "vendors": list(sandbox.vendors),
                "scenarios": list(SCENARIOS),
                "fault_kinds": list(KINDS),
                "calls": [
                    "GET /_admin/",
                    "GET /_admin/state",
                    "GET /_admin/accounts",
                    "GET|POST /_admin/clock",
                    "GET|POST|DELETE /_admin/faults",
                    "GET|DELETE /_admin/requests",
                    "POST /_admin/reset",
                    "POST /_admin/<vendor>/<action>",
                ],
            }
        )

    async def state(request: Request) -> Response:  # noqa: ARG001
        vendors = {name: vendor.state() for name, vendor in sandbox.vendors.items()}
        return JSONResponse({"clock": clock(), "scenario": sandbox.scenario, "vendors": vendors})

    async def accounts(request: Request) -> Response:  # noqa: ARG001
        return JSONResponse(sandbox.accounts())

    async def read_clock(request: Request) -> Response:  # noqa: ARG001
        return JSONResponse(clock())

    async def move_clock(request: Request) -> Response:
        wish = await body(request)
        if wish.keys() == {"advance"}:
            seconds = wish["advance"]
            if isinstance(seconds, bool) or not isinstance(seconds, int | float):
                raise AdminError("advance must be a number of seconds")
            try:
                sandbox.world.clock.advance(seconds)
            except (ValueError, OverflowError) as error:
                raise AdminError(str(error)) from error
        elif wish.keys() == {"set"}:
            try:
                sandbox.world.clock.set(datetime.fromisoformat(str(wish["set"])))
            except ValueError as error:
                raise AdminError(str(error)) from error
        else:
            raise AdminError('send {"advance": seconds} or {"set": "an ISO 8601 time with its zone"}')
        return JSONResponse(clock())

    async def list_faults(request: Request) -> Response:  # noqa: ARG001
        return JSONResponse([fault.picture() for fault in sandbox.world.faults.list()])

    async def add_fault(request: Request) -> Response:
        return JSONResponse(sandbox.world.faults.add(await body(request)).picture(), status_code=201)

    async def clear_faults(request: Request) -> Response:
        return JSONResponse({"removed": sandbox.world.faults.clear(whole(request.query_params, "id"))})

    async def list_requests(request: Request) -> Response:
        query = request.query_params
        found = sandbox.world.requests.find(query.get("vendor"), query.get("path"), query.get("method"))
        after, last = whole(query, "after"), whole(query, "last")
        if after is not None:
            found = [record for record in found if record.id > after]
        if last is not None:
            found = found[len(found) - min(last, len(found)) :]
        return JSONResponse([record.picture() for record in found])

    async def clear_requests(request: Request) -> Response:  # noqa: ARG001
        sandbox.world.requests.clear()
        return JSONResponse({})

    async def reset(request: Request) -> Response:
        wish = await body(request)
        unknown = wish.keys() - {"scenario", "seed"}
        if unknown:
            raise AdminError(f"unknown fields: {', '.join(sorted(unknown))}")
        seed = wish.get("seed", sandbox.world.seed)
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise AdminError("seed must be a whole number")
        sandbox.reset(scenario=str(wish.get("scenario", sandbox.scenario)), seed=seed)
        return JSONResponse({"scenario": sandbox.scenario, "seed": sandbox.world.seed})

    async def act(request: Request) -> Response:
        vendor = sandbox.vendors.get(request.path_params["vendor"])
        if vendor is None:
            raise UnknownActionError(f"there is no vendor {request.path_params['vendor']!r}")
        wish = await body(request)
        # In a thread: an action may send something to a client that asks this server back before it answers.
        return JSONResponse(await asyncio.to_thread(vendor.admin, request.path_params["action"], wish))

    table: list[tuple[str, str, Callable[[Request], object]]] = [
        ("/", "GET", index),
        ("/state", "GET", state),
        ("/accounts", "GET", accounts),
        ("/clock", "GET", read_clock),
        ("/clock", "POST", move_clock),
        ("/faults", "GET", list_faults),
        ("/faults", "POST", add_fault),
        ("/faults", "DELETE", clear_faults),
        ("/requests", "GET", list_requests),
        ("/requests", "DELETE", clear_requests),
        ("/reset", "POST", reset),
        ("/{vendor}/{action}", "POST", act),
    ]
    return [Route("/_admin" + path, _own_pages_only(handler), methods=[method]) for path, method, handler in table]


def _own_pages_only(handler: Callable[[Request], object]) -> Callable[[Request], Awaitable[Response]]:
    """Refuse what a page of somebody else makes a browser send: it says so in `Origin`, and programs send none."""

    async def guarded(request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            return JSONResponse({"error": "pages of other origins may not steer the sandbox"}, status_code=403)
        return await cast("Callable[[Request], Awaitable[Response]]", handler)(request)

    return guarded


def refuse(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Turn a refusal into the admin API's answer."""
    status = 404 if isinstance(error, UnknownActionError) else 400
    return JSONResponse({"error": str(error)}, status_code=status)
