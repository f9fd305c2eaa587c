"""Rules as data: which one decides, what it books, and the whole explanation."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fulfilment.making import NOW, PARCELS, address, config, facts, order, quote, usd

from xborder_sdk.errors import ConfigurationError, Refused, VendorDown, XborderError
from xborder_sdk.fulfilment import Battery, Explanation
from xborder_sdk.fulfilment.choosing import Chosen, Offered, select
from xborder_sdk.fulfilment.config import check_services
from xborder_sdk.fulfilment.rules import Facts, most_restricted
from xborder_sdk.models import DeliveryChoice, Dimensions, Money, Order, Parcel, Quote, Service

TWO = ["chinapost", "dhl"]


def service(
    account: str, code: str, name: str, price: str | None = None, days: int | None = None, **more: Any
) -> Quote:
    found = quote(price, code, account=account, days=days)
    known = {"express": None, "tracked": True} | {
        name: more.pop(name) for name in ("express", "tracked") if name in more
    }
    return found.replace(service=Service(code=code, name=name, **known), **more)


def money(amount: str, currency: str) -> Money:
    return Money(amount=Decimal(amount), currency=currency)


EPACKET = service("chinapost", "008", "ePacket", None, 20)
PACKET = service("chinapost", "003", "Small packet", "18.00", 35, tracked=None)
EXPRESS = service("dhl", "P", "Express Worldwide", "120.00", 3, express=True)
OFFERS = (EPACKET, PACKET, EXPRESS)


def chosen(found: Order, *rules: dict[str, Any], quotes: tuple[Quote, ...] = OFFERS, **more: Any) -> Chosen:
    """What comes of an order under rules. `facts` and `parcels` may differ from those of a kite to Germany."""
    looked = more.pop("facts", None) or facts(found)
    parcels = more.pop("parcels", PARCELS)
    offered = Offered(quotes, more.pop("problems", {}), more.pop("left_out", {}))
    values: dict[str, Any] = {"carriers": TWO, "rules": list(rules)}
    settings = config(**(values | more))
    return select(found, looked, offered, settings, parcels=parcels, ship_at=NOW, now=NOW)


def name(found: Chosen) -> str:
    return found.holds[0].reason.value if found.quote is None else found.quote.service.name


# -- the example -------------------------------------------------------------------------------------------------------

CLASSIC = tomllib.loads(
    """
[[rules]]
name = "e邮宝"
destination = ["FR", "GB", "US", "AU", "CA"]
use = ["chinapost/ePacket"]

[[rules]]
name = "others"
use = ["chinapost/small packet"]
"""
)["rules"]


@pytest.mark.parametrize(
    ("country", "expected"),
    [(code, "ePacket") for code in ("FR", "GB", "US", "AU", "CA")]
    + [(code, "Small packet") for code in ("DE", "BR", "RU", "JP", "NZ", "BE", "IE")],
)
def test_the_classic_day(country: str, expected: str) -> None:
    found = chosen(order(ship_to=address(country)), *CLASSIC)
    assert name(found) == expected
    assert found.why.decided_by == "rule"


def test_a_named_service_wins_without_a_price_and_the_reason_says_so() -> None:
    found = chosen(order(ship_to=address("FR")), *CLASSIC)
    assert found.why.reason == "rule e邮宝: chinapost/ePacket, whose price is not known"
    assert [(offer.service_name, offer.chosen) for offer in found.why.offers] == [
        ("ePacket", True),
        ("Small packet", False),
        ("Express Worldwide", False),
    ]
    assert [offer.because for offer in found.why.offers[1:]] == ["rule e邮宝 does not name it"] * 2


def test_a_service_found_by_comparison_never_wins_without_a_price() -> None:
    assert name(chosen(order())) == "Small packet"
    assert name(chosen(order(), {"name": "post", "use": "chinapost"})) == "Small packet"
    assert name(chosen(order(), {"name": "post", "use": "chinapost/e*"})) == "no_service"
    fastest = {"name": "post", "use": ["chinapost"], "choose": "fastest"}
    assert name(chosen(order(), fastest)) == "Small packet"
    nothing = chosen(order(), fastest, quotes=(EPACKET,))
    assert name(nothing) == "no_service"
    assert nothing.holds[0].field == "fulfilment.rules.post"


# -- conditions --------------------------------------------------------------------------------------------------------

FITS = {"use": "dhl/P"}


@pytest.mark.parametrize(
    ("condition", "true_of", "false_of", "words"),
    [
        ({"destination": "DE"}, {"country": "DE"}, {"country": "AT"}, "destination AT, not DE"),
        ({"destination": ["GB", "EU"]}, {"country": "FI"}, {"country": "NO"}, "destination NO, not GB, EU"),
        ({"destination": "far"}, {"country": "BR"}, {"country": "BE"}, "destination BE, not far"),
        ({"weight_g": {"max": 500}}, {"weight_g": 500}, {"weight_g": 501}, "weight 501 g, not up to 500 g"),
        ({"weight_g": {"min": 2, "max": 5}}, {"weight_g": 2}, {"weight_g": 1}, "weight 1 g, not from 2 to 5 g"),
        (
            {"value": {"max": "150", "currency": "EUR"}},
            {"value": money("150", "EUR")},
            {"value": money("150.01", "EUR")},
            "value 150.01 EUR, not up to 150 EUR",
        ),
        (
            {"value": {"min": 10, "currency": "USD"}},
            {"value": usd("10")},
            {"value": money("99", "EUR")},
            "value 99 EUR, and the rule is in USD",
        ),
        ({"value": {"min": 1, "currency": "USD"}}, {}, {"value": None}, "the value is not known in one currency"),
        ({"battery": "none"}, {}, {"battery": Battery.ION_IN_EQUIPMENT}, "battery ion_in_equipment, not none"),
        (
            {"battery": ["none", "contained"]},
            {"battery": Battery.METAL_IN_EQUIPMENT},
            {"battery": Battery.ION_WITH_EQUIPMENT},
            "battery ion_with_equipment, not none or contained",
        ),
        ({"battery": "alone"}, {"battery": Battery.ION_ALONE}, {}, "battery none, not alone"),
        ({"battery": "packed"}, {"battery": Battery.METAL_WITH_EQUIPMENT}, {}, "battery none, not packed"),
        ({"battery": "ion_alone"}, {"battery": Battery.ION_ALONE}, {"battery": Battery.METAL_ALONE}, "metal_alone"),
        ({"orders": "shop"}, {}, {"account": "stall"}, "an order of stall, not shop"),
        ({"platform": ["ebay", "shop"]}, {}, {"platform": "bazaar"}, "an order of bazaar, not ebay or shop"),
        ({"buyer_service": "EXP*"}, {"buyer_service": "exp_1"}, {"buyer_service": "STD"}, "paid for STD, not EXP*"),
        ({"buyer_service": "*"}, {"buyer_service": "X"}, {"buyer_service": None}, "the platform does not say"),
        ({"tax_collected": True}, {"tax_collected": True}, {}, "the platform collected no import tax"),
        ({"tax_collected": False}, {}, {"tax_collected": True}, "the platform collected import tax"),
    ],
)
def test_a_condition(condition: dict[str, Any], true_of: dict[str, Any], false_of: dict[str, Any], words: str) -> None:
    rule = {"name": "one", **FITS, **condition}
    more: dict[str, Any] = {"zones": {"far": ["BR", "CL"]}}
    assert name(chosen(order(), rule, facts=facts(order(), **true_of), **more)) == "Express Worldwide"
    other = chosen(order(), rule, facts=facts(order(), **false_of), **more)
    assert name(other) == "Small packet"
    assert not other.why.rules[0].matched
    assert words in other.why.rules[0].because


def test_all_conditions_must_hold_and_every_one_against_is_told() -> None:
    rule = {"name": "both", "destination": "FR", "weight_g": {"max": 100}, **FITS}
    found = chosen(order(), rule)
    assert found.why.rules[0].because == "destination DE, not FR; weight 250 g, not up to 100 g"


def test_the_first_rule_that_fits_decides_and_later_ones_are_not_looked_at() -> None:
    rules = [{"name": "a", "destination": "FR", **FITS}, {"name": "b", **FITS}, {"name": "c", "use": "chinapost/003"}]
    found = chosen(order(), *rules)
    assert name(found) == "Express Worldwide"
    assert [(rule.name, rule.matched) for rule in found.why.rules] == [("a", False), ("b", True)]
    assert name(chosen(order(), *reversed(rules))) == "Small packet"


def test_an_order_counts_as_its_most_restricted_battery() -> None:
    assert most_restricted(frozenset()) is Battery.NONE
    assert most_restricted(frozenset({Battery.METAL_IN_EQUIPMENT, Battery.ION_ALONE})) is Battery.ION_ALONE
    assert most_restricted(frozenset({Battery.METAL_IN_EQUIPMENT, Battery.ION_IN_EQUIPMENT})) is (
        Battery.METAL_IN_EQUIPMENT
    )


# -- chargeable weight -------------------------------------------------------------------------------------------------

LONG = (Parcel(weight_g=310, dimensions=Dimensions(length_mm=400, width_mm=300, height_mm=100)),)
FLAT = (Parcel(weight_g=310),)


@pytest.mark.parametrize(
    ("reckoning", "parcels", "expected"),
    [
        ({"divisor": 5000}, LONG, 2400),
        ({"divisor": 6000}, LONG, 2000),
        ({"divisor": 6000, "only_from_side_mm": 400}, LONG, 2000),
        ({"divisor": 6000, "only_from_side_mm": 401}, LONG, 310),
        ({"divisor": 100_000}, LONG, 310),
        ({"step_g": 500}, LONG, 500),
        ({"minimum_g": 1000, "step_g": 300}, FLAT, 1200),
        ({"divisor": 5000}, FLAT, None),
        ({"step_g": 10}, FLAT * 2, 620),
    ],
)
def test_the_weight_an_account_bills(reckoning: dict[str, int], parcels: Any, expected: int | None) -> None:
    found = chosen(order(), parcels=parcels, chargeable={"dhl": reckoning})
    weights = {offer.account: offer.chargeable_weight_g for offer in found.why.offers}
    assert weights == {"chinapost": None, "dhl": expected}


def test_without_a_reckoning_the_offers_own_weight_counts() -> None:
    heavy = EXPRESS.replace(chargeable_weight_g=2500)
    rule = {"name": "light", "chargeable_weight_g": {"max": 2000}, "use": ["dhl/P", "chinapost/003"]}
    weights = {"dhl": 2500}
    found = chosen(order(), rule, quotes=(PACKET, heavy), facts=facts(order(), weights))
    assert found.why.rules[0].because == "chargeable weight 2500 g, not up to 2000 g"
    assert name(found) == "Small packet"  # by price
    assert found.why.decided_by == "comparison"
    nobody = chosen(order(), rule, facts=facts(order()))
    assert nobody.why.rules[0].because == "the chargeable weight is not known (up to 2000 g is wanted)"


def test_a_target_that_bills_too_much_is_passed_over_within_its_rule() -> None:
    rule = {"name": "light", "chargeable_weight_g": {"max": 2000}, "use": ["dhl/P", "chinapost/003"]}
    reckonings = {"dhl": {"divisor": 5000}, "chinapost": {"step_g": 1}}
    looked = facts(order(), {"dhl": 2400, "chinapost": 310})
    found = chosen(order(), rule, parcels=LONG, chargeable=reckonings, facts=looked)
    assert name(found) == "Small packet"
    told = {offer.service: offer.because for offer in found.why.offers}
    assert told["P"] == "its chargeable weight is 2400 g, rule light wants up to 2000 g"


# -- outcomes ----------------------------------------------------------------------------------------------------------


def test_a_rule_that_holds() -> None:
    found = chosen(order(), {"name": "dear", "value": {"min": 5, "currency": "USD"}, "hold": "somebody looks first"})
    assert [(hold.reason, hold.detail) for hold in found.holds] == [("policy", "rule dear: somebody looks first")]
    assert found.quote is None
    assert not any(offer.chosen for offer in found.why.offers)


def test_a_rule_that_holds_wins_over_a_plugin_and_needs_no_offer() -> None:
    looked, settings = facts(order()), config(carriers=TWO, rules=[{"name": "no", "hold": "not now"}])
    found = select(order(), looked, Offered(OFFERS), settings, parcels=PARCELS, ship_at=NOW, now=NOW, plugin=EXPRESS)
    assert found.holds[0].detail == "rule no: not now"
    down = {account: VendorDown("down", status=503) for account in TWO}
    assert name(chosen(order(), {"name": "no", "hold": "not now"}, quotes=(), problems=down)) == "policy"


def test_preference_is_the_order_in_which_services_stand() -> None:
    rule = {"name": "post first", "use": ["chinapost/ePacket", "dhl"]}
    assert name(chosen(order(), rule)) == "ePacket"
    found = chosen(order(), rule, quotes=(PACKET, EXPRESS))
    assert name(found) == "Express Worldwide"
    assert name(chosen(order(), rule | {"choose": "fastest"})) == "Express Worldwide"
    cheapest = chosen(order(), rule | {"use": ["chinapost", "dhl"], "choose": "cheapest"})
    assert cheapest.why.reason == "rule post first: chinapost/Small packet, cheapest of 2 that it names"
    assert {offer.service: offer.because for offer in cheapest.why.offers} == {
        "008": "it has no price",
        "003": cheapest.why.reason,
        "P": "102.00 CNY dearer",
    }


def test_a_preferred_carrier_that_is_down_is_waited_for() -> None:
    rule = {"name": "post first", "use": ["chinapost/ePacket", "dhl"]}
    down = {"chinapost": VendorDown("down", status=503)}
    with pytest.raises(VendorDown):
        chosen(order(), rule, quotes=(EXPRESS,), problems=down)
    refuses = {"chinapost": Refused("not this parcel", code="B12")}
    found = chosen(order(), rule, quotes=(EXPRESS,), problems=refuses)
    assert name(found) == "Express Worldwide"
    only = chosen(order(), rule | {"use": ["chinapost"]}, quotes=(EXPRESS,), problems=refuses)
    assert "not this parcel" in only.holds[0].detail
    # Where price decides, whoever answers is compared, as without rules.
    assert name(chosen(order(), rule | {"choose": "cheapest"}, quotes=(EXPRESS,), problems=down)) == "Express Worldwide"
    with pytest.raises(VendorDown):
        chosen(order(), {"name": "post", "use": ["chinapost"], "choose": "cheapest"}, quotes=(), problems=down)


def test_what_cannot_be_had_is_held_with_every_reason() -> None:
    rule = {"name": "r", "use": ["chinapost/EMS", "dhl/P"]}
    found = chosen(order(), rule, quotes=(PACKET,), left_out={"dhl": "it takes no goods with such a battery"})
    (hold,) = found.holds
    assert hold.detail == (
        "rule r: none of its services can be had: chinapost/EMS is not offered for this parcel (offered: Small packet);"
        " dhl/P: it takes no goods with such a battery"
    )
    assert [(one.account, one.because) for one in found.why.left_out] == [
        ("dhl", "it takes no goods with such a battery")
    ]


def test_a_name_that_several_services_bear() -> None:
    plain, registered = service("chinapost", "A", "Small packet"), service("chinapost", "B", "Small packet")
    rule = {"name": "r", "use": "chinapost/small-packet"}
    held = chosen(order(), rule, quotes=(plain, registered))
    assert "(A, B): name one by its code" in held.holds[0].detail
    priced = chosen(order(), rule, quotes=(plain, registered.replace(price=PACKET.price)))
    assert priced.quote is not None
    assert priced.quote.service.code == "B"
    code = service("chinapost", "Small Packet", "Something else")
    exact = chosen(order(), rule | {"use": "chinapost/Small Packet"}, quotes=(plain, code))
    assert name(exact) == "Something else"


def test_an_agreement_counts_for_a_service_that_is_named() -> None:
    agreed = EXPRESS.replace(needs_agreement=True)
    assert name(chosen(order(), {"name": "r", "use": "dhl"}, quotes=(agreed,))) == "no_service"
    found = chosen(order(), {"name": "r", "use": "dhl/P"}, quotes=(agreed,))
    assert "needs an agreement" in found.why.reason


# -- the buyer's choice ------------------------------------------------------------------------------------------------

STANDARD = service("chinapost", "STD", "Standard", "30.00", 12)
BUYER = {"buyer_services": {"AE_STANDARD": "chinapost/STD"}}


def bought_for(word: str | None, *rules: dict[str, Any], quotes: tuple[Quote, ...], **more: Any) -> Chosen:
    delivery = DeliveryChoice(service=word, **more.pop("delivery", {}))
    return chosen(order(delivery=delivery), *rules, quotes=quotes, **(BUYER | more))


def test_another_service_than_the_buyer_chose_is_told_with_the_difference_in_money_and_days() -> None:
    found = bought_for("ae-standard", quotes=(STANDARD, PACKET))
    assert name(found) == "Small packet"
    assert found.why.warnings == (
        "the buyer chose ae-standard and chinapost/Small packet is booked, 12.00 CNY cheaper",
        "chinapost/Small packet takes 35 days, what the buyer chose 12, 12.00 CNY cheaper",
    )
    assert found.why.cost_difference == money("-12.00", "CNY")
    dearer = bought_for("AE_STANDARD", {"name": "r", "use": "dhl/P"}, quotes=(STANDARD, EXPRESS))
    assert dearer.why.warnings == ("the buyer chose AE_STANDARD and dhl/Express Worldwide is booked, 90.00 CNY dearer",)


@pytest.mark.parametrize(
    ("kind", "quotes", "words"),
    [
        ("choice", (STANDARD, PACKET.replace(transit_days=5)), "is booked"),
        ("slower", (STANDARD, PACKET), "takes 35 days"),
        ("untracked", (STANDARD, service("chinapost", "U", "Plain", "5.00", 5, tracked=False)), "is not tracked"),
    ],
)
def test_each_difference_holds_warns_or_is_ignored(kind: str, quotes: tuple[Quote, ...], words: str) -> None:
    others = {f"{one}_mismatch": "ignore" for one in ("choice", "slower", "untracked") if one != kind}
    warned = bought_for("AE_STANDARD", quotes=quotes, **others)
    assert [words in warning for warning in warned.why.warnings] == [True]
    assert warned.quote is not None
    held = bought_for("AE_STANDARD", quotes=quotes, **others, **{f"{kind}_mismatch": "hold"})
    assert [(hold.reason, hold.field) for hold in held.holds] == [("service_mismatch", "delivery.service")]
    assert words in held.holds[0].detail
    assert "CNY cheaper" in held.holds[0].detail
    assert not any(offer.chosen for offer in held.why.offers)
    ignored = bought_for("AE_STANDARD", quotes=quotes, **others, **{f"{kind}_mismatch": "ignore"})
    assert ignored.why.warnings == ()


def test_what_the_buyer_chose_is_no_mismatch() -> None:
    found = bought_for("AE_STANDARD", quotes=(STANDARD,), delivery={"express": True})
    assert found.why.warnings == ()
    assert found.quote is not None
    assert found.why.cost_difference is None
    unknown = bought_for("WHO_KNOWS", quotes=(PACKET,))
    assert unknown.why.warnings == ()


def test_a_platforms_own_word_means_its_own_service() -> None:
    own, other = service("shop", "STD", "Standard", "30.00", 12), service("dhl", "E", "Economy", "20.00", 9)
    found = bought_for("std", quotes=(own, other), carriers=["shop", "dhl"], buyer_services={})
    assert found.why.warnings == ("the buyer chose std and dhl/Economy is booked, 10.00 CNY cheaper",)


def test_a_promise_to_the_buyer_counts() -> None:
    late = bought_for(None, quotes=(PACKET,), delivery={"deliver_until": NOW + timedelta(days=34)})
    assert late.why.warnings == ("chinapost/Small packet takes 35 days, and the buyer was promised 2026-10-05",)
    fine = bought_for(None, quotes=(PACKET,), delivery={"deliver_until": NOW + timedelta(days=35)})
    assert fine.why.warnings == ()


def test_express_is_held_as_ever_also_where_a_rule_books_something_else() -> None:
    rule = {"name": "post", "use": "chinapost/ePacket"}
    held = bought_for("X", rule, quotes=OFFERS, delivery={"express": True})
    assert "chinapost/ePacket is none" in held.holds[0].detail
    assert name(bought_for("X", rule, quotes=OFFERS, delivery={"express": True}, express_mismatch="warn")) == "ePacket"
    assert name(bought_for("X", quotes=OFFERS, delivery={"express": True})) == "Express Worldwide"


def test_a_plugin_is_warned_and_not_overruled() -> None:
    found = order(delivery=DeliveryChoice(service="X", express=True))
    settings = config(carriers=TWO)
    given = select(found, facts(found), Offered(OFFERS), settings, parcels=PARCELS, ship_at=NOW, now=NOW, plugin=PACKET)
    assert name(given) == "Small packet"
    assert given.why.decided_by == "plugin"
    assert "express" in given.why.warnings[0]


# -- every order, every rule -------------------------------------------------------------------------------------------

COUNTRIES = ("DE", "FR", "US", "BR")
PATTERNS = ("chinapost", "dhl", "chinapost/008", "chinapost/Small packet", "dhl/P", "*/P", "chinapost/e*", "dhl/none")


@st.composite
def rule_sets(draw: st.DrawFn) -> list[dict[str, Any]]:
    rules = []
    for number in range(draw(st.integers(0, 4))):
        rule: dict[str, Any] = {"name": f"r{number}"}
        if draw(st.booleans()):
            rule["destination"] = draw(st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=3))
        if draw(st.booleans()):
            rule["weight_g"] = {"max": draw(st.integers(0, 600))}
        if draw(st.booleans()):
            rule["value"] = {"min": draw(st.integers(0, 30)), "currency": draw(st.sampled_from(["USD", "EUR"]))}
        if draw(st.booleans()):
            rule["battery"] = draw(st.sampled_from(["none", "contained", "alone"]))
        if draw(st.integers(0, 4)) == 0:
            rule["hold"] = "looked at first"
        else:
            rule["use"] = draw(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3, unique=True))
            rule["choose"] = draw(st.sampled_from(["first", "cheapest", "fastest"]))
            if draw(st.booleans()):
                rule["chargeable_weight_g"] = {"max": draw(st.integers(0, 600))}
        rules.append(rule)
    return rules


@st.composite
def offers(draw: st.DrawFn) -> tuple[Quote, ...]:
    found = []
    for one in (EPACKET, PACKET, EXPRESS):
        if draw(st.booleans()):
            price = draw(st.sampled_from([None, "5.00", "18.00", "18.00", "90.00"]))
            currency = draw(st.sampled_from(["CNY", "CNY", "CNY", "USD"]))
            found.append(
                one.replace(
                    price=None if price is None else money(price, currency),
                    transit_days=draw(st.sampled_from([None, 3, 3, 20])),
                    chargeable_weight_g=draw(st.sampled_from([None, 100, 500])),
                    needs_agreement=draw(st.integers(0, 5)) == 0,
                )
            )
    return tuple(found)


@st.composite
def looked_at(draw: st.DrawFn) -> Facts:
    return replace(
        facts(order(), draw(st.sampled_from([None, {"dhl": 300}, {"chinapost": 120, "dhl": 900}]))),
        country=draw(st.sampled_from(COUNTRIES)),
        weight_g=draw(st.integers(1, 600)),
        value=draw(st.sampled_from([None, usd("12.00"), usd("25.00")])),
        battery=draw(st.sampled_from([Battery.NONE, Battery.ION_IN_EQUIPMENT, Battery.ION_ALONE])),
    )


PROBLEMS = st.dictionaries(
    st.sampled_from(TWO), st.sampled_from([VendorDown("down", status=503), Refused("no", code="1")])
)
POLICIES = st.sampled_from(["hold", "warn", "ignore"])


@given(rule_sets(), offers(), looked_at(), PROBLEMS, st.booleans(), POLICIES, st.sampled_from(["cheapest", "fastest"]))
def test_every_order_gets_a_service_a_hold_or_an_error_that_passes(
    rules: list[dict[str, Any]],
    quotes: tuple[Quote, ...],
    looked: Facts,
    problems: dict[str, XborderError],
    express: bool,
    policy: str,
    by: str,
) -> None:
    quotes = tuple(one for one in quotes if one.account not in problems)
    found = order(delivery=DeliveryChoice(service="X", express=express))
    more: dict[str, Any] = {"facts": looked, "problems": problems, "express_mismatch": policy, "choose": by}

    def once(*given: Quote) -> Chosen | str:
        try:
            return chosen(found, *rules, quotes=given, **more)
        except VendorDown as error:
            return str(error)

    result = once(*quotes)
    if isinstance(result, str):
        assert any(isinstance(problem, VendorDown) for problem in problems.values())
        return
    assert (result.quote is None) == bool(result.holds)
    assert result.quote is None or result.quote in quotes
    assert once(*quotes) == result
    other_way = once(*reversed(quotes))
    assert isinstance(other_way, Chosen)
    assert (other_way.quote, other_way.holds) == (result.quote, result.holds)
    why = result.why
    assert Explanation.model_validate_json(why.model_dump_json()) == why
    assert len(why.offers) == len(quotes)
    assert [offer.chosen for offer in why.offers].count(True) == (0 if result.holds else 1)
    assert all(offer.because for offer in why.offers)
    # Rules are looked at in their order, up to the first that fits and no further.
    assert [seen.name for seen in why.rules] == [rule["name"] for rule in rules][: len(why.rules)]
    assert not any(seen.matched for seen in why.rules[:-1])
    if why.rules and why.rules[-1].matched:
        decided = rules[len(why.rules) - 1]
        assert why.decided_by == "rule"
        if result.quote is not None:
            patterns = [pattern.partition("/") for pattern in decided["use"]]
            assert any(account in {result.quote.account, "*"} for account, _, _ in patterns)
            assert result.quote.price is not None or any(
                text.casefold() in {result.quote.service.code.casefold(), result.quote.service.name.casefold()}
                for _, _, text in patterns
            )
    else:
        assert len(why.rules) == len(rules)
        assert why.decided_by == "comparison"
        assert result.quote is None or result.quote.price is not None


# -- what is written wrongly -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rules": [{"name": "a", "use": "fedex/IP"}]}, r"fulfilment\.rules\.a\.use: fedex is not among"),
        ({"rules": [{"name": "a", "use": "kites-x*"}]}, r"fulfilment\.rules\.a\.use"),
        ({"rules": [{"name": "a", "destination": ["DE", "XX"], "use": "dhl"}]}, r"rules\.a\.destination: XX is no"),
        ({"rules": [{"name": "a", "destination": "UK", "use": "dhl"}]}, "the United Kingdom is GB"),
        ({"rules": [{"name": "a", "destination": "far", "use": "dhl"}]}, r"far is no country .*none is defined"),
        ({"rules": [{"name": "a", "orders": "stall", "use": "dhl"}]}, r"rules\.a\.orders: stall"),
        ({"rules": [{"name": "a", "use": "dhl"}, {"name": "a", "use": "dhl"}]}, "two rules have this name"),
        ({"rules": [{"name": "a"}]}, r"fulfilment\.rules\.0: give either use or hold"),
        ({"rules": [{"name": "a", "use": "dhl", "hold": "x"}]}, "give either use or hold"),
        ({"rules": [{"name": "a", "use": "dhl/"}]}, 'write "account/service"'),
        ({"rules": [{"use": "dhl"}]}, r"fulfilment\.rules\.0\.name"),
        ({"rules": [{"name": "a", "use": "dhl", "weigth_g": {"max": 1}}]}, r"fulfilment\.rules\.0\.weigth_g"),
        ({"rules": [{"name": "a", "use": "dhl", "weight_g": {}}]}, "give min, max or both"),
        ({"rules": [{"name": "a", "use": "dhl", "weight_g": {"min": 2, "max": 1}}]}, "min is above max"),
        ({"rules": [{"name": "a", "use": "dhl", "value": {"max": 1.5, "currency": "EUR"}}]}, "not a float"),
        ({"rules": [{"name": "a", "use": "dhl", "value": {"max": 1}}]}, r"value\.currency"),
        ({"rules": [{"name": "a", "use": "dhl", "battery": "wet"}]}, r"rules\.0\.battery"),
        ({"rules": [{"name": "a", "hold": "x", "chargeable_weight_g": {"max": 1}}]}, "account's own"),
        ({"zones": {"far": ["BR", "QQ"]}}, r"fulfilment\.zones\.far: QQ is no country"),
        ({"zones": {"FR": ["BR"]}}, "FR is a country"),
        ({"chargeable": {"fedex": {"divisor": 5000}}}, r"fulfilment\.chargeable\.fedex"),
        ({"chargeable": {"dhl": {"only_from_side_mm": 400}}}, "means nothing without a divisor"),
        ({"buyer_services": {"X": "fedex/IP"}}, r"fulfilment\.buyer_services\.X: fedex"),
    ],
)
def test_an_error_names_the_key(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        config(**({"carriers": TWO} | changes))


def test_a_service_that_its_account_is_known_not_to_sell() -> None:
    found = config(carriers=TWO, rules=CLASSIC, buyer_services={"X": "dhl/Z"})
    sold = (EPACKET.service, PACKET.service)
    check_services(found, {"chinapost": sold, "dhl": None}, "here")
    with pytest.raises(
        ConfigurationError, match=r"here: fulfilment\.rules\.others\.use: chinapost has no service small"
    ):
        check_services(found, {"chinapost": sold[:1], "dhl": None}, "here")
    with pytest.raises(ConfigurationError, match=r"fulfilment\.buyer_services\.X: dhl has no service Z; it has P"):
        check_services(found, {"chinapost": None, "dhl": (EXPRESS.service,)}, "here")
