from typing import Any

from xborder_sdk import Connector, LogisticsProvider, hookimpl
from xborder_sdk.hookspecs import Settings, TrackParcels
from xborder_sdk.models import Tracking
from xborder_sdk.steps import Flow


class HelloParcels(LogisticsProvider):
    def track(self, request: TrackParcels) -> Flow[tuple[Tracking, ...]]:
        asked = ",".join(request.numbers)
        answer = yield from self.api.read("GET", "/parcels", query={"numbers": asked})
        known = answer.object().texts("known")
        return tuple(Tracking(number=n, found=n in known) for n in request.numbers)


class Hello(Connector[Settings]):
    name = "hello"
    title = "Hello Market"
    kinds = (HelloParcels,)

    def hosts(self) -> dict[str, str]:
        return {"api": "https://api.hello.example"}


@hookimpl
def register_connectors() -> list[type[Connector[Any]]]:
    return [Hello]
