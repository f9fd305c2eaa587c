"""What happens to orders: by time, by buyers, by the platform, by the seller."""

from __future__ import annotations

import pytest

from xborder_sandbox.errors import AdminError, UnknownActionError

ACCEPT = "aliexpress.trade.seller.order.acceptcancel"
REFUSE = "aliexpress.trade.seller.order.refusecancel"


def _cancel(client, api, order, **more):
    request = {"order_id": int(order["id"]), "buyer_login_id": order["buyerloginid"], **more}
    return client.call(api, param_order_cancel_request=request)["result"]


def test_from_order_to_end(ae):
    order_id = ae.add(status="PLACE_ORDER_SUCCESS", items=[{"sku": "LAMP-01"}])
    order = ae.detail(order_id)
    assert (order["order_status"], order["fund_status"], order["logistics_status"]) == (
        "PLACE_ORDER_SUCCESS",
        "NOT_PAY",
        "NO_LOGISTICS",
    )
    assert ae.declare(order_id)["result_success"] is False
    ae.admin("pay", order_id=str(order_id))
    order = ae.detail(order_id)
    assert (order["order_status"], order["fund_status"]) == ("RISK_CONTROL", "PAY_SUCCESS")
    assert ae.declare(order_id)["result_success"] is False
    ae.advance(hours=23.9)
    assert ae.status(order_id) == "RISK_CONTROL"
    ae.advance(hours=0.2)
    order = ae.detail(order_id)
    assert (order["order_status"], order["logistics_status"]) == ("WAIT_SELLER_SEND_GOODS", "WAIT_SELLER_SEND_GOODS")
    assert ae.declare(order_id)["result_success"] is True
    order = ae.detail(order_id)
    assert (order["order_status"], order["logistics_status"]) == ("WAIT_BUYER_ACCEPT_GOODS", "SELLER_SEND_GOODS")
    (parcel,) = order["logistic_info_list"]
    assert (parcel["logistics_no"], parcel["logistics_type_code"]) == ("RV123456785CN", "CPAM")
    ae.admin("receive", order_id=str(order_id))
    order = ae.detail(order_id)
    assert (order["order_status"], order["logistics_status"]) == ("FUND_PROCESSING", "BUYER_ACCEPT_GOODS")
    ae.advance(days=7.1)
    order = ae.detail(order_id)
    assert (order["order_status"], order["order_end_reason"]) == ("FINISH", "buyer_confirm_goods")
    actions = [entry["action_type"] for entry in order["opr_log_dto_list"]]
    assert actions == [
        "PAY_SUCCESS",
        "RISK_CONTROL_PASS",
        "SELLER_SEND_GOODS",
        "BUYER_ACCEPT_GOODS",
        "FINISH",
    ]


def test_time_alone_ends_what_nobody_touches(ae):
    ae.admin("settings", access_seconds=10**8)
    unpaid = ae.add(status="PLACE_ORDER_SUCCESS")
    sent = ae.add(items=[{"sku": "LAMP-01"}])
    assert ae.declare(sent)["result_success"] is True
    ae.advance(days=21)
    assert (ae.status(unpaid), ae.detail(unpaid)["order_end_reason"]) == ("FINISH", "pay_timeout")
    assert ae.status(sent) == "WAIT_BUYER_ACCEPT_GOODS"
    ae.advance(days=40)
    assert ae.status(sent) == "FUND_PROCESSING"
    ae.advance(days=7)
    assert ae.status(sent) == "FINISH"


def test_a_setting_works_at_once(ae):
    order_id = ae.add(status="RISK_CONTROL")
    assert ae.status(order_id) == "RISK_CONTROL"
    ae.advance(minutes=2)
    ae.admin("settings", risk_seconds=60)
    assert ae.status(order_id) == "WAIT_SELLER_SEND_GOODS"


def test_the_platforms_warehouse_sends_its_lines(ae):
    both = ae.add(items=[{"sku": "LAMP-01", "by_platform": True}, {"sku": "MUG-02"}])
    alone = ae.add(items=[{"sku": "LAMP-01", "by_platform": True}])
    assert ae.declare(alone)["result_success"] is False
    assert ae.declare(both)["result_success"] is True
    order = ae.detail(both)
    assert order["order_status"] == "SELLER_PART_SEND_GOODS"
    assert [line["order_status"] for line in order["child_order_list"]] == [
        "WAIT_SELLER_SEND_GOODS",
        "WAIT_BUYER_ACCEPT_GOODS",
    ]
    ae.advance(hours=49)
    assert (ae.status(both), ae.status(alone)) == ("WAIT_BUYER_ACCEPT_GOODS", "WAIT_BUYER_ACCEPT_GOODS")


def test_the_seller_lets_a_buyer_go(ae):
    order = ae.order_to("BR")
    assert (order["order_status"], order["cancel_request_reason"]) == ("IN_CANCEL", "buyer_changed_mind")
    assert ae.declare(order["id"])["result_success"] is False
    assert _cancel(ae, ACCEPT, {**order, "buyerloginid": "another"})["success"] is False
    assert _cancel(ae, ACCEPT, order)["success"] is True
    order = ae.detail(order["id"])
    assert (order["order_status"], order["refund_info"]["refund_status"]) == ("FINISH", "refund_ok")
    assert _cancel(ae, ACCEPT, order)["success"] is False


def test_the_seller_keeps_a_buyer(ae):
    order = ae.order_to("BR")
    request = {"order_id": int(order["id"]), "buyer_login_id": order["buyerloginid"]}
    assert ae.refused(REFUSE, param_order_cancel_request=request) == (
        "MissingParameter",
        "param_order_cancel_request.memo",
    )
    assert _cancel(ae, REFUSE, order, memo="already packed")["success"] is True
    assert ae.status(order["id"]) == "WAIT_SELLER_SEND_GOODS"
    with pytest.raises(AdminError):
        ae.admin("request_cancel", order_id=str(order["id"]))


def test_a_buyer_asks(ae):
    order_id = ae.add()
    ae.admin("request_cancel", order_id=str(order_id), reason="wrong_address")
    order = ae.detail(order_id)
    assert (order["order_status"], order["cancel_request_reason"]) == ("IN_CANCEL", "wrong_address")
    (listed,) = ae.orders(order_status="IN_CANCEL", create_date_start=order["gmt_create"])
    assert int(listed["order_id"]) == order_id
    assert int(listed["timeout_left_time"]) > 0


def test_a_frozen_order_stands_still(ae):
    order_id = ae.add()
    ae.admin("freeze", order_id=str(order_id))
    assert ae.declare(order_id)["result_success"] is False
    order = ae.detail(order_id)
    assert (order["order_status"], order["frozen_status"]) == ("IN_FROZEN", "IN_FROZEN")
    assert all(line["order_status"] == "IN_FROZEN" for line in order["child_order_list"])
    with pytest.raises(AdminError):
        ae.admin("freeze", order_id=str(order_id))
    ae.admin("unfreeze", order_id=str(order_id))
    order = ae.detail(order_id)
    assert (order["order_status"], order["frozen_status"]) == ("WAIT_SELLER_SEND_GOODS", "NO_FROZEN")
    assert "refund_info" not in order
    assert ae.declare(order_id)["result_success"] is True


def test_risk_control_goes_on_after_a_freeze(ae):
    order_id = ae.add(status="RISK_CONTROL")
    ae.admin("freeze", order_id=str(order_id), reason="inspection")
    ae.advance(days=3)
    assert ae.status(order_id) == "IN_FROZEN"
    ae.admin("unfreeze", order_id=str(order_id))
    assert ae.status(order_id) == "WAIT_SELLER_SEND_GOODS"


def test_a_dispute_shows_at_the_order(ae):
    order_id = ae.add(items=[{"sku": "LAMP-01"}, {"sku": "MUG-02"}])
    assert ae.declare(order_id)["result_success"] is True
    ae.admin("open_issue", order=str(order_id), order_id=str(order_id))
    order = ae.detail(order_id)
    assert (order["order_status"], order["issue_status"]) == ("IN_ISSUE", "IN_ISSUE")
    assert [line["issue_status"] for line in order["child_order_list"]] == ["IN_ISSUE", "NO_ISSUE"]
    assert order["child_order_list"][0]["child_issue_info"]["issue_status"] == "processing"


def test_an_order_is_made_as_wished(ae):
    ae.admin("settings", mask_buyers=False)
    order_id = ae.add(
        first_name="Mei",
        last_name="Ling",
        items=[{"sku": "TORCH-05", "count": 3, "memo": "red", "semi_managed": True}],
        service="EMS",
        freight="1.10",
        memo="quick",
        payment_type="wp102",
        created="2026-03-01T00:00:00+08:00",
        receiver={"contact_person": "Mei Ling", "country": "SG", "city": "Singapore"},
    )
    order = ae.detail(order_id)
    line = order["child_order_list"][0]
    assert order["gmt_create"] == "2026-02-28 08:00:00"
    assert (order["order_amount"]["amount"], order["memo"], order["payment_type"]) == ("39.35", "quick", "wp102")
    assert (line["sku_code"], line["logistics_type"], line["buyer_memo"]) == ("TORCH-05", "EMS", "red")
    assert (order["receipt_address"]["country"], order["buyer_info"]["first_name"]) == ("SG", "Mei")


@pytest.mark.parametrize(
    "body",
    [
        {"order": []},
        {"order": {"price": 1}},
        {"order": {"status": "FINISH"}},
        {"order": {"items": []}},
        {"order": {"items": ["MUG-02"]}},
        {"order": {"items": [{"sku": "NO-SUCH"}]}},
        {"order": {"items": [{"sku": "MUG-02", "count": 0}]}},
        {"order": {"service": "PIGEON"}},
        {"order": {"receiver": {"planet": "Mars"}}},
        {"order": {"freight": "-1"}},
        {"order": {"freight": "much"}},
        {"order": {"created": "2026-03-01T00:00:00"}},
        {"order": {"created": "today"}},
        {"account": "nobody"},
    ],
)
def test_orders_that_cannot_be(ae, body):
    before = ae.sandbox.vendors["aliexpress"].state()["orders"]
    with pytest.raises(AdminError):
        ae.admin("add_order", **body)
    assert ae.sandbox.vendors["aliexpress"].state()["orders"] == before


@pytest.mark.parametrize("action", ["pay", "pass_risk", "receive", "unfreeze"])
def test_what_is_not_the_time_for(ae, action):
    with pytest.raises(AdminError):
        ae.admin(action, order_id=str(ae.add()))
    with pytest.raises(AdminError, match="no order"):
        ae.admin(action, order_id="1")


def test_settings_and_actions_are_checked(ae):
    for body in ({"no_such": 1}, {"risk_seconds": "1"}, {"mask_buyers": 1}, {"numbers": "roman"}):
        with pytest.raises(AdminError):
            ae.admin("settings", **body)
    with pytest.raises(AdminError):
        ae.admin("forbid", apis="all")
    with pytest.raises(UnknownActionError, match="request_cancel"):
        ae.admin("dance")


def test_more_orders_are_made(make_ae):
    client = make_ae("empty")
    assert client.admin("generate", count=40) == {"orders": 40}
    for count in (0, True, "5", 10**6):
        with pytest.raises(AdminError):
            client.admin("generate", count=count)


def test_a_seed_makes_the_same_again(make_ae):
    one, two, other = make_ae(seed=4), make_ae(seed=4), make_ae(seed=5)
    states = [client.sandbox.vendors["aliexpress"].state()["newest_orders"] for client in (one, two, other)]
    assert states[0] == states[1] != states[2]
    assert one.settings["app_secret"] == two.settings["app_secret"] != other.settings["app_secret"]
    one.sandbox.reset(scenario="demo")
    assert one.sandbox.vendors["aliexpress"].state()["newest_orders"] == states[0]
