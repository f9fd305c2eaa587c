"""The page at `/`: what it is made of, and what it does in a browser."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from xborder_sandbox import running

from . import chromium

EVIL = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'
FOLDER = Path(__file__).parents[1] / "src" / "xborder_sandbox" / "page"


@pytest.fixture
def sandbox() -> Iterator[Any]:
    with running(scenario="demo", seed=1) as handle:
        yield handle


class Markup(HTMLParser):
    """Tags with their attributes, and the ids."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_is_served_with_a_policy_that_lets_nothing_foreign_run(sandbox: Any) -> None:
    for path, kind in {"/": "text/html", "/page.js": "text/javascript", "/page.css": "text/css"}.items():
        answer = httpx.get(sandbox.url + path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert httpx.post(sandbox.url + "/").status_code == 405
    assert httpx.get(sandbox.url + "/page.html").status_code == 404


def test_the_markup_has_no_foreign_resource_and_no_inline_script() -> None:
    text = (FOLDER / "page.html").read_text(encoding="utf-8")
    markup = Markup()
    markup.feed(text)
    for tag, attributes in markup.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("src", "href"):
            value = attributes.get(name)
            assert value is None or value in {"page.js", "page.css", "data:,"}
    assert re.search(r"<script[^>]*>\s*[^<\s]", text) is None
    everything = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("page.*"))
    assert "://" not in everything
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in everything


def test_the_script_finds_all_that_it_looks_for() -> None:
    markup = Markup()
    markup.feed((FOLDER / "page.html").read_text(encoding="utf-8"))
    ids = [str(attributes["id"]) for _, attributes in markup.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = set(re.findall(r'(?:byId|onSubmit)\("([a-z-]+)"', (FOLDER / "page.js").read_text(encoding="utf-8")))
    assert wanted <= set(ids)
    assert len(wanted) > 15


def test_requests_can_be_asked_for_from_a_number_on(sandbox: Any) -> None:
    for number in range(5):
        httpx.get(f"{sandbox.url}/ebay/api/nothing/{number}")
    everything = httpx.get(f"{sandbox.url}/_admin/requests").json()
    first = everything[0]["id"]
    later = httpx.get(f"{sandbox.url}/_admin/requests?after={first + 2}").json()
    assert [one["id"] for one in later] == [first + 3, first + 4]
    assert [one["id"] for one in httpx.get(f"{sandbox.url}/_admin/requests?last=2").json()] == [first + 3, first + 4]
    assert httpx.get(f"{sandbox.url}/_admin/requests?last=0").json() == []
    assert len(httpx.get(f"{sandbox.url}/_admin/requests?last=99").json()) == 5
    for wrong in ("after=-1", "last=x", "after=" + "9" * 40):
        assert httpx.get(f"{sandbox.url}/_admin/requests?{wrong}").status_code == 400


@pytest.fixture
def page(sandbox: Any) -> Iterator[chromium.Page]:
    binary = chromium.find()
    if binary is None:
        pytest.skip("no Chromium on this machine")
    with chromium.browsing(binary) as made:
        made.open(sandbox.url + "/")
        yield made
        assert [one for one in made.asked if not one.startswith((sandbox.url + "/", "data:", "about:"))] == []


@pytest.mark.slow
def test_it_shows_what_is_there_and_what_arrives(sandbox: Any, page: chromium.Page) -> None:
    order = httpx.get(f"{sandbox.url}/_admin/state").json()["vendors"]["ebay"]["newest_orders"][0]["orderId"]
    waybill = httpx.get(f"{sandbox.url}/_admin/state").json()["vendors"]["dhl"]["shipments"][0]["number"]
    shown = page.eval("document.querySelector('#state').innerText")
    assert order in shown
    assert waybill in shown
    assert "payment_disputes (2)" in shown
    assert page.eval("document.querySelectorAll('#requests tr').length") == 0
    httpx.get(f"{sandbox.url}/ebay/api/sell/fulfillment/v1/order?limit=3")
    page.wait("document.querySelectorAll('#requests tr').length === 1")
    row = page.eval("document.querySelector('#requests tr').innerText")
    assert "/sell/fulfillment/v1/order?limit=3" in row
    assert "401" in row
    page.eval("document.querySelector('#requests tr').click()")
    assert '"method": "GET"' in page.eval("document.querySelector('#request').innerText")
    page.eval("document.querySelector('#requests-clear').click()")
    page.wait("document.querySelectorAll('#requests tr').length === 0")
    assert page.problems == []
    folder = os.environ.get("XBORDER_SCREENSHOTS")
    if folder:
        Path(folder, "sandbox-page.png").write_bytes(page.screenshot())


@pytest.mark.slow
def test_it_moves_the_clock_and_sets_faults(sandbox: Any, page: chromium.Page) -> None:
    before = sandbox.world.clock.now()
    page.eval("document.querySelector('[data-advance=\"86400\"]').click()")
    day = (before.replace(microsecond=0)).strftime("%Y-%m-%d")
    page.wait(f"!document.querySelector('#now').innerText.startsWith('{day}')")
    assert (sandbox.world.clock.now() - before).total_seconds() >= 86400
    page.eval("document.querySelector('#clock-set').value = '2027-01-02T03:04:05+00:00'")
    page.eval("document.querySelector('#clock-form button').click()")
    page.wait("document.querySelector('#now').innerText.startsWith('2027-01-02 03:04')")
    page.eval("document.querySelector('#clock-set').value = 'yesterday'")
    page.eval("document.querySelector('#clock-form button').click()")
    page.wait("!document.querySelector('#trouble').hidden")
    page.eval(
        "document.querySelector('#fault-vendor').value = 'ebay';"
        "document.querySelector('#fault-kind').value = 'status';"
        "document.querySelector('#fault-options').value = '{\"status\": 503}';"
        "document.querySelector('#fault-form button').click()"
    )
    page.wait("document.querySelector('#faults').innerText.includes('503')")
    page.wait("document.querySelector('#trouble').hidden")
    assert httpx.get(f"{sandbox.url}/ebay/api/x").status_code == 503
    page.wait("document.querySelector('#requests').innerText.includes('503')")
    for options, said in (("{", "not JSON"), ('{"status": "many"}', "status")):
        page.eval(f"document.querySelector('#fault-options').value = {options!r}")
        page.eval("document.querySelector('#fault-form button').click()")
        page.wait(f"document.querySelector('#trouble').innerText.includes('{said}')")
    page.eval("document.querySelector('#faults-clear').click()")
    page.wait("document.querySelector('#faults').innerText === 'none'")
    assert sandbox.world.faults.list() == []
    page.eval("document.querySelector('#reset-scenario').value = 'empty'")
    page.eval("document.querySelector('#reset-form button').click()")
    page.wait("!document.querySelector('#state').innerText.includes('newest_orders (')")


@pytest.mark.slow
def test_what_a_buyer_is_called_is_text(sandbox: Any, page: chromium.Page) -> None:
    held = sandbox.sandbox.vendors["ebay"]._store.all()[0]
    sandbox.world.requests.add(
        vendor=EVIL,
        host="api",
        method="POST",
        path=f"/x/{EVIL}",
        query=EVIL,
        time=sandbox.world.clock.now(),
        connection="1",
        headers=[("x-a", EVIL)],
        body=EVIL.encode(),
    )
    held.order_id = EVIL
    page.wait("document.querySelector('#state').innerText.includes('onerror=')")
    page.wait("document.querySelector('#requests').innerText.includes('onerror=')")
    page.eval("document.querySelector('#requests tr').click()")
    page.wait("document.querySelector('#request').innerText.includes('onerror=')")
    assert page.eval("document.querySelectorAll('main img, main script').length") == 0
    assert page.eval("document.title") == "xborder sandbox"
    assert page.problems == []
