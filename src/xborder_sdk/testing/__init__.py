"""The conformance kit: what every connector must do, as tests that its author subclasses.

    from pathlib import Path

    from xborder_hello import HelloConnector
    from xborder_sdk.testing import ConnectorTests


    class TestHello(ConnectorTests):
        connector = HelloConnector
        settings = {"client_id": "app", "client_secret": "an-invented-secret", "shop": "77"}
        exchanges = Path(__file__).with_name("exchanges")

The author supplies exchanges as data; the kit supplies the tests, and wraps its own faults round the exchanges.
They run through `Client` and `AsyncClient`, with the real engine and ledger, against a vendor in the same process:
nothing leaves it, nothing waits, and no simulator is needed. What a connector does not implement is not collected.

**An exchange file** is `exchanges/<operation>/<situation>.json`. Its folder is an operation, or one of the
connector's own questions: `token`, `whoami`, `exchange_code`. Keys:

`about`
:   Where it comes from, and that its people are invented. Required.
`recorded`
:   True where `xborder record` has made it.
`settings`
:   Settings for this file, over those of the class.
`request`
:   The request model as JSON (bytes as base64, money as `{"amount": "4.20", "currency": "EUR"}`). For `token`:
    `{"credential": "default", "held": null}`; for `exchange_code`: `{"code": ..., "redirect_uri": ...}`.
`exchanges`
:   What goes over the wire, in order: a list of `{"expect": ..., "answer": ...}`. Empty where nothing goes out.
`result` or `error`
:   What the caller gets. `result`: its fields as JSON. Objects may hold more than the file names, lists not more
    items; null says that a field is empty. `error`: `type` (a class of `xborder_sdk.errors`), and where wanted
    `code`, `status`, `field`, `request_id`, `hint`, and `says`, a part of the message.
`pages`
:   In place of `exchanges` and `result`, for lists: a list of `{"exchanges": ..., "result": ...}`. The kit carries
    the cursor from one to the next.

`expect` is the request as it goes out:

`effect`, `method`, `path`
:   Required. `effect` is `read`, `idempotent` or `once`; `path` is below the host.
`host`, `credential`
:   The names of the host (`api`) and of the token; the latter is compared only if given.
`query`
:   An object of name and text, a list of texts where a name repeats. Compared as a whole, in any order.
`headers`
:   Those that matter, each compared. Every header that the flow sets must be named; those of the driver, of
    `base_headers` and of `sign` may be.
one of `json`, `form`, `text`, `xml`, `base64`, `multipart`
:   The body, compared as a whole. `form` is an object like `query`. In `query` and `form`, `{"json": ...}` stands
    for JSON written as text. `text` and `xml` may be lists of lines; XML is compared in its canonical form.
    `multipart` is a list of parts: `name`, `filename` and `type` of a file, `base64`.

In a file with an `error`, `expect` may be left out. What `sign` adds to the address or the body, and what is
encrypted, is taken off by the class's `normalise_request` before it is compared.

`answer` is `status`, `headers`, and one of `json`, `form`, `text`, `xml`, `base64`. Numbers are sent with the
digits of the file.

Keys that begin with `x-` are notes of your own. Any other key is a mistake, and is told.

The guide is the page "Testing a connector" of the documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xborder_sdk.testing.connector_tests import ConnectorTests
    from xborder_sdk.testing.exchange import Answer, BadExchange, Exchange, read_exchange
    from xborder_sdk.testing.kit import Case, NotConforming
    from xborder_sdk.testing.running import Verdict, run_kit

__all__ = [
    "Answer",
    "BadExchange",
    "Case",
    "ConnectorTests",
    "Exchange",
    "NotConforming",
    "Verdict",
    "read_exchange",
    "run_kit",
]

_HOMES = {
    "Answer": "exchange",
    "BadExchange": "exchange",
    "Case": "kit",
    "ConnectorTests": "connector_tests",
    "Exchange": "exchange",
    "NotConforming": "kit",
    "Verdict": "running",
    "read_exchange": "exchange",
    "run_kit": "running",
}


def __getattr__(name: str) -> Any:
    """Loads what is asked for: the plugin of this package is part of pytest runs that have nothing to do with it."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)
