"""Whatever is sent, the gateway answers: it takes it, refuses it, or says no inside a good envelope."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xborder_sandbox.aliexpress.declaring import api as declaring_api
from xborder_sandbox.aliexpress.orders import address_api, cancel_api, detail_api, list_api
from xborder_sandbox.aliexpress.talking import evaluations, messages

APIS = sorted(
    api
    for module in (declaring_api, address_api, cancel_api, detail_api, list_api, evaluations, messages)
    for api in module.HANDLERS
)
_TEXTS = st.one_of(
    st.sampled_from(["", "all", "part", "CPAM", "OTHER", "RV123456785CN", "FINISH", "2026-02-01 00:00:00"]),
    st.sampled_from(["9999-12-31 23:59:59", "0001-01-01 00:00:00", "9" * 5000, "٣", "1e9", "-1", "[", '"']),
    st.text(max_size=8),
)
_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXTS)


def _value(field, depth=0):
    """Return values for a field of the vendor's list: mostly such as belong there."""
    good = _TEXTS if depth == 0 else _SCALARS
    if "fields" in field:
        names = {inner["name"]: _value(inner, depth + 1) for inner in field["fields"]}
        good = st.fixed_dictionaries({}, optional=names)
    if field.get("list"):
        good = st.lists(good, max_size=3)
    return st.one_of(good, good, good, _SCALARS)


def _sent(value):
    return value if isinstance(value, str) else json.dumps(value)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_call_is_answered(ae, fields, data):
    api = data.draw(st.sampled_from(APIS))
    order = ae.sandbox.vendors["aliexpress"].state()["newest_orders"][0]["order_id"]
    request = fields.apis[api]["request"]
    parameters = data.draw(st.fixed_dictionaries({}, optional={field["name"]: _value(field) for field in request}))
    texts = {name: _sent(value).encode("utf-8", "ignore").decode() for name, value in parameters.items()}
    if data.draw(st.booleans()):
        texts |= {name: order for name in ("out_ref", "trade_order_id", "orderId") if name in texts}
    texts = {name: text for name, text in texts.items() if text.strip()}
    answer = ae.raw(api, **texts)
    if "error_response" in answer:
        assert answer["error_response"]["code"] in ("15", "MissingParameter")
    else:
        fields.check(api, answer)


def test_half_a_character_is_refused(ae):
    request = {"im_send_message_dto": '{"buyer_id": 1, "message_content_dto": {"txt": "\\ud83d"}}'}
    assert ae.refused("aliexpress/message/send", **request)[0] == "15"


def test_endless_numbers_are_no_orders(ae):
    assert ae.declare("9" * 5000)["result_success"] is False
    assert (
        ae.call(
            "aliexpress.evaluation.listorderevaluation.get",
            trade_evaluation_request={"parent_order_ids": ["9" * 5000]},
        )["target_list"]
        == []
    )
