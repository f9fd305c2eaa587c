"""Labels, as a printer and a scanner see them."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import Any

ONE = "aliexpress.logistics.redefining.getprintinfo"
MANY = "aliexpress.logistics.redefining.getprintinfos"


def entry(result: dict[str, Any]) -> dict[str, Any]:
    return {"id": result["warehouse_order_id"], "international_logistics_id": result["intl_tracking_no"]}


def test_a_label_of_100_by_150_mm_with_readable_codes(ae: Any, printed: Any, read_pdf: Any) -> None:
    result = ae.book()
    answer = ae.call(ONE, international_logistics_id=result["intl_tracking_no"])
    content = printed(answer)
    assert content.startswith(b"%PDF")
    assert json.loads(answer["result"])["Content-Type"] == "application/x-zip-compressed"
    pages = read_pdf(content)
    assert pages.sizes_mm() == [(100, 150)]
    assert pages.barcodes() == [{result["intl_tracking_no"], result["out_order_code"]}]
    (text,) = pages.texts()
    for wanted in (
        "Élodie Garnier",
        "7 rue des Cerisiers",
        "France",
        "return to: Shenzhen",
        "Enamel mug",
        "732394",
        "USD 12.98",
        "SIMULATED",
    ):
        assert wanted in text


def test_nothing_is_printed_at_the_edge_of_the_paper(ae: Any, printed: Any, read_pdf: Any) -> None:
    request = ae.order_request()
    places = request["address_d_t_os"]
    street = "7 rue des Cerisiers, escalier de gauche au fond de la cour, appartement 1204, Bâtiment B"
    places["receiver"] |= {"name": "Élodie Marie-Joséphine Garnier de la Tour du Pin", "street_address": street}
    result = ae.book(address_d_t_os=places)
    pages = read_pdf(printed(ae.call(ONE, international_logistics_id=result["intl_tracking_no"])))
    assert pages.blank_right_mm() >= [2.5]


def test_the_same_label_is_the_same_bytes(ae: Any) -> None:
    number = ae.book()["intl_tracking_no"]
    first, second = (ae.call(ONE, international_logistics_id=number)["result"] for _ in range(2))
    assert first == second


def test_details_of_the_contents_on_request(ae: Any, printed: Any, read_pdf: Any) -> None:
    result = ae.book()
    for wish, there in (("true", True), ("false", False)):
        answer = ae.call(MANY, print_detail=wish, warehouse_order_query_d_t_os=[entry(result)])
        assert ("MUG-02 x2" in read_pdf(printed(answer)).texts()[0]) is there


def test_several_labels_are_a_zip(ae: Any, printed: Any, read_pdf: Any) -> None:
    results = [ae.book() for _ in range(3)]
    answer = ae.call(MANY, warehouse_order_query_d_t_os=[entry(result) for result in results])
    archive = zipfile.ZipFile(io.BytesIO(printed(answer)))
    assert archive.testzip() is None
    assert archive.namelist() == [f"{result['intl_tracking_no']}.pdf" for result in results]
    for result in results:
        pages = read_pdf(archive.read(f"{result['intl_tracking_no']}.pdf"))
        assert result["intl_tracking_no"] in pages.barcodes()[0]


def test_one_route_zips_a_single_label(ae: Any, printed: Any) -> None:
    result = ae.book("CPAM_WLB_CPHSH")
    content = printed(ae.call(ONE, international_logistics_id=result["intl_tracking_no"]))
    assert content.startswith(b"PK")


def test_a_label_with_fifty_products_and_foreign_letters(ae: Any, goods: Any, printed: Any, read_pdf: Any) -> None:
    addresses = ae.order_request()["address_d_t_os"]
    addresses["receiver"] |= {"name": "Žofie 陳 🎁", "street_address": "x" * 120}
    result = ae.book(address_d_t_os=addresses, declare_product_d_t_os=[goods(product_weight="0.010")] * 50)
    pages = read_pdf(printed(ae.call(ONE, international_logistics_id=result["intl_tracking_no"])))
    assert "and 45 more" in pages.texts()[0]
    assert result["intl_tracking_no"] in pages.barcodes()[0]


def test_no_label_without_a_number(ae: Any) -> None:
    result = ae.book("CAINIAO_STANDARD_FPXSZ")
    answer = ae.call(MANY, warehouse_order_query_d_t_os=[{"id": result["warehouse_order_id"]}])
    held = json.loads(answer["result"])
    assert held["StatusCode"] != 200
    assert held["body"] == ""
    ae.advance(hours=1)
    answer = ae.call(MANY, warehouse_order_query_d_t_os=[{"id": result["warehouse_order_id"]}])
    assert json.loads(answer["result"])["StatusCode"] == 200


def test_no_label_for_what_is_unknown_or_closed(ae: Any) -> None:
    result = ae.book()
    wrong = [{**entry(result), "international_logistics_id": "RV000000000CN"}]
    for answer in (
        ae.call(ONE, international_logistics_id="RV000000000CN"),
        ae.call(ONE, international_logistics_id=result["out_order_code"]),
        ae.call(MANY, warehouse_order_query_d_t_os=wrong),
        ae.call(MANY, warehouse_order_query_d_t_os=[{"id": 5}]),
    ):
        assert json.loads(answer["result"])["StatusCode"] != 200
    ae.advance(days=31)
    answer = ae.call(ONE, international_logistics_id=result["intl_tracking_no"])
    assert json.loads(answer["result"])["StatusCode"] != 200
    assert ae.refused(MANY).startswith("15 warehouse_order_query_d_t_os")


def test_sorting_codes_for_a_label_of_ones_own(ae: Any) -> None:
    api = "aliexpress.logistics.redefining.getfieldinfoforprint"
    result = ae.book()
    found = ae.call(api, id=str(result["warehouse_order_id"]))["result"]
    assert found["success"] is True
    assert found["zoning_code"].startswith("FR")
    assert ae.call(api, id="5")["result"]["success"] is False


def test_the_body_is_base64(ae: Any) -> None:
    held = json.loads(ae.call(ONE, international_logistics_id=ae.book()["intl_tracking_no"])["result"])
    assert base64.b64decode(held["body"], validate=True)[:4] == b"%PDF"
