"""Payment disputes: reading, evidence, answers, and what the clock does to them."""

from __future__ import annotations

import json
import struct
import zlib
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_sandbox import running
from xborder_sandbox.errors import AdminError
from xborder_sandbox.multipart import read_parts

FULFILLMENT = "ebay/openapi/sell_fulfillment_v1_oas3.json"
BASE = "/sell/fulfillment/v1/payment_dispute"
ONE = "/payment_dispute/{payment_dispute_id}"
DAY = 86_400
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\r\n--picture\r\n" + b"\xff\xd9"
HOME = {
    "fullName": "Lantern Lane Returns",
    "addressLine1": "18 Keyuan Road",
    "city": "Shenzhen",
    "stateOrProvince": "Guangdong",
    "postalCode": "518000",
    "country": "CN",
    "primaryPhone": {"countryCode": "CN", "number": "075555501234"},
}


def png(size: int = 0) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    image = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0\0"))
    return (b"\x89PNG\r\n\x1a\n" + image + chunk(b"IEND", b"")).ljust(size, b"\0")


class Disputes:
    """The calls of one seller."""

    def __init__(self, client, check):
        self.client = client
        self.check = check

    def ask(self, method, path, **more):
        return self.client.call(method, BASE + path, host="apiz", **more)

    def list(self, query=""):
        answer = self.ask("GET", "_summary" + query)
        assert answer.status_code == 200, answer.text
        self.check("/payment_dispute_summary", "get", 200, answer.json())
        return answer.json()

    def get(self, dispute_id):
        answer = self.ask("GET", f"/{dispute_id}")
        assert answer.status_code == 200, answer.text
        self.check(ONE, "get", 200, answer.json())
        return answer.json()

    def activities(self, dispute_id):
        answer = self.ask("GET", f"/{dispute_id}/activity")
        self.check(ONE + "/activity", "get", 200, answer.json())
        return [(entry["activityType"], entry["actor"]) for entry in answer.json()["activity"]]

    def of(self, reason):
        (found,) = [entry for entry in self.list()["paymentDisputeSummaries"] if entry["reason"] == reason]
        return self.get(found["paymentDisputeId"])

    def upload(self, dispute, content=JPEG, name="door.jpg", part="file", **more):
        path = f"/{dispute['paymentDisputeId']}/upload_evidence_file"
        return self.ask("POST", path, files={part: (name, content)}, **more)

    def file(self, dispute, content=JPEG, name="door.jpg"):
        answer = self.upload(dispute, content, name)
        assert answer.status_code == 200, answer.text
        self.check(ONE + "/upload_evidence_file", "post", 200, answer.json())
        return answer.json()["fileId"]

    def add(self, dispute, kind, *files, **change):
        body = {
            "evidenceType": kind,
            "files": [{"fileId": file} for file in files],
            "lineItems": dispute["lineItems"],
            **change,
        }
        return self.ask("POST", f"/{dispute['paymentDisputeId']}/add_evidence", json=body)

    def update(self, dispute, evidence_id, kind, *files, **change):
        body = {
            "evidenceId": evidence_id,
            "evidenceType": kind,
            "files": [{"fileId": file} for file in files],
            "lineItems": dispute["lineItems"],
            **change,
        }
        return self.ask("POST", f"/{dispute['paymentDisputeId']}/update_evidence", json=body)

    def answer(self, dispute, verb, **body):
        return self.ask(
            "POST", f"/{dispute['paymentDisputeId']}/{verb}", json={"revision": dispute["revision"], **body}
        )

    def prove(self, dispute, kind):
        answer = self.add(dispute, kind, self.file(dispute))
        assert answer.status_code == 200, answer.text
        self.check(ONE + "/add_evidence", "post", 200, answer.json())
        return answer.json()["evidenceId"]

    def wait(self, seconds):
        self.client.sandbox.world.clock.advance(seconds)
        self.client._token = None


@pytest.fixture
def make_disputes(make_ebay, request):
    def make(**more):
        client = make_ebay(**more)
        try:
            check = request.getfixturevalue("contract")(FULFILLMENT).check_response
        except pytest.skip.Exception:

            def check(*_):
                return None

        return Disputes(client, check)

    return make


@pytest.fixture
def disputes(make_disputes):
    return make_disputes()


@pytest.fixture
def lost_parcel(disputes):
    return disputes.of("ITEM_NOT_RECEIVED")


@pytest.fixture
def wrong_item(disputes):
    return disputes.of("SIGNIFICANTLY_NOT_AS_DESCRIBED")


def test_the_requests_are_the_documents(contract, lost_parcel):
    document = contract(FULFILLMENT)
    body = {"evidenceType": "PROOF_OF_PICKUP", "files": [{"fileId": "1"}], "lineItems": lost_parcel["lineItems"]}
    document.check_request(ONE + "/add_evidence", "post", body)
    document.check_request(ONE + "/update_evidence", "post", {**body, "evidenceId": "1"})
    document.check_request(ONE + "/contest", "post", {"revision": 1, "note": "", "returnAddress": HOME})
    document.check_request(ONE + "/accept", "post", {"revision": 1, "returnAddress": HOME})


def test_every_documented_path_is_served_on_apiz_alone(ebay, contract, error):
    documented = {
        (path.replace("{payment_dispute_id}", "1"), method)
        for path, methods in contract(FULFILLMENT).document["paths"].items()
        if "payment_dispute" in path
        for method in methods
        if method in ("get", "post")
    }
    assert len(documented) == 9
    for path, method in documented:
        here = ebay.call(method.upper(), "/sell/fulfillment/v1" + path, host="apiz")
        assert here.status_code == 200 if path.endswith("summary") else error(here) == (404, 33001), path
        assert error(ebay.call(method.upper(), "/sell/fulfillment/v1" + path)) == (404, 2002)


def test_scope(ebay, disputes, error):
    scope = "https://api.ebay.com/oauth/api_scope/sell.fulfillment"
    settings = ebay.settings
    token = ebay.ask_token(grant_type="refresh_token", refresh_token=settings["refresh_token"], scope=scope)
    answer = ebay.call("GET", BASE + "_summary", host="apiz", token=token.json()["access_token"])
    assert error(answer) == (403, 1100)
    assert error(ebay.call("GET", BASE + "_summary", host="apiz", token="no")) == (401, 1001)


def test_the_demo(disputes, lost_parcel, wrong_item):
    assert disputes.list()["total"] == 2
    for dispute in (lost_parcel, wrong_item):
        assert dispute["paymentDisputeStatus"] == "ACTION_NEEDED"
        assert dispute["respondByDate"] > "2026-03-02T09:30"
        assert dispute["revision"] == 1
        assert "resolution" not in dispute
        assert "monetaryTransactions" not in dispute
        assert dispute["amount"]["currency"] == "USD"
        (asked,) = dispute["evidenceRequests"]
        assert asked["lineItems"] == dispute["lineItems"]
        assert disputes.activities(dispute["paymentDisputeId"]) == [("DISPUTE_OPENED", "BUYER")]
    assert lost_parcel["availableChoices"] == ["SELLER_ACCEPT", "SELLER_CONTEST"]
    assert "SELLER_ACCEPT_WITH_RETURN" in wrong_item["availableChoices"]
    order = disputes.client.order(lost_parcel["orderId"])
    assert (order["orderFulfillmentStatus"], order["orderPaymentStatus"]) == ("NOT_STARTED", "PAID")
    assert lost_parcel["buyerUsername"] == order["buyer"]["username"]
    assert [line["lineItemId"] for line in lost_parcel["lineItems"]] == [
        line["lineItemId"] for line in order["lineItems"]
    ]


def test_another_seller_sees_nothing(lost_parcel, make_disputes, error):
    other = make_disputes(account="ebay-uk")
    assert other.list()["total"] == 0
    assert error(other.ask("GET", f"/{lost_parcel['paymentDisputeId']}")) == (404, 33001)


def ids(answer):
    return [entry["paymentDisputeId"] for entry in answer["paymentDisputeSummaries"]]


def test_filters(disputes, lost_parcel, wrong_item):
    lost, wrong = lost_parcel["paymentDisputeId"], wrong_item["paymentDisputeId"]
    assert ids(disputes.list()) == [lost, wrong]
    assert ids(disputes.list(f"?buyer_username={wrong_item['buyerUsername']}")) == [wrong]
    assert ids(disputes.list("?payment_dispute_status=CLOSED")) == []
    assert disputes.answer(lost_parcel, "accept").status_code == 204
    assert ids(disputes.list("?payment_dispute_status=CLOSED")) == [lost]
    both = "?payment_dispute_status=CLOSED&payment_dispute_status=ACTION_NEEDED"
    assert ids(disputes.list(both)) == [lost, wrong]
    # order_id makes the rest be ignored.
    assert ids(disputes.list(f"?order_id={wrong_item['orderId']}&payment_dispute_status=CLOSED&open_date_to=x")) == [
        wrong
    ]
    assert ids(disputes.list("?order_id=00-00000-00000")) == []


def test_dates(disputes, lost_parcel, wrong_item):
    lost, wrong = lost_parcel["paymentDisputeId"], wrong_item["paymentDisputeId"]
    assert ids(disputes.list(f"?open_date_from={lost_parcel['openDate']}")) == [lost]
    assert ids(disputes.list(f"?open_date_to={wrong_item['openDate']}")) == [wrong]
    # Without an end the span ends ninety days after its start.
    assert ids(disputes.list("?open_date_from=2025-11-20T00:00:00.000Z")) == []
    assert ids(disputes.list("?open_date_from=2025-12-20T00:00:00.000Z")) == [lost, wrong]
    span = "?open_date_from=2025-12-20T00:00:00.000Z&open_date_to=2026-03-{}T00:00:00.000Z"
    assert ids(disputes.list(span.format("20"))) == [lost, wrong]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "offset=-1",
        "payment_dispute_status=WAITING",
        "open_date_from=2026-03-01",
        "open_date_to=2026-03-01T08:25:43Z",
        "open_date_from=2025-12-01T00:00:00.000Z&open_date_to=2026-03-02T00:00:00.000Z",
        "open_date_from=2026-03-02T00:00:00.000Z&open_date_to=2026-03-01T00:00:00.000Z",
        "open_date_from=2024-08-01T00:00:00.000Z&open_date_to=2024-09-01T00:00:00.000Z",
    ],
)
def test_wrong_filters(disputes, error, query):
    assert error(disputes.ask("GET", f"_summary?{query}")) == (400, 33001)


def test_pages(disputes):
    client = disputes.client
    order_ids = [order["orderId"] for order in client.all_orders() if order["orderPaymentStatus"] == "PAID"]
    for order_id in order_ids[:5]:
        client.admin("open_dispute", orderId=order_id, reason="FRAUD")
    whole = ids(disputes.list())
    assert len(whole) == 7
    page = disputes.list("?limit=3&payment_dispute_status=ACTION_NEEDED")
    seen = ids(page)
    assert "prev" not in page
    while "next" in page:
        answer = client.http.get(page["next"], headers={"authorization": f"Bearer {client.token}"})
        page = answer.json()
        seen += ids(page)
    assert seen == whole
    assert page["offset"] == 6
    back = client.http.get(page["prev"], headers={"authorization": f"Bearer {client.token}"}).json()
    assert ids(back) == whole[3:6]


def test_proof_of_delivery_by_tracking_wins(disputes, lost_parcel, error):
    # Nothing to contest with.
    assert error(disputes.answer(lost_parcel, "contest")) == (409, 33102)
    client = disputes.client
    parcel = {
        "lineItems": [{"lineItemId": line["lineItemId"], "quantity": 1} for line in lost_parcel["lineItems"]],
        "shippingCarrierCode": "DHLEXPRESS",
        "trackingNumber": "4012345678",
    }
    path = f"/sell/fulfillment/v1/order/{lost_parcel['orderId']}/shipping_fulfillment"
    assert client.call("POST", path, json=parcel).status_code == 201
    (evidence,) = disputes.of("ITEM_NOT_RECEIVED")["evidence"]
    assert evidence["evidenceType"] == "PROOF_OF_DELIVERY"
    assert evidence["shipmentTracking"] == [
        {"shippingCarrierCode": "DHLEXPRESS", "shipmentTrackingNumber": "4012345678"}
    ]
    assert disputes.answer(lost_parcel, "contest", note="Delivered.").status_code == 204
    open_ = disputes.of("ITEM_NOT_RECEIVED")
    assert open_["paymentDisputeStatus"] == "OPEN"
    assert open_["sellerResponse"] == "SELLER_CONTEST"
    assert open_["note"] == "Delivered."
    assert open_["revision"] > lost_parcel["revision"]
    assert not {"respondByDate", "availableChoices", "closedDate", "evidenceRequests"} & open_.keys()
    disputes.wait(7 * DAY - 60)
    assert disputes.of("ITEM_NOT_RECEIVED")["paymentDisputeStatus"] == "OPEN"
    disputes.wait(60)
    closed = disputes.of("ITEM_NOT_RECEIVED")
    assert closed["paymentDisputeStatus"] == "CLOSED"
    assert closed["resolution"] == {
        "reasonForClosure": "SELLER_WON",
        "protectionStatus": "FULLY_PROTECTED",
        "protectedAmount": lost_parcel["amount"],
    }
    assert "monetaryTransactions" not in closed
    assert disputes.activities(closed["paymentDisputeId"]) == [
        ("DISPUTE_OPENED", "BUYER"),
        ("SELLER_CONTEST", "SELLER"),
        ("DEFENCE_EXECUTED", "SYSTEM"),
        ("DISPUTE_CLOSED", "SYSTEM"),
    ]


def test_losing_costs_the_amount_and_a_fee(disputes, lost_parcel):
    disputes.client.admin("settings", dispute_seconds=60, dispute_fee=15)
    # A paper that says nothing about the delivery.
    disputes.prove(lost_parcel, "OPTIONAL_SUPPORTING_DOCUMENTS")
    assert disputes.answer(disputes.of("ITEM_NOT_RECEIVED"), "contest").status_code == 204
    disputes.wait(60)
    closed = disputes.of("ITEM_NOT_RECEIVED")
    assert closed["resolution"]["reasonForClosure"] == "SELLER_LOST"
    assert closed["resolution"]["fees"] == {"value": "15.0", "currency": "USD"}
    recoup, fee = closed["monetaryTransactions"]
    assert (recoup["type"], recoup["reason"]) == ("CHARGE", "RECOUP_AMOUNT")
    assert recoup["amount"]["convertedFromCurrency"] == "GBP"
    assert recoup["amount"]["exchangeRate"].startswith("1.2")
    assert recoup["amount"]["value"] == lost_parcel["amount"]["value"]
    assert (fee["type"], fee["reason"], fee["amount"]["value"]) == ("CHARGE", "DISPUTE_FEE", "15.0")


@pytest.mark.parametrize(("rule", "outcome"), [("won", "SELLER_WON"), ("lost", "SELLER_LOST")])
def test_the_outcome_can_be_set(disputes, lost_parcel, rule, outcome):
    disputes.client.admin("settings", dispute_seconds=60, dispute_outcome=rule)
    disputes.prove(lost_parcel, "PROOF_OF_DELIVERY_SIGNATURE" if rule == "lost" else "OPTIONAL_SUPPORTING_DOCUMENTS")
    disputes.answer(disputes.of("ITEM_NOT_RECEIVED"), "contest")
    disputes.wait(60)
    assert disputes.of("ITEM_NOT_RECEIVED")["resolution"]["reasonForClosure"] == outcome


def test_chance_is_the_seeds(make_disputes):
    def outcomes(seed):
        seen = make_disputes(seed=seed)
        seen.client.admin("settings", dispute_seconds=60, dispute_outcome="chance")
        orders = [order["orderId"] for order in seen.client.all_orders()][:12]
        opened = [seen.client.admin("open_dispute", orderId=order, reason="FRAUD") for order in orders]
        for held in opened:
            dispute = seen.get(held["paymentDisputeId"])
            seen.prove(dispute, "PROOF_OF_PICKUP")
            seen.answer(seen.get(held["paymentDisputeId"]), "contest")
        seen.wait(60)
        return [seen.get(held["paymentDisputeId"])["resolution"]["reasonForClosure"] for held in opened]

    first = outcomes(5)
    assert set(first) == {"SELLER_WON", "SELLER_LOST"}
    assert outcomes(5) == first


def test_not_as_described_needs_a_return_address(disputes, wrong_item, error):
    disputes.prove(wrong_item, "PROOF_OF_ITEM_AS_DESCRIBED")
    now = disputes.of("SIGNIFICANTLY_NOT_AS_DESCRIBED")
    assert error(disputes.answer(now, "contest")) == (400, 33100)
    assert disputes.answer(now, "contest", returnAddress=HOME).status_code == 204
    assert disputes.of("SIGNIFICANTLY_NOT_AS_DESCRIBED")["returnAddress"] == HOME


@pytest.mark.parametrize(
    "change",
    [
        {"fullName": None},
        {"addressLine1": ""},
        {"city": 7},
        {"postalCode": None},
        {"country": "China"},
        {"primaryPhone": None},
        {"primaryPhone": {"countryCode": "CN"}},
        {"primaryPhone": {"countryCode": "CN", "number": "0755 5550"}},
        {"primaryPhone": {"countryCode": "CHN", "number": "0755"}},
        {"telephone": "1"},
    ],
)
@pytest.mark.parametrize("verb", ["contest", "accept"])
def test_wrong_return_addresses(disputes, wrong_item, error, change, verb):
    address = {name: value for name, value in {**HOME, **change}.items() if value is not None}
    assert error(disputes.answer(wrong_item, verb, returnAddress=address)) == (400, 33100)


@pytest.mark.parametrize("verb", ["contest", "accept"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"revision":"1"}', b'{"revision":true}', b'{"revision":1,"reason":"x"}']
)
def test_wrong_answers(disputes, lost_parcel, error, verb, body):
    answer = disputes.ask("POST", f"/{lost_parcel['paymentDisputeId']}/{verb}", content=body)
    assert error(answer) == (400, 33100)


def test_a_note_may_have_a_thousand_characters(disputes, lost_parcel, error):
    disputes.prove(lost_parcel, "PROOF_OF_PICKUP")
    now = disputes.of("ITEM_NOT_RECEIVED")
    assert error(disputes.answer(now, "contest", note="x" * 1001)) == (400, 33100)
    assert disputes.answer(now, "contest", note="x" * 1000).status_code == 204


def test_the_revision_locks(disputes, lost_parcel, error):
    disputes.client.admin("request_evidence", paymentDisputeId=lost_parcel["paymentDisputeId"])
    assert error(disputes.answer(lost_parcel, "contest")) == (409, 33011)
    assert error(disputes.answer(lost_parcel, "accept")) == (409, 33011)
    disputes.prove(lost_parcel, "PROOF_OF_DELIVERY_AS_FILE")
    now = disputes.of("ITEM_NOT_RECEIVED")
    assert now["revision"] == 3
    assert disputes.answer(now, "contest").status_code == 204
    # The second of two operators.
    assert error(disputes.answer(now, "contest")) == (409, 33011)
    later = disputes.of("ITEM_NOT_RECEIVED")
    assert error(disputes.answer(later, "contest")) == (409, 33101)
    assert error(disputes.answer(later, "accept")) == (409, 33011)
    assert disputes.of("ITEM_NOT_RECEIVED") == later


def test_accepting(disputes, lost_parcel, error):
    assert error(disputes.answer(lost_parcel, "accept", returnAddress=HOME)) == (400, 33100)
    assert disputes.answer(lost_parcel, "accept").status_code == 204
    closed = disputes.of("ITEM_NOT_RECEIVED")
    assert closed["resolution"]["reasonForClosure"] == "SELLER_ACCEPT"
    assert closed["resolution"]["recoupAmount"] == lost_parcel["amount"]
    assert [entry["reason"] for entry in closed["monetaryTransactions"]] == ["RECOUP_AMOUNT"]
    assert disputes.activities(closed["paymentDisputeId"])[1:] == [
        ("SELLER_ACCEPT", "SELLER"),
        ("DISPUTE_CLOSED", "SYSTEM"),
    ]


def test_accepting_with_a_return(disputes, wrong_item):
    disputes.client.admin("settings", dispute_outcome="won")
    assert disputes.answer(wrong_item, "accept", returnAddress=HOME).status_code == 204
    held = disputes.of("SIGNIFICANTLY_NOT_AS_DESCRIBED")
    assert (held["paymentDisputeStatus"], held["sellerResponse"]) == ("OPEN", "SELLER_ACCEPT_WITH_RETURN")
    disputes.wait(7 * DAY)
    assert disputes.of("SIGNIFICANTLY_NOT_AS_DESCRIBED")["resolution"]["reasonForClosure"] == "SELLER_ACCEPT"


def test_the_deadline_passes(disputes, lost_parcel, error):
    file_id = disputes.file(lost_parcel)
    disputes.wait(7 * DAY - 2 * 3600 + 1)
    assert error(disputes.upload(lost_parcel)) == (409, 33004)
    assert error(disputes.add(lost_parcel, "PROOF_OF_PICKUP", file_id)) == (409, 33004)
    closed = disputes.of("ITEM_NOT_RECEIVED")
    assert closed["sellerResponse"] == "SELLER_RESPONSE_OVERDUE"
    assert closed["resolution"]["reasonForClosure"] == "SELLER_LOST"
    # Whoever did not answer loses the amount, and pays no fee.
    assert [entry["reason"] for entry in closed["monetaryTransactions"]] == ["RECOUP_AMOUNT"]
    assert closed["closedDate"] == lost_parcel["respondByDate"]
    assert error(disputes.answer(closed, "contest")) == (409, 33101)
    assert disputes.activities(closed["paymentDisputeId"])[1:] == [
        ("EVIDENCE_REQUEST_OVERDUE", "SYSTEM"),
        ("SELLER_RESPONSE_OVERDUE", "SYSTEM"),
        ("DISPUTE_CLOSED", "SYSTEM"),
    ]


def test_a_request_for_evidence_has_its_own_deadline(disputes, lost_parcel, error):
    dispute_id = lost_parcel["paymentDisputeId"]
    asked = disputes.client.admin(
        "request_evidence", paymentDisputeId=dispute_id, evidenceType="PROOF_OF_PICKUP", respond_seconds=3600
    )
    shown = disputes.get(dispute_id)["evidenceRequests"]
    assert [entry["evidenceId"] for entry in shown][1] == asked["evidenceId"]
    assert shown[1]["respondByDate"] < shown[0]["respondByDate"]
    file_id = disputes.file(lost_parcel)
    disputes.wait(3600)
    late = disputes.get(dispute_id)
    assert late["paymentDisputeStatus"] == "ACTION_NEEDED"
    assert len(late["evidenceRequests"]) == 1
    assert ("EVIDENCE_REQUEST_OVERDUE", "SYSTEM") in disputes.activities(dispute_id)
    assert error(disputes.update(lost_parcel, asked["evidenceId"], "PROOF_OF_PICKUP", file_id)) == (400, 33010)


def test_uploading_and_fetching(disputes, lost_parcel, error):
    dispute_id = lost_parcel["paymentDisputeId"]
    pictures = {
        disputes.file(lost_parcel, JPEG, "Tür & Co.JPG"): JPEG,
        disputes.file(lost_parcel, png(), "a.png"): png(),
    }
    assert "evidence" not in disputes.get(dispute_id)
    assert disputes.get(dispute_id)["revision"] == 1
    evidence_id = disputes.add(lost_parcel, "PROOF_OF_DELIVERY_AS_FILE", *pictures).json()["evidenceId"]
    now = disputes.get(dispute_id)
    # The set that was asked for is the one that was filled.
    assert evidence_id == lost_parcel["evidenceRequests"][0]["evidenceId"]
    assert "evidenceRequests" not in now
    (shown,) = now["evidence"]
    assert shown["respondByDate"] == lost_parcel["evidenceRequests"][0]["respondByDate"]
    assert [(file["name"], file["fileType"]) for file in shown["files"]] == [("Tür & Co.JPG", "JPEG"), ("a.png", "PNG")]
    for file_id, content in pictures.items():
        path = f"/{dispute_id}/fetch_evidence_content"
        answer = disputes.ask("GET", path, params={"evidence_id": evidence_id, "file_id": file_id})
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["content-type"] == "application/octet-stream"
        assert error(disputes.ask("GET", path, params={"evidence_id": "1", "file_id": file_id})) == (400, 33002)
        assert error(disputes.ask("GET", path, params={"evidence_id": evidence_id, "file_id": "1"})) == (400, 33003)
        assert error(disputes.ask("GET", path)) == (400, 33002)
    loose = disputes.file(lost_parcel)
    answer = disputes.ask(
        "GET", f"/{dispute_id}/fetch_evidence_content", params={"evidence_id": evidence_id, "file_id": loose}
    )
    assert error(answer) == (400, 33003)


def test_evidence_travels_over_a_socket():
    with running(scenario="demo", vendors=["ebay"]) as sandbox:
        settings = sandbox.settings("ebay-us")
        basic = (settings["client_id"], settings["client_secret"])
        form = {"grant_type": "refresh_token", "refresh_token": settings["refresh_token"]}
        token = httpx.post(settings["hosts"]["api"] + "/identity/v1/oauth2/token", data=form, auth=basic).json()
        headers = {"authorization": f"Bearer {token['access_token']}"}
        with httpx.Client(headers=headers, base_url=settings["hosts"]["apiz"] + BASE) as http:
            summaries = http.get(settings["hosts"]["apiz"] + BASE + "_summary").json()
            assert summaries["href"].startswith(settings["hosts"]["apiz"])
            dispute_id = summaries["paymentDisputeSummaries"][0]["paymentDisputeId"]
            picture = png(1_400_000)
            sent = http.post(f"/{dispute_id}/upload_evidence_file", files={"file": ("door.png", picture)}).json()
            lines = http.get(f"/{dispute_id}").json()["lineItems"]
            body = {"evidenceType": "PROOF_OF_PICKUP", "files": [sent], "lineItems": lines}
            evidence_id = http.post(f"/{dispute_id}/add_evidence", json=body).json()["evidenceId"]
            wanted = {"evidence_id": evidence_id, "file_id": sent["fileId"]}
            assert http.get(f"/{dispute_id}/fetch_evidence_content", params=wanted).content == picture


def test_an_upload_may_move_the_revision(disputes, lost_parcel):
    disputes.client.admin("settings", upload_moves_revision=True)
    disputes.file(lost_parcel)
    assert disputes.of("ITEM_NOT_RECEIVED")["revision"] == 2


@pytest.mark.parametrize(
    ("content", "name", "number"),
    [
        (b"GIF89a", "a.png", 33005),
        (b"%PDF-1.7", "a.jpg", 33005),
        (b"", "a.jpg", 33005),
        (JPEG, "a.pdf", 33005),
        (JPEG, "jpg", 33005),
        (JPEG, "x" * 252 + ".jpg", 33106),
        (JPEG, " ", 33106),
        (png(1_500_001), "a.png", 33006),
    ],
)
def test_wrong_files(disputes, lost_parcel, error, content, name, number):
    assert error(disputes.upload(lost_parcel, content, name)) == (400, number)


def test_the_limits_of_a_file_are_inclusive(disputes, lost_parcel):
    disputes.file(lost_parcel, png(1_500_000), "x" * 251 + ".png")


def test_one_file_in_the_part_named_file(disputes, lost_parcel, error):
    path = f"/{lost_parcel['paymentDisputeId']}/upload_evidence_file"
    assert error(disputes.upload(lost_parcel, part="evidence")) == (400, 33107)
    two = [("file", ("a.jpg", JPEG)), ("file", ("b.jpg", JPEG))]
    assert error(disputes.ask("POST", path, files=two)) == (400, 33107)
    assert error(disputes.ask("POST", path, json={"file": "a.jpg"})) == (400, 33107)
    assert error(disputes.ask("POST", path, content=JPEG, headers={"content-type": "image/jpeg"})) == (400, 33107)
    cut = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + JPEG
    sent = {"content-type": "multipart/form-data; boundary=x"}
    assert error(disputes.ask("POST", path, content=cut, headers=sent)) == (400, 33107)
    # A field of that name is no file.
    field = b'--x\r\ncontent-disposition: form-data; name="file"\r\n\r\n' + JPEG + b"\r\n--x--\r\n"
    assert error(disputes.ask("POST", path, content=field, headers=sent)) == (400, 33107)
    assert disputes.ask("POST", path, content=cut + b"\r\n--x--\r\n", headers=sent).status_code == 200


def test_only_so_many_files(disputes, lost_parcel, error):
    disputes.client.admin("settings", evidence_files=3, evidence_files_per_set=2)
    files = [disputes.file(lost_parcel) for _ in range(3)]
    assert error(disputes.upload(lost_parcel)) == (409, 33105)
    assert error(disputes.add(lost_parcel, "PROOF_OF_PICKUP", *files)) == (400, 33103)
    evidence_id = disputes.add(lost_parcel, "PROOF_OF_PICKUP", *files[:2]).json()["evidenceId"]
    assert error(disputes.update(lost_parcel, evidence_id, "PROOF_OF_PICKUP", files[2])) == (400, 33103)


def test_the_files_of_a_set_share_the_limit(disputes, lost_parcel, error):
    half, other, tiny = (disputes.file(lost_parcel, png(size), "a.png") for size in (750_000, 750_001, 100))
    assert error(disputes.add(lost_parcel, "PROOF_OF_PICKUP", half, other)) == (400, 33104)
    evidence_id = disputes.add(lost_parcel, "PROOF_OF_PICKUP", half, tiny).json()["evidenceId"]
    assert error(disputes.update(lost_parcel, evidence_id, "PROOF_OF_PICKUP", other)) == (400, 33104)
    assert disputes.get(lost_parcel["paymentDisputeId"])["revision"] == 2


def test_updating_a_set(disputes, lost_parcel):
    evidence_id = disputes.prove(lost_parcel, "PROOF_OF_DELIVERY_AS_FILE")
    answer = disputes.update(lost_parcel, evidence_id, "PROOF_OF_DELIVERY_AS_FILE", disputes.file(lost_parcel))
    assert (answer.status_code, answer.content) == (204, b"")
    (shown,) = disputes.of("ITEM_NOT_RECEIVED")["evidence"]
    assert len(shown["files"]) == 2
    assert [name for name, _ in disputes.activities(lost_parcel["paymentDisputeId"])].count("EVIDENCE_PROVIDED") == 2


def test_answering_a_request_by_updating_it(disputes, lost_parcel):
    (asked,) = lost_parcel["evidenceRequests"]
    file_id = disputes.file(lost_parcel)
    assert disputes.update(lost_parcel, asked["evidenceId"], asked["evidenceType"], file_id).status_code == 204
    now = disputes.of("ITEM_NOT_RECEIVED")
    assert "evidenceRequests" not in now
    assert now["evidence"][0]["evidenceId"] == asked["evidenceId"]


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"evidenceType": "PROOF_OF_DELIVERY"}, 33008),
        ({"evidenceType": "PROOF_OF_LIFE"}, 33008),
        ({"evidenceType": None}, 33008),
        ({"files": []}, 33100),
        ({"files": None}, 33100),
        ({"files": [{"fileId": "1"}]}, 33003),
        ({"files": ["1"]}, 33003),
        ({"lineItems": []}, 33007),
        ({"lineItems": [{"itemId": "1", "lineItemId": "1"}]}, 33007),
        ({"lineItems": ["1"]}, 33007),
        ({"comment": "x"}, 33100),
    ],
)
def test_wrong_evidence(disputes, lost_parcel, error, change, number):
    file_id = disputes.file(lost_parcel)
    assert error(disputes.add(lost_parcel, "PROOF_OF_PICKUP", file_id, **change)) == (400, number)
    evidence_id = disputes.prove(lost_parcel, "PROOF_OF_PICKUP")
    assert error(disputes.update(lost_parcel, evidence_id, "PROOF_OF_PICKUP", file_id, **change)) == (400, number)


def test_evidence_has_to_be_echoed(disputes, error):
    client = disputes.client
    order_id = client.order_of("Marlene Quist")["orderId"]
    dispute_id = client.admin("open_dispute", orderId=order_id, reason="COUNTERFEIT")["paymentDisputeId"]
    dispute = disputes.get(dispute_id)
    first, second = (disputes.file(dispute) for _ in range(2))
    part = {"lineItems": dispute["lineItems"][:1]}
    # eBay asked for both lines.
    assert error(disputes.add(dispute, "PROOF_OF_AUTHENTICITY", first, **part)) == (400, 33009)
    evidence_id = disputes.add(dispute, "PROOF_OF_AUTHENTICITY", first).json()["evidenceId"]
    assert error(disputes.update(dispute, evidence_id, "PROOF_OF_PICKUP", second)) == (400, 33009)
    assert error(disputes.update(dispute, evidence_id, "PROOF_OF_AUTHENTICITY", second, **part)) == (400, 33009)
    assert error(disputes.update(dispute, evidence_id, "PROOF_OF_AUTHENTICITY", first)) == (400, 33003)
    assert error(disputes.update(dispute, "1", "PROOF_OF_AUTHENTICITY", second)) == (400, 33010)
    assert error(disputes.add(dispute, "PROOF_OF_PICKUP", second, second)) == (400, 33003)


def test_after_contesting_no_evidence_is_taken(disputes, lost_parcel, error):
    evidence_id = disputes.prove(lost_parcel, "PROOF_OF_DELIVERY_AS_FILE")
    file_id = disputes.file(lost_parcel)
    assert disputes.answer(disputes.of("ITEM_NOT_RECEIVED"), "contest").status_code == 204
    assert error(disputes.upload(lost_parcel)) == (409, 33004)
    assert error(disputes.add(lost_parcel, "PROOF_OF_PICKUP", file_id)) == (409, 33004)
    assert error(disputes.update(lost_parcel, evidence_id, "PROOF_OF_DELIVERY_AS_FILE", file_id)) == (409, 33004)


def test_reopening_and_reversing(disputes, lost_parcel):
    client, dispute_id = disputes.client, lost_parcel["paymentDisputeId"]
    client.admin("settings", dispute_seconds=60, dispute_outcome="lost")
    disputes.prove(lost_parcel, "PROOF_OF_DELIVERY_AS_FILE")
    disputes.answer(disputes.get(dispute_id), "contest")
    disputes.wait(60)
    assert disputes.get(dispute_id)["paymentDisputeStatus"] == "CLOSED"
    client.admin("reopen_dispute", paymentDisputeId=dispute_id, respond_seconds=3600)
    again = disputes.get(dispute_id)
    assert again["paymentDisputeStatus"] == "ACTION_NEEDED"
    assert not {"resolution", "closedDate", "sellerResponse"} & again.keys()
    assert disputes.answer(again, "contest").status_code == 204
    client.admin("settings", dispute_outcome="won")
    disputes.wait(60)
    won = disputes.get(dispute_id)
    assert won["resolution"]["reasonForClosure"] == "SELLER_WON"
    moves = [(entry["type"], entry["reason"]) for entry in won["monetaryTransactions"]]
    assert moves == [
        ("CHARGE", "RECOUP_AMOUNT"),
        ("CHARGE", "DISPUTE_FEE"),
        ("CREDIT", "RECOUP_AMOUNT"),
        ("CREDIT", "DISPUTE_FEE"),
    ]
    client.admin("decide_dispute", paymentDisputeId=dispute_id, outcome="lost")
    reversed_ = disputes.get(dispute_id)
    assert reversed_["resolution"]["reasonForClosure"] == "SELLER_LOST"
    assert len(reversed_["monetaryTransactions"]) == 6
    kinds = [kind for kind, _ in disputes.activities(dispute_id)]
    assert kinds.count("DISPUTE_REOPENED") == 1
    assert kinds[-1] == "DISPUTE_REVERSED"


def test_actions(disputes, lost_parcel):
    client, dispute_id = disputes.client, lost_parcel["paymentDisputeId"]
    for action, body in (
        ("open_dispute", {"orderId": "1"}),
        ("open_dispute", {"orderId": lost_parcel["orderId"], "reason": "BORED"}),
        ("open_dispute", {"orderId": lost_parcel["orderId"], "respond_seconds": 0}),
        ("request_evidence", {"paymentDisputeId": dispute_id, "evidenceType": "PROOF_OF_DELIVERY"}),
        ("request_evidence", {"paymentDisputeId": "1"}),
        ("decide_dispute", {"paymentDisputeId": dispute_id, "outcome": "?"}),
        ("reopen_dispute", {"paymentDisputeId": dispute_id}),
        ("settings", {"dispute_outcome": "maybe"}),
    ):
        with pytest.raises(AdminError):
            client.admin(action, **body)
    client.admin("decide_dispute", paymentDisputeId=dispute_id, outcome="won")
    assert disputes.activities(dispute_id)[-1] == ("DISPUTE_CLOSED", "CS_AGENT")
    with pytest.raises(AdminError):
        client.admin("request_evidence", paymentDisputeId=dispute_id)
    with pytest.raises(AdminError):
        client.admin("decide_dispute", paymentDisputeId=dispute_id, outcome="won")
    (held, _) = client.sandbox.vendors["ebay"].state()["payment_disputes"]
    assert (held["account"], held["reasonForClosure"]) == ("ebay-us", "SELLER_WON")
    json.dumps(client.sandbox.vendors["ebay"].state())
    start = client.sandbox.world.clock.now()
    opened = client.admin("open_dispute", orderId=lost_parcel["orderId"], reason="FRAUD", respond_seconds=DAY)
    assert opened["respondByDate"] < (start + timedelta(seconds=DAY + 60)).isoformat()


def test_a_dispute_about_one_line_of_two(disputes, error):
    client = disputes.client
    order = client.order_of("Marlene Quist")
    first, second = order["lineItems"]
    asked = {"orderId": order["orderId"], "reason": "ITEM_NOT_RECEIVED"}
    dispute_id = client.admin("open_dispute", **asked, lineItemIds=[second["lineItemId"]])["paymentDisputeId"]
    dispute = disputes.get(dispute_id)
    assert dispute["lineItems"] == [{"itemId": second["legacyItemId"], "lineItemId": second["lineItemId"]}]
    assert dispute["amount"] == second["total"]
    path = f"/sell/fulfillment/v1/order/{order['orderId']}/shipping_fulfillment"
    for line, number in ((first, "4012345678"), (second, "4012345679")):
        # A parcel with the other line proves nothing.
        assert error(disputes.answer(dispute, "contest")) == (409, 33102)
        parcel = {
            "lineItems": [{"lineItemId": line["lineItemId"], "quantity": line["quantity"]}],
            "shippingCarrierCode": "DHLEXPRESS",
            "trackingNumber": number,
        }
        assert client.call("POST", path, json=parcel).status_code == 201
    (evidence,) = disputes.get(dispute_id)["evidence"]
    assert [parcel["shipmentTrackingNumber"] for parcel in evidence["shipmentTracking"]] == ["4012345679"]
    assert disputes.answer(dispute, "contest").status_code == 204
    for wrong in ([], ["1"], "1"):
        with pytest.raises(AdminError):
            client.admin("open_dispute", **asked, lineItemIds=wrong)


def test_tracking_proves_nothing_about_the_item(disputes, wrong_item, error):
    # The order was shipped, and there is nothing in evidence.
    assert "evidence" not in wrong_item
    assert error(disputes.answer(wrong_item, "contest", returnAddress=HOME)) == (409, 33102)


def test_the_orders_of_the_demo_are_what_they_were(make_disputes):
    # Ids drawn from the seed before there were disputes.
    assert make_disputes().client.order_of("Rhys Pendlebury")["orderId"] == "14-41009-11485"


@given(st.binary(max_size=300), st.text(st.characters(exclude_characters='\r\n\0"\\%', exclude_categories=["Cs"])))
def test_a_form_is_read_back(content, name):
    head = f'--b0und\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    (part,) = read_parts('multipart/form-data; boundary="b0und"', head + content + b"\r\n--b0und--\r\n")
    assert (part.name, part.filename, part.content) == ("file", name, content)


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(body):
    try:
        read_parts("multipart/form-data; boundary=b", b"--b\r\n" + body)
    except ValueError:
        pass
