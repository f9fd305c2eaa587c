"""Doctor warns before consents and keys end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from xborder_sdk.cli.expiry import Level, expiring
from xborder_sdk.client import Client
from xborder_sdk.hookspecs import Token
from xborder_sdk.runtime.account import Clock

from .conftest import Run

NOW = datetime.now(UTC)


def with_line(folder: Path, line: str) -> None:
    path = folder / "xborder.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[accounts.ebay-us]", f"[accounts.ebay-us]\n{line}"), encoding="utf-8")


def consent_until(folder: Path, end: datetime | None) -> None:
    with Client(folder / "xborder.toml") as client:
        connector = client.connector("ebay-us")
        key = connector.credential_key(connector.consent_credential)
        client.store.put_token(key, Token(access=SecretStr("a"), refresh=SecretStr("r"), refresh_expires_at=end))


def of(run: Run, account: str = "ebay-us") -> tuple[int, dict[str, Any]]:
    ended = run("doctor", "--json")
    return ended.code, next(one for one in ended.json() if one["account"] == account)


@pytest.mark.parametrize(
    ("days", "level", "code"),
    [(200, "ok", 0), (89, "notice", 0), (29, "warning", 0), (1, "warning", 0), (-1, "error", 3)],
)
def test_the_end_of_a_consent_is_told_in_time(days: int, level: str, code: int, seller: Path, run: Run) -> None:
    consent_until(seller, NOW + timedelta(days=days, hours=1))
    found_code, found = of(run)
    assert found_code == code
    assert found["level"] == level
    (warning,) = found["warnings"]
    assert (warning["what"], warning["level"], warning["days"]) == ("consent", level, days)
    assert warning["cure"] == "run xborder login ebay-us"
    said = run("doctor").out
    assert ("xborder login ebay-us" in said) == (level != "ok")
    assert f"{NOW + timedelta(days=days, hours=1):%Y-%m-%d}" in said


def test_a_signing_key_ends_too_and_the_next_end_comes_first(seller: Path, run: Run) -> None:
    end = NOW + timedelta(days=10)
    with_line(seller, f"signing_key_expires = {end:%Y-%m-%dT%H:%M:%SZ}")
    consent_until(seller, NOW + timedelta(days=60))
    _, found = of(run)
    assert [(one["what"], one["level"]) for one in found["warnings"]] == [
        ("signing key", "warning"),
        ("consent", "notice"),
    ]
    assert found["level"] == "warning"
    assert "signing key ends in" in run("doctor").out


def test_without_a_known_end_nothing_is_said(seller: Path, run: Run) -> None:
    consent_until(seller, None)
    code, found = of(run)
    assert (code, found["warnings"], found["level"]) == (0, [], "ok")
    assert of(run, "labels")[1]["warnings"] == []


def test_a_time_without_its_zone_is_refused(seller: Path, run: Run) -> None:
    with_line(seller, "signing_key_expires = 2029-01-01T00:00:00")
    code, found = of(run)
    assert code == 3
    assert "signing_key_expires" in found["settings"]
    assert found["level"] == "error"


def test_the_days_are_counted_by_the_clients_clock(seller: Path) -> None:
    end = datetime(2031, 5, 1, tzinfo=UTC)
    consent_until(seller, end)
    for days, level in (
        (90, Level.NOTICE),
        (91, Level.OK),
        (30, Level.WARNING),
        (0, Level.ERROR),
    ):
        clock = Clock(now=lambda days=days: end - timedelta(days=days))  # type: ignore[misc]
        with Client(seller / "xborder.toml", clock=clock) as client:
            (found,) = expiring(client, "ebay-us")
        assert (found.days, found.level) == (days, level)
