"""Labels as a scanner reads them, and what happens to parcels."""

from __future__ import annotations

import io
from datetime import datetime

import pypdfium2
import pytest
import zxingcpp

from xborder_sandbox.errors import AdminError, UnknownActionError
from xborder_sandbox.parcels import Stage


def pages(content):
    return list(pypdfium2.PdfDocument(io.BytesIO(content)))


def codes(page):
    picture = page.render(scale=203 / 72).to_pil()
    return {(code.text, code.format.name) for code in zxingcpp.read_barcodes(picture)}


def label(post, number):
    settings = post.settings
    wish = {"ecCompanyId": settings["sender_no"], "ak": settings["ak"], "barCode": number, "version": "1"}
    return post.open("120001", {**wish, "pageType": "RM"}).content


@pytest.mark.parametrize("product", ["019", "002", "007"])
def test_a_label_is_100_by_150_and_can_be_scanned(post, product):
    number = post.send(biz_product_no=product)
    (page,) = pages(label(post, number))
    assert [round(side / 72 * 25.4) for side in page.get_size()] == [100, 150]
    assert codes(page) == {(number, "Code128")}
    text = page.get_textpage().get_text_range()
    for said in ("Odile Varenne", "12 rue des Tilleuls", "75011 Paris", "SIMULATED", "180 g", "12.50 USD", "SO-1"):
        assert said in text, said


def test_many_labels_have_a_page_each(post):
    numbers = [post.send(f"SO-{index}") for index in range(3)]
    found = pages(label(post, ",".join(numbers)))
    assert [codes(page) for page in found] == [{(number, "Code128")} for number in numbers]


def test_sixty_lines_fit(post):
    item = post.order()["items"][0]
    number = post.send(items=[{**item, "cargo_no": str(index)} for index in range(60)])
    (page,) = pages(label(post, number))
    assert "and 55 more" in page.get_textpage().get_text_range()


def test_an_announced_parcel_has_no_events_until_it_is_accepted(post):
    number = post.send()
    assert post.events(number) == []
    assert post.open("040001", {"waybillNo": number}).json()["retMsg"]
    post.advance(hours=7)  # 16:30
    assert post.events(number) == []
    post.advance(minutes=31)
    (event,) = post.events(number)
    assert (event["opCode"], event["opTime"]) == ("203", "2026-03-02 17:00:00")
    assert (event["opOrgCity"], event["opOrgProvName"]) == ("Shenzhen", "Guangdong")


def test_late_orders_are_accepted_the_next_day(post):
    post.advance(hours=5)
    number = post.send()
    post.advance(hours=26)
    assert post.events(number) == []
    post.advance(hours=2)
    assert post.events(number)[0]["opTime"] == "2026-03-03 17:00:00"


@pytest.mark.parametrize(
    ("story", "seen", "last"),
    [
        ("plain", {"457", "459", "EDC", "461", "O_014"}, "463"),
        ("not_home", {"542"}, "463"),
        ("customs", {"470", "EDC"}, "463"),
        ("pickup_point", {"491"}, "748"),
        ("returned", {"542", "447"}, "711"),
    ],
)
def test_every_story_comes_to_its_end(post, story, seen, last):
    number = post.story(story)
    post.advance(days=60)
    events = post.events(number)
    found = [event["opCode"] for event in events]
    assert found[0] == "203"
    assert found[-1] == last
    assert seen <= set(found)
    moments = [datetime.fromisoformat(event["opTime"]) for event in events]
    assert moments == sorted(moments)
    assert events[-1]["deliverCode"] == ("10" if last in ("463", "748") else "")
    parcel = next(p for p in post.state()["parcels"] if p["number"] == number)
    assert parcel["delivered"] is (last != "711")
    assert parcel["coming"] == []


def test_events_have_the_fields_of_the_papers(post):
    number = post.send()
    post.advance(days=2)
    for event in post.events(number):
        assert {"opTime", "opCode", "opName", "opDesc", "opOrgCity", "opOrgProvName"} <= event.keys()
        assert all(isinstance(value, str) for value in event.values())


def test_dearer_services_are_faster(post):
    numbers = {product: post.send(product, biz_product_no=product) for product in ("007", "019", "002")}
    coming = {p["number"]: p["coming"][-1]["at"] for p in post.state()["parcels"] if p["story"] == "plain"}
    ends = [coming[number] for number in numbers.values() if number in coming]
    assert len(ends) > 1
    assert ends == sorted(ends)


def test_another_numbers_events_are_nothing(post):
    answer = post.open("040001", {"waybillNo": "LN156947362CN"}).json()
    assert (answer["success"], answer["retBody"]) == (True, "[]")
    assert post.refusal("040001", {}) == "B03"
    assert post.refusal("040001", []) == "S01"


def test_the_board_shows_what_happened(post):
    board, number = post.sandbox.world.parcels, post.story("plain")
    assert board.find("LN156947362CN") is None
    assert board.find(number).sightings == ()
    post.advance(days=30)
    parcel = board.find(number)
    assert (parcel.carrier, parcel.destination.country, parcel.grams) == ("China Post", "FR", 180)
    stages = [seen.stage for seen in parcel.sightings]
    assert stages[0] is Stage.PICKED_UP
    assert stages[-1] is Stage.DELIVERED
    assert {Stage.LEFT_COUNTRY, Stage.REACHED_COUNTRY, Stage.IN_CUSTOMS, Stage.CLEARED} <= set(stages)
    assert board.find(post.send("E", biz_product_no="007")).carrier == "China EMS"


def test_actions_hand_over_scan_deliver_and_lose(post):
    first, second, third = (post.send(f"SO-{index}") for index in range(3))
    told = post.admin("accept", waybill=first)
    assert [scan["code"] for scan in told["scans"]] == ["203"]
    with pytest.raises(AdminError):
        post.admin("accept", waybill=first)
    post.admin("add_scan", waybill=first, code="999", place="import")
    assert post.events(first)[-1]["opName"] == "999"
    post.admin("deliver", waybill=second)
    post.admin("lose", waybill=third)
    post.advance(days=70)
    assert [event["opCode"] for event in post.events(second)] == ["463"]
    assert [event["opCode"] for event in post.events(third)] == ["987"]
    for wrong in ({"code": ""}, {"code": "1", "at": "now"}, {"code": "1", "at": "2026-03-02"}, {"place": "moon"}):
        with pytest.raises(AdminError):
            post.admin("add_scan", **{"waybill": first, "code": "1", **wrong})
    with pytest.raises(AdminError):
        post.admin("deliver", waybill="?")
    with pytest.raises(UnknownActionError):
        post.admin("?")


def test_scenarios_and_seeds(make_post):
    demo = make_post(scenario="demo").state()["parcels"]
    assert len(demo) == 6
    assert {p["family"] for p in demo} == {"epacket", "small_packet", "ems"}
    assert demo[0]["scans"] == []
    assert demo[-1]["delivered"] is True
    assert [p["number"] for p in make_post(scenario="demo").state()["parcels"]] == [p["number"] for p in demo]
    assert make_post(scenario="demo", seed=2).state()["parcels"][0]["number"] != demo[0]["number"]
    assert len(make_post(scenario="bulk").state()["parcels"]) == 100
    post = make_post()
    post.send()
    post.sandbox.reset()
    assert post.state()["parcels"] == []
