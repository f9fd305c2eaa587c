"""The wire: the only place that knows the HTTP client library.

Requests of the default transport go straight to the library's connection pool (`httpcore`); the library's larger half
(`httpx`) is loaded when an application hands over a transport of its own, or for an address that needs normalising.

Rules for whoever edits it:

* "never sent" needs positive proof (see `failure_of`); everything else may have been sent;
* an answer is counted while it is decompressed, never after;
* requests go to the transport itself, below the library's client: no redirect is followed, no cookie is kept, and no
  URL is logged;
* `asyncio`, `httpx` and `urllib.request` are imported where they are used: most programs need none of them, and
  together they would be half of what a short one costs.
"""
