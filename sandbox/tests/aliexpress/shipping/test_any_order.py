"""Whatever is sent and in whatever order: an answer, and a state that fits together."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xborder_sandbox.aliexpress.operations import operations
from xborder_sandbox.errors import AdminError

ORDER = 8_100_200_300_400
BUYER = "fr1029384756"
OURS = sorted(
    api
    for api in operations()
    if operations()[api].handler.__module__.split(".")[-2] in ("shipping", "handover", "issues")
)
relaxed: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}

plain = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([str(ORDER), ORDER, "-1", "LP1"])
)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


def shaped(field: dict[str, Any]) -> Any:
    """Return a strategy for a field as the vendor lists it, with garbage in between."""
    one = (
        st.fixed_dictionaries({}, optional={f["name"]: shaped(f) for f in field["fields"]})
        if "fields" in field
        else plain
    )
    return values | (st.lists(one, max_size=2) if field.get("list") else one)


@pytest.mark.parametrize("api", OURS)
def test_any_parameters_get_an_answer(ae: Any, fields: Any, api: str) -> None:
    strategy = st.fixed_dictionaries({}, optional={f["name"]: shaped(f) for f in fields.apis[api]["request"]})

    @settings(max_examples=25, **relaxed)
    @given(strategy)
    def ask(parameters: dict[str, Any]) -> None:
        sent = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
        body = ae.caller.raw(api, **{name: value for name, value in sent.items() if value.strip()})
        if "error_response" not in body:
            fields.check(api, body)

    ask()


STEPS = ("agree", "return", "save", "change", "accept", "refuse", "cancel", "ship_return", "1", "5", "20", "image")


@settings(max_examples=100, **relaxed)
@example(steps=["save", "return", "accept"], is_return=True)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=12), is_return=st.booleans())
def test_a_dispute_fits_together_after_any_steps(make_seller: Any, steps: list[str], is_return: bool) -> None:
    from xborder_sandbox.aliexpress.issues.book import IssueBook
    from xborder_sandbox.aliexpress.orders.book import OrderBook

    ae = make_seller()
    ae.add_order(is_sent=True)
    kind = {"reason": "damaged", "type": "return_and_refund"} if is_return else {}
    issue_id = ae.admin("open_issue", order=ORDER, **kind)["issue"]["issue_id"]
    book = ae.shop.part(IssueBook)
    who = {"issue_id": str(issue_id), "buyer_login_id": BUYER}
    address = str(ae.address_id("refund"))
    for step in steps:
        issue = book.any(issue_id)
        wish = {
            **who,
            "add_seller_solution": step == "save",
            "buyer_solution_id": issue.of("buyer")[0].solution_id,
            "modify_seller_solution_id": (issue.of("seller") or issue.of("buyer"))[-1].solution_id,
            "refund_amount": "1.00",
            "refund_amount_currency": "USD",
            "solution_context": "One dollar",
        }
        was_over = issue.status != "processing"
        done: Any = None
        if step.isdigit():
            ae.advance(days=int(step))
        elif step in ("agree", "return"):
            more = {"return_address_id": address} if step == "return" else {}
            solution = str(issue.of("buyer")[0].solution_id)
            done = ae.call("aliexpress.issue.solution.agree", **who, **more, solution_id=solution)["result_object"]
        elif step in ("save", "change"):
            done = ae.call("aliexpress.issue.solution.save", param_dto=wish)["result_object"]
        elif step == "image":
            done = ae.upload("aliexpress.issue.image.upload", {"image_bytes": b"GIF8"}, extension="gif", **who)
            done = done["result_object"]
        else:
            try:
                ae.admin("answer_issue", issue=issue_id, answer=step)
                done = True
            except AdminError:
                done = False
        assert not (was_over and done), step
        issue, order = book.any(issue_id), ae.shop.part(OrderBook).any(ORDER)
        is_open = issue.status == "processing"
        assert (order.line(1).issue == "IN_ISSUE") is is_open
        assert is_open is (issue.due is not None)
        assert issue.due is None or issue.due > ae.shop.now
        assert sum(entry.status in ("reached", "perform") for entry in issue.solutions) <= 1
        if issue.status == "finish":
            assert issue.agreed is not None
            assert (order.refund.amount if order.refund else 0) == issue.agreed.amount
        else:
            assert order.refund is None
