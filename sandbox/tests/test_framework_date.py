"""The `Date` of answers: what a client takes for the vendor's clock."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from xborder_sandbox import running

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_answers_are_dated_by_the_sandboxs_clock():
    with running(start=START, vendors=["ebay"]) as sandbox:
        for days in (0, 5):
            sandbox.world.clock.advance(days * 86400)
            answer = httpx.get(f"{sandbox.url}/ebay/api/sell/fulfillment/v1/order")
            dates = answer.headers.get_list("date")
            assert len(dates) == 1
            late = parsedate_to_datetime(dates[0]) - (START + timedelta(days=days))
            assert timedelta(seconds=-1) <= late < timedelta(minutes=5)
