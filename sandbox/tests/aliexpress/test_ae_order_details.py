"""Details, addresses, decryption."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

SOLUTION_DETAIL = "aliexpress.solution.order.info.get"
DETAIL = "aliexpress.trade.new.redefining.findorderbyid"
RECEIPT = "aliexpress.trade.redefining.findorderreceiptinfo"
DECRYPT = "aliexpress.trade.seller.order.decrypt"


def test_money_adds_up(ae):
    for listed in ae.orders():
        order = ae.detail(listed["order_id"])
        lines = sum(
            Decimal(line["product_price"]["amount"]) * int(line["product_count"]) for line in order["child_order_list"]
        )
        total = lines + Decimal(order["logistics_amount"]["amount"])
        assert Decimal(order["order_amount"]["amount"]) == total == Decimal(listed["pay_amount"]["amount"])
        assert int(order["order_amount"]["cent"]) == total * int(order["order_amount"]["cent_factor"])
        assert order["order_amount"]["amount_str"] == listed["pay_amount"]["amount"]
        assert order["settlement_currency"] == order["order_amount"]["currency"]["currency_code"] == "USD"


def test_the_amount_can_lie_beside_right_cents(ae):
    ae.admin("settings", zero_amounts=True)
    amount = ae.order_to("FR")["order_amount"]
    assert amount["amount"] == "0"
    assert int(amount["cent"]) == 2130


def test_lines_are_numbered_from_one(ae):
    order = ae.order_to("GB")
    assert [int(line["order_sort_id"]) for line in order["child_order_list"]] == [1, 2]
    assert [line["sku_code"] for line in order["child_order_list"]] == ["MUG-02", "CASE-03"]


def test_what_the_platform_sends_is_marked(ae):
    for country, marks in (("AU", [True, False]), ("PL", [True]), ("FR", [False])):
        lines = ae.order_to(country)["child_order_list"]
        assert [line.get("logistics_warehouse_type") == "cainiaoInternationalWarehouse" for line in lines] == marks
        assert [line["send_goods_operator"] == "WAREHOUSE_SEND_GOODS" for line in lines] == marks


def test_a_chargeback_shows_only_as_a_freeze(ae):
    order = ae.order_to("ES")
    assert (order["order_status"], order["frozen_status"]) == ("IN_FROZEN", "IN_FROZEN")
    assert (order["refund_info"]["refund_type"], order["refund_info"]["refund_status"]) == (
        "paypal_issue_refund",
        "refund_frozen",
    )


def test_the_deadline_is_in_pacific_time(ae):
    order = ae.order_to("FR")
    days = datetime.fromisoformat(order["over_time_left"]) - datetime.fromisoformat(order["gmt_pay_success"])
    # Seven days after the risk review; daylight saving begins in between.
    assert days.total_seconds() == 8 * 86_400 + 3600


@pytest.mark.parametrize(
    ("api", "flag", "there"),
    [
        (DETAIL, None, {"buyer_info", "logistic_info_list", "issue_info"}),
        (DETAIL, 10100, {"issue_info", "logistic_info_list"}),
        (DETAIL, 10, {"buyer_info"}),
        (DETAIL, 0, set()),
        (SOLUTION_DETAIL, 3, {"issue_info"}),
        (SOLUTION_DETAIL, 12, {"logistic_info_list", "buyer_info"}),
    ],
)
def test_the_flag_chooses_parts(ae, api, flag, there):
    order_id = int(ae.order_to("RU")["id"])
    asked = {"order_id": order_id} if flag is None else {"order_id": order_id, "ext_info_bit_flag": flag}
    answer = ae.call(api, param1=asked)
    order = answer["target"] if api == DETAIL else answer["result"]["data"]
    assert {"buyer_info", "logistic_info_list", "issue_info"} & set(order) == there


def test_other_sellers_orders_are_not_there(ae, ae_overseas):
    theirs = {"order_id": int(ae_overseas.orders()[0]["order_id"])}
    for api in (DETAIL, RECEIPT, "aliexpress.solution.order.receiptinfo.get"):
        assert ae.refused(api, param1=theirs)[0] == "15"
    result = ae.call(SOLUTION_DETAIL, param1=theirs)["result"]
    assert "data" not in result
    assert result["error_code"] == "-1"


def test_addresses_come_masked_and_are_decrypted(ae):
    order = ae.order_to("GB")
    order_id = int(order["id"])
    masked = ae.call(RECEIPT, param1={"order_id": order_id})["result"]
    shown = str(order) + str(masked) + str(ae.orders())
    for secret in ("Rhys", "Pendlebury", "Larkfield", "07700900271", "Flat 2"):
        assert secret not in shown
    assert (masked["country"], masked["city"], masked["zip"]) == ("GB", "Leeds", "LS6 2AB")
    clear = ae.call(DECRYPT, orderId=str(order_id), oaid=masked["oaid"])["result_obj"]
    assert clear == {
        "contact_person": "Rhys Pendlebury",
        "mobile_no": "07700900271",
        "address2": "Flat 2",
        "detail_address": "14 Larkfield Close",
        "buyer_signer_fullname": "Rhys Pendlebury",
        "first_name": "Rhys",
    }


def test_an_oaid_opens_its_own_order_only(ae):
    first, second = ae.order_to("GB"), ae.order_to("FR")
    answer = ae.call(DECRYPT, orderId=str(first["id"]), oaid=second["oaid"])
    assert "result_obj" not in answer
    assert int(answer["result_code"]) != 0
    assert ae.refused(DECRYPT, orderId=str(first["id"])) == ("MissingParameter", "oaid")


def test_shops_without_masks_see_addresses(ae, ae_overseas):
    order_id = int(ae_overseas.order_to("PT")["id"])
    address = ae_overseas.call("aliexpress.solution.order.receiptinfo.get", param1={"order_id": order_id})["result"]
    assert (address["contact_person"], address["detail_address"]) == ("Rui Carvalhal", "Rua dos Carvalhos 31")
    ae.admin("settings", mask_buyers=False)
    assert ae.order_to("GB")["receipt_address"]["detail_address"] == "14 Larkfield Close"
    russian = {"order_id": int(ae.order_to("RU")["id"])}
    address = ae.call("aliexpress.solution.order.receiptinfo.get", param1=russian)["result"]
    assert address["localized_address"].startswith("Тверская")
    assert (address["phone_area"], address["phone_number"]) == ("4822", "000042")


def test_unusual_names_arrive_whole(ae):
    order = ae.order_to("CA")
    clear = ae.call(DECRYPT, orderId=str(order["id"]), oaid=order["oaid"])["result_obj"]
    assert clear["contact_person"] == "Zoë Łąka-Ørsted 🦊"
    assert order["memo"] == "🎁 cadeau, merci !"
    brazilian = ae.order_to("BR")
    assert "00000000191" not in str(brazilian)


def test_an_order_knows_when_its_parcel_was_seen(ae):
    order = ae.order_to("FR")
    kept = ae.call(
        "aliexpress.logistics.redefining.getlogisticsselleraddresses", seller_address_query="sender,pickup,refund"
    )
    kinds = ("sender", "pickup", "refund")
    addresses = {kind: {"address_id": int(kept[f"{kind}_seller_address_list"][0]["address_id"])} for kind in kinds}
    (line,) = order["child_order_list"]
    product = {
        "product_id": int(line["product_id"]),
        "child_order_id": int(line["child_order_id"]),
        "category_cn_desc": "台灯",
        "category_en_desc": "lamp",
        "product_num": 1,
        "product_declare_amount": "9.00",
        "product_weight": "0.420",
        "hs_code": "940520",
    }
    booked = ae.call(
        "aliexpress.logistics.order.createorder",
        trade_order_id=str(order["id"]),
        trade_order_from="ESCROW",
        warehouse_carrier_service="CPAM_WLB_FPXSZ",
        pickup_type="SELF_SEND",
        undeliverable_decision="0",
        oaid=order["oaid"],
        address_d_t_os=addresses,
        declare_product_d_t_os=[product],
    )["result"]
    assert booked["success"] is True, booked
    assert ae.declare(order["id"], booked["intl_tracking_no"])["result_success"] is True
    (parcel,) = ae.detail(order["id"])["logistic_info_list"]
    assert parcel["have_tracking_info"] is False
    ae.admin("scan", parcel=booked["intl_tracking_no"], status="pickup_success")
    (parcel,) = ae.detail(order["id"])["logistic_info_list"]
    assert parcel["have_tracking_info"] is True
