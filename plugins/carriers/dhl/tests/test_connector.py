"""The plugin as a connector: what it registers, how it signs, what its settings refuse, what it never shows."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import xborder_dhl
from xborder_dhl import DhlConnector, DhlSettings
from xborder_dhl.refusals import our_field
from xborder_sdk.errors import AuthenticationFailed, NotFound, PermissionDenied
from xborder_sdk.hookspecs import LogisticsProvider, Meaning
from xborder_sdk.models import LookupPower
from xborder_sdk.steps import Effect, Response, WireRequest

CREDENTIALS: dict[str, Any] = {"api_key": "k", "api_secret": "s", "account_number": "123456789"}


def test_it_registers_its_connector() -> None:
    assert list(xborder_dhl.register_connectors()) == [DhlConnector]
    assert DhlConnector.name == "dhl"


def test_everything_is_offered_but_what_dhl_has_not() -> None:
    operations = {name for name, member in vars(LogisticsProvider).items() if hasattr(member, "xborder_spec")}
    implemented = [name for kind in DhlConnector.kinds for name in vars(kind) if name in operations]
    assert len(implemented) == len(set(implemented)), "two kind classes implement one operation"
    assert operations - set(implemented) == {
        "cancel_shipment",
        "change_carrier",
        "get_shipment",
        "hand_over",
        "stop_tracking",
    }


def test_the_profile_claims_no_more_than_dhl_says() -> None:
    (profile,) = {kind.profile for kind in DhlConnector.kinds if "create_shipment" in vars(kind)}
    assert profile.lookup is LookupPower.FINDS
    assert not profile.label_refetchable
    assert not profile.voidable


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ({}, "https://express.api.dhl.com/mydhlapi"),
        ({"environment": "test"}, "https://express.api.dhl.com/mydhlapi/test"),
        ({"hosts": {"api": "http://127.0.0.1:9/mydhlapi/"}}, "http://127.0.0.1:9/mydhlapi"),
    ],
)
def test_hosts(connector: Callable[..., DhlConnector], account: dict[str, Any], expected: str) -> None:
    assert connector(**account).resolved_hosts() == {"api": expected}


def test_every_request_is_signed_and_versioned(connector: Callable[..., DhlConnector]) -> None:
    found = connector()
    signed = found.sign(WireRequest("GET", "https://example.com/rates", ()), None)
    scheme, _, value = (signed.header("authorization") or "").partition(" ")
    assert (scheme, base64.b64decode(value)) == ("Basic", b"key-canary:secret-canary")
    assert found.base_headers() == {"x-version": "3.1.0"}
    assert connector(api_version="3.2.0").base_headers() == {"x-version": "3.2.0"}


def test_no_secret_is_shown(connector: Callable[..., DhlConnector]) -> None:
    found = connector()
    signed = found.sign(WireRequest("GET", "https://example.com/rates", ()), None)
    shown = f"{found!r} {found.settings!r} {signed!r} {found.settings.model_dump()!r}"
    assert "canary" not in shown


@pytest.mark.parametrize(
    "change",
    [
        {"account_number": "1234567890123"},
        {"account_number": ""},
        {"time_zone": "Asia/Nowhere"},
        {"time_zone": "../../etc/passwd"},
        {"tax_number_types": {"personal": "XYZ"}},
        {"label_templates": {"a4": "x" * 26}},
        {"environment": "mock"},
        {"pickup_close_time": "25:00"},
        {"unknown": 1},
    ],
)
def test_settings_that_cannot_work_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DhlSettings.model_validate(CREDENTIALS | change)


def test_settings_need_credentials() -> None:
    for name in CREDENTIALS:
        with pytest.raises(ValidationError):
            DhlSettings.model_validate({key: value for key, value in CREDENTIALS.items() if key != name})


def test_whoami_only_reads(connector: Callable[..., DhlConnector]) -> None:
    flow = connector().whoami()
    assert flow is not None
    assert next(flow).effect is Effect.READ
    with pytest.raises(StopIteration) as stop:
        flow.send(Response(200, (), b"{}"))
    assert stop.value.value.id == "123456789"


# ---- the meaning of answers

PROCESS_FAILURE = (
    b'{"detail":"999: Process failure occurred. Process ID associated for that transaction (42)","code":"500"}'
)


@pytest.mark.parametrize(
    ("status", "body", "meaning", "not_executed", "code", "error"),
    [
        (200, b"{}", Meaning.GOOD, False, None, None),
        (201, b"", Meaning.GOOD, False, None, None),
        (
            400,
            b'{"detail":"998: ShipTimeStamp is not well formatted.","status":"400"}',
            Meaning.REFUSED,
            True,
            "998",
            None,
        ),
        (400, b'{"detail":"8003: Account not allowed","status":400}', Meaning.REFUSED, True, "8003", PermissionDenied),
        (401, b"<html>", Meaning.REFUSED, True, None, AuthenticationFailed),
        (403, b'{"detail":"5032: Not authorized","code":"403"}', Meaning.REFUSED, True, "5032", PermissionDenied),
        (404, b'{"detail":"No data found"}', Meaning.REFUSED, True, None, NotFound),
        (400, b'{"detail":"1504: No document images found"}', Meaning.REFUSED, True, "1504", NotFound),
        (409, b"{}", Meaning.REFUSED, False, None, None),
        (408, b"{}", Meaning.REFUSED, False, None, None),
        (422, b'{"detail":"#/content: required key [x] not found"}', Meaning.REFUSED, True, None, None),
        (429, b"", Meaning.THROTTLED, True, None, None),
        (500, PROCESS_FAILURE, Meaning.DOWN, False, "999", None),
        (400, PROCESS_FAILURE, Meaning.DOWN, False, "999", None),
        (400, b'{"detail":"999: Process failure occurred."}', Meaning.DOWN, False, "999", None),
        (400, b'{"detail":"broken","status":"503"}', Meaning.DOWN, False, None, None),
        (502, b"<html>Bad gateway</html>", Meaning.DOWN, False, None, None),
        (503, b"[]", Meaning.DOWN, False, None, None),
    ],
)
def test_answers_are_classified(
    connector: Callable[..., DhlConnector],
    status: int,
    body: bytes,
    meaning: Meaning,
    not_executed: bool,
    code: str | None,
    error: type[Exception] | None,
) -> None:
    verdict = connector().classify(Response(status, (), body))
    assert (verdict.meaning, verdict.not_executed, verdict.code, verdict.error) == (meaning, not_executed, code, error)


def test_a_process_id_is_kept_for_dhls_support(connector: Callable[..., DhlConnector]) -> None:
    assert connector().classify(Response(500, (), PROCESS_FAILURE)).request_id == "42"


def test_schema_errors_name_our_fields(connector: Callable[..., DhlConnector]) -> None:
    body = (
        b'{"detail":"Multiple problems found, see Additional Details","status":"422","additionalDetails":['
        b'"#/customerDetails/receiverDetails/postalAddress/addressLine2: expected maxLength: 45, actual: 49",'
        b'"#/content/packages/1/weight: expected minimum: 0.001",'
        b'"7008: not available #/valueAddedServices/0/serviceCode"]}'
    )
    verdict = connector().classify(Response(422, (), body))
    assert verdict.hint == "look at recipient.lines.1, parcels.1.weight_g, options"
    assert verdict.code == "7008"
    assert "actual: 49" in (verdict.message or "")


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("customerDetails/shipperDetails/contactInformation/phone", "sender.phone"),
        ("content/exportdeclaration/lineitems/2/description", "customs.lines.2.description"),
        ("content/exportDeclaration/lineItems/0/weight/netValue", "customs.lines.0.unit_weight_g"),
        ("plannedShippingDateAndTime", "ship_at"),
        ("packages/3/dimensions/length", "parcels.3.dimensions"),
        ("outputImageProperties/imageOptions/0/templateName", "label"),
        ("somethingNew/0", None),
    ],
)
def test_pointers(pointer: str, field: str | None) -> None:
    assert our_field(pointer) == field


@given(status=st.integers(100, 599), body=st.binary(max_size=60))
def test_any_answer_is_classified_and_a_server_error_never_proves_anything(
    connector: Callable[..., DhlConnector], status: int, body: bytes
) -> None:
    verdict = connector().classify(Response(status, (), body))
    if status >= 500:
        assert verdict.meaning is Meaning.DOWN
        assert not verdict.not_executed
    assert verdict.not_executed <= (400 <= status < 500)


def test_settings_survive_a_worker_boundary() -> None:
    settings = DhlSettings.model_validate(CREDENTIALS)
    assert pickle.loads(pickle.dumps(settings)) == settings
