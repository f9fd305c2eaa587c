"""Returns, inquiries and cases through the Post-Order API."""

from __future__ import annotations

import base64

import pytest

from xborder_sandbox.errors import AdminError

BASE = "/ebay/api/post-order/v2"
DAY = 86_400
# Those of the buyer, and those whose requests are not established.
NOT_SERVED = {
    "return": {
        "cancel", "check_eligibility", "draft", "estimate", "preference", "mark_refund_received", "mark_as_shipped",
        "update_tracking", "add_shipping_label", "initiate_shipping_label", "get_shipping_label",
        "void_shipping_label", "send_shipping_label", "check_label_print_eligibility",
    },
    "inquiry": {"check_eligibility", "close", "confirm_refund"},
    "case": {"close", "provide_shipment_info"},
}  # fmt: skip


class PostOrder:
    def __init__(self, client):
        self.client = client

    def ask(self, method, path, *, scheme="IAF", marketplace="EBAY_US", **more):
        headers = {"authorization": f"{scheme} {self.client.token}", **more.pop("headers", {})}
        if marketplace is not None:
            headers["x-ebay-c-marketplace-id"] = marketplace
        return self.client.http.request(method, BASE + path, headers=headers, **more)

    def get(self, path, **query):
        answer = self.ask("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path, **body):
        answer = self.ask("POST", path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path, status=400, **body):
        answer = self.ask("POST", path, json=body)
        assert answer.status_code == status, answer.text
        (error,) = answer.json()["error"]
        assert error["httpStatusCode"] == status
        return error

    def summary(self, return_id):
        return self.get(f"/return/{return_id}", fieldgroups="SUMMARY")["summary"]

    def wait(self, seconds):
        self.client.sandbox.world.clock.advance(seconds)
        self.client._token = None


@pytest.fixture
def post_order(ebay):
    return PostOrder(ebay)


@pytest.fixture
def return_id(post_order):
    (held,) = post_order.get("/return/search")["members"]
    return held["returnId"]


@pytest.fixture
def inquiry_id(post_order):
    (held,) = post_order.get("/inquiry/search")["members"]
    return held["inquiryId"]


def options(summary):
    return {option["actionType"] for option in summary["sellerAvailableOptions"]}


def refund_of(post_order, return_id):
    amount = post_order.summary(return_id)["sellerTotalRefund"]["estimatedRefundAmount"]
    item = {"refundAmount": amount, "refundFeeType": "PURCHASE_PRICE"}
    return {"itemizedRefundDetail": [item], "totalAmount": amount}


@pytest.mark.parametrize("name", ["return", "inquiry", "case"])
def test_the_paths_are_the_documents(ebay, contract, name):
    document = contract(f"ebay/openapi/{name}_oas3.json").document
    prefix = {"case": "/casemanagement"}.get(name, f"/{name}")
    parameter = f"{{{name}Id}}"
    served = {
        (route.path.removeprefix("/post-order/v2").replace("{trouble_id}", parameter), method.lower())
        for route in ebay.sandbox.vendors["ebay"]._app.routes[0].app._app.routes
        if route.path.startswith(f"/post-order/v2{prefix}")
        for method in route.methods
        if method != "HEAD"
    }
    documented = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert served <= documented
    for path, _ in documented - served:
        assert path == prefix or NOT_SERVED[name] & set(path.split("/")), path


def test_who_may_ask(post_order, ebay_uk, return_id, inquiry_id):
    for path in ("/return/search", "/inquiry/search", "/casemanagement/search"):
        assert post_order.ask("GET", path).status_code == 200
        assert post_order.ask("GET", path, scheme="Bearer").status_code == 401
        assert post_order.ask("GET", path, marketplace=None).status_code == 400
    other = PostOrder(ebay_uk)
    for path in (f"/return/{return_id}", f"/inquiry/{inquiry_id}", "/casemanagement/1"):
        assert other.ask("GET", path).status_code == 404
    assert other.get("/return/search")["total"] == 0
    for path in (f"/return/{return_id}/decide", f"/inquiry/{inquiry_id}/issue_refund"):
        assert post_order.ask("POST", path).status_code == 411
        assert post_order.ask("POST", path, content=b"[]").status_code == 400


def test_a_return_as_it_is_asked_for(post_order, return_id):
    summary = post_order.summary(return_id)
    order = post_order.client.order_of("Marlene Quist")
    line = order["lineItems"][0]
    assert (summary["orderId"], summary["state"]) == (order["orderId"], "RETURN_REQUESTED")
    assert summary["creationInfo"]["item"] == {
        "itemId": line["legacyItemId"],
        "transactionId": line["lineItemId"],
        "returnQuantity": 1,
    }
    assert summary["sellerResponseDue"]["activityDue"] == "SELLER_APPROVE_REQUEST"
    assert summary["sellerResponseDue"]["respondByDate"]["value"] > "2026-03-05"
    assert {"SELLER_APPROVE_REQUEST", "SELLER_DECLINE_REQUEST", "SELLER_ISSUE_REFUND"} <= options(summary)
    full = post_order.get(f"/return/{return_id}")
    assert full.keys() == {"detail"}
    assert full["detail"]["itemDetail"]["itemTitle"] == line["title"]
    assert [entry["activity"] for entry in full["detail"]["responseHistory"]] == ["BUYER_CREATE_RETURN"]
    post_order.client.admin("settings", full_return_has_summary=True)
    assert post_order.get(f"/return/{return_id}", fieldgroups="FULL").keys() == {"detail", "summary"}
    assert post_order.ask("GET", f"/return/{return_id}?fieldgroups=HALF").status_code == 400


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"return_state": "ALL_OPEN"}, 1),
        ({"return_state": "SELLER_ACTION_DUE"}, 1),
        ({"return_state": "RETURN_STARTED"}, 1),
        ({"return_state": "SELLER_NO_ACTION"}, 0),
        ({"return_state": "ITEM_SHIPPED"}, 0),
        ({"return_state": "CLOSED"}, 0),
        ({"states": "CLOSED,RETURN_REQUESTED"}, 1),
        ({"states": "CLOSED"}, 0),
        ({"role": "SELLER"}, 1),
        ({"role": "BUYER"}, 0),
        ({"item_id": "1"}, 0),
        ({"transaction_id": "1"}, 0),
        ({"order_id": "1"}, 0),
        ({"return_id": "1"}, 0),
        ({"creation_date_range_from": "2026-03-02T08:00:00.000Z"}, 1),
        ({"creation_date_range_from": "2026-03-02T09:00:00.000Z"}, 0),
        ({"creation_date_range_to": "2026-03-02T08:00:00.000Z"}, 0),
        ({"offset": "1"}, 0),
    ],
)
def test_searching_returns(post_order, query, found):
    assert len(post_order.get("/return/search", **query)["members"]) == found


@pytest.mark.parametrize(
    "path",
    [
        "/return/search?return_state=SOME",
        "/return/search?states=OPEN",
        "/return/search?limit=0",
        "/return/search?creation_date_range_to=x",
        "/inquiry/search?inquiry_status=SOME",
        "/inquiry/search?inquiry_creation_date_range_from=x",
        "/casemanagement/search?case_status_filter=SOME",
    ],
)
def test_wrong_searches(post_order, path):
    assert post_order.ask("GET", path).status_code == 400


def test_a_return_from_approval_to_refund(post_order, return_id):
    client = post_order.client
    post_order.post(f"/return/{return_id}/decide", decision="APPROVE", comments={"content": "Send it."})
    summary = post_order.summary(return_id)
    assert summary["state"] == "ITEM_READY_TO_SHIP"
    assert "sellerResponseDue" not in summary
    assert summary["buyerResponseDue"]["activityDue"] == "BUYER_MARK_RETURN_SHIPPED"
    post_order.refused(f"/return/{return_id}/decide", decision="APPROVE")
    post_order.refused(f"/return/{return_id}/mark_as_received")
    assert post_order.ask("GET", f"/return/{return_id}/tracking").status_code == 404
    client.admin("ship_return", returnId=return_id, tracking="RR1", carrier="USPS")
    assert post_order.get(f"/return/{return_id}/tracking")["trackingNumber"] == "RR1"
    assert len(post_order.get("/return/search", return_state="ITEM_SHIPPED")["members"]) == 1
    post_order.post(f"/return/{return_id}/mark_as_received")
    summary = post_order.summary(return_id)
    assert summary["state"] == "ITEM_DELIVERED"
    assert summary["sellerResponseDue"]["activityDue"] == "SELLER_ISSUE_REFUND"
    refund = refund_of(post_order, return_id)
    assert post_order.post(f"/return/{return_id}/issue_refund", refundDetail=refund) == {"refundStatus": "PENDING"}
    assert post_order.summary(return_id)["state"] == "REFUND_INITIATED"
    # Not a second time.
    post_order.refused(f"/return/{return_id}/issue_refund", refundDetail=refund)
    order = client.order(client.order_of("Marlene Quist")["orderId"])
    assert order["lineItems"][0]["refunds"][0]["amount"] == refund["totalAmount"]
    post_order.wait(301)
    summary = post_order.summary(return_id)
    assert (summary["state"], summary["sellerAvailableOptions"]) == ("CLOSED", [])
    assert summary["sellerTotalRefund"]["actualRefundAmount"] == refund["totalAmount"]
    detail = post_order.get(f"/return/{return_id}")["detail"]
    assert [entry["toState"] for entry in detail["responseHistory"]] == [
        "RETURN_REQUESTED",
        "ITEM_READY_TO_SHIP",
        "ITEM_SHIPPED",
        "ITEM_DELIVERED",
        "REFUND_INITIATED",
        "CLOSED",
    ]
    assert detail["closeInfo"]["returnCloseDate"]["value"]
    assert client.order_of("Marlene Quist")["orderPaymentStatus"] == "PARTIALLY_REFUNDED"


def test_a_refund_that_fails(post_order, return_id):
    post_order.client.admin("settings", refunds_fail=True)
    refund = refund_of(post_order, return_id)
    post_order.post(f"/return/{return_id}/issue_refund", refundDetail=refund)
    post_order.wait(301)
    assert post_order.summary(return_id)["state"] == "REFUND_FAILED"
    post_order.client.admin("settings", refunds_fail=False)
    post_order.post(f"/return/{return_id}/issue_refund", refundDetail=refund)
    post_order.wait(301)
    assert post_order.summary(return_id)["state"] == "CLOSED"


@pytest.mark.parametrize(
    "change",
    [
        {"totalAmount": None},
        {"totalAmount": {"value": "1", "currency": "USD"}},
        {"totalAmount": {"value": "9999", "currency": "USD"}},
        {"totalAmount": {"value": "x", "currency": "USD"}},
        {"totalAmount": {"value": "NaN", "currency": "USD"}},
        {"totalAmount": {"value": "-1", "currency": "USD"}},
        {"totalAmount": {"value": "1", "currency": "EUR"}},
        {"itemizedRefundDetail": []},
        {"itemizedRefundDetail": [{"refundAmount": {"value": "1", "currency": "USD"}, "refundFeeType": "OTHER"}]},
        {"itemizedRefundDetail": [{"refundAmount": {"value": "1", "currency": "USD"}, "refundFeeType": "TIP"}]},
    ],
)
def test_wrong_refunds(post_order, return_id, change):
    post_order.refused(f"/return/{return_id}/issue_refund", refundDetail={**refund_of(post_order, return_id), **change})


def test_declining_and_escalating(post_order, return_id):
    client = post_order.client
    post_order.post(f"/return/{return_id}/decide", decision="DECLINE")
    assert post_order.summary(return_id)["state"] == "RETURN_REJECTED"
    case_id = client.admin("escalate", returnId=return_id)["caseId"]
    assert post_order.summary(return_id)["escalationInfo"] == {"caseId": case_id}
    (case,) = post_order.get("/casemanagement/search", return_id=return_id)["members"]
    assert (case["caseId"], case["caseType"], case["caseStatusEnum"]) == (case_id, "RETURN", "WAITING_CS")
    assert post_order.get("/casemanagement/search", return_id="1")["members"] == []
    # What is the seller's fault cannot be declined.
    order_id = client.order_of("Tobias Kranz")["orderId"]
    broken = client.admin("open_return", orderId=order_id, reason="ARRIVED_DAMAGED")["returnId"]
    assert "SELLER_DECLINE_REQUEST" not in options(post_order.summary(broken))
    post_order.refused(f"/return/{broken}/decide", decision="DECLINE")


def test_a_part_of_the_money(post_order, return_id):
    offer = {"decision": "OFFER_PARTIAL_REFUND", "partialRefundAmount": {"value": "3.50", "currency": "USD"}}
    post_order.post(f"/return/{return_id}/decide", **offer)
    assert post_order.summary(return_id)["state"] == "PARTIAL_REFUND_REQUESTED"
    post_order.client.admin("answer_offer", returnId=return_id, accept=False)
    assert post_order.summary(return_id)["state"] == "PARTIAL_REFUND_DECLINED"
    post_order.post(f"/return/{return_id}/decide", **offer)
    post_order.client.admin("answer_offer", returnId=return_id, accept=True)
    assert post_order.summary(return_id)["state"] == "PARTIAL_REFUND_INITIATED"
    post_order.wait(301)
    assert post_order.summary(return_id)["sellerTotalRefund"]["actualRefundAmount"]["value"] == "3.5"


def test_other_decisions(post_order, return_id):
    path = f"/return/{return_id}/decide"
    post_order.refused(path, decision="PROVIDE_RMA")
    post_order.post(path, decision="PROVIDE_RMA", RMANumber="RMA-7")
    assert post_order.get(f"/return/{return_id}")["detail"]["RMANumber"] == "RMA-7"
    for body in ({}, {"decision": "ACCEPT_PARTIAL_REFUND"}, {"decision": "OFFER_PARTIAL_REFUND"}):
        post_order.refused(path, **body)


def test_deadlines_of_returns(post_order, return_id):
    post_order.wait(3 * DAY)
    summary = post_order.summary(return_id)
    assert summary["state"] == "ITEM_READY_TO_SHIP"
    post_order.client.admin("ship_return", returnId=return_id)
    post_order.client.admin("deliver_return", returnId=return_id)
    post_order.wait(2 * DAY)
    # The refund that eBay starts for the seller.
    assert post_order.summary(return_id)["state"] == "AUTO_REFUND_INITIATED"
    post_order.wait(301)
    assert post_order.summary(return_id)["state"] == "CLOSED"
    order_id = post_order.client.order_of("Tobias Kranz")["orderId"]
    second = post_order.client.admin("open_return", orderId=order_id)["returnId"]
    post_order.post(f"/return/{second}/decide", decision="APPROVE")
    post_order.wait(15 * DAY)
    assert post_order.summary(second)["state"] == "CLOSED"


def test_refund_sent_otherwise_and_escalation(post_order, return_id):
    client = post_order.client
    post_order.post(f"/return/{return_id}/decide", decision="APPROVE")
    post_order.refused(f"/return/{return_id}/mark_refund_sent")
    client.admin("ship_return", returnId=return_id)
    client.admin("deliver_return", returnId=return_id)
    post_order.refused(f"/return/{return_id}/escalate", reason="ANGER")
    order_id = client.order_of("Tobias Kranz")["orderId"]
    second = client.admin("open_return", orderId=order_id)["returnId"]
    post_order.refused(f"/return/{second}/escalate", reason="OTHER")
    post_order.post(f"/return/{return_id}/mark_refund_sent")
    assert post_order.summary(return_id)["state"] == "REFUND_SENT_PENDING_CONFIRMATION"
    post_order.wait(3 * DAY)
    assert post_order.summary(return_id)["state"] == "CLOSED"
    client.admin("ship_return", returnId=second)
    client.admin("deliver_return", returnId=second)
    case_id = post_order.post(f"/return/{second}/escalate", reason="OTHER", comments={"content": "Empty box."})[
        "caseId"
    ]
    assert post_order.get(f"/casemanagement/{case_id}")["initiator"] == "SELLER"


def test_files_and_messages(post_order, return_id):
    path = f"/return/{return_id}"
    data = base64.b64encode(b"picture").decode()
    file = {"data": data, "fileName": "shirt.jpg", "filePurpose": "ITEM_RELATED"}
    post_order.refused(f"{path}/file/submit", filePurpose="ITEM_RELATED")
    assert post_order.post(f"{path}/file/upload", **file) == {"fileId": "1"}
    assert post_order.get(f"{path}/files") == {"files": []}
    post_order.refused(f"{path}/file/submit", filePurpose="LABEL_RELATED")
    post_order.post(f"{path}/file/submit", filePurpose="ITEM_RELATED")
    (shown,) = post_order.get(f"{path}/files")["files"]
    assert (shown["fileName"], shown["fileData"]) == ("shirt.jpg", data)
    for change in ({"data": "?"}, {"data": ""}, {"data": 1}, {"fileName": ""}, {"filePurpose": "FUN"}):
        post_order.refused(f"{path}/file/upload", **{**file, **change})
    post_order.post(f"{path}/send_message", message={"content": "One moment."})
    post_order.refused(f"{path}/send_message")
    assert post_order.get(path)["detail"]["responseHistory"][-1]["notes"] == {"content": "One moment."}


def test_an_inquiry_as_it_is_asked(post_order, inquiry_id):
    order = post_order.client.order_of("Isla Thornbury")
    (member,) = post_order.get("/inquiry/search", order_id=order["orderId"], inquiry_status="OPEN")["members"]
    assert member["inquiryStatusEnum"] == "WAITING_SELLER_RESPONSE"
    shown = post_order.get(f"/inquiry/{inquiry_id}")
    assert shown["sellerMakeItRightByDate"] == member["respondByDate"]
    assert shown["transactionId"] == order["lineItems"][0]["lineItemId"]
    assert shown["claimAmount"]["currency"] == "AUD"
    assert shown["inquiryHistoryDetails"]["history"][0]["description"] == "Where is it?"
    assert post_order.get("/inquiry/search", inquiry_status="CLOSED")["members"] == []
    assert post_order.get("/inquiry/search")["totalNumberOfInquiries"] == 1


def test_saying_where_the_item_is(post_order, inquiry_id, contract_folder):
    path = f"/inquiry/{inquiry_id}/provide_shipment_info"
    refused = post_order.ask("POST", path, json={"shippingCarrierName": " "})
    assert refused.status_code == 400
    errors = refused.json()["error"]
    assert [error["errorId"] for error in errors] == [292024, 292023]
    sample = (contract_folder / "ebay/samples/error_body_shapes.json").read_text()
    for error in errors:
        assert error["errorName"] in sample
    body = {"shippingCarrierName": "DHL", "trackingNumber": "4012345678", "shippedWithTracking": True}
    post_order.refused(path, **body, shippingDate={"value": "yesterday"})
    post_order.post(path, **body, shippingDate={"value": "2026-03-02T08:00:00.000Z"}, sellerComments="On its way")
    shown = post_order.get(f"/inquiry/{inquiry_id}")
    assert shown["status"] == "WAITING_BUYER_RESPONSE"
    assert shown["shipmentTrackingDetails"]["trackingNumber"] == "4012345678"
    assert "sellerMakeItRightByDate" not in shown
    post_order.wait(3 * DAY)
    assert post_order.get(f"/inquiry/{inquiry_id}")["status"] == "CLOSED"
    post_order.refused(path, **body)


def test_shipped_without_tracking(post_order, inquiry_id):
    path = f"/inquiry/{inquiry_id}/provide_shipment_info"
    body = {"shippingCarrierName": "ChinaPost", "shippedWithTracking": False}
    post_order.refused(path, **body)
    post_order.post(path, **body, proofOfShipmentUploaded=True)


def test_refunding_an_inquiry(post_order, inquiry_id):
    post_order.post(f"/inquiry/{inquiry_id}/issue_refund", comments={"content": "Sorry."})
    post_order.refused(f"/inquiry/{inquiry_id}/issue_refund")
    order = post_order.client.order_of("Isla Thornbury")
    assert order["paymentSummary"]["refunds"][0]["refundStatus"] == "PENDING"
    post_order.wait(301)
    assert post_order.get(f"/inquiry/{inquiry_id}")["state"] == "CLOSED"
    assert post_order.client.order_of("Isla Thornbury")["orderPaymentStatus"] == "FULLY_REFUNDED"


def test_talking_about_an_inquiry(post_order, inquiry_id):
    post_order.post(f"/inquiry/{inquiry_id}/send_message", message={"content": "Please wait."})
    post_order.refused(f"/inquiry/{inquiry_id}/send_message")
    post_order.post(f"/inquiry/{inquiry_id}/provide_refund_info", comments={"content": "Paid by transfer."})
    assert post_order.get(f"/inquiry/{inquiry_id}")["status"] == "WAITING_BUYER_RESPONSE"


def test_silence_makes_a_case_and_the_buyer_is_right(post_order, inquiry_id):
    post_order.wait(3 * DAY)
    assert post_order.get(f"/inquiry/{inquiry_id}")["status"] == "CLOSED_WITH_ESCALATION"
    (case,) = post_order.get("/casemanagement/search", case_status_filter="OPEN")["members"]
    assert case["caseType"] == "ITEM_NOT_RECEIVED"
    path = f"/casemanagement/{case['caseId']}"
    assert post_order.get(path)["caseDetails"]["respondByDate"] == case["respondByDate"]
    post_order.wait(2 * DAY)
    shown = post_order.get(path)
    assert (shown["status"], shown["decision"]) == ("CS_CLOSED", "BUYER_FAVOR")
    assert len(post_order.get("/casemanagement/search", case_status_filter="CS_CLOSED")["members"]) == 1
    assert post_order.client.order_of("Isla Thornbury")["orderPaymentStatus"] == "PENDING"
    post_order.refused(f"{path}/appeal")
    post_order.post(f"{path}/appeal", comments={"content": "Here is the receipt."})
    assert post_order.get(path)["status"] == "WAITING_CS"
    post_order.client.admin("decide_case", caseId=case["caseId"], outcome="lost")
    # Once only.
    post_order.refused(f"{path}/appeal", comments={"content": "Again."})


def test_an_appeal_may_come_too_late(post_order, inquiry_id):
    case_id = post_order.client.admin("escalate", inquiryId=inquiry_id)["caseId"]
    post_order.client.admin("decide_case", caseId=case_id, outcome="lost")
    post_order.wait(31 * DAY)
    post_order.refused(f"/casemanagement/{case_id}/appeal", comments={"content": "At last."})


def test_tracking_wins_a_case(post_order, inquiry_id):
    path = f"/inquiry/{inquiry_id}"
    post_order.post(f"{path}/provide_shipment_info", shippingCarrierName="DHL", trackingNumber="4012345678")
    case_id = post_order.post(f"{path}/escalate", comments={"content": "Please decide."})["caseId"]
    post_order.refused(f"{path}/escalate")
    post_order.wait(2 * DAY)
    assert post_order.get(f"/casemanagement/{case_id}")["decision"] == "SELLER_FAVOR"
    assert post_order.client.order_of("Isla Thornbury")["orderPaymentStatus"] == "PAID"
    post_order.refused(f"/casemanagement/{case_id}/appeal", comments={"content": "x"})


def test_ending_a_case(post_order, inquiry_id):
    case_id = post_order.client.admin("escalate", inquiryId=inquiry_id)["caseId"]
    path = f"/casemanagement/{case_id}"
    address = {"firstName": "Lan", "lastName": "Tern", "returnAddress": {"city": "Shenzhen"}, "RMA": "7"}
    post_order.post(f"{path}/provide_return_address", **address)
    assert post_order.get(path)["returnDetails"] == address
    for change in ({"firstName": ""}, {"lastName": None}, {"returnAddress": None}):
        post_order.refused(f"{path}/provide_return_address", **{**address, **change})
    post_order.post(f"{path}/issue_refund", comments={"content": "Sorry."})
    assert post_order.get(path)["status"] == "CLOSED"
    post_order.refused(f"{path}/issue_refund")
    post_order.refused(f"{path}/provide_return_address", **address)
    post_order.refused("/casemanagement/1/issue_refund", status=404)


def test_the_seller_in_the_uk_signs(ebay_uk):
    client = PostOrder(ebay_uk)
    order_id = ebay_uk.order_of("Harper Lindqvist")["orderId"]
    returned = ebay_uk.admin("open_return", orderId=order_id)["returnId"]
    asked = ebay_uk.admin("open_inquiry", orderId=order_id)["inquiryId"]
    case = ebay_uk.admin("escalate", inquiryId=ebay_uk.admin("open_inquiry", orderId=order_id)["inquiryId"])["caseId"]
    for path, body in (
        (f"/return/{returned}/decide", {"decision": "APPROVE"}),
        (f"/return/{returned}/issue_refund", {}),
        (f"/inquiry/{asked}/issue_refund", {}),
        (f"/casemanagement/{case}/issue_refund", {}),
    ):
        answer = client.ask("POST", path, json=body)
        assert answer.json()["errors"][0]["errorId"] == 215122, path


def test_wrong_actions(ebay, return_id, inquiry_id):
    order_id = ebay.order_of("Tobias Kranz")["orderId"]
    case_id = ebay.admin("escalate", inquiryId=inquiry_id)["caseId"]
    for action, body in (
        ("open_return", {"orderId": "1"}),
        ("open_return", {"orderId": order_id, "reason": "ANGER"}),
        ("open_inquiry", {"orderId": order_id, "lineItemId": "1"}),
        ("ship_return", {"returnId": return_id}),
        ("deliver_return", {"returnId": return_id}),
        ("answer_offer", {"returnId": return_id, "accept": True}),
        ("escalate", {"inquiryId": inquiry_id}),
        ("escalate", {}),
        ("decide_case", {"caseId": case_id, "outcome": "?"}),
        ("decide_case", {"caseId": "1", "outcome": "won"}),
    ):
        with pytest.raises(AdminError):
            ebay.admin(action, **body)
    state = ebay.sandbox.vendors["ebay"].state()
    assert [entry["state"] for entry in state["returns"]] == ["RETURN_REQUESTED"]
    assert [entry["state"] for entry in state["cases"]] == ["WAITING_CS"]
