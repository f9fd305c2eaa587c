"""The Notification API, and what arrives at an endpoint."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from xborder_sandbox import running
from xborder_sandbox.errors import AdminError

NOTIFICATION = "ebay/openapi/commerce_notification_v1_oas3.json"
BASE = "/commerce/notification/v1"
TOKEN = "sandbox_verification-token_0123456789"
SCOPE = "https://api.ebay.com/oauth/api_scope"
PAYLOAD = {"format": "JSON", "schemaVersion": "1.0", "deliveryProtocol": "HTTPS"}
DELETION = "MARKETPLACE_ACCOUNT_DELETION"


class Receiver:
    """An endpoint on loopback: knows its verification token, keeps what it gets."""

    def __init__(self):
        self.got = []
        self.challenges = 0
        self.status = 204
        self.token = TOKEN
        self.content_type = "application/json"
        self.challenge_status = 200
        self.on_post = lambda: None
        self.url = ""

    def response_to(self, code):
        return hashlib.sha256((code + self.token + self.url).encode()).hexdigest()


@contextmanager
def receiving():
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            (code,) = parse_qs(urlsplit(self.path).query)["challenge_code"]
            receiver.challenges += 1
            body = json.dumps({"challengeResponse": receiver.response_to(code)}).encode()
            self.send_response(receiver.challenge_status)
            self.send_header("content-type", receiver.content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append((self.headers.get("x-ebay-signature"), body))
            receiver.on_post()
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, *_):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/ebay"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def receiver():
    with receiving() as found:
        yield found


class Api:
    """Calls of the Notification API with the application's token."""

    def __init__(self, client):
        self.client = client

    def ask(self, method, path, *, token=None, **more):
        return self.client.call(method, BASE + path, token=token or self.client.application_token, **more)

    def set_up(self):
        assert self.ask("PUT", "/config", json={"alertEmail": "alerts@seller.example"}).status_code == 204

    def destination(self, receiver, **change):
        body = {
            "name": "orders",
            "status": "ENABLED",
            "deliveryConfig": {"endpoint": receiver.url, "verificationToken": TOKEN},
            **change,
        }
        return self.ask("POST", "/destination", json=body)

    def subscription(self, destination_id, topic=DELETION, token=None, **change):
        body = {
            "topicId": topic,
            "status": "ENABLED",
            "destinationId": destination_id,
            "payload": PAYLOAD,
            **change,
        }
        return self.ask("POST", "/subscription", token=token, json=body)


def id_of(answer):
    assert answer.status_code == 201, answer.text
    assert answer.json() == {}
    return answer.headers["location"].rsplit("/", 1)[1]


@pytest.fixture
def api(ebay):
    return Api(ebay)


@pytest.fixture
def ready(api, receiver):
    """With a configuration and an enabled destination; its id is in `destination_id`."""
    api.set_up()
    api.destination_id = id_of(api.destination(receiver))
    return api


def verify(key, signature, body):
    """Check a signature as eBay's SDKs do; raises InvalidSignature."""
    parts = json.loads(base64.b64decode(signature))
    pem = key["key"].replace("KEY-----", "KEY-----\n", 1).replace("-----END", "\n-----END")
    digest = {"SHA1": hashes.SHA1(), "SHA256": hashes.SHA256()}[key["digest"]]
    public = serialization.load_pem_public_key(pem.encode())
    public.verify(base64.b64decode(parts["signature"]), body, ec.ECDSA(digest))


def test_ebays_own_vector_passes_this_check(contract_folder):
    # So that the check of the tests below is one that eBay's signatures pass.
    vectors = json.loads((contract_folder / "ebay/samples/notification_account_deletion_vectors.json").read_text())
    valid, wrong = vectors["VALID"], vectors["SIGNATURE_MISMATCH"]
    body = json.dumps(valid["message"], separators=(",", ":"), ensure_ascii=False).encode()
    verify(valid["response"], valid["signature"], body)
    with pytest.raises(InvalidSignature):
        verify(wrong["response"], wrong["signature"], body)


def key_of(api, signature):
    kid = json.loads(base64.b64decode(signature))["kid"]
    return api.ask("GET", f"/public_key/{kid}")


@pytest.mark.parametrize("digest", ["SHA1", "SHA256"])
def test_a_notification_is_signed(api, receiver, contract, contract_folder, digest):
    api.client.admin("settings", notification_digest=digest)
    result = api.client.admin("notify", url=receiver.url)
    assert result["deliveries"] == [{"endpoint": receiver.url, "status": 204}]
    ((signature, body),) = receiver.got
    parts = json.loads(base64.b64decode(signature))
    answer = key_of(api, signature)
    contract(NOTIFICATION).check_response("/public_key/{public_key_id}", "get", 200, answer.json())
    assert answer.json()["digest"] == digest
    assert "\n" not in answer.json()["key"]
    verify(answer.json(), signature, body)
    # The same names as in eBay's vector, no more and no fewer.
    vectors = json.loads((contract_folder / "ebay/samples/notification_account_deletion_vectors.json").read_text())
    sample = vectors["VALID"]
    sent = json.loads(body)
    assert parts.keys() == json.loads(base64.b64decode(sample["signature"])).keys()
    assert sent.keys() == sample["message"].keys()
    assert sent["metadata"] == sample["message"]["metadata"]
    assert sent["notification"].keys() == sample["message"]["notification"].keys()
    assert sent["notification"]["data"].keys() == sample["message"]["notification"]["data"].keys()
    assert sent["notification"]["notificationId"] == result["notificationId"]
    assert sent["notification"]["publishDate"].startswith("2026-03-02T09:30")


def test_the_key_needs_an_application_token(api, error):
    assert error(api.ask("GET", "/public_key/x")) == (404, 195001)
    assert error(api.ask("GET", "/public_key/x", token=api.client.token)) == (403, 1100)


@pytest.mark.parametrize("kind", ["wrong", "other_digest", "other_body"])
def test_signatures_that_do_not_verify(api, receiver, kind):
    api.client.admin("notify", url=receiver.url, signature=kind)
    ((signature, body),) = receiver.got
    key = key_of(api, signature)
    assert key.status_code == 200
    with pytest.raises(InvalidSignature):
        verify(key.json(), signature, body)


def test_signatures_that_cannot_be_checked(api, receiver, error):
    for kind in ("unknown_kid", "garbage", "missing"):
        api.client.admin("notify", url=receiver.url, signature=kind)
    unknown, garbage, missing = (signature for signature, _ in receiver.got)
    assert error(key_of(api, unknown)) == (404, 195001)
    with pytest.raises(ValueError, match=r".*"):
        json.loads(base64.b64decode(garbage, validate=True))
    assert missing is None


def test_an_old_one_and_one_sent_again(api, receiver):
    result = api.client.admin("notify", url=receiver.url, age_seconds=7200, attempt=3)
    again = api.client.admin("notify", url=receiver.url, replay=result["notificationId"])
    assert again["notificationId"] == result["notificationId"]
    first, second = receiver.got
    assert first == second
    notification = json.loads(first[1])["notification"]
    assert notification["publishDate"].startswith("2026-03-02T07:30")
    assert notification["eventDate"] < notification["publishDate"]
    assert notification["publishAttemptCount"] == 3
    verify(key_of(api, first[0]).json(), *first)
    api.client.admin("notify", url=receiver.url, times=3)
    assert len({json.loads(body)["notification"]["notificationId"] for _, body in receiver.got[2:]}) == 1
    assert len(receiver.got) == 5


def test_the_compact_form_is_signed_whatever_is_sent(api, receiver):
    api.client.admin("notify", url=receiver.url, spaced=True, topic="ITEM_MARKED_SHIPPED", data={"name": "Grün"})
    ((signature, body),) = receiver.got
    key = key_of(api, signature).json()
    with pytest.raises(InvalidSignature):
        verify(key, signature, body)
    verify(key, signature, json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode())
    assert "Grün".encode() in body


def test_a_large_one(api, receiver):
    api.client.admin("notify", url=receiver.url, padding=5_000_000)
    ((_, body),) = receiver.got
    assert len(body) > 5_000_000
    assert "username" in json.loads(body)["notification"]["data"]


def test_what_the_receiver_answers_is_told(api, receiver):
    receiver.status = 412
    result = api.client.admin("notify", url=receiver.url)
    assert result["deliveries"][0]["status"] == 412
    gone = api.client.admin("notify", url="http://127.0.0.1:1/")["deliveries"][0]
    assert gone["status"] is None
    assert "ConnectionRefused" in gone["error"]
    for url in ("http://192.0.2.1/", "http://example.com/", "http://127.0.0.1.example/"):
        assert "loopback" in api.client.admin("notify", url=url)["deliveries"][0]["error"]
    sent = api.client.sandbox.vendors["ebay"].state()["notifications"]["sent"]
    assert len(sent) == 5
    assert sent[0]["deliveries"] == result["deliveries"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "ftp://127.0.0.1/"},
        {"url": "http://user@127.0.0.1/"},
        {"url": 7},
        {"url": "http://127.0.0.1/", "signature": "none"},
        {"url": "http://127.0.0.1/", "topic": "ITEM_MARKED_SHIPPED"},
        {"url": "http://127.0.0.1/", "data": "x"},
        {"url": "http://127.0.0.1/", "replay": "x"},
        {"url": "http://127.0.0.1/", "times": 0},
        {"url": "http://127.0.0.1/", "padding": 10**9},
        {"url": "http://127.0.0.1/", "attempts": 1},
    ],
)
def test_wrong_wishes(ebay, body):
    with pytest.raises(AdminError):
        ebay.admin("notify", **body)


def test_the_endpoint_may_ask_for_the_key_before_it_answers(receiver):
    with running(vendors=["ebay"]) as sandbox:
        settings = sandbox.settings("ebay-us")
        hosts = settings["hosts"]
        basic = (settings["client_id"], settings["client_secret"])
        form = {"grant_type": "client_credentials", "scope": SCOPE}
        token = httpx.post(hosts["api"] + "/identity/v1/oauth2/token", data=form, auth=basic).json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        keys = []

        def fetch():
            kid = json.loads(base64.b64decode(receiver.got[-1][0]))["kid"]
            keys.append(httpx.get(f"{hosts['api']}{BASE}/public_key/{kid}", headers=headers).json())

        receiver.on_post = fetch
        answer = httpx.post(sandbox.url + "/_admin/ebay/notify", json={"url": receiver.url})
        assert answer.json()["deliveries"] == [{"endpoint": receiver.url, "status": 204}]
        verify(keys[0], *receiver.got[0])
        # A whole subscription, over the wire.
        api = hosts["api"] + BASE
        httpx.put(api + "/config", json={"alertEmail": "a@b.example"}, headers=headers)
        delivery = {"endpoint": receiver.url, "verificationToken": TOKEN}
        wish = {"name": "n", "status": "ENABLED", "deliveryConfig": delivery}
        made = httpx.post(api + "/destination", json=wish, headers=headers)
        assert made.headers["location"].startswith(api + "/destination/")
        wish = {"topicId": DELETION, "status": "ENABLED", "payload": PAYLOAD, "destinationId": id_of(made)}
        location = httpx.post(api + "/subscription", json=wish, headers=headers).headers["location"]
        assert httpx.get(location, headers=headers).json()["topicId"] == DELETION
        answer = httpx.post(sandbox.url + "/_admin/ebay/notify", json={})
        assert [entry["status"] for entry in answer.json()["deliveries"]] == [204]
    assert len(keys) == 2


def test_configuration(api, contract, error):
    assert error(api.ask("GET", "/config")) == (404, 195026)
    for content in (b"", b"[]", b"{}", b'{"alertEmail":"nobody"}', b'{"alertEmail":"<a@b.example>"}'):
        assert error(api.ask("PUT", "/config", content=content)) == (400, 195025)
    api.set_up()
    answer = api.ask("GET", "/config")
    contract(NOTIFICATION).check_response("/config", "get", 200, answer.json())
    assert answer.json() == {"alertEmail": "alerts@seller.example"}
    assert error(api.ask("GET", "/config", token=api.client.token)) == (403, 1100)


def test_topics(api, contract, error):
    answer = api.ask("GET", "/topic")
    contract(NOTIFICATION).check_response("/topic", "get", 200, answer.json())
    topics = {topic["topicId"]: topic for topic in answer.json()["topics"]}
    assert topics[DELETION]["scope"] == "APPLICATION"
    one = api.ask("GET", f"/topic/{DELETION}")
    contract(NOTIFICATION).check_response("/topic/{topic_id}", "get", 200, one.json())
    assert one.json() == topics[DELETION]
    assert error(api.ask("GET", "/topic/PAYMENT_DISPUTE")) == (404, 195002)


def test_destinations(ready, receiver, contract, error):
    document = contract(NOTIFICATION)
    one = f"/destination/{ready.destination_id}"
    answer = ready.ask("GET", one)
    document.check_response("/destination/{destination_id}", "get", 200, answer.json())
    document.check_request("/destination", "post", {k: v for k, v in answer.json().items() if k != "destinationId"})
    assert answer.json()["deliveryConfig"] == {"endpoint": receiver.url, "verificationToken": TOKEN}
    listed = ready.ask("GET", "/destination")
    document.check_response("/destination", "get", 200, listed.json())
    assert listed.json()["destinations"] == [answer.json()]
    assert receiver.challenges == 1
    wish = {**answer.json(), "status": "DISABLED", "name": "other"}
    assert error(ready.ask("DELETE", one)) == (409, 195024)
    assert ready.ask("PUT", one, json=wish).status_code == 204
    assert receiver.challenges == 2
    assert ready.ask("GET", one).json()["name"] == "other"
    assert ready.ask("DELETE", one).status_code == 204
    for method in ("GET", "PUT", "DELETE"):
        assert error(ready.ask(method, one)) == (404, 195022)


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"name": "x" * 65}, 195016),
        ({"name": "<b>"}, 195016),
        ({"name": None}, 195016),
        ({"status": "MARKED_DOWN"}, 195018),
        ({"status": None}, 195018),
        ({"deliveryConfig": None}, 195017),
        ({"deliveryConfig": {"verificationToken": TOKEN}}, 195017),
        ({"deliveryConfig": {"endpoint": "somewhere", "verificationToken": TOKEN}}, 195017),
        ({"deliveryConfig": {"endpoint": "http://127.0.0.1/"}}, 195019),
        ({"deliveryConfig": {"endpoint": "http://127.0.0.1/", "verificationToken": "x" * 31}}, 195019),
        ({"deliveryConfig": {"endpoint": "http://127.0.0.1/", "verificationToken": "x" * 81}}, 195019),
        ({"deliveryConfig": {"endpoint": "http://127.0.0.1/", "verificationToken": "x" * 40 + "!"}}, 195019),
    ],
)
def test_wrong_destinations(ready, receiver, error, change, number):
    assert error(ready.destination(receiver, **change)) == (400, number)
    wish = {**ready.ask("GET", f"/destination/{ready.destination_id}").json(), **change}
    assert error(ready.ask("PUT", f"/destination/{ready.destination_id}", json=wish)) == (400, number)


def test_a_destination_needs_a_configuration_and_its_own_endpoint(api, receiver, error):
    assert error(api.destination(receiver)) == (409, 195003)
    api.set_up()
    assert id_of(api.destination(receiver))
    assert error(api.destination(receiver)) == (409, 195021)


@pytest.mark.parametrize(
    ("name", "value"), [("token", "another"), ("challenge_status", 404), ("content_type", "text/html")]
)
def test_a_wrong_answer_to_the_challenge(api, receiver, error, name, value):
    api.set_up()
    setattr(receiver, name, value)
    assert error(api.destination(receiver)) == (409, 195020)
    assert api.ask("GET", "/destination").json()["total"] == 0


def test_an_endpoint_elsewhere_is_never_called(api, receiver, error):
    api.set_up()
    delivery = {"endpoint": "https://seller.example/ebay", "verificationToken": TOKEN}
    assert error(api.destination(receiver, deliveryConfig=delivery)) == (409, 195020)


def test_pages(ready, receiver, error):
    pattern = ready.client.sandbox.vendors["ebay"]._notifications.destinations
    model = pattern[ready.destination_id]
    for place in range(24):
        pattern[f"d{place}"] = type(model)(f"d{place}", "n", "DISABLED", f"http://127.0.0.1/{place}", TOKEN)
    page = ready.ask("GET", "/destination?limit=10").json()
    seen = page["destinations"]
    while "next" in page:
        headers = {"authorization": f"Bearer {ready.client.application_token}"}
        page = ready.client.http.get(page["next"], headers=headers).json()
        seen += page["destinations"]
    assert [entry["destinationId"] for entry in seen] == list(pattern)
    assert ready.ask("GET", "/destination").json()["limit"] == 20
    for limit in ("9", "101", "x", ""):
        for path in ("/destination", "/subscription", "/topic"):
            assert error(ready.ask("GET", f"{path}?limit={limit}")) == (400, 195004)
    for token in ("x", "ZnJvbTp4", "ZnJvbTo5OTk="):
        for path in ("/destination", "/subscription", "/topic"):
            assert error(ready.ask("GET", f"{path}?continuation_token={token}")) == (400, 195005)


def test_subscriptions(ready, receiver, contract, error):
    document = contract(NOTIFICATION)
    subscription_id = id_of(ready.subscription(ready.destination_id))
    one = f"/subscription/{subscription_id}"
    answer = ready.ask("GET", one)
    document.check_response("/subscription/{subscription_id}", "get", 200, answer.json())
    listed = ready.ask("GET", "/subscription")
    document.check_response("/subscription", "get", 200, listed.json())
    assert listed.json()["subscriptions"] == [answer.json()]
    assert error(ready.subscription(ready.destination_id)) == (409, 195012)
    assert len(ready.client.admin("notify")["deliveries"]) == 1
    assert ready.ask("POST", one + "/disable", json={}).status_code == 204
    with pytest.raises(AdminError):
        ready.client.admin("notify")
    # A disabled one can be tested.
    assert ready.ask("POST", one + "/test", json={}).status_code == 202
    assert len(receiver.got) == 2
    assert ready.ask("POST", one + "/enable", json={}).status_code == 204
    wish = {"status": "DISABLED", "destinationId": ready.destination_id, "payload": PAYLOAD}
    assert ready.ask("PUT", one, json=wish).status_code == 204
    assert ready.ask("GET", one).json()["status"] == "DISABLED"
    destination = ready.ask("GET", f"/destination/{ready.destination_id}").json()
    path = f"/destination/{ready.destination_id}"
    assert ready.ask("PUT", path, json={**destination, "status": "DISABLED"}).status_code == 204
    assert error(ready.ask("POST", one + "/enable", json={})) == (409, 195015)
    assert error(ready.ask("PUT", one, json={**wish, "status": "ENABLED"})) == (409, 195015)
    assert error(ready.ask("DELETE", path)) == (409, 195024)
    assert ready.ask("DELETE", one).status_code == 204
    assert ready.ask("DELETE", path).status_code == 204
    for method, end in (
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        *(("POST", f"/{v}") for v in ("enable", "disable", "test")),
    ):
        assert error(ready.ask(method, one + end)) == (404, 195013)


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"topicId": "PAYMENT_DISPUTE"}, 195027),
        ({"topicId": None}, 195027),
        ({"status": "ON"}, 195006),
        ({"destinationId": "x"}, 195007),
        ({"payload": None}, 195008),
        ({"payload": {**PAYLOAD, "schemaVersion": "2.0"}}, 195008),
        ({"payload": {**PAYLOAD, "format": "XML"}}, 195009),
        ({"payload": {**PAYLOAD, "deliveryProtocol": "HTTP"}}, 195010),
    ],
)
def test_wrong_subscriptions(ready, error, change, number):
    assert error(ready.subscription(ready.destination_id, **change)) == (400, number)
    if "topicId" not in change:
        one = f"/subscription/{id_of(ready.subscription(ready.destination_id))}"
        wish = {"status": "ENABLED", "destinationId": ready.destination_id, "payload": PAYLOAD, **change}
        assert error(ready.ask("PUT", one, json=wish)) == (400, number)


def test_the_token_follows_the_topic(ready, receiver, error):
    client = ready.client
    assert error(ready.subscription(ready.destination_id, token=client.token)) == (403, 195011)
    assert error(ready.subscription(ready.destination_id, "ITEM_MARKED_SHIPPED")) == (403, 195011)
    subscription_id = id_of(ready.subscription(ready.destination_id, "ITEM_MARKED_SHIPPED", token=client.token))
    # The application does not see what the seller subscribed to, nor the other way round.
    assert ready.ask("GET", "/subscription").json()["total"] == 0
    assert ready.ask("GET", "/subscription", token=client.token).json()["total"] == 1
    assert error(ready.ask("GET", f"/subscription/{subscription_id}")) == (404, 195013)
    refresh = client.settings["refresh_token"]
    narrow = client.ask_token(
        grant_type="refresh_token", refresh_token=refresh, scope=f"{SCOPE}/commerce.notification.subscription.readonly"
    ).json()["access_token"]
    assert ready.ask("GET", "/subscription", token=narrow).json()["total"] == 1
    assert error(ready.ask("DELETE", f"/subscription/{subscription_id}", token=narrow)) == (403, 1100)
    told = client.admin("notify", topic="ITEM_MARKED_SHIPPED", data={"a": 1}, account="ebay-us")
    assert len(told["deliveries"]) == 1
    with pytest.raises(AdminError):
        client.admin("notify", topic="ITEM_MARKED_SHIPPED", data={"a": 1}, account="ebay-uk")
    # What the seller's subscription may be tested with is not established: an empty object.
    assert ready.ask("POST", f"/subscription/{subscription_id}/test", token=client.token, json={}).status_code == 202
    assert json.loads(receiver.got[-1][1])["notification"]["data"] == {}


def test_a_subscription_needs_a_configuration(ready, error):
    ready.client.sandbox.vendors["ebay"]._notifications.alert_email = None
    assert error(ready.subscription(ready.destination_id)) == (409, 195003)


def test_every_documented_path_but_filters(ready, contract, error):
    documented = {
        (path, method)
        for path, methods in contract(NOTIFICATION).document["paths"].items()
        for method in methods
        if method in ("get", "post", "put", "delete")
    }
    for path, method in documented:
        filled = path.replace("{", "").replace("}", "")
        answer = ready.ask(method.upper(), filled, json={})
        missing = answer.status_code == 404 and answer.json()["errors"][0]["errorId"] == 2002
        assert missing == ("/filter" in path), (path, method)


def test_no_verification_token_is_shown(ready):
    assert TOKEN not in json.dumps(ready.client.sandbox.vendors["ebay"].state())
    assert TOKEN not in repr(ready.client.sandbox.vendors["ebay"]._notifications.destinations)
