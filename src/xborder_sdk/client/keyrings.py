"""The operating system's keyring: secrets by name, all under the service `xborder`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xborder_sdk.errors import MissingExtra

if TYPE_CHECKING:
    from types import ModuleType

SERVICE = "xborder"


class KeyringTrouble(Exception):
    """The keyring cannot be used here; the text says why and holds no secret."""


def read_secret(name: str) -> str | None:
    """A secret; None where the keyring holds none of this name.

    Args:
        name: Its name under the service `xborder`.

    Raises:
        MissingExtra: The library is not installed.
        KeyringTrouble: This machine has no keyring, or it is locked.
    """
    keyring = _library()
    try:
        found: str | None = keyring.get_password(SERVICE, name)
    except Exception as error:  # noqa: BLE001 - backends raise what their system raises
        raise _trouble(error) from None
    return found


def write_secret(name: str, secret: str) -> None:
    """Keeps a secret, and makes sure that it is kept: some backends take everything and hold nothing.

    Args:
        name: Its name under the service `xborder`.
        secret: What to keep.

    Raises:
        MissingExtra: The library is not installed.
        KeyringTrouble: This machine has no keyring, it is locked, or it does not give back what it was given.
    """
    keyring = _library()
    try:
        keyring.set_password(SERVICE, name, secret)
    except Exception as error:  # noqa: BLE001 - backends raise what their system raises
        raise _trouble(error) from None
    if read_secret(name) != secret:
        raise KeyringTrouble("the keyring of this machine keeps nothing")


def _library() -> ModuleType:
    try:
        import keyring
    except ModuleNotFoundError:
        raise MissingExtra("the keyring", "keyring") from None
    return keyring


def _trouble(error: Exception) -> KeyringTrouble:
    # The words of a backend may name what it was asked to keep; the type says enough.
    if type(error).__name__ == "NoKeyringError":
        return KeyringTrouble("this machine has no keyring")
    return KeyringTrouble(f"the keyring of this machine cannot be used ({type(error).__name__})")
