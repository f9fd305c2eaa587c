"""One request to the API and its answer, apart from the web framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xborder_sandbox.dhl.accounts import Account
from xborder_sandbox.dhl.doc import Doc, load
from xborder_sandbox.dhl.problems import Problem, missing_parameters, unprocessable, wrong_format
from xborder_sandbox.dhl.shape import Fields, problems

_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class Call:
    """A request by a customer who is known.

    Attributes:
        caller: Who.
        base: The address of the API as the caller wrote it, without a slash at the end.
        instance: What refusals call the request.
        path: The parameters in the path.
        query: The query's parameters in order, repeated ones included.
        body: As it came.
        message_reference: The caller's, or one made for it.
    """

    caller: Account
    base: str
    instance: str
    path: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    body: bytes
    message_reference: str

    def all(self, name: str) -> list[str]:
        """Return all values of a parameter."""
        return [value for key, value in self.query if key == name and value]

    def one(self, name: str, default: str = "") -> str:
        """Return the last value of a parameter."""
        values = self.all(name)
        return values[-1] if values else default

    def need(self, *names: str) -> None:
        """Refuse the request unless these parameters are there.

        Raises:
            Problem: 400.
        """
        missing = [name for name in names if not self.all(name)]
        if missing:
            raise missing_parameters(missing)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a parameter that is true or false.

        Raises:
            Problem: 400, if it is neither.
        """
        text = self.one(name)
        if not text:
            return default
        if text.lower() not in _FLAGS:
            raise wrong_format([f"{name} (type=boolean)"])
        return _FLAGS[text.lower()]

    def choice(self, name: str, choices: Sequence[str], default: str = "") -> str:
        """Return a parameter that is one of a few words.

        Raises:
            Problem: 400, if it is another.
        """
        text = self.one(name, default)
        if text and text not in choices:
            listed = ", ".join(choices)
            raise wrong_format([f"{name} (valid parameters for {name} are [{listed}]"], "Wrong format")
        return text

    def document(self, shape: Fields) -> Doc:
        """Return the body.

        Raises:
            Problem: 400 if it is no JSON, 422 if it has not this shape.
        """
        try:
            value = load(self.body)
        except (ValueError, RecursionError) as error:
            raise Problem(400, "Bad request", "The request body is not valid JSON", "Bad request") from error
        found = list(problems(shape, value))
        if found:
            raise unprocessable(found)
        return Doc(value)


@dataclass(frozen=True)
class Answer:
    """What is sent back; without a body when it is None."""

    body: Mapping[str, object] | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
