"""Every answer of a parcel's and a dispute's life, held against the vendor's lists."""

from __future__ import annotations

import json
from typing import Any

ORDER = 8_100_200_300_400
BUYER = "fr1029384756"
WHO = {"user_info": json.dumps({"top_user_key": "7"}), "client": "SELLER-papercrane"}

# Of this API's name, without A's own ones.
OURS = ("aliexpress.logistics", "aliexpress.issue", "cainiao")


def live(ae: Any) -> None:
    """Let a parcel go all its way, another be refused, and a dispute end."""
    ask = ae.call
    ask("aliexpress.logistics.redefining.getonlinelogisticsservicelistbyorderid", order_id=str(ORDER))
    ask("aliexpress.logistics.service.query", interface_request={"order_id": ORDER})
    ask("aliexpress.logistics.redefining.getlogisticsselleraddresses", seller_address_query="sender,pickup,refund")
    ask("aliexpress.logistics.redefining.qureywlbdomesticlogisticscompany")
    ask("cainiao.global.solution.inquiry", trade_order_param={"trade_order_id": ORDER})
    ask("cainiao.global.logistics.carrier.querylist")
    ask("cainiao.global.logistics.queryorderpaystatus")
    ask(
        "cainiao.global.pickup.resource.recommend",
        solution_code="CPAM",
        pickup_type="SELF_POST",
        pickup_info={"address_id": str(ae.address_id("pickup"))},
    )
    ask("aliexpress.logistics.query.enum")
    plain, bad = ae.plain(), ae.plain(story="warehouse_refuses")
    ae.refusal("HRB_WLB_ZTOGZ")
    more = {"domestic_logistics_company_id": "505", "domestic_tracking_no": "TT1"}
    ask("aliexpress.logistics.createwarehouseorder", **ae.order_request(pickup_type=None), **more)
    ask("aliexpress.logistics.createwarehouseorder", **ae.order_request("X", pickup_type=None), **more)
    number = plain["intl_tracking_no"]
    ask("aliexpress.logistics.redefining.getprintinfo", international_logistics_id=number)
    ask(
        "aliexpress.logistics.redefining.getprintinfos",
        warehouse_order_query_d_t_os=[{"id": plain["warehouse_order_id"]}],
    )
    ask("aliexpress.logistics.redefining.getfieldinfoforprint", international_logistics_id=number)
    codes = [plain["out_order_code"], bad["out_order_code"]]
    bag = ae.commit([*codes, "LP1"], skip_invalid_parcel="true")["data"]
    ae.commit(codes)
    ask("cainiao.global.handover.pdf.get", **WHO, handover_content_id=str(bag["handover_content_id"]))
    ask("cainiao.global.handover.parcel.query", **WHO, order_code=codes[0])
    ae.advance(days=60)
    ask("cainiao.global.handover.content.query", **WHO, order_code=bag["handover_content_code"])
    ask("cainiao.global.handover.cancel", **WHO, handover_content_id=str(bag["handover_content_id"]))
    other = ae.commit([ae.book()["out_order_code"]])["data"]
    ask("cainiao.global.handover.cancel", **WHO, handover_content_id=str(other["handover_content_id"]))
    ae.detail()
    ask("aliexpress.logistics.redefining.getonlinelogisticsinfo", order_id=str(ORDER))
    ask("aliexpress.logistics.abnormalorder.query")
    ae.track(number)
    ae.track("RV000000000CN")
    address = {"seller_address_id": ae.address_id("sender")}
    solution = {"solution_code": "CPAM", "service_params": []}
    ask(
        "cainiao.global.logistic.order.create",
        order_param={
            "trade_order_param": {"trade_order_id": ORDER},
            "solution_param": solution,
            "seller_info_param": {"top_user_key": "7"},
            "sender_param": address,
        },
    )


def argue(ae: Any) -> None:
    """Let a return be asked for, refused, proposed otherwise, agreed and sent."""
    issue = ae.admin("open_issue", order=ORDER, reason="damaged", type="return_and_refund")["issue"]
    who = {"issue_id": str(issue["issue_id"]), "buyer_login_id": BUYER}
    ae.upload("aliexpress.issue.image.upload", {"image_bytes": b"GIF89a"}, extension="gif", **who)
    proposal = {
        "add_seller_solution": True,
        "issue_id": issue["issue_id"],
        "buyer_login_id": BUYER,
        "buyer_solution_id": issue["solutions"][0]["solution_id"],
        "refund_amount": 2,
        "refund_amount_currency": "USD",
        "solution_context": "Two dollars",
    }
    ae.call("aliexpress.issue.solution.save", param_dto=proposal)
    ae.admin("answer_issue", issue=issue["issue_id"], answer="refuse")
    ae.call("aliexpress.issue.detail.get", **who)
    ae.call("aliexpress.issue.issuelist.get", query_dto={})
    ae.call("aliexpress.issue.partner.order.issues.get", parent_order_id=str(ORDER))
    ae.call(
        "aliexpress.issue.solution.agree",
        **who,
        solution_id=str(issue["solutions"][0]["solution_id"]),
        return_address_id=str(ae.address_id("refund")),
    )
    ae.admin("answer_issue", issue=issue["issue_id"], answer="ship_return")
    ae.call("aliexpress.issue.detail.get", **who)
    ae.advance(days=6)
    ae.call("aliexpress.issue.detail.get", **who)


# Field -> the list its values come from, in a logistics answer and in a dispute's.
LOGISTICS_WORDS = {
    "logistics_status": "warehouse_order_status",
    "order_status_code": "warehouse_order_status",
    "trade_order_from": "trade_order_from",
}
ISSUE_WORDS = {
    "issue_status": "issue_status",
    "reverse_detail_status": "reverse_detail_status",
    "timeout_type": "timeout_type",
    "solution_type": "solution_type",
    "status": "solution_status",
    "reached_type": "solution_reached_type",
    "logistics_fee_bear_role": "logistics_fee_bear_role",
    "action_type": "issue_process_action_type",
    "submit_member_type": "submit_member_type",
}


def words(value: Any, name: str = "") -> Any:
    """Yield every field with a plain value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from words(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from words(item, name)
    else:
        yield name, value


def test_every_answer_has_the_vendors_fields_and_words(ae: Any, fields: Any) -> None:
    live(ae)
    argue(ae)
    asked = {api for api, _ in ae.answers}
    from xborder_sandbox.aliexpress.operations import operations

    ours = {api for api in operations() if api.startswith(OURS)}
    elsewhere = {api for api in ours if "sell" in api and "selleraddress" not in api} | {
        "aliexpress.logistics.redefining.listlogisticsservice",
        "aliexpress.logistics.order.shipment",
        "aliexpress.logistics.order.modifyshipment",
        "aliexpress.logistics.querysellershipmentinfo",
    }
    assert ours - elsewhere <= asked
    for api, body in ae.answers:
        fields.check(api, body)
        known = ISSUE_WORDS if api.startswith("aliexpress.issue") else LOGISTICS_WORDS
        for name, value in words(body):
            if name in known:
                assert value in fields.enums[known[name]], (api, name, value)
            if name == "action_code":
                assert value in fields.action_codes


def test_wrapped_answers_are_the_same(ae: Any, fields: Any) -> None:
    ae.plain()
    for api, given, path in (
        ("aliexpress.logistics.querylogisticsorderdetail", {"trade_order_id": str(ORDER)}, ("result", "result_list")),
        (
            "aliexpress.logistics.service.query",
            {"interface_request": {"order_id": ORDER}},
            ("result_response", "result_list"),
        ),
    ):
        plain = ae.call(api, **given)
        whole = ae.caller.raw(api, simplify=False, **given)
        body = whole[api.replace(".", "_") + "_response"]
        for name in path:
            plain, body = plain[name], body[name]
        (inner,) = body
        assert len(body[inner]) == len(plain)
    assert fields.apis
