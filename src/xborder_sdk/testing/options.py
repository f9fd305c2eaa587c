"""The options of a request, found by introspection, and values to try them with."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from xborder_sdk.hookspecs import Request

_TEXTS = ("fr", "DE", "EUR", "12:00", "XBORDER-1", "An invented text.")
_MOMENT = datetime(2026, 2, 27, 8, 30, tzinfo=UTC)


def options_of(model: type[BaseModel], way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The ways to every `OPTION` field of a request model, nested ones included."""
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("option"):
            yield (*way, name)
            continue
        for inner in _parts(field.annotation):
            if isinstance(inner, type) and issubclass(inner, BaseModel) and not way:
                yield from options_of(inner, (*way, name))


def with_option(request: Request, way: tuple[str, ...]) -> Iterator[Request]:
    """The request with an option set, once for each value worth trying."""
    yield from _with(request, request, way)


def _with(root: Request, model: BaseModel, way: tuple[str, ...]) -> Iterator[Any]:
    name = way[0]
    if len(way) > 1:
        inner = getattr(model, name)
        changed = _with(root, inner, way[1:]) if isinstance(inner, BaseModel) else iter(())
    else:
        field = type(model).model_fields[name]
        changed = samples(field.annotation, tuple(field.metadata), root)
    values = {each: getattr(model, each) for each in type(model).model_fields}
    for value in changed:
        if value == getattr(model, name):
            continue
        try:
            yield type(model).model_validate(values | {name: value})
        except ValidationError:
            continue


def samples(annotation: Any, metadata: tuple[Any, ...] = (), root: BaseModel | None = None) -> Iterator[Any]:
    """Values of a type that are worth trying.

    Args:
        annotation: The type.
        metadata: What a field says besides, such as a pattern.
        root: A request whose own models may serve as samples.
    """
    for kind in _parts(annotation):
        for value in _samples_of(kind, root):
            try:
                yield TypeAdapter(Annotated[kind, *metadata] if metadata else kind).validate_python(value)
            except ValidationError:
                continue


def _samples_of(kind: Any, root: BaseModel | None) -> Iterator[Any]:
    origin = typing.get_origin(kind)
    if origin is tuple:
        item = typing.get_args(kind)[0]
        yield from ((value,) for value in samples(item, (), root))
    elif origin is frozenset:
        yield from (frozenset({value}) for value in samples(typing.get_args(kind)[0], (), root))
    elif not isinstance(kind, type):
        return
    elif issubclass(kind, Enum):
        yield from kind
    elif issubclass(kind, bool):
        yield True
    elif issubclass(kind, datetime):
        yield from (_MOMENT, _MOMENT + timedelta(days=400), _MOMENT - timedelta(days=4))
    elif issubclass(kind, date):
        yield _MOMENT.date()
    elif issubclass(kind, str):
        yield from _TEXTS
    elif issubclass(kind, int):
        yield from (1, 7)
    elif issubclass(kind, Decimal):
        yield Decimal("12.50")
    elif issubclass(kind, BaseModel):
        yield from _models(kind, root)


def _models(kind: type[BaseModel], root: BaseModel | None) -> Iterator[BaseModel]:
    if root is not None:
        yield from _inside(kind, root)
    values: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        if not field.is_required():
            continue
        found = next(samples(field.annotation, tuple(field.metadata), root), None)
        if found is None:
            return
        values[name] = found
    try:
        yield kind.model_validate(values)
    except ValidationError:
        return


def _inside(kind: type[BaseModel], value: Any) -> Iterator[BaseModel]:
    if isinstance(value, kind):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _inside(kind, getattr(value, name))


def _parts(annotation: Any) -> list[Any]:
    """The types of a union, without None and without what `Annotated` adds."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return _parts(typing.get_args(annotation)[0])
    if origin in {typing.Union, types.UnionType}:
        return [part for each in typing.get_args(annotation) for part in _parts(each)]
    return [] if annotation is type(None) else [annotation]
