"""`login`: the owner of an account consents in a browser, and what that gives is kept where only this user reads it."""

from __future__ import annotations

import json
import os
import secrets
import sys
import tempfile
import webbrowser
from dataclasses import dataclass, replace
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from xborder_sdk.cli.completion import complete_account
from xborder_sdk.cli.output import JsonFlag, note, out, show_json
from xborder_sdk.cli.redirect import LONGEST, Redirect, code_from
from xborder_sdk.cli.session import session
from xborder_sdk.client import AccountConfig, Client, Config
from xborder_sdk.client.keyrings import KeyringTrouble, write_secret
from xborder_sdk.documents import safe_name
from xborder_sdk.errors import ConfigurationError, InvalidRequest, MalformedResponse, MissingExtra, UnknownAccount
from xborder_sdk.hookspecs import Connector, Token
from xborder_sdk.runtime.registry import Registry


class Keep(StrEnum):
    """Where to keep what the consent gives."""

    AUTO = "auto"
    KEYRING = "keyring"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the secret is now.

    Attributes:
        reference: What the configuration says of it: `{"keyring": NAME}` or `{"file": PATH}`.
        remark: Why it is not where one might look for it.
    """

    reference: dict[str, str]
    remark: str | None = None

    def line(self, setting: str) -> str:
        """The configuration's line."""
        ((kind, name),) = self.reference.items()
        return f"{setting} = {{ {kind} = {json.dumps(name, ensure_ascii=False)} }}"


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("login")(login)


def login(
    account: Annotated[str, typer.Argument(help="Account to log in.", autocompletion=complete_account)],
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address instead of opening it.")] = False,
    port: Annotated[
        int | None,
        typer.Option(help="Wait on this port of 127.0.0.1 for the browser instead of asking.", min=1, max=65535),
    ] = None,
    keep: Annotated[Keep, typer.Option(help="Where to keep what the consent gives.")] = Keep.AUTO,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the browser.", min=1)] = 600.0,
    as_json: JsonFlag = False,
) -> None:
    """Let the owner of an account consent in a browser, and keep what that gives."""
    config = session.config()
    known = next((one for one in config.accounts if one.name == account), None)
    if known is None:
        names = ", ".join(one.name for one in config.accounts) or "none"
        raise UnknownAccount(f"there is no account named {account}", hint=f"configured: {names}")
    connector = Registry().connector(known.connector)
    setting = connector.consent_setting
    state = secrets.token_urlsafe(32)
    with Client(replace(config, accounts=(_before_consent(known, setting),))) as client:
        if port is not None or connector.consent_loopback:
            with Redirect(state, port or 0) as redirect:
                uri = redirect.uri if connector.consent_loopback else None
                _show(client.consent_url(account, state, uri), no_browser)
                code = redirect.wait(timeout)
            token = client.exchange_code(account, code, uri)
        else:
            _show(client.consent_url(account, state), no_browser)
            token = client.exchange_code(account, code_from(_pasted(), state))
        if token.refresh is None:
            raise MalformedResponse(
                f"{connector.title} gave nothing that lasts", hint="ask for offline access in the account's scopes"
            )
        kept = _keep(config, known, setting, token.refresh.get_secret_value(), keep)
        _remember(client, known, connector, token)
    _tell(known, connector, token, kept, as_json)


def _before_consent(account: AccountConfig, setting: str) -> AccountConfig:
    """The account without what it is about to get, which may name a place where nothing is yet.

    A read-only account may log in all the same: nothing changes at the vendor but who may ask.
    """
    settings = {name: value for name, value in account.settings.items() if name not in {setting, "read_only"}}
    return replace(account, settings=settings)


def _show(url: str, no_browser: bool) -> None:
    if not no_browser and webbrowser.open(url):
        note("The browser shows the page of the consent. If it does not, open:")
    else:
        note("Open this page in a browser:")
    # To standard error like the rest of the talk: standard output is for the result.
    typer.echo(url, err=True)


def _pasted() -> str:
    note("Consent, then copy the address at which the browser arrives (whatever the page shows) and paste it here:")
    line = sys.stdin.readline(LONGEST + 1)
    if not line.strip():
        raise InvalidRequest("nothing was pasted", hint="run xborder login again")
    return line


def _keep(config: Config, account: AccountConfig, setting: str, secret: str, wish: Keep) -> Kept:
    """Keeps the secret: where the configuration names a place, there; else in the keyring, else in a file.

    Raises:
        ConfigurationError: It can be kept nowhere.
    """
    named = account.settings.get(setting)
    remark = None
    if wish is Keep.AUTO and isinstance(named, dict) and set(named) <= {"keyring", "file"} and len(named) == 1:
        wish = Keep.KEYRING if "keyring" in named else Keep.FILE
        name = str(named[wish.value])
    else:
        named, name = None, f"{account.name}.{setting}"
    if wish is not Keep.FILE:
        try:
            write_secret(name, secret)
        except (KeyringTrouble, MissingExtra) as trouble:
            if wish is Keep.KEYRING:
                if isinstance(trouble, MissingExtra):
                    raise
                raise ConfigurationError(str(trouble), hint="use --keep file, or --keep auto") from None
            said = "the keyring's library is not installed" if isinstance(trouble, MissingExtra) else str(trouble)
            remark = f"It is kept in a file, since {said}."
        else:
            return Kept({"keyring": name})
    if named is None:
        name = safe_name(name)
    path = account.path_of(name)
    _write_private(path, secret)
    return Kept({"file": name if config.path is not None else str(path.resolve())}, remark)


def _write_private(path: Path, secret: str) -> None:
    """Writes a file that only this user reads; it appears whole or not at all."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".xborder-", dir=path.parent)  # made with mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(secret + "\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written ({error.strerror})", hint="name another place in the configuration, and log in"
        ) from None


def _remember(client: Client, account: AccountConfig, connector: type[Connector[Any]], token: Token) -> None:
    """Puts the token where the account will look for it: it saves a refresh, and `doctor` knows when it ends."""
    settings = dict(_resolved_but(account, connector.consent_setting))
    settings[connector.consent_setting] = token.refresh
    made = connector(account.name, connector.settings_model.model_validate(settings))
    client.store.put_token(made.credential_key(connector.consent_credential), token)


def _resolved_but(account: AccountConfig, setting: str) -> dict[str, Any]:
    kept = {name: value for name, value in account.settings.items() if name != setting}
    return replace(account, settings=kept).resolved()


def _tell(account: AccountConfig, connector: type[Connector[Any]], token: Token, kept: Kept, as_json: bool) -> None:
    setting = connector.consent_setting
    there = account.settings.get(setting) == kept.reference
    ends = None if token.refresh_expires_at is None else token.refresh_expires_at.astimezone(UTC).isoformat()
    if as_json:
        show_json(
            {
                "account": account.name,
                "setting": setting,
                "reference": kept.reference,
                "configured": there,
                "line": kept.line(setting),
                "expires_at": ends,
                "remark": kept.remark,
            }
        )
        return
    out.print(
        f"{account.name} is logged in at {connector.title}" + (f" until {ends[:10]}." if ends else "."), markup=False
    )
    if kept.remark:
        note(kept.remark)
    if there:
        out.print(f"The configuration names the place already: {kept.line(setting)}", markup=False)
    else:
        out.print(f"Put this line into [accounts.{account.name}] of the configuration:", markup=False)
        out.print(kept.line(setting), markup=False)
