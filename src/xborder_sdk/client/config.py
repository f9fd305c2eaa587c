"""Accounts and settings: from `xborder.toml`, from code, or from an application's own store."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from xborder_sdk.errors import ConfigurationError, InvalidSettings, UnknownAccount

CONFIG_VARIABLE = "XBORDER_CONFIG"
LEDGER_VARIABLE = "XBORDER_LEDGER"
_MAX_SECRET_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class AccountConfig:
    """One account as configured.

    Attributes:
        name: Unique name, such as `ebay-us`.
        connector: Name of the connector.
        settings: The connector's settings; secrets may be references: `{"env": NAME}`, `{"file": PATH}` or
            `{"keyring": NAME}`.
        folder: Where relative secret files are looked for.
    """

    name: str
    connector: str
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    folder: Path | None = None

    def resolved(self) -> dict[str, Any]:
        """The settings with every reference replaced by what it names.

        Raises:
            InvalidSettings: A variable is not set, a file cannot be read, or the keyring has no such entry.
            MissingExtra: The keyring is named and its library is not installed.
        """
        return {key: self._resolve(key, value) for key, value in self.settings.items()}

    def _resolve(self, key: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            if set(value) == {"env"}:
                return self._from_environment(key, str(value["env"]))
            if set(value) == {"file"}:
                return self._from_file(key, str(value["file"]))
            if set(value) == {"keyring"}:
                return self._from_keyring(key, str(value["keyring"]))
            return {name: self._resolve(f"{key}.{name}", inner) for name, inner in value.items()}
        return value

    def _from_environment(self, key: str, variable: str) -> str:
        try:
            return os.environ[variable]
        except KeyError:
            raise InvalidSettings(
                f"account {self.name}: {key} names the environment variable {variable}, which is not set"
            ) from None

    def path_of(self, name: str) -> Path:
        """Where a secret file lies: a relative name is below the configuration's folder.

        Args:
            name: The name of a `file` reference.
        """
        path = Path(name).expanduser()
        return path if path.is_absolute() or self.folder is None else self.folder / path

    def _from_keyring(self, key: str, name: str) -> str:
        from xborder_sdk.client.keyrings import KeyringTrouble, read_secret

        try:
            found = read_secret(name)
        except KeyringTrouble as trouble:
            raise InvalidSettings(f"account {self.name}: {key} names the keyring, but {trouble}") from None
        if found is None:
            raise InvalidSettings(
                f"account {self.name}: {key} names {name} in the keyring, which is not there",
                hint=f"put it there: xborder login {self.name}, or  keyring set xborder {name}",
            )
        return found

    def _from_file(self, key: str, name: str) -> str:
        path = self.path_of(name)
        try:
            with path.open("rb") as file:
                content = file.read(_MAX_SECRET_BYTES)
            return content.decode().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidSettings(
                f"account {self.name}: {key} names the file {path}, which cannot be read ({type(error).__name__})"
            ) from None


class AccountStore(Protocol):
    """Where accounts come from. An integrator with thousands of sellers backs it with its own database."""

    def names(self) -> Iterable[str]:
        """Names of all accounts."""
        ...

    def get(self, name: str) -> AccountConfig | None:
        """One account, or None."""
        ...


class MemoryAccounts:
    """Accounts held in memory; they may come and go at run time."""

    def __init__(self, accounts: Iterable[AccountConfig] = ()) -> None:
        self._accounts = {account.name: account for account in accounts}

    def names(self) -> tuple[str, ...]:
        """Names of all accounts."""
        return tuple(self._accounts)

    def get(self, name: str) -> AccountConfig | None:
        """One account, or None."""
        return self._accounts.get(name)

    def put(self, account: AccountConfig) -> None:
        """Adds or replaces an account."""
        self._accounts[account.name] = account

    def remove(self, name: str) -> None:
        """Removes an account.

        Raises:
            UnknownAccount: There is none of this name.
        """
        if self._accounts.pop(name, None) is None:
            raise UnknownAccount(f"there is no account named {name}")


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration file, read.

    Attributes:
        accounts: The accounts.
        ledger: Path or URL of the effects ledger; None for the default place.
        hooks: Names of plugins whose client-wide hooks run.
        sections: All other sections, for those who own them.
        path: The file; None for a configuration made in code.
    """

    accounts: tuple[AccountConfig, ...] = ()
    ledger: str | None = None
    hooks: tuple[str, ...] = ()
    sections: Mapping[str, Any] = field(default_factory=dict)
    path: Path | None = None

    def section(self, name: str) -> Mapping[str, Any]:
        """Another section of the file; empty where there is none."""
        found = self.sections.get(name, {})
        if not isinstance(found, Mapping):
            raise ConfigurationError(f"{self.path}: {name} must be a table")
        return found


_CLIENT_KEYS = {"ledger", "hooks"}


def read_config(path: Path | str) -> Config:
    """Reads `xborder.toml`.

        [client]
        ledger = "xborder.db"            # path or postgresql:// URL; relative to this file
        hooks = ["my-policy"]            # plugins that may see orders

        [accounts.ebay-us]
        connector = "ebay"
        client_id = { env = "EBAY_CLIENT_ID" }

    Raises:
        ConfigurationError: The file is missing, no TOML, or has keys nobody knows.
    """
    import tomllib  # here, since a client with accounts in code needs none

    path = Path(path).expanduser()
    try:
        with path.open("rb") as file:
            data = tomllib.load(file)
    except FileNotFoundError:
        raise ConfigurationError(f"there is no configuration file {path}") from None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from None
    client = _table(path, data, "client")
    unknown = set(client) - _CLIENT_KEYS
    if unknown:
        known = ", ".join(sorted(_CLIENT_KEYS))
        raise ConfigurationError(
            f"{path}: [client] has unknown keys {', '.join(sorted(unknown))}", hint=f"known: {known}"
        )
    accounts = []
    for name, table in _table(path, data, "accounts").items():
        if not isinstance(table, Mapping) or not isinstance(table.get("connector"), str):
            raise ConfigurationError(f'{path}: [accounts.{name}] needs connector = "..."')
        settings = {key: value for key, value in table.items() if key != "connector"}
        accounts.append(AccountConfig(name, table["connector"], settings, path.parent))
    hooks = client.get("hooks", [])
    if not isinstance(hooks, list) or not all(isinstance(name, str) for name in hooks):
        raise ConfigurationError(f"{path}: hooks must be a list of names")
    ledger = client.get("ledger")
    if isinstance(ledger, str) and "://" not in ledger:
        ledger = str(path.parent / Path(ledger).expanduser())
    return Config(tuple(accounts), ledger, tuple(hooks), data, path)


def _table(path: Path, data: dict[str, Any], name: str) -> Mapping[str, Any]:
    found = data.pop(name, {})
    if not isinstance(found, Mapping):
        raise ConfigurationError(f"{path}: {name} must be a table")
    return found


def find_config() -> Path | None:
    """The configuration file in force: `XBORDER_CONFIG`, `./xborder.toml`, or the user's; None where there is none."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    home = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    for candidate in (Path("xborder.toml"), home / "xborder" / "xborder.toml"):
        if candidate.is_file():
            return candidate
    return None


def default_ledger() -> str:
    """Where the ledger is when nobody says: `XBORDER_LEDGER`, or the user's state folder."""
    named = os.environ.get(LEDGER_VARIABLE)
    if named:
        return named
    state = Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser()
    return str(state / "xborder" / "ledger.db")
