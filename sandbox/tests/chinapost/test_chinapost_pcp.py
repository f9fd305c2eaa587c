"""The order API: digests, numbers, orders, labels, fees, cancelling."""

from __future__ import annotations

import json
import re

import pytest


def allocate(pcp, sign, wish, **changes):
    text = wish if isinstance(wish, str) else json.dumps(wish)
    form = {
        "logisticsOrder": text,
        "data_digest": sign(text, pcp.key),
        "msg_type": "B2C_TRADE",
        "ecCompanyId": pcp.settings["sender_no"],
        "version": "1.0",
        **changes,
    }
    return pcp.pcp("/barCodesAssgine/barCodeService", **form).json()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"data_digest": "wrong"}, "S03"),
        ({"data_digest": ""}, "B03"),
        ({"ecCompanyId": "1"}, "S02"),
        ({"version": "2.0"}, "S06"),
        ({"msg_type": "C2C"}, "S07"),
    ],
)
def test_a_wrong_form_gives_no_number(pcp, sign, changes, code):
    answer = allocate(pcp, sign, pcp.wish(), **changes)
    assert answer.keys() == {"return_success", "return_reason", "return_msg"}
    assert (answer["return_success"], answer["return_reason"]) == ("false", code)
    assert pcp.state()["numbers"] == []


def test_an_order_is_sent_for_a_number(pcp, sign):
    number = allocate(pcp, sign, pcp.wish("SO-1"))["barCodeList"][0]["bar_code"]
    answer = pcp.pcp_order("orderReceive", pcp.order("SO-1", waybill_no=number))
    assert answer == {"success": "true", "reason": "", "msg": ""}
    assert [p["number"] for p in pcp.state()["parcels"]] == [number]
    assert pcp.state()["numbers"][0]["used"] is True


def test_a_number_must_be_the_orders_own_and_new(pcp, sign):
    first, second = (allocate(pcp, sign, pcp.wish(name))["barCodeList"][0]["bar_code"] for name in ("A", "B"))

    def reason(**changes):
        return pcp.pcp_order("orderReceive", pcp.order("A", **changes))["reason"]

    assert reason(waybill_no="") == "B03"
    assert reason(waybill_no="LN156947362CN") == "B11"
    assert reason(waybill_no=second) == "B10"
    assert reason(waybill_no=first, biz_product_no="002") == "B05"
    assert reason(waybill_no=first) == ""
    assert reason(waybill_no=first) == "B08"


def test_a_new_number_may_have_to_wait(pcp, sign):
    pcp.admin("settings", number_check=600)
    number = allocate(pcp, sign, pcp.wish("A"))["barCodeList"][0]["bar_code"]
    order = pcp.order("A", waybill_no=number)
    assert pcp.pcp_order("orderReceive", order)["reason"] == "B09"
    pcp.advance(minutes=10)
    assert pcp.pcp_order("orderReceive", order)["success"] == "true"


def test_an_order_gets_a_number_in_one_call(pcp):
    answer = pcp.pcp_order("OrderReceiveBack", pcp.order(biz_product_no="002"))
    assert answer.keys() == {"success", "reason", "msg", "waybillNo"}
    assert re.fullmatch(r"R[A-Z]\d{9}CN", answer["waybillNo"])
    assert pcp.state()["parcels"][0]["transport"] == "pcp"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"data_digest": "wrong"}, "S02"),
        ({"ecCompanyId": "1"}, "S12"),
        ({"msg_type": "C2C"}, "S05"),
        ({"data_type": "XML"}, "S01"),
        ({"logistics_interface": ""}, "B03"),
    ],
)
def test_a_wrong_form_is_no_order(pcp, changes, code):
    answer = pcp.pcp_order("OrderReceiveBack", pcp.order(), **changes)
    assert answer.keys() == {"success", "reason", "msg"}
    assert (answer["success"], answer["reason"]) == ("false", code)
    assert pcp.state()["parcels"] == []


def test_the_digest_is_of_the_bytes_that_were_sent(pcp, sign):
    order = pcp.order()
    spaced, compact = json.dumps(order, indent=1), json.dumps(order, separators=(",", ":"))
    answer = pcp.pcp_order("OrderReceiveBack", spaced, data_digest=sign(compact, pcp.key))
    assert answer["reason"] == "S02"


def test_rules_are_those_of_the_gateway(pcp):
    assert pcp.pcp_order("OrderReceiveBack", pcp.order(weight=2001))["reason"] == "B12"
    assert pcp.pcp_order("OrderReceiveBack", pcp.order("SO-1"))["success"] == "true"
    assert pcp.pcp_order("OrderReceiveBack", pcp.order("SO-1"))["reason"] == "B06"


def sent(pcp, *names, **changes):
    return [pcp.pcp_order("OrderReceiveBack", pcp.order(name, **changes))["waybillNo"] for name in names]


def test_labels_come_as_a_file(pcp):
    first, second = sent(pcp, "A", "B")
    one = pcp.pcp_signed("/surface/download", "barCode", first, version="1.0")
    two = pcp.pcp_signed("/surface/download", "barCode", f"{first},{second}", version="1.0")
    assert one.status_code == two.status_code == 200
    assert one.headers["content-type"] == "application/pdf"
    assert one.content.startswith(b"%PDF")
    assert len(two.content) > len(one.content)


def test_labels_come_in_hexadecimal_from_version_2(pcp, sign):
    (number,) = sent(pcp, "A")
    file = pcp.pcp_signed("/surface/download", "barCode", number, version="1.0").content
    answer = pcp.pcp_signed("/surface/download", "barCode", number, version="2.0", pageType="RM").json()
    assert bytes.fromhex(answer["data"]) == file
    assert answer["digest"] == sign(answer["data"], pcp.key)
    wrong = pcp.pcp_signed("/surface/download", "barCode", "LN156947362CN", version="2.0").json()
    assert (wrong["success"], wrong["err_code"]) == (False, "B11")


@pytest.mark.parametrize(
    ("numbers", "changes", "reason"),
    [
        ("LN156947362CN", {}, "B11"),
        (" , ", {}, "B03"),
        ("LN156947362CN", {"dataDigest": "wrong"}, "S02"),
        ("LN156947362CN", {"version": "3.0"}, "S04"),
        (",".join(["LN156947362CN"] * 51), {}, "B07"),
    ],
)
def test_a_label_that_is_refused_is_json(pcp, numbers, changes, reason):
    answer = pcp.pcp_signed("/surface/download", "barCode", numbers, **{"version": "1.0", **changes})
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/json")
    assert answer.json()["reason"] == reason


def test_nobody_sees_the_parcels_of_others(post):
    number = post.send()
    pcp = type(post)(post.sandbox, post.http, "chinapost-pcp")
    assert pcp.pcp_signed("/surface/download", "barCode", number, version="1.0").json()["reason"] == "B11"
    assert pcp.pcp_signed("/orderFeeService/getOrderFee", "waybillNos", number).json()["return_reason"] == "B11"
    cancelled = pcp.pcp_signed(
        "/orderService/cancelOrder", "waybillNo", number, "digest", senderNo=pcp.settings["sender_no"]
    )
    assert cancelled.json()["flag"] == "false"


def cancel(client, number):
    sender = client.settings["sender_no"]
    return client.pcp_signed("/orderService/cancelOrder", "waybillNo", number, "digest", senderNo=sender).json()


def test_an_order_is_cancelled_until_the_post_office_has_it(pcp):
    first, second = sent(pcp, "A", "B")
    assert cancel(pcp, first)["flag"] == "true"
    assert cancel(pcp, first)["flag"] == "false"
    assert pcp.pcp_signed("/surface/download", "barCode", first, version="1.0").status_code == 500
    pcp.admin("accept", waybill=second)
    answer = cancel(pcp, second)
    assert answer.keys() == {"flag", "message"}
    assert answer["flag"] == "false"
    pcp.advance(days=40)
    held = {p["number"]: p for p in pcp.state()["parcels"]}
    assert [scan["code"] for scan in held[first]["scans"]] == ["801"]
    assert held[second]["scans"][-1]["code"] != "801"


def test_a_cancelled_order_keeps_its_number(pcp):
    (number,) = sent(pcp, "A")
    cancel(pcp, number)
    assert pcp.pcp_order("OrderReceiveBack", pcp.order("A"))["reason"] == "B06"


def test_the_gateways_customer_cancels_here_with_its_key(post):
    number = post.send()
    assert cancel(post, number)["flag"] == "true"
    assert [event["opCode"] for event in post.events(number)] == ["801"]


def test_fees_are_known_once_it_was_accepted(pcp):
    first, second = sent(pcp, "A", "B")

    def fees():
        return pcp.pcp_signed("/orderFeeService/getOrderFee", "waybillNos", f"{first},{second}").json()

    assert fees()["return_success"] == "true"
    assert fees()["data"] == []
    pcp.admin("accept", waybill=first)
    (row,) = fees()["data"]
    assert row == {"waybillNo": first, "weight": "180", "postage_total": "26.70", "postage_currency": "CNY"}
    wrong = pcp.pcp_signed("/orderFeeService/getOrderFee", "waybillNos", first, dataDigest="x").json()
    assert (wrong["return_success"], wrong["return_reason"]) == ("false", "S02")


def test_products_are_listed_for_everybody(pcp):
    answer = pcp.pcp("/businessDataService/getBusinessData", queryType="queryBusinessType").json()
    assert [row["businessCode"] for row in answer["data"]] == list(pcp.settings["products"])
    assert all(row.keys() == {"businessCode", "businessName"} for row in answer["data"])
    asked = pcp.http.post(
        "/chinapost/pcp/pcpErp-web/a/pcp/businessDataService/getBusinessData?queryType=queryBusinessType"
    )
    assert asked.json() == answer
    assert pcp.pcp("/businessDataService/getBusinessData", queryType="?").json()["return_success"] == "false"
