"""One call of a business API, as its handler sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from xborder_sandbox.aliexpress.errors import MISSING_PARAMETER, WRONG_PARAMETER, GatewayError
from xborder_sandbox.aliexpress.tokens import Seller
from xborder_sandbox.requests import Json

_WHOLE = re.compile(r"-?\d{1,19}")


@dataclass(frozen=True)
class Upload:
    """A file of a multipart form."""

    filename: str
    content: bytes = field(repr=False)


class Form:
    """Parameters of a call, or the fields of an object inside one. Blank and null count as not given.

    Args:
        values: The fields. At the top level all are text, and nested ones are JSON in that text.
        path: The names above, for messages; empty at the top level.
    """

    def __init__(self, values: Mapping[str, Json], path: str = "") -> None:
        self._values = values
        self._path = path

    def __contains__(self, name: str) -> bool:
        return self._raw(name) is not None

    def names(self) -> list[str]:
        """Return the names of all fields that are given."""
        return [name for name in self._values if name in self]

    def text(self, name: str) -> str:
        """Return a text, or a number as text.

        Raises:
            GatewayError: If it is missing, or an object or list.
        """
        value = self._needed(name)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | Decimal | float):
            return str(value)
        raise self.wrong(name, "must be a text")

    def maybe(self, name: str, default: str = "") -> str:
        """Return a text, or the default when there is none."""
        return self.text(name) if name in self else default

    def whole(self, name: str) -> int:
        """Return a whole number, written as number or text.

        Raises:
            GatewayError: If it is missing or none.
        """
        text = self.text(name).strip()
        if not _WHOLE.fullmatch(text):
            raise self.wrong(name, "must be a whole number")
        return int(text)

    def maybe_whole(self, name: str, default: int) -> int:
        """Return a whole number, or the default when there is none."""
        return self.whole(name) if name in self else default

    def decimal(self, name: str) -> Decimal:
        """Return a number, written as number or text.

        Raises:
            GatewayError: If it is missing or none.
        """
        try:
            value = Decimal(self.text(name).strip())
        except InvalidOperation:
            raise self.wrong(name, "must be a number") from None
        if not value.is_finite():
            raise self.wrong(name, "must be a number")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean, written as such or as text; the default when there is none."""
        text = self.maybe(name, "true" if default else "false").lower()
        if text not in ("true", "false"):
            raise self.wrong(name, "must be true or false")
        return text == "true"

    def form(self, name: str) -> Form:
        """Return the object of that name.

        Raises:
            GatewayError: If it is missing or no object.
        """
        value = self._parsed(name)
        if not isinstance(value, dict):
            raise self.wrong(name, "must be an object")
        return Form(value, f"{self._path}{name}.")

    def forms(self, name: str) -> list[Form]:
        """Return the objects of the list of that name; an empty list when there is none."""
        found = []
        for index, value in enumerate(self._list(name)):
            if not isinstance(value, dict):
                raise self.wrong(name, "must be a list of objects")
            found.append(Form(value, f"{self._path}{name}[{index}]."))
        return found

    def texts(self, name: str) -> list[str]:
        """Return the texts and numbers of a list, given as JSON or with commas; an empty list when there is none."""
        raw = self._raw(name)
        if isinstance(raw, str) and not raw.lstrip().startswith("["):
            return [part.strip() for part in raw.split(",") if part.strip()]
        values = self._list(name)
        if any(not isinstance(value, str | int) or isinstance(value, bool) for value in values):
            raise self.wrong(name, "must be a list of texts")
        return [str(value) for value in values]

    def wrong(self, name: str, why: str) -> GatewayError:
        """Return the error for a field that is not as it must be."""
        return GatewayError(WRONG_PARAMETER, f"{self._path}{name} {why}")

    def missing(self, name: str) -> GatewayError:
        """Return the error for a field that has to be there."""
        return GatewayError(MISSING_PARAMETER, f"{self._path}{name}")

    def _raw(self, name: str) -> Json:
        value = self._values.get(name)
        return None if isinstance(value, str) and not value.strip() else value

    def _needed(self, name: str) -> Json:
        value = self._raw(name)
        if value is None:
            raise self.missing(name)
        return value

    def _parsed(self, name: str) -> Json:
        value = self._needed(name)
        if not isinstance(value, str):
            return value
        try:
            parsed: Json = json.loads(value)
            # Half a character, as JSON's escapes can write it, could not be answered with.
            json.dumps(parsed, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise self.wrong(name, "is not JSON") from None
        return parsed

    def _list(self, name: str) -> list[Json]:
        if name not in self:
            return []
        value = self._parsed(name)
        if not isinstance(value, list):
            raise self.wrong(name, "must be a list")
        return value


class Call(Form):
    """A call of a business API.

    Args:
        api: The API's name, such as `aliexpress.solution.order.get` or `/auth/token/create`.
        parameters: All text parameters, common ones too.
        files: The files of a multipart form, by parameter.
        seller: Whose session it is; None for the few APIs without one.
    """

    def __init__(
        self, api: str, parameters: Mapping[str, str], files: Mapping[str, Upload], seller: Seller | None
    ) -> None:
        super().__init__(dict(parameters))
        self.api = api
        self.files = dict(files)
        self._seller = seller

    @property
    def seller(self) -> Seller:
        """The seller who calls.

        Raises:
            LookupError: For an API that is called without a session.
        """
        if self._seller is None:
            raise LookupError(f"{self.api} is called without a session")
        return self._seller

    def file(self, name: str) -> Upload:
        """Return a file.

        Raises:
            GatewayError: If it is missing.
        """
        if name not in self.files:
            raise self.missing(name)
        return self.files[name]
