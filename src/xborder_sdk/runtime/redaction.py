"""Keeps credentials and buyer data out of words that people see."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import get_args
from urllib.parse import quote, quote_plus

from pydantic import BaseModel, SecretStr, ValidationError

from xborder_sdk.models.base import personal_values

_MASK = "***"
_LONGEST = 300
_MOST_READ = 4000
_EDGE = 200
"""More than what is looked for is long: where words were cut, half of it could stay."""
_SHORTEST_WORD = 3
_NAME_WORDS = 6
_LONG_WORD = 9
_LONG_VALUE = 16

# A vendor may echo data of somebody the request did not name: an address line survives only as words, but e-mail
# addresses, phone numbers and long opaque strings (tokens, keys) are recognisable and go in any case.
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
_PHONE = re.compile(r"(?<!\d)(?<!\d{4}-)(?!\d{4}-\d\d-\d\d)\+?\d[\d\s().-]{7,}\d")
_OPAQUE = re.compile(r"[A-Za-z0-9+/_=-]{40,}")
_AUTHORISATION = re.compile(r"\b(?:Basic|Bearer)\s+(?=\S*[\d+/=_-])\S{8,}", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def secrets_of(value: object) -> Iterable[str]:
    """Every secret in a settings model."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from secrets_of(getattr(value, name))
    elif isinstance(value, (tuple, list, frozenset)):
        for item in value:
            yield from secrets_of(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from secrets_of(item)


def scrub(text: str, secrets: Iterable[str], people: Iterable[object]) -> str:
    """A vendor's words without secrets and without what names a person.

    Args:
        text: The vendor's words.
        secrets: Credentials of the account.
        people: Models (the request, recent results) whose personal fields must not show.
    """
    found = _CONTROL.sub(" ", text[:_MOST_READ])
    values = {
        spelt
        for value in secrets
        if len(value) >= _SHORTEST_WORD
        for spelt in (value, quote(value, safe=""), quote_plus(value))  # as it is in a path, and in a query
    }
    for model in people:
        for value in personal_values(model):
            values.add(value.strip())
            values.update(_telling_words(value))
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= _SHORTEST_WORD or not value.isascii():
            found = _replace(found, value)
    for pattern in (_AUTHORISATION, _EMAIL, _PHONE, _OPAQUE):
        found = pattern.sub(_MASK, found)
    found = " ".join(found.split())
    if len(text) > _MOST_READ:
        found = found[:-_EDGE] + "…"
    return found if len(found) <= _LONGEST else found[: _LONGEST - 1] + "…"


def _telling_words(value: str) -> Iterable[str]:
    """The words of a personal text that would name somebody by themselves.

    All words of a name or an address line do. Of a sentence (a buyer's note) only those that are no plain words: with
    a digit, a sign or a capital, or long; else an error could not say "the order" after a note that did.
    """
    words = [word for word in re.split(r"[\s,;/]+", value) if len(word) >= _SHORTEST_WORD]
    if len(words) <= _NAME_WORDS:
        return words
    return [word for word in words if len(word) >= _LONG_WORD or not (word.isalpha() and word.islower())]


def _replace(text: str, value: str) -> str:
    if not value:
        return text
    pattern = re.escape(value)
    if value.isascii() and value.isalnum():  # whole words, so that "Man" does not eat "Manifest"
        pattern = rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"
    return re.sub(pattern, _MASK, text, flags=re.IGNORECASE)


def fields_at_fault(error: ValidationError) -> str:
    """Paths and kinds of a validation error's faults, without the values."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    shown = [f"{'.'.join(str(part) for part in fault['loc']) or 'value'} ({fault['type']})" for fault in faults[:5]]
    more = len(faults) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def faults_told(error: ValidationError, secrets: Iterable[str]) -> str:
    """What a validation error says of each fault; of one whose words hold a secret only the kind.

    Args:
        error: Of settings, which its reader wrote: other values than secrets may stand in it.
        secrets: What must not show.
    """
    hidden = [secret for secret in secrets if len(secret) >= _SHORTEST_WORD]
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    told = []
    for fault in faults[:5]:
        words = fault["msg"].removeprefix("Value error, ")
        if any(secret in words for secret in hidden):
            words = fault["type"]
        path = ".".join(str(part) for part in fault["loc"])
        told.append(f"{path}: {words}" if path else words)
    more = len(faults) - len(told)
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")


def secrets_given(model: type[BaseModel], values: Mapping[str, object]) -> set[str]:
    """Texts of settings that are secrets, or may be one in the wrong place: under an unknown name, or long.

    Args:
        model: The settings.
        values: What was given for them; it need not fit.
    """
    found: set[str] = set()
    for name, value in values.items():
        field = model.model_fields.get(name)
        is_secret = field is None or _is_secret(field.annotation)
        found.update(text for text in _texts(value) if is_secret or len(text) >= _LONG_VALUE)
    return found


def _is_secret(annotation: object) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return any(_is_secret(field.annotation) for field in annotation.model_fields.values())
    return annotation is SecretStr or any(_is_secret(part) for part in get_args(annotation))


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, (str, int)):
        yield str(value)


def place_of(error: BaseException) -> str:
    """Where an exception was raised, innermost last, as file:line in function: names only, never values."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return " > ".join(f"{PurePath(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames)


def bare(error: BaseException) -> BaseException:
    """The same exception without the frames it went through, whose locals hold answers, tokens and buyers."""
    error.__traceback__ = None
    error.__cause__ = None
    error.__context__ = None
    error.__suppress_context__ = True
    return error
