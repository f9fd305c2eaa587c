"""Every answer holds the vendor's fields and values, and no others; wrapped it says the same."""

from __future__ import annotations

import json

import pytest

DETAIL = "aliexpress.trade.new.redefining.findorderbyid"
SOLUTION_DETAIL = "aliexpress.solution.order.info.get"
SIMPLE = "aliexpress.trade.redefining.findorderlistsimplequery"
RECEIPT = "aliexpress.trade.redefining.findorderreceiptinfo"


def _read_everything(client):
    """Ask for all there is to read; return the orders' ids."""
    listed = {order["order_id"] for order in client.orders()}
    finished = client.orders(order_status="FINISH", create_date_start=client.ago(days=29))
    listed |= {order["order_id"] for order in finished}
    client.call(SIMPLE, param1={"page": 1, "page_size": 50})
    client.call("aliexpress.merchant.profile.get")
    client.call("aliexpress.solution.merchant.profile.get")
    client.call("aliexpress.logistics.redefining.listlogisticsservice")
    client.call("aliexpress.evaluation.listorderevaluation.get", trade_evaluation_request={"product_id": ""})
    for name in ("list", "list2", "history/list"):
        client.call(f"aliexpress/message/{name}", im_query_message_dto={"page_size": 20})
    for order_id in listed:
        one = {"order_id": int(order_id)}
        client.call(DETAIL, param1=one)
        client.call(SOLUTION_DETAIL, param1=one)
        receipt = client.call(RECEIPT, param1=one)["result"]
        client.call("aliexpress.solution.order.receiptinfo.get", param1=one)
        client.call("aliexpress.solution.order.delivery.info.get", single_order_query=one)
        client.call("aliexpress.trade.seller.order.decrypt", orderId=str(order_id), oaid=receipt["oaid"])
        client.call("aliexpress.logistics.querysellershipmentinfo", trade_order_id=str(order_id))
    return listed


@pytest.mark.parametrize("account", ["ae-shop", "ae-overseas"])
@pytest.mark.parametrize(("scenario", "numbers"), [("demo", "mixed"), ("demo", "listed"), ("bulk", "text")])
def test_every_answer_keeps_to_the_field_list(make_ae, fields, account, scenario, numbers):
    client = make_ae(scenario, account)
    client.admin("settings", numbers=numbers)
    ids = _read_everything(client)
    assert len(ids) >= {"demo": 3, "bulk": 40}[scenario]
    assert len(client.answers) > len(ids) * 7
    for api, answer in client.answers:
        fields.check(api, answer)


def test_what_is_written_is_answered_in_the_vendors_fields(ae, fields):
    sent = ae.add(items=[{"sku": "MUG-02"}, {"sku": "TOY-04"}])
    by_line = {
        "trade_order_id": sent,
        "sub_trade_order_list": [
            {
                "sub_trade_order_index": 1,
                "send_type": "all",
                "ioss": "IM2760000017",
                "shipment_list": [{"logistics_no": "RV000000015CN", "service_name": "CPAM"}],
            }
        ],
    }
    lines = "aliexpress.logistics.order.shipment"
    request = {"param_aeop_seller_shipment_sub_trade_order_request": by_line}
    assert ae.call(lines, **request)["result"]["success"] is True
    assert ae.call(lines, **request)["result"]["success"] is False
    changed = {
        "trade_order_id": str(sent),
        "old_logistics_no": "RV000000015CN",
        "old_service_name": "CPAM",
        "sub_trade_order_list": [
            {
                "sub_trade_order_index": 1,
                "send_type": "all",
                "shipment_list": [{"logistics_no": "RV000000029CN", "service_name": "CPAM"}],
            }
        ],
    }
    assert ae.call("aliexpress.logistics.order.modifyshipment", **changed)["is_success"] is True
    assert ae.call("aliexpress.logistics.order.modifyshipment", **changed)["is_success"] is False
    assert ae.declare(sent, "bad")["result_success"] is False
    assert ae.declare(sent)["result_success"] is True
    modified = {
        "out_ref": str(sent),
        "send_type": "all",
        "old_logistics_no": "RV123456785CN",
        "old_service_name": "CPAM",
        "new_logistics_no": "RV000000032CN",
        "new_service_name": "CPAM",
    }
    assert ae.call("aliexpress.logistics.sellermodifiedshipmentfortop", **modified)["result_success"] is True
    assert ae.call("aliexpress.logistics.sellermodifiedshipmentfortop", **modified)["result_success"] is False
    ae.call("aliexpress.logistics.querysellershipmentinfo", trade_order_id=str(sent))
    ae.call("aliexpress.logistics.querysellershipmentinfo", trade_order_id="1")
    ae.call("aliexpress.solution.order.fulfill", service_name="CPAM", logistics_no="x", send_type="all", out_ref="1")
    asked = ae.order_to("BR")
    cancel = {"order_id": asked["id"], "buyer_login_id": asked["buyerloginid"]}
    ae.call("aliexpress.trade.seller.order.refusecancel", param_order_cancel_request={**cancel, "memo": "sent"})
    ae.call("aliexpress.trade.seller.order.acceptcancel", param_order_cancel_request=cancel)
    buyer = ae.call("aliexpress/message/session/open", im_session_open_dto={"buyer_login_id": asked["buyerloginid"]})
    buyer_id = int(buyer["result"]["data"]["current_buyer_id"])
    text = {"buyer_id": buyer_id, "template_id": 1, "message_content_dto": {"txt": "On its way"}}
    ae.call("aliexpress/message/send", im_send_message_dto=text)
    ae.call("aliexpress/message/session/get", im_query_session_dto={"buyer_id": buyer_id})
    ae.call("aliexpress/message/list", im_query_message_dto={"buyer_id": buyer_id})
    received = ae.order_to("NL")
    line = received["child_order_list"][0]["child_order_id"]
    replied = {"parent_order_id": str(received["id"]), "child_order_id": str(line), "text": "Thank you"}
    ae.call("aliexpress.evaluation.evaluation.reply", **replied)
    said = {"order_id": received["id"], "score": 5, "feedback_content": "Quick payment"}
    ae.call("aliexpress.appraise.redefining.savesellerfeedback", param1=said)
    ae.call("aliexpress.appraise.redefining.savesellerfeedback", param1=said)
    ae.call("aliexpress.evaluation.listorderevaluation.get", trade_evaluation_request={"product_id": ""})
    ae.call(SOLUTION_DETAIL, param1={"order_id": 1})
    ae.list_call(create_date_start="2026-01-01")
    for api, answer in ae.answers:
        fields.check(api, answer)


def test_tokens_have_the_vendors_fields(ae, fields):
    refresh = ae.settings["refresh_token"]
    for path in ("/auth/token/refresh", "/auth/token/security/refresh"):
        answer = ae.rest(path, refresh_token=refresh)
        fields.check(path.replace("refresh", "create"), answer)
        assert answer["code"] == "0"


def _without_stamps(body):
    return {name: value for name, value in body.items() if name not in ("request_id", "time_stamp")}


def _without_empty_lists(value):
    if isinstance(value, dict):
        kept = {name: _without_empty_lists(item) for name, item in value.items() if item != []}
        return {name: item for name, item in kept.items() if name not in ("time_stamp", "timeout_left_time")}
    return [_without_empty_lists(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("numbers", ["mixed", "text"])
def test_wrapped_answers_say_the_same(ae, fields, numbers):
    ae.admin("settings", numbers=numbers)
    order = ae.order_to("GB")
    query = {"create_date_start": ae.ago(days=9), "current_page": 1, "page_size": 50}
    calls = [
        ("aliexpress.trade.seller.orderlist.get", {"param_aeop_order_query": query}),
        ("aliexpress.solution.order.get", query),
        (SIMPLE, {"param1": {"page": 1, "page_size": 50}}),
        (DETAIL, {"param1": {"order_id": int(order["id"])}}),
        (SOLUTION_DETAIL, {"param1": {"order_id": int(order["id"])}}),
        (RECEIPT, {"param1": {"order_id": int(order["id"])}}),
        ("aliexpress.logistics.redefining.listlogisticsservice", {}),
        ("aliexpress/message/list", {"im_query_message_dto": {"page_size": 20}}),
    ]
    for api, parameters in calls:
        plain = ae.call(api, **parameters)
        wrapped = ae.raw(api, simplify=False, **parameters)
        told = _without_stamps(fields.unwrapped(api, wrapped))
        assert _without_empty_lists(told) == _without_empty_lists(_without_stamps(plain)), api


@pytest.mark.parametrize(
    ("sample", "api"),
    [
        ("solution_order_get.json", "aliexpress.solution.order.get"),
        ("listlogisticsservice.json", "aliexpress.logistics.redefining.listlogisticsservice"),
    ],
)
def test_arrays_are_named_as_in_the_vendors_samples(ae, contract_folder, sample, api):
    shown = json.loads((contract_folder / "aliexpress/samples" / sample).read_text())
    query = {"create_date_start": ae.ago(days=9), "current_page": 1, "page_size": 50}
    answer = ae.raw(api, simplify=False, **query)
    assert answer.keys() == shown.keys()
    assert _arrays(answer) == _arrays(shown)


def _arrays(value, path=""):
    """Return the paths of all arrays."""
    if isinstance(value, dict):
        return set().union(*(_arrays(item, f"{path}.{name}") for name, item in value.items()))
    if isinstance(value, list):
        return {path}.union(*(_arrays(item, path) for item in value))
    return set()


def test_empty_lists_are_absent_or_empty_objects(make_ae):
    client = make_ae("empty")
    query = {"create_date_start": client.ago(days=9), "current_page": 1, "page_size": 50}
    api = "aliexpress.solution.order.get"
    outer = "aliexpress_solution_order_get_response"
    assert client.call(api, **query)["result"]["target_list"] == []
    assert "target_list" not in client.raw(api, simplify=False, **query)[outer]["result"]
    client.admin("settings", empty_lists="object")
    assert client.raw(api, simplify=False, **query)[outer]["result"]["target_list"] == {}
