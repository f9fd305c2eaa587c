"""What is asked: options, references, weights, and what is refused before anything goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from pydantic import ValidationError

from xborder_sdk import errors
from xborder_sdk.hookspecs import OnceRequest, Request, ShipmentDetails
from xborder_sdk.models import PurchaseProfile
from xborder_sdk.runtime.operations import OPERATIONS
from xborder_sdk.steps import Send, WireRequest
from xborder_sdk.testing.exchange import whole
from xborder_sdk.testing.kit import Case, Kit, answers_of, files, first_good, firsts, implemented, over, request_model
from xborder_sdk.testing.leaves import body_of
from xborder_sdk.testing.options import options_of, with_option
from xborder_sdk.testing.stage import QUESTIONS, Played

_ROUND = (1000, 3000)  # grams: what goes out for these says where the weight is and in which unit
_ODD = (1001, 2999)
_UNITS = {"g": Decimal(1), "kg": Decimal(1000), "lb": Decimal("453.59237"), "oz": Decimal("28.349523125")}
_OTHER_CURRENCY = "XTS"  # ISO 4217: reserved for tests
_STREET = ("12 Alder Walk", "Flat 7", "Gate 9")
_LARGEST_SLIP_G = Decimal("0.5")


def _bought(cls: type[Kit]) -> Iterator[Case]:
    """Exchanges of purchases, refused ones too."""
    for case in files()(cls):
        if case.operation in QUESTIONS or (case.given.turns and not case.given.is_good):
            continue
        model = request_model(case.operation)
        if {ShipmentDetails, OnceRequest} <= set(model.__mro__):
            yield case


class AskingTests(Kit):
    """What the caller wishes reaches the vendor, or is refused; nothing is dropped in silence."""

    @over(lambda cls: _options(cls, honoured=False))
    def test_an_option_it_does_not_honour_is_refused(self, case: Case) -> None:
        """An option that is not in `honours` is `UnsupportedOption`, and nothing goes out."""
        exchange = case.given
        with self.stage(exchange) as stage:
            for request in with_option(self.request(exchange), case.value):
                played = stage.play(exchange.operation, request, answers_of(exchange))
                if played.sent or not isinstance(played.error, errors.UsageError):
                    self.fail(
                        f"{exchange.operation} takes the option {case.value[-1]} and does not honour it",
                        played=played,
                        hint="do not override set_options, and do not wrap the call",
                    )

    @over(lambda cls: _options(cls, honoured=True))
    def test_an_option_it_honours_makes_a_difference(self, case: Case) -> None:
        """An option in `honours` changes what goes out or what comes back, or is refused for its value."""
        exchange = case.given
        with self.stage(exchange) as stage:
            base = self.request(exchange)
            without = stage.play(exchange.operation, base, answers_of(exchange), repeat_last=True)
            tried = 0
            for request in with_option(base, case.value):
                tried += 1
                played = stage.play(exchange.operation, request, answers_of(exchange), repeat_last=True)
                if played.error is not None or _differs(without, played):
                    return
        if tried:
            self.fail(
                f"{exchange.operation} honours {case.value[-1]}, it says, but nothing goes out or comes back otherwise",
                played=without,
                hint="send it, or take it out of honours: then the caller is told",
            )

    @over(lambda cls: (case for case in first_good()(cls) if _weights(request_model(case.operation))))
    def test_a_weight_is_never_rounded_down(self, case: Case) -> None:
        """1001 g may go out as 1.001, 1.01 or 2 kg, and never as 1 kg: the parcel would be charged again later."""
        exchange = case.given
        sent: list[dict[str, Decimal]] = []
        with self.stage(exchange) as stage:
            for grams in (*_ROUND, *_ODD):
                try:
                    request = _weighing(self.request(exchange), grams)
                except ValidationError:
                    return
                played = stage.play(exchange.operation, request, answers_of(exchange), repeat_last=True)
                if not played.sent:
                    return  # refused before anything went out
                sent.append(self._numbers(played))
        for place in sent[0].keys() & sent[1].keys() & sent[2].keys() & sent[3].keys():
            unit = _unit(sent[0][place], sent[1][place])
            for grams, numbers in zip(_ODD, sent[2:], strict=True):
                if unit is not None and numbers[place] * _UNITS[unit] < Decimal(grams) - _LARGEST_SLIP_G:
                    self.fail(
                        f"{exchange.operation}: {grams} g go out as {numbers[place]} {unit} ({place})",
                        played=played,
                        hint="round up: kg_from_grams is exact, and Decimal.quantize takes ROUND_UP",
                    )

    def _numbers(self, played: Played) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for number, request in enumerate(played.sent):
            for place, value in _leaves(self.normalise_request(request)):
                try:
                    found[f"request {number + 1}, {place}"] = Decimal(str(value).strip())
                except ArithmeticError:
                    continue
        return found

    @over(lambda cls: (case for case in first_good()(cls) if case.operation == "create_shipment"))
    def test_an_address_goes_out_whole(self, case: Case) -> None:
        """Every line of a street goes out, or the purchase is refused: without its flat a parcel comes back."""
        exchange = case.given
        request = self.request(exchange)
        with self.stage(exchange) as stage:
            good = stage.play(exchange.operation, request, answers_of(exchange), repeat_last=True)
            if not self._goes_out(request.recipient.lines[0], good):
                return  # the platform knows the address itself
            recipient = request.recipient.replace(lines=_STREET)
            other = request.replace(recipient=recipient)
            played = stage.play(exchange.operation, other, answers_of(exchange), repeat_last=True)
        if not played.acts_sent:
            return
        for line in _STREET:
            if not self._goes_out(line, played):
                self.fail(
                    f"{exchange.operation}: of a street of {len(_STREET)} lines {line!r} does not go out",
                    played=played,
                    hint="put it into another field or beside another line, or yield a Hold where it does not fit",
                )

    @over(lambda cls: (case for case in first_good(effects=True)(cls) if _amount(case.given.request) is not None))
    def test_an_amount_goes_out_in_its_currency(self, case: Case) -> None:
        """Money in a currency that the vendor has never heard of is refused, or goes out in that currency."""
        exchange = case.given
        request = self.request(exchange)
        with self.stage(exchange) as stage:
            other = request.replace(amount=request.amount.replace(currency=_OTHER_CURRENCY))
            good = stage.play(exchange.operation, request, answers_of(exchange), repeat_last=True)
            played = stage.play(exchange.operation, other, answers_of(exchange), repeat_last=True)
        if not played.acts_sent or not self._goes_out(request.amount.currency, good):
            return  # refused, or the platform takes the order's own
        if not self._goes_out(_OTHER_CURRENCY, played):
            self.fail(
                f"{exchange.operation}: an amount in {_OTHER_CURRENCY} does not go out in {_OTHER_CURRENCY}",
                played=played,
                hint="send amount.currency, or refuse a currency that the vendor does not take",
            )

    def _goes_out(self, text: str, played: Played) -> bool:
        wanted = text.casefold()
        requests = [self.normalise_request(sent) for sent in played.sent]
        return any(wanted in str(value).casefold() for sent in requests for _, value in _leaves(sent))

    @over(lambda cls: (Case(case.id, case.exchange, operation=case.operation) for case in _sales(cls)))
    def test_a_purchase_carries_its_reference(self, case: Case) -> None:
        """The reference goes out as the profile says: its length, its alphabet, and nothing round it."""
        exchange = case.given
        profile = self._profile(exchange.operation)
        played = self.play(exchange)
        reference = self.request(exchange).reference(profile.reference_max, profile.reference_alphabet)
        texts = [str(value) for sent in played.sent for _, value in _leaves(self.normalise_request(sent))]
        if reference not in texts:
            near = next((text for text in texts if reference in text or (len(text) > 7 and text in reference)), None)
            told = f"; it goes out as {near!r}" if near is not None else ""
            self.fail(
                f"{exchange.name}: the reference {reference!r} is not in what goes out{told}",
                played=played,
                hint="request.reference(profile.reference_max, profile.reference_alphabet), where find_shipment looks",
            )

    @over(lambda cls: (Case(case.id, case.exchange, operation=case.operation) for case in _sales(cls)))
    def test_a_result_tells_its_reference(self, case: Case) -> None:
        """The bought shipment names the reference it was bought with."""
        exchange = case.given
        profile = self._profile(exchange.operation)
        request = self.request(exchange)
        played = self.play(exchange)
        told = getattr(played.result, "reference", None)
        if played.error is None and isinstance(request, OnceRequest) and hasattr(played.result, "reference"):
            wanted = request.reference(profile.reference_max, profile.reference_alphabet)
            if told != wanted:
                self.fail(f"{exchange.name}: the result's reference is {told!r}, not {wanted!r}", played=played)

    def _profile(self, operation: str) -> PurchaseProfile:
        with self.stage() as stage:
            runtime = stage.client._core.runtime(self.account)  # noqa: SLF001 - only the relay knows which kind it is
            profile = getattr(runtime.relay.kind_of(operation), "profile", None)
        if not isinstance(profile, PurchaseProfile):
            self.fail(
                "the connector sells shipments, but its LogisticsProvider publishes no profile",
                hint="profile = PurchaseProfile(...), with its source",
            )
        return profile

    @over(_bought)
    def test_what_it_would_refuse_is_said_before(self, case: Case) -> None:
        """`check_shipment` names what a purchase refuses with `InvalidRequest`, and nothing that it takes."""
        exchange = case.given
        with self.stage(exchange) as stage:
            for what, request in _stranger(self.request(exchange)):
                stage.forget()
                holds = stage.connector.check_shipment(request)
                if holds != stage.connector.check_shipment(request):
                    self.fail(f"check_shipment is not the same the second time, for {what}")
                played = stage.play(exchange.operation, request, answers_of(exchange), repeat_last=True)
                # A question for which the file has no answer was sent: what it asked about was not refused before.
                asked = played.overrun is not None
                refused = isinstance(played.error, errors.InvalidRequest) and not (played.acts_sent or asked)
                if isinstance(played.error, (errors.UnsupportedOption, errors.UnsupportedOperation)):
                    continue
                if holds and not refused:
                    self.fail(
                        f"check_shipment holds {what} ({holds[0].detail}), but {exchange.operation} sends it",
                        played=played,
                        hint="raise InvalidRequest for each hold before anything is sent",
                    )
                if refused and not holds:
                    self.fail(
                        f"{exchange.operation} refuses {what} ({played.error}), but check_shipment says nothing",
                        played=played,
                        hint="yield a Hold with its field for the same reason",
                    )
                for hold in holds:
                    if hold.field is None:
                        self.fail(f"check_shipment holds {what} without naming a field: {hold.detail}")


def _amount(request: Mapping[str, Any]) -> Any:
    return request.get("amount")


def _options(cls: type[Kit], *, honoured: bool) -> Iterator[Case]:
    found = {one.operation: one for one in firsts(cls)}
    for kind in cls.connector.kinds:
        for case in implemented(cls):
            exchange = found.get(case.operation)
            if exchange is None or not _own(kind, case.operation):
                continue
            names = kind.honours.get(case.operation, frozenset())
            for way in options_of(request_model(case.operation)):
                if (way[-1] in names) is honoured:
                    name = f"{case.operation}-{way[-1]}"
                    yield Case(name, exchange, value=way, operation=case.operation)


def _own(kind: type, operation: str) -> bool:
    spec = OPERATIONS[operation].spec
    return getattr(kind, operation, spec) is not spec


def _sales(cls: type[Kit]) -> Iterator[Case]:
    """Good exchanges of operations whose result names a purchase by its reference."""
    sellers = [kind for kind in cls.connector.kinds if _own(kind, "create_shipment")]
    if any(getattr(getattr(kind, "profile", None), "carries_reference", True) is False for kind in sellers):
        return
    for case in files(good=True, asked=True)(cls):
        if case.operation == "create_shipment":
            yield case


def _differs(one: Played, other: Played) -> bool:
    return (
        [_asked(step) for step in one.sends] != [_asked(step) for step in other.sends]
        or one.steps != other.steps
        or whole(one.result) != whole(other.result)
    )


def _asked(step: Send) -> tuple[object, ...]:
    return (step.method, step.host, step.path, step.query, step.headers, step.content)


# -- weights -----------------------------------------------------------------------------------------------------------


def _weights(model: type[Request]) -> bool:
    return "parcels" in model.model_fields


def _weighing(request: Any, grams: int) -> Any:
    parcel = request.parcels[0].replace(weight_g=grams)
    changes: dict[str, Any] = {"parcels": (parcel,)}
    return request.replace(**changes)


def _unit(first: Decimal, second: Decimal) -> str | None:
    """The unit in which two numbers are the two round weights; None where they are none."""
    for name, grams in _UNITS.items():
        pairs = zip((first, second), _ROUND, strict=True)
        if all(abs(value * grams - weight) < weight / 50 for value, weight in pairs):
            return name
    return None


def _leaves(request: WireRequest) -> Iterator[tuple[str, Any]]:
    """Every single value of what goes out: in the query, in headers, in a form, in JSON or XML, and in JSON inside."""
    _, _, query = request.url.partition("?")
    for name, value in parse_qsl(query, keep_blank_values=True):
        yield from _opened(f"query {name}", value)
    for name, value in request.headers:
        yield f"header {name}", value
    if (request.header("content-type") or "").startswith("application/x-www-form-urlencoded"):
        for name, value in parse_qsl(request.content.decode("utf-8", "replace"), keep_blank_values=True):
            yield from _opened(f"form {name}", value)
        return
    body = body_of(request.content)
    if body is not None:
        for place in body.places():
            if place.is_leaf:
                yield f"body {place}", place.value
    for part in request.url.partition("?")[0].split("/"):
        yield "path", part


def _opened(name: str, value: str) -> Iterator[tuple[str, Any]]:
    yield name, value
    body = body_of(value.encode()) if value[:1] in {"{", "[", "<"} else None
    if body is not None:
        for place in body.places():
            if place.is_leaf:
                yield f"{name} {place}", place.value


# -- requests that a vendor may refuse ---------------------------------------------------------------------------------


def _stranger(request: Any) -> Iterator[tuple[str, Any]]:
    """A purchase as it stands, and with things that vendors are known to refuse."""
    yield "the shipment of the file", request
    parcel = request.parcels[0]
    recipient = request.recipient
    changes: dict[str, dict[str, Any]] = {
        "one gram": {"parcels": (parcel.replace(weight_g=1),)},
        "a parcel of a ton": {"parcels": (parcel.replace(weight_g=1_000_000),)},
        "sixty parcels": {"parcels": (parcel,) * 60},
        "a street of two hundred letters": {"recipient": recipient.replace(lines=("Long" * 50,))},
        "six lines of street": {"recipient": recipient.replace(lines=("One", "Two", "Three", "Four", "Five", "Six"))},
        "a name in Chinese": {"recipient": recipient.replace(name="王小明")},
        "an address with an emoji": {"recipient": recipient.replace(lines=("5 Lantern Row 🏮",))},
        "a name of a hundred letters": {"recipient": recipient.replace(name="Ann " * 25)},
        "a blank name": {"recipient": recipient.replace(name=" ")},
        "no telephone": {"recipient": recipient.replace(phone=None)},
        "no postcode": {"recipient": recipient.replace(postal_code=None)},
        "no customs declaration": {"customs": None},
        "an unknown service": {"service": "XBORDER-NONE"},
    }
    customs = getattr(request, "customs", None)
    if customs is not None and customs.lines:
        line = customs.lines[0]
        changes["sixty customs lines"] = {"customs": customs.replace(lines=(line,) * 60)}
        changes["goods named in Chinese"] = {
            "customs": customs.replace(lines=(line.replace(description="纸灯笼" * 20),))
        }
        changes["no tariff number"] = {"customs": customs.replace(lines=(line.replace(hs_code=None),))}
    for what, change in changes.items():
        try:
            yield what, request.replace(**change)
        except ValidationError:
            continue
