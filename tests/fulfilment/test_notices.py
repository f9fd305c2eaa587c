"""Notices to buyers: templates checked before anything leaves, sent once per parcel, and never shown."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fulfilment.bazaar import Bazaar, BazaarSeller, open_bazaar
from tests.fulfilment.making import address, config

from xborder_sdk.errors import ConfigurationError
from xborder_sdk.fulfilment import Notices, NoticeState, NoticeTemplate, Step, WorkState
from xborder_sdk.fulfilment.notices import VARIABLES, Filled, fill, named_in
from xborder_sdk.models import HoldReason, Service, TrackingStatus

WORDS = "Order {order_id} travels as {number} by {service} of {carrier}: {days_from}-{days_to} days."
ENGLISH = {"language": "en", "text": WORDS}
FRENCH = {"language": "fr", "text": "Votre commande {order_id} est en route: {number}."}
NOTICES: dict[str, Any] = {
    "languages": {"FR": "fr"},
    "days": {"bazaar/STD": [15, 25]},
    "templates": [ENGLISH, FRENCH],
}


# -- templates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"templates": []}, r"fulfilment\.notices\.templates"),
        ({"templates": [{"language": "en", "text": "for {order_di}"}]}, r"notices\.templates\.0\.text: \{order_di\}"),
        ({"templates": [{"language": "en", "text": "{number!r}"}]}, r"notices\.templates\.0\.text: write a variable"),
        ({"templates": [{"language": "en", "text": "{number:>9}"}]}, "nothing else between the braces"),
        ({"templates": [{"language": "en", "text": "{order_id.x}"}]}, "nothing else between the braces"),
        ({"templates": [{"language": "en", "text": "{0}"}]}, "nothing else between the braces"),
        ({"templates": [{"language": "en", "text": "{}"}]}, "nothing else between the braces"),
        ({"templates": [{"language": "en", "text": "a { alone"}]}, "a brace stands alone"),
        ({"templates": [{"language": "en", "text": ""}]}, r"notices\.templates\.0\.text"),
        ({"templates": [{"language": "English", "text": "x"}]}, r"notices\.templates\.0\.language"),
        ({"templates": [FRENCH]}, "no template is in the language en"),
        ({"languages": {"FR": "fr", "DE": "de"}}, "no template is in the language de"),
        ({"languages": {"Frankreich": "fr"}}, r"notices\.languages"),
        ({"days": {"bazaar/STD": [25, 15]}}, r"days\.bazaar/STD: the fewest days come first"),
        ({"days": {"bazaar/STD": [15]}}, r"notices\.days\.bazaar/STD"),
        ({"days": {"fedex/IP": [1, 3]}}, r"fulfilment\.notices\.days\.fedex/IP: fedex is not among"),
        ({"templates": [ENGLISH | {"service": "fedex"}]}, r"fulfilment\.notices\.templates\.0\.service: fedex"),
        ({"tracking_url": "https://example.com/{order_id}"}, r"notices\.tracking_url"),
        ({"tracking_url": "http://example.com/{number}"}, "begins with https"),
    ],
)
def test_what_is_written_wrongly_is_refused_with_its_key(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        config(carriers=["bazaar"], notices=NOTICES | {"languages": {}} | changes)
    assert "travels as" not in str(caught.value)
    assert not changes.get("templates") or "at least 1 item" not in str(caught.value)  # there is one, and it is wrong


def test_language_and_service_choose_the_words() -> None:
    templates = [
        {"language": "en", "text": "any"},
        {"language": "en", "service": ["post/e*"], "text": "packet"},
        {"language": "fr", "service": "post/e*", "text": "paquet"},
    ]
    notices = Notices.model_validate({"languages": {"FR": "fr"}, "templates": templates})
    packet, plain = Service(code="8", name="ePacket"), Service(code="3", name="Surface")

    def words(country: str | None, service: Service) -> str | None:
        found = notices.template(country, "post", service)
        return None if found is None else found.text

    assert words("DE", packet) == words(None, packet) == "packet"
    assert words("FR", packet) == "paquet"
    assert words("FR", plain) == words("DE", plain) == "any"
    narrow = Notices.model_validate({"templates": templates[1:2]})
    assert narrow.template("DE", "post", plain) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ePacket", (15, 25)),
        ("e邮宝", (15, 25)),
        ("China Post ePacket Plus", (15, 25)),
        ("Small packet", (15, 45)),
        ("国际小包（挂号）", (15, 45)),
        ("EMS", (5, 12)),
        ("Express Worldwide", None),
    ],
)
def test_how_long_it_takes(name: str, expected: tuple[int, int] | None) -> None:
    notices = Notices.model_validate({"days": {"post/EMS": [5, 12]}, "templates": [ENGLISH]})
    assert notices.expected_days("post", Service(code="X", name=name)) == expected
    own = Notices.model_validate({"days": {"post": [1, 2]}, "templates": [ENGLISH]})
    assert own.expected_days("post", Service(code="X", name=name)) == (1, 2)


@given(
    st.lists(
        st.one_of(
            st.sampled_from([f"{{{name}}}" for name in VARIABLES]),
            st.text(st.characters(codec="utf-8", exclude_characters="{}"), max_size=8),
            st.sampled_from(["{{", "}}"]),
        ),
        min_size=1,
    ).filter(any),
    st.dictionaries(st.sampled_from(VARIABLES), st.one_of(st.none(), st.just(""), st.text(min_size=1, max_size=9))),
)
def test_a_text_is_whole_or_there_is_none(parts: list[str], values: dict[str, str | None]) -> None:
    template = NoticeTemplate(language="en", text="".join(parts))
    filled = fill(template, values)
    wanted = named_in(template.text)
    lacking = tuple(name for name in wanted if not values.get(name))
    assert filled.missing == lacking
    if lacking:
        assert filled == Filled(None, lacking)
        return
    expected = [
        part[0] if part in {"{{", "}}"} else (values[part[1:-1]] or "") if part[1:-1] in wanted else part
        for part in parts
    ]
    assert filled.text == "".join(expected)


def test_a_page_to_follow_on() -> None:
    notices = Notices.model_validate({"tracking_url": "https://example.com/t?n={number}&l=en", "templates": [ENGLISH]})
    assert notices.page("L 1/2", None) == "https://example.com/t?n=L%201%2F2&l=en"
    assert notices.page("L1", "https://carrier.example/L1") == "https://carrier.example/L1"


# -- sending -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def bazaar() -> Iterator[Bazaar]:
    with open_bazaar() as found:
        found.put("A-1", ship_to=address("DE"))
        yield found


@pytest.fixture
def seller(bazaar: Bazaar, tmp_path: Path) -> BazaarSeller:
    made = BazaarSeller(tmp_path, bazaar)
    made.rules["notices"] = NOTICES
    return made


GERMAN = "Order A-1 travels as LB000001CN by Bazaar Standard of Bazaar: 15-25 days."


def texts(bazaar: Bazaar) -> list[str]:
    return [message["text"] for message in bazaar.messages]


def test_a_buyer_is_told_once_after_the_platform(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.put("B-2", ship_to=address("FR"))
    told = seller.run()
    assert [one.step for one in told if one.order_id == "A-1"][-2:] == [Step.DECLARE, Step.NOTICE]
    assert sorted(texts(bazaar)) == [GERMAN, "Votre commande B-2 est en route: LB000002CN."]
    assert {message["buyer"] for message in bazaar.messages} == {"wanda"}
    assert {row.notice for row in seller.rows().values()} == {NoticeState.SENT}
    for _ in range(2):
        seller.later(4000)
        assert Step.NOTICE not in {one.step for one in seller.run()}
    assert len(bazaar.messages) == 2


def test_the_words_are_in_no_log_and_in_nothing_a_run_tells(
    bazaar: Bazaar, seller: BazaarSeller, caplog: pytest.LogCaptureFixture
) -> None:
    bazaar.faults["message"] = [400]
    with caplog.at_level(logging.DEBUG):
        told = seller.run()
    assert Step.NOTICE in {one.step for one in told}
    for place in (repr(told), repr(seller.rows()), caplog.text):
        assert "travels as" not in place
        assert "wanda" not in place


@pytest.mark.parametrize("dies", ["before it is sent", "after it was sent"])
def test_a_run_that_dies_around_a_message_sends_the_same_words_once(
    bazaar: Bazaar, seller: BazaarSeller, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    from xborder_sdk.client import Client

    true = Client.send_message

    def killed(self: Any, *args: Any, **kwargs: Any) -> Any:
        if dies == "after it was sent":
            true(self, *args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Client, "send_message", killed)
        with pytest.raises(KeyboardInterrupt):
            seller.run()
    assert seller.row().notice is NoticeState.BEGUN
    # Other words meanwhile change nothing that was begun.
    seller.rules["notices"] = NOTICES | {"templates": [{"language": "en", "text": "Hello {order_id}"}, FRENCH]}
    seller.run()
    assert seller.row().notice is NoticeState.SENT
    assert texts(bazaar) == [GERMAN]


def test_a_message_in_doubt_is_for_a_person_and_never_repeated(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.faults["message"] = ["lost"]
    seller.run()
    for _ in range(3):
        seller.later(4000)
        seller.run()
    row = seller.row()
    assert (row.state, row.notice) == (WorkState.DECLARED, NoticeState.BEGUN)
    assert [(hold.reason, hold.field) for hold in row.holds] == [(HoldReason.OUTCOME_UNKNOWN, "notice")]
    assert len(bazaar.called("message")) == 1
    bazaar.tracking["LB000001CN"] = TrackingStatus.IN_TRANSIT
    with seller.fulfilment() as fulfilment:
        list(fulfilment.follow())
        row = fulfilment.work.get("bazaar", "A-1") or row
        assert (row.state, [hold.field for hold in row.holds]) == (WorkState.IN_TRANSIT, ["notice"])
        fulfilment.retry("bazaar", "A-1")
        assert len(fulfilment.held_rows()) == 1
        (doubt,) = fulfilment.client.store.doubts()
        fulfilment.client.store.resolve(
            doubt.intent, doubt.attempt, happened=True, outcome_id=None, resolved_by="Kim", reason="seen"
        )
    seller.run()
    row = seller.row()
    assert (row.notice, row.holds) == (NoticeState.SENT, ())
    assert len(bazaar.messages) == 1


def test_what_did_not_happen_is_sent_after_a_person_said_so(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.faults["message"] = [500]
    seller.run()
    with seller.fulfilment() as fulfilment:
        (doubt,) = fulfilment.client.store.doubts()
        fulfilment.client.store.resolve(
            doubt.intent, doubt.attempt, happened=False, outcome_id=None, resolved_by="Kim", reason="asked"
        )
    seller.later(4000)
    seller.run()
    assert seller.row().notice is NoticeState.SENT
    assert texts(bazaar) == [GERMAN]


def test_a_missing_value_stops_the_notice_and_nothing_else(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.rules["notices"] = NOTICES | {"days": {}}
    seller.run()
    row = seller.row()
    assert (row.state, row.notice) == (WorkState.DECLARED, NoticeState.DUE)
    assert [(hold.reason, hold.field) for hold in row.holds] == [(HoldReason.MISSING_DATA, "notice")]
    assert "{days_from}, {days_to} is not known for bazaar/Bazaar Standard" in row.holds[0].detail
    assert not bazaar.called("message")
    seller.rules["notices"] = NOTICES
    with seller.fulfilment() as fulfilment:
        assert fulfilment.next_due() == row.due
    seller.later(4000)
    seller.run()
    assert texts(bazaar) == [GERMAN]
    assert seller.row().holds == ()


@pytest.mark.parametrize("why", ["writes", "template"])
def test_where_nothing_can_be_sent_it_is_skipped_with_a_word(bazaar: Bazaar, seller: BazaarSeller, why: str) -> None:
    if why == "writes":
        seller.accounts["bazaar"]["writes"] = False
    else:
        seller.rules["notices"] = {"templates": [ENGLISH | {"service": "bazaar/other"}]}
    told = [one for one in seller.run() if one.step is Step.NOTICE]
    assert [one.detail.startswith("no notice: ") for one in told] == [True]
    assert seller.row().notice is NoticeState.SKIPPED
    assert not bazaar.called("message")
    assert Step.NOTICE not in {one.step for one in seller.run()}


def test_a_refused_notice_is_held_and_tried_again_on_demand(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.faults["message"] = [400]
    seller.run()
    seller.later(4000)
    seller.run()
    row = seller.row()
    assert (row.notice, [hold.field for hold in row.holds]) == (NoticeState.REFUSED, ["notice"])
    assert len(bazaar.called("message")) == 1
    with seller.fulfilment() as fulfilment:
        assert fulfilment.retry("bazaar", "A-1").holds == ()
    seller.run()
    assert seller.row().notice is NoticeState.SENT


def test_orders_declared_before_there_were_notices_are_left_alone(bazaar: Bazaar, seller: BazaarSeller) -> None:
    del seller.rules["notices"]
    seller.run()
    seller.rules["notices"] = NOTICES
    seller.later(4000)
    seller.run()
    assert seller.row().notice is None
    assert not bazaar.called("message")


def test_a_platform_that_is_down_is_asked_again(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.faults["message"] = [429] * 9
    seller.accounts["bazaar"]["max_attempts"] = 1
    seller.run()
    assert (seller.row().notice, seller.row().tries) == (NoticeState.BEGUN, 1)
    bazaar.faults.clear()
    seller.later(4000)
    seller.run()
    assert (seller.row().notice, seller.row().tries) == (NoticeState.SENT, 0)
    assert texts(bazaar) == [GERMAN]


def test_a_buyer_who_was_forgotten_is_not_written_to(
    bazaar: Bazaar, seller: BazaarSeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xborder_sdk.client import Client

    def killed(*args: Any, **kwargs: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Client, "send_message", killed)
        with pytest.raises(KeyboardInterrupt):
            seller.run()
    with seller.fulfilment() as fulfilment:
        fulfilment.work.forget("bazaar", "A-1")
    seller.run()
    assert seller.row().notice is NoticeState.SKIPPED
    assert not bazaar.messages


def test_a_second_parcel_on_purpose_is_told_too(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    with seller.fulfilment() as fulfilment:
        fulfilment.buy_again("bazaar", "A-1")
    seller.run()
    assert [text.split()[4] for text in texts(bazaar)] == ["LB000001CN", "LB000002CN"]
