"""The API on HTTP: authentication, headers, refusals.

Headers: components/parameters and the response headers of dpdhl-express-api-3.1.1. Error bodies are sent as
application/problem+json (its 4xx responses, header Content-Type).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from xborder_sandbox.dhl.accounts import who_calls
from xborder_sandbox.dhl.call import Answer, Call
from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.problems import Problem, wrong_format

Operation = Callable[[Network, Call], Answer]

# Header -> most characters.
_LIMITED_HEADERS = {
    "Message-Reference": 36,
    "Plugin-Name": 20,
    "Plugin-Version": 15,
    "Shipping-System-Platform-Name": 20,
    "Shipping-System-Platform-Version": 15,
    "Webstore-Platform-Name": 20,
    "Webstore-Platform-Version": 15,
}
_PROBLEM = "application/problem+json"


def build_app(network: Network, operations: Mapping[tuple[str, str], Operation]) -> Starlette:
    """Return the app with one route per (method, path) below `/mydhlapi`."""
    by_path: dict[str, dict[str, Operation]] = {}
    for (method, path), operation in operations.items():
        by_path.setdefault(path, {})[method] = operation
    routes = [
        Route(path, _endpoint(network, path, methods), methods=list(methods)) for path, methods in by_path.items()
    ]
    return Starlette(
        routes=[Mount("/mydhlapi", routes=routes)],
        exception_handlers={404: _not_there, 405: _not_there},
    )


def _endpoint(
    network: Network, path: str, methods: Mapping[str, Operation]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        reference = request.headers.get("Message-Reference") or str(uuid.uuid4())
        instance = _instance(request, path)
        try:
            answer = _run(network, methods[request.method], request, reference, instance, await request.body())
        except Problem as problem:
            headers = {"WWW-Authenticate": 'Basic realm="MyDHL API"'} if problem.status == 401 else {}
            return _response(Answer(problem.body(instance), problem.status, headers), reference, _PROBLEM)
        return _response(answer, reference, "application/json")

    return endpoint


def _run(
    network: Network, operation: Operation, request: Request, reference: str, instance: str, body: bytes
) -> Answer:
    caller = who_calls(request.headers.get("Authorization", ""), network.accounts)
    if caller is None:
        raise Problem(401, "Unauthorized", "Invalid credentials", "Unauthorized")
    too_long = [
        f"{name} (maxLength={most})"
        for name, most in _LIMITED_HEADERS.items()
        if len(request.headers.get(name, "")) > most
    ]
    if too_long:
        raise wrong_format(too_long)
    call = Call(
        caller=caller,
        base=f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}",
        instance=instance,
        path={name: str(value) for name, value in request.path_params.items()},
        query=request.query_params.multi_items(),
        body=body,
        message_reference=reference,
    )
    with network.store.lock:
        return operation(network, call)


def _instance(request: Request, path: str) -> str:
    """Return the path as refusals show it: DHL's inner name of the API, and the query where there is one."""
    for name, value in request.path_params.items():
        path = path.replace(f"{{{name}}}", str(value))
    # The examples name these two otherwise than their paths.
    path = {"/landed-cost": "/landedcost", "/address-validate": "/address_validate"}.get(path, path)
    with_query = path.startswith(("/tracking", "/shipments")) and request.url.query
    return f"/expressapi{path}" + (f"?{request.url.query}" if with_query else "")


def _response(answer: Answer, reference: str, media_type: str) -> Response:
    headers = {"Invocation-Id": str(uuid.uuid4()), "Message-Reference": reference, **answer.headers}
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    content = json.dumps(answer.body, ensure_ascii=False, allow_nan=False).encode()
    return Response(content, answer.status, headers, media_type)


async def _not_there(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    problem = Problem(status, "Not found" if status == 404 else "Method not allowed")
    return _response(Answer(problem.body(request.url.path), status), str(uuid.uuid4()), _PROBLEM)
