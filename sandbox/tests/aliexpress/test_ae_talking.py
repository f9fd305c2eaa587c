"""Messages and evaluations."""

from __future__ import annotations

import json

import pytest

SEND = "aliexpress/message/send"
LIST = "aliexpress/message/list"
SESSION = "aliexpress/message/session/get"
OPEN = "aliexpress/message/session/open"
EVALUATIONS = "aliexpress.evaluation.listorderevaluation.get"
REPLY = "aliexpress.evaluation.evaluation.reply"
FEEDBACK = "aliexpress.appraise.redefining.savesellerfeedback"


def _buyer(client, country):
    login = client.order_to(country)["buyerloginid"]
    data = client.call(OPEN, im_session_open_dto={"buyer_login_id": login})["result"]["data"]
    return int(data["current_buyer_id"])


def _send(client, buyer_id, template=1, **content):
    request = {"buyer_id": buyer_id, "template_id": template, "message_content_dto": content}
    return client.call(SEND, im_send_message_dto=request)["result"]


def _page(client, **query):
    return client.call(LIST, im_query_message_dto=query)["result"]["data"]


def test_a_conversation(ae):
    order = ae.order_to("FR")
    buyer_id = _buyer(ae, "FR")
    assert ae.call(SESSION, im_query_session_dto={"buyer_id": buyer_id})["result"]["success"] is False
    ae.admin("message", order_id=str(order["id"]), text="Quand ?")
    assert _send(ae, buyer_id, txt="Demain")["success"] is True
    assert _send(ae, buyer_id, 10007, order_id=str(order["id"]))["success"] is True
    page = _page(ae, buyer_id=buyer_id)
    told = page["message_list"]
    assert [message["content"] for message in told[1:]] == ["Demain", "Quand ?"]
    assert json.loads(told[0]["content"]) == {"order_id": str(order["id"])}
    assert [int(message["from_account_type"]) for message in told] == [12, 12, 11]
    assert int(told[2]["from_account_id"]) == buyer_id == int(told[0]["to_account_id"])
    assert page["has_more"] is False
    session = ae.call(SESSION, im_query_session_dto={"buyer_id": buyer_id})["result"]
    assert session["data"]["last_message_id"] == told[0]["message_id"]


def test_messages_come_in_pages_of_twenty(ae):
    buyer_id = _buyer(ae, "FR")
    for number in range(45):
        _send(ae, buyer_id, txt=f"{number}")
    seen, cursor = [], {}
    while True:
        page = _page(ae, buyer_id=buyer_id, page_size=50, **cursor)
        assert len(page["message_list"]) <= 20
        seen += [message["content"] for message in page["message_list"]]
        if not page["has_more"]:
            break
        cursor = {"start_time": int(page["next_start_time"]), "last_message_id": page["last_message_id"]}
    assert seen == [f"{number}" for number in reversed(range(45))]


@pytest.mark.parametrize(
    "change",
    [
        {"template_id": 2},
        {"buyer_id": None},
        {"message_content_dto": {}},
        {"message_content_dto": None},
        {"template_id": 3},
    ],
)
def test_messages_that_are_refused(ae, change):
    request = {"buyer_id": _buyer(ae, "FR"), "template_id": 1, "message_content_dto": {"txt": "x"}, **change}
    assert ae.refused(SEND, im_send_message_dto=request)[0] in ("MissingParameter", "15")


def test_strangers_cannot_be_written_to(ae, ae_overseas):
    stranger = _buyer(ae_overseas, "PT")
    assert _send(ae, stranger, txt="x")["success"] is False
    assert ae.call(OPEN, im_session_open_dto={"buyer_id": stranger})["result"]["success"] is False


def test_the_scenario_has_buyers_remarks(ae):
    remarks = {message["content"] for message in _page(ae)["message_list"]}
    assert remarks == {"Please wrap the mugs well", "🎁 cadeau, merci !"}


def _evaluations(client, **request):
    return client.call(EVALUATIONS, trade_evaluation_request={"product_id": "", **request})["target_list"]


def test_evaluations_are_of_received_orders(ae):
    (evaluation,) = _evaluations(ae)
    order = ae.order_to("NL")
    assert int(evaluation["parent_order_id"]) == int(order["id"])
    assert evaluation["buyer_evaluation"] in "12345"
    assert _evaluations(ae, parent_order_ids=[int(order["id"])]) == [evaluation]
    assert _evaluations(ae, parent_order_ids=[1]) == []
    assert _evaluations(ae, start_order_complete_date=ae.ago(hours=1)) == []
    assert len(_evaluations(ae, end_order_complete_date=ae.ago(hours=1))) == 1
    assert _evaluations(ae, end_valid_date=ae.ago(hours=1)) == []
    assert len(_evaluations(ae, buyer_product_ratings=[int(evaluation["buyer_evaluation"])])) == 1
    assert _evaluations(ae, product_id=1) == []
    assert ae.refused(EVALUATIONS, trade_evaluation_request={"parent_order_ids": list(range(1, 52))})[0] == "15"
    assert ae.refused(EVALUATIONS, trade_evaluation_request={"start_valid_date": "2026"})[0] == "15"


def test_the_seller_answers_once(ae):
    (evaluation,) = _evaluations(ae)
    ids = {"parent_order_id": str(evaluation["parent_order_id"]), "child_order_id": str(evaluation["order_id"])}
    assert ae.call(REPLY, **ids, text="Thank you")["target"] is True
    assert ae.call(REPLY, **ids, text="Again")["target"] is False
    assert _evaluations(ae)[0]["seller_reply"] == "Thank you"
    assert ae.refused(REPLY, **ids) == ("MissingParameter", "text")
    assert ae.call(REPLY, **(ids | {"child_order_id": "1"}), text="x")["target"] is False


def test_the_seller_rates_the_buyer_once_and_in_time(ae):
    ae.admin("settings", access_seconds=10**8)
    (evaluation,) = _evaluations(ae)
    said = {"order_id": int(evaluation["parent_order_id"]), "score": 4, "feedback_content": "Kind"}
    assert ae.refused(FEEDBACK, param1={**said, "score": 6})[0] == "15"
    ae.advance(days=31)
    assert ae.call(FEEDBACK, param1=said)["is_success"] is False
    ae.sandbox.world.clock.set(ae.now.replace(month=3, day=3))
    assert ae.call(FEEDBACK, param1=said)["is_success"] is True
    assert ae.call(FEEDBACK, param1=said)["is_success"] is False
    assert _evaluations(ae)[0]["seller_feedback"] == "Kind"
    open_order = {**said, "order_id": int(ae.order_to("FR")["id"])}
    assert ae.call(FEEDBACK, param1=open_order)["is_success"] is False
