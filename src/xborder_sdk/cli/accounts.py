"""`connectors`, `accounts`, `doctor`: what is installed, what is set up, and whether it works."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from pydantic import SecretStr

from xborder_sdk.cli.completion import complete_connector
from xborder_sdk.cli.expiry import Expiring, Level, expiring
from xborder_sdk.cli.output import ExitCode, JsonFlag, out, show_json, show_table
from xborder_sdk.cli.session import session
from xborder_sdk.client import Client
from xborder_sdk.errors import UnsupportedOperation, XborderError
from xborder_sdk.hookspecs import AttemptRecord, Settings, hookimpl
from xborder_sdk.runtime.operations import OPERATIONS
from xborder_sdk.runtime.registry import Registry
from xborder_sdk.runtime.relay import check_kind

# Signatures and token windows of vendors fail from about this skew on.
_SKEW_WARNING_S = 60.0


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("connectors")(connectors)
    app.command("accounts")(accounts)
    app.command("doctor")(doctor)


def connectors(
    name: Annotated[
        str | None,
        typer.Argument(help="One connector, with its settings and operations.", autocompletion=complete_connector),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the installed connectors, and what is wrong with those that cannot be used."""
    registry = Registry()
    if name is not None:
        _one_connector(registry, name, as_json)
        return
    plugins = registry.plugins()
    if as_json:
        show_json(
            [
                {
                    "plugin": p.name,
                    "distribution": p.distribution,
                    "version": p.version,
                    "connectors": p.connectors,
                    "error": p.error,
                }
                for p in plugins
            ]
        )
        return
    show_table(
        "Connectors",
        ("plugin", "distribution", "version", "connectors", "state"),
        [(p.name, p.distribution, p.version, ", ".join(p.connectors), p.error or "ok") for p in plugins],
    )


def _one_connector(registry: Registry, name: str, as_json: bool) -> None:
    connector = registry.connector(name)
    operations = sorted(op for kind in connector.kinds for op in check_kind(kind))
    settings = []
    for field_name, field in connector.settings_model.model_fields.items():
        secret = "secret" if SecretStr in getattr(field.annotation, "__args__", (field.annotation,)) else ""
        settings.append(
            (field_name, "yes" if field.is_required() else "no", secret, field_name in Settings.model_fields)
        )
    if as_json:
        show_json(
            {
                "name": connector.name,
                "title": connector.title,
                "operations": operations,
                "settings": [{"name": n, "required": r == "yes", "secret": bool(s)} for n, r, s, _ in settings],
            }
        )
        return
    out.print(f"{connector.title} ({connector.name})")
    show_table(
        "Settings",
        ("setting", "required", "kind", "of"),
        [(n, r, s or "-", "every connector" if common else connector.name) for n, r, s, common in settings],
    )
    show_table("Operations", ("operation", "kind"), [(op, OPERATIONS[op].kind.__name__) for op in operations])


def accounts(as_json: JsonFlag = False) -> None:
    """List the configured accounts."""
    config = session.config()
    found = [(a.name, a.connector) for a in config.accounts]
    if as_json:
        show_json([{"account": name, "connector": connector} for name, connector in found])
        return
    show_table("Accounts", ("account", "connector"), found)


class _Clocks:
    """Watches what the vendors' clocks say."""

    def __init__(self) -> None:
        self.skew_s: dict[str, float] = {}

    @hookimpl
    def on_attempt(self, record: AttemptRecord) -> None:
        if record.server_time is not None:
            self.skew_s[record.account] = (record.server_time - datetime.now(UTC)).total_seconds()


def doctor(
    live: Annotated[
        bool, typer.Option("--live", help="Also ask the vendors who the accounts are. Reads only.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Check configuration, credentials and clocks, account by account, and warn before consents and keys end."""
    clocks = _Clocks()
    config = session.config()
    findings: list[dict[str, Any]] = []
    with Client(config, hooks=[clocks]) as client:
        findings += [_look_at(client, account.name, live, clocks) for account in config.accounts]
    if as_json:
        show_json([one | {"warnings": [warning.facts() for warning in one["warnings"]]} for one in findings])
    else:
        columns = ("account", "connector", "settings", "identity", "clock skew", "ends")
        show_table(
            "Doctor",
            columns,
            [
                (f["account"], f["connector"], f["settings"], f["identity"], f["clock"], _next_end(f["warnings"]))
                for f in findings
            ],
        )
        for finding in findings:
            for said in (*(warning.text for warning in finding["warnings"]), finding["hint"]):
                if said:
                    out.print(f"{finding['account']}: {said}", markup=False)
    if any(finding["failed"] for finding in findings):
        raise typer.Exit(ExitCode.CONFIGURATION)


def _next_end(warnings: Sequence[Expiring]) -> str | None:
    return f"{min(warning.at for warning in warnings):%Y-%m-%d}" if warnings else None


def _look_at(client: Client, account: str, live: bool, clocks: _Clocks) -> dict[str, Any]:
    config = client.config
    connector = next(a.connector for a in config.accounts if a.name == account)
    found: dict[str, Any] = {
        "account": account,
        "connector": connector,
        "settings": "ok",
        "identity": None,
        "clock": None,
        "warnings": (),
        "level": "ok",
        "hint": None,
        "failed": False,
    }
    try:
        client.connector(account)
        found["warnings"] = expiring(client, account)
    except XborderError as error:
        return found | {"settings": error.message, "hint": error.hint, "failed": True, "level": "error"}
    found["level"] = max((warning.level for warning in found["warnings"]), default=Level.OK).label
    found["failed"] = any(warning.level is Level.ERROR for warning in found["warnings"])
    if not live:
        return found | {"identity": "not asked (use --live)"}
    try:
        identity = client.whoami(account, deadline_s=20)
        found["identity"] = " ".join(part for part in (identity.name, f"({identity.id})", identity.detail) if part)
    except UnsupportedOperation:
        found["identity"] = "this vendor cannot be asked"
    except XborderError as error:
        found |= {"identity": error.message, "hint": error.hint, "failed": True, "level": "error"}
    skew = clocks.skew_s.get(account)
    if skew is not None:
        found["clock"] = f"{skew:+.0f} s"
        if abs(skew) > _SKEW_WARNING_S:
            found["hint"] = "this machine's clock and the vendor's differ: set the clock (NTP)"
            if found["level"] in {"ok", "notice"}:
                found["level"] = "warning"
    return found
