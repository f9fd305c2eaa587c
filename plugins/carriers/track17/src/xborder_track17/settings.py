"""What an account needs to be told."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from xborder_sdk.hookspecs import Settings


def _is_a_key(value: SecretStr) -> SecretStr:
    # Anybody could sign with an empty one.
    if not value.get_secret_value().strip():
        raise ValueError("the key is empty")
    return value


class Track17Settings(Settings):
    """Settings of a 17TRACK account.

    Attributes:
        api_key: The key of the 17TRACK console; it also proves what 17TRACK pushes.
        version: The interface's version, part of every path.
        register_unknown: Register numbers that 17TRACK does not follow yet; each costs one unit of the quota. Without
            it they are answered as not found.
        language: Language of the events' texts, as 17TRACK writes it, for numbers registered from now on; it costs one
            more unit each.
        send_postal_code: Pass the recipient's postcode on, which some carriers want before they tell anything.
        carriers: 17TRACK's carrier keys by connector name, beside or instead of the built-in ones.
        notification_max_age_s: Oldest news accepted in a pushed message, in seconds.
    """

    api_key: Annotated[SecretStr, AfterValidator(_is_a_key)]
    version: Annotated[str, Field(pattern=r"^v\d{1,2}(\.\d{1,2})?$")] = "v2.2"
    register_unknown: bool = True
    language: Annotated[str | None, Field(pattern=r"^[A-Za-z-]{2,10}$")] = None
    send_postal_code: bool = False
    carriers: dict[str, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)
    notification_max_age_s: int = Field(default=86_400, ge=60)
