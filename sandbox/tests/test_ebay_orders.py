"""getOrders and getOrder: filters, pages, error numbers, and the shape of every order."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xborder_sandbox.ebay.errors import ApiError
from xborder_sandbox.ebay.order_filter import parse_query

FULFILLMENT = "ebay/openapi/sell_fulfillment_v1_oas3.json"
# In every real payload seen, and not in the document.
EXTRA = frozenset({"legacyOrderId"})


def error_number(error: ApiError) -> tuple[int, int]:
    return error.status, error.body["errors"][0]["errorId"]


def filtered(*parts: str) -> str:
    return "?filter=" + ",".join(quote(part, safe=":") for part in parts)


def test_every_listed_order_has_the_documented_shape(ebay, contract):
    document = contract(FULFILLMENT)
    for query in ("?limit=200", "?limit=200&fieldGroups=TAX_BREAKDOWN"):
        answer = ebay.orders(query)
        assert answer.json()["total"] == 17
        document.check_response("/order", "get", 200, answer.json(), EXTRA)


def test_every_single_order_has_the_documented_shape(ebay, contract):
    document = contract(FULFILLMENT)
    for listed in ebay.all_orders():
        for query in ("", "?fieldGroups=TAX_BREAKDOWN"):
            document.check_response("/order/{orderId}", "get", 200, ebay.order(listed["orderId"], query), EXTRA)


def test_the_yardstick_refuses_an_invented_field(ebay, contract):
    body = ebay.orders("?limit=1").json()
    body["orders"][0]["buyer"]["shoeSize"] = "42"
    with pytest.raises(AssertionError, match="shoeSize"):
        contract(FULFILLMENT).check_response("/order", "get", 200, body, EXTRA)


def test_amounts_are_texts_without_padding(ebay):
    def amounts(node):
        if isinstance(node, dict):
            if "value" in node and "currency" in node:
                yield node["value"]
            for value in node.values():
                yield from amounts(value)
        elif isinstance(node, list):
            for value in node:
                yield from amounts(value)

    values = list(amounts(ebay.all_orders()))
    assert len(values) > 100
    for value in values:
        assert isinstance(value, str)
        whole, _, decimals = value.partition(".")
        assert whole
        assert decimals == "0" or not decimals.endswith("0"), value


def test_lists_hide_cancel_requests_and_tax_numbers(ebay):
    cancelling = ebay.order_of("Sunniva Aas")
    assert cancelling["cancelStatus"] == {"cancelState": "IN_PROGRESS", "cancelRequests": []}
    (request,) = ebay.order(cancelling["orderId"])["cancelStatus"]["cancelRequests"]
    assert request["cancelRequestState"] == "REQUESTED"
    assert request["cancelInitiator"] == "BUYER"

    italian = ebay.order_of("Chiara Bellandi")
    assert "taxIdentifier" not in italian["buyer"]
    assert ebay.order(italian["orderId"])["buyer"]["taxIdentifier"]["taxIdentifierType"] == "CODICE_FISCALE"


def test_tax_breakdown_adds_remitted_tax_to_totals(ebay):
    plain = ebay.order_of("Jonas Brückmann")
    full = ebay.order(plain["orderId"], "?fieldGroups=TAX_BREAKDOWN")
    tax = float(full["lineItems"][0]["ebayCollectAndRemitTaxes"][0]["amount"]["value"])
    assert tax > 0
    before, after = (float(order["pricingSummary"]["total"]["value"]) for order in (plain, full))
    assert after == pytest.approx(before + tax)
    assert "tax" not in plain["pricingSummary"]
    assert float(full["pricingSummary"]["tax"]["value"]) == pytest.approx(tax)
    assert full["lineItems"][0]["taxes"][0]["taxType"] == "VAT"


def test_tax_types_are_named_in_the_breakdown_only(ebay_uk):
    plain = ebay_uk.order_of("Oonagh Kilbride")
    assert list(plain["lineItems"][0]["taxes"][0]) == ["amount"]
    full = ebay_uk.order(plain["orderId"], "?fieldGroups=TAX_BREAKDOWN")
    assert full["lineItems"][0]["taxes"][0]["taxType"] == "VAT"
    assert full["pricingSummary"]["total"] == plain["pricingSummary"]["total"]


def test_pages_cover_everything_once_and_follow_the_host(ebay):
    seen, address, steps = [], "/ebay/api/sell/fulfillment/v1/order?limit=5", 0
    while address:
        answer = ebay.http.get(address, headers={"authorization": f"Bearer {ebay.token}", "host": "shop.test:81"})
        page = answer.json()
        assert page["limit"] == 5
        assert page["offset"] == 5 * steps
        assert ("prev" in page) == (steps > 0)
        seen += [order["orderId"] for order in page["orders"]]
        address = page.get("next")
        if address:
            assert address.startswith("http://shop.test:81/ebay/api/sell/fulfillment/v1/order?limit=5&offset=")
            address = address.removeprefix("http://shop.test:81")
        steps += 1
    assert steps == 4
    assert len(seen) == len(set(seen)) == 17


def test_the_last_page_may_be_full(ebay):
    assert "next" not in ebay.orders("?limit=17").json()
    assert ebay.orders("?limit=16").json()["next"].endswith("limit=16&offset=16")
    beyond = ebay.orders("?limit=17&offset=17").json()
    assert (beyond["orders"], beyond["total"]) == ([], 17)
    assert "next" not in beyond


def test_next_keeps_the_filter_percent_encoded(ebay):
    query = filtered("orderfulfillmentstatus:{NOT_STARTED|IN_PROGRESS}", "creationdate:[2026-02-01T00:00:00.000Z..]")
    page = ebay.orders(query + "&limit=3").json()
    assert "%7BNOT_STARTED%7CIN_PROGRESS%7D" in page["next"]
    assert not set(page["next"]) & set("[]{}|")
    following = ebay.http.get(page["next"], headers={"authorization": f"Bearer {ebay.token}"}).json()
    assert following["total"] == page["total"] == 16
    assert following["prev"] == page["href"]
    assert not {order["orderId"] for order in page["orders"]} & {order["orderId"] for order in following["orders"]}


def test_oldest_first(ebay):
    dates = [order["creationDate"] for order in ebay.all_orders()]
    assert dates == sorted(dates)


def test_order_ids_win_over_everything_else(ebay):
    ids = [order["orderId"] for order in ebay.all_orders()[:3]]
    page = ebay.orders(f"?orderIds={','.join(ids)},99-99999-99999&limit=0&filter=nonsense&fieldGroups=X").json()
    assert [order["orderId"] for order in page["orders"]] == ids
    assert page["total"] == 3
    assert "next" not in page


def test_creation_date_beats_modification_date(ebay):
    newest = ebay.all_orders()[-1]
    created = newest["creationDate"]
    both = filtered(
        f"creationdate:[{created}..]", "lastmodifieddate:[2026-01-01T00:00:00.000Z..2026-01-02T00:00:00.000Z]"
    )
    assert [order["orderId"] for order in ebay.orders(both).json()["orders"]] == [newest["orderId"]]


def test_both_ends_of_a_range_belong_to_it(ebay):
    first, second, third = (order["creationDate"] for order in ebay.all_orders()[:3])
    assert ebay.orders(filtered(f"creationdate:[{first}..{third}]")).json()["total"] == 3
    assert ebay.orders(filtered(f"creationdate:[{first}..{second}]")).json()["total"] == 2


def test_modified_since(ebay):
    orders = ebay.all_orders()
    since = sorted(order["lastModifiedDate"] for order in orders)[-4]
    page = ebay.orders(filtered(f"lastmodifieddate:[{since}..]")).json()
    assert {order["orderId"] for order in page["orders"]} == {
        order["orderId"] for order in orders if order["lastModifiedDate"] >= since
    }
    assert page["total"] >= 4


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("{NOT_STARTED|IN_PROGRESS}", 16), ("{FULFILLED|IN_PROGRESS}", 1), ("{IN_PROGRESS|FULFILLED}", 1)],
)
def test_by_status(ebay, wanted, found):
    assert ebay.orders(filtered(f"orderfulfillmentstatus:{wanted}")).json()["total"] == found


def test_without_a_filter_only_ninety_days(ebay):
    old = ebay.admin("add_order", order={"creationDate": "2025-11-01T00:00:00.000Z"})
    assert old["orderId"] not in [order["orderId"] for order in ebay.all_orders()]
    page = ebay.orders(filtered("creationdate:[2025-10-31T00:00:00.000Z..]") + "&limit=1").json()
    assert page["orders"][0]["orderId"] == old["orderId"]


WRONG = [
    (filtered("orderstatus:{PAID}"), 30700),
    (filtered("orderfulfillmentstatus:{NOT_STARTED}"), 30800),
    (filtered("orderfulfillmentstatus:NOT_STARTED|IN_PROGRESS"), 30800),
    (filtered("orderfulfillmentstatus:{NOT_STARTED|FULFILLED}"), 30800),
    (filtered("creationdate:2026-02-01T00:00:00.000Z"), 30800),
    (filtered("creationdate:"), 30800),
    (filtered("creationdate:[2026-02-01T00:00:00Z..]"), 30810),
    (filtered("creationdate:[2026-02-30T00:00:00.000Z..]"), 30810),
    (filtered("creationdate:[2026-02-01T00:00:00.000+01:00..]"), 30810),
    (filtered("creationdate:[..2026-02-01T00:00:00.000Z]"), 30820),
    (filtered("creationdate:[2023-02-01T00:00:00.000Z..]"), 30830),
    (filtered("lastmodifieddate:[2026-02-02T00:00:00.000Z..2026-02-01T00:00:00.000Z]"), 30840),
    (filtered("creationdate:[2026-03-03T00:00:00.000Z..]"), 30850),
    (filtered("creationdate:[2026-03-01T00:00:00.000Z..2026-03-03T00:00:00.000Z]"), 30850),
    ("?orderIds=" + ",".join(["12-12345-12345"] * 51), 30900),
    ("?offset=-1", 31000),
    ("?offset=x", 31000),
    ("?limit=0", 31100),
    ("?limit=201", 31100),
    ("?limit=ten", 31100),
    ("?fieldGroups=ALL", 32800),
]


@pytest.mark.parametrize(("query", "number"), WRONG)
def test_each_wrong_parameter_has_its_number(ebay, error, query, number):
    assert error(ebay.orders(query)) == (400, number)


def test_the_numbers_are_the_documents(ebay, contract):
    document = contract(FULFILLMENT)
    codes = document.operation("/order", "get")["responses"]["400"]["x-response-codes"]["errors"]
    assert {str(number) for _, number in WRONG} == set(codes)
    for query, _ in WRONG:
        document.check({"$ref": "#/components/schemas/Error"}, ebay.orders(query).json()["errors"][0])


def test_bare_brackets_are_refused(ebay):
    # Every client encodes them by itself, so the query is given to the parser directly.
    with pytest.raises(ApiError) as refused:
        parse_query("filter=creationdate:[2026-02-01T00:00:00.000Z..]")
    assert error_number(refused.value) == (400, 30800)
    assert parse_query("filter=creationdate:%5B2026..%5D&limit=5") == {"filter": "creationdate:[2026..]", "limit": "5"}


@pytest.mark.parametrize(
    ("order_id", "status"), [("nonsense", 400), ("12345678901", 400), ("99-99999-99999", 404), ("1-12345-12345", 400)]
)
def test_unknown_orders(ebay, error, order_id, status):
    assert error(ebay.call("GET", f"/sell/fulfillment/v1/order/{order_id}")) == (status, 32100)


def test_another_sellers_order_does_not_exist(ebay, ebay_uk, error):
    theirs = ebay_uk.all_orders()[0]["orderId"]
    assert error(ebay.call("GET", f"/sell/fulfillment/v1/order/{theirs}")) == (404, 32100)


def test_lists_live_on_a_changing_set(ebay):
    before = ebay.orders("?limit=200").json()
    added = ebay.admin("add_order", order={"orderPaymentStatus": "PAID"})
    after = ebay.orders("?limit=200").json()
    assert after["total"] == before["total"] + 1
    assert after["orders"][-1]["orderId"] == added["orderId"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 200), offset=st.integers(0, 40))
def test_any_page_is_a_slice_of_the_list(ebay, limit, offset):
    everything = [order["orderId"] for order in ebay.all_orders()]
    page = ebay.orders(f"?limit={limit}&offset={offset}").json()
    assert [order["orderId"] for order in page["orders"]] == everything[offset : offset + limit]
    assert ("next" in page) == (offset + limit < len(everything))
    assert ("prev" in page) == (offset > 0)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_no_filter_breaks_it(ebay, text):
    answer = ebay.orders("?filter=" + quote(text, safe=""))
    assert answer.status_code in (200, 400)
    json.loads(answer.content)
