"""Run by the Python that has karrio: times its rate call on a recorded answer. Not part of the benchmarks' environment.

Reads the answer from standard input, then one number of calls per line; answers each line with microseconds per call.
"""

from __future__ import annotations

import logging
import sys
import time

logging.disable(logging.CRITICAL)
_stdout = sys.stdout
sys.stdout = sys.stderr  # its start-up messages

import karrio.lib as lib  # noqa: E402
import karrio.sdk as karrio  # noqa: E402
from karrio.core.models import RateRequest  # noqa: E402

sys.stdout = _stdout


def _request() -> RateRequest:
    return RateRequest(
        shipper={
            "person_name": "Wu Lan",
            "company_name": "Lantern Lane Goods",
            "address_line1": "8 Canal Road",
            "city": "Shenzhen",
            "postal_code": "518000",
            "country_code": "CN",
        },
        recipient={
            "person_name": "Ines Ekman",
            "address_line1": "26 Willow Street",
            "city": "Dayton",
            "state_code": "OH",
            "postal_code": "45402",
            "country_code": "US",
        },
        parcels=[
            {"weight": 1.2, "length": 30, "width": 20, "height": 10, "weight_unit": "KG", "dimension_unit": "CM"},
            {"weight": 0.8, "length": 20, "width": 15, "height": 10, "weight_unit": "KG", "dimension_unit": "CM"},
        ],
    )


def main() -> None:
    answer = sys.stdin.readline()
    gateway = karrio.gateway["mydhl"].create({"username": "u", "password": "p", "account_number": "123456789"})

    def canned(*arguments: object, on_ok: object = None, **more: object) -> str:
        return answer

    lib.request = canned

    def call() -> None:
        rates, messages = karrio.Rating.fetch(_request()).from_(gateway).parse()
        assert len(rates) == 2, messages

    for _ in range(30):
        call()
    for line in sys.stdin:
        count = int(line)
        started = time.perf_counter()
        for _ in range(count):
            call()
        print((time.perf_counter() - started) / count * 1e6, flush=True)


if __name__ == "__main__":
    main()
