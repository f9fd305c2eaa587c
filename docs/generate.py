"""Writes the reference pages from the code, and with `--check` says which are out of date.

The pages are kept in the tree, so that a reader of the repository has them too; `make docs` fails when they differ from
what the code says.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from xborder_sdk import errors, models
from xborder_sdk.fulfilment import (
    ChargeableWeight,
    FulfilmentConfig,
    Notices,
    NoticeTemplate,
    Rule,
)
from xborder_sdk.hookspecs import KINDS, ClientHooks, Connector, Settings, SupportLevel
from xborder_sdk.models import Dimensions, Model
from xborder_sdk.runtime.operations import OPERATIONS
from xborder_sdk.runtime.registry import Registry
from xborder_sdk.runtime.relay import check_kind

FOLDER = Path(__file__).parent / "reference"
_HEAD = "<!-- Written by docs/generate.py from the code; do not edit. -->\n\n"
_OURS = (
    "aliexpress",
    "chinapost",
    "dhl",
    "ebay",
    "folder",
    "ipp",
    "raw",
    "track17",
)


def _doc(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def _summary(thing: object) -> str:
    return _doc(thing).partition("\n\n")[0].replace("\n", " ")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _connectors() -> list[type[Connector[Any]]]:
    return [
        connector for connector in Registry().connectors() if connector.name in _OURS
    ]


def operations() -> str:
    """Every operation of the four kinds, with its request's fields."""
    parts = [
        "# Operations\n",
        (
            "Every operation is a hookspec: it takes one frozen request and returns a flow; the clients have a method"
            " of the same name that returns the result. Requests are imported from `xborder_sdk.hookspecs`, results"
            " from [`xborder_sdk.models`](models.md). A field marked *option* changes what is bought, asked or"
            " promised: where a connector does not honour it ([capabilities](capabilities.md)), setting it raises"
            " `UnsupportedOption` before anything is sent.\n"
        ),
    ]
    for kind in KINDS:
        module = sys.modules[kind.__module__]
        parts.append(f"## {kind.__name__}\n\n{_summary(kind)}\n")
        requests = set()
        for operation in OPERATIONS.values():
            if operation.kind is not kind:
                continue
            signature = inspect.signature(operation.spec)
            request = signature.parameters["request"].annotation
            result = (
                str(signature.return_annotation).removeprefix("Flow[").removesuffix("]")
            )
            model = getattr(module, request)
            requests.add(model)
            parts.append(
                f"### {operation.name}\n\n`{operation.name}(request: {request}) -> {result}`\n"
            )
            parts.append(f"{_body(_doc(operation.spec))}\n")
            parts.append(_model(model))
        for part in _parts(module, requests):
            parts.append(f"### {part.__name__}\n")
            parts.append(_model(part) if issubclass(part, Model) else _enum(part))
    return "\n".join(parts)


def _parts(module: ModuleType, requests: set[type]) -> Iterator[type]:
    """The models and enumerations that a kind's requests are made of."""
    bases = {base for request in requests for base in request.__mro__}
    for member in vars(module).values():
        ours = isinstance(member, type) and member.__module__ == module.__name__
        if ours and issubclass(member, (Model, StrEnum)) and member not in bases:
            yield member


def _model(model: type[Model]) -> str:
    about = _attributes(model)
    rows = []
    for name, need in _needs(model):
        rows.append(
            f"| `{name}` | `{_cell(_type(model, name))}` | {need} | {_cell(about.get(name, ''))} |"
        )
    if not rows:
        return f"**{model.__name__}**: {_summary(model)} It has no fields.\n"
    head = f"**{model.__name__}**: {_summary(model)}\n\n| field | type | required | meaning |\n|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n"


def _needs(model: type) -> Iterator[tuple[str, str]]:
    """Each field with whether it must be given."""
    if is_dataclass(model):
        for plain in fields(model):
            required = plain.default is MISSING and plain.default_factory is MISSING
            yield plain.name, "yes" if required else ""
        return
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        option = isinstance(extra, dict) and extra.get("option")
        yield name, "yes" if field.is_required() else "option" if option else ""


def _enum(members: type[StrEnum]) -> str:
    return f"**{members.__name__}**: {_summary(members)} One of {', '.join(f'`{m.value}`' for m in members)}.\n"


def _type(model: type, field: str) -> str:
    """The type of a field as its class writes it, without what `Annotated` adds."""
    home = next(
        cls for cls in model.__mro__ if field in vars(cls).get("__annotations__", {})
    )
    plain = ast.unparse(
        _Plain().visit(ast.parse(str(home.__annotations__[field]), mode="eval"))
    )
    return plain.replace(" | ", " or ")  # a bar would end the cell


class _Plain(ast.NodeTransformer):
    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if (
            isinstance(node.value, ast.Name)
            and node.value.id == "Annotated"
            and isinstance(node.slice, ast.Tuple)
        ):
            return node.slice.elts[0]
        return node


def _body(doc: str) -> str:
    """A Google docstring as Markdown: prose, and what it raises as a list."""
    prose, _, raises = doc.partition("\nRaises:\n")
    prose = prose.partition("\nArgs:\n")[0].strip()
    if not raises:
        return prose
    items = " ".join(line if line.startswith("    ") and not line.startswith("     ") else " " + line.strip()
                     for line in raises.splitlines())  # fmt: skip
    faults = []
    for item in items.split("    "):
        name, colon, text = item.strip().partition(":")
        if colon:
            faults.append(f"- `{name}`: {' '.join(text.split())}")
    return prose + "\n\nRaises:\n\n" + "\n".join(faults)


def _attributes(model: type) -> dict[str, str]:
    """What the docstrings of a model and its bases say of each field."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        _, _, section = (cls.__doc__ or "").partition("Attributes:\n")
        current: list[str] = []
        for line in inspect.cleandoc(section).splitlines():
            if not line.startswith(" ") and ":" in line:
                names, _, text = line.partition(":")
                current = [name.strip() for name in names.split(",")]
                found |= dict.fromkeys(current, text.strip())
            else:
                for name in current:
                    found[name] += " " + line.strip()
    return found


def hooks() -> str:
    """The client-wide hooks."""
    parts = ["# Client-wide hooks\n", f"{_doc(sys.modules[ClientHooks.__module__])}\n"]
    for name, member in vars(ClientHooks).items():
        if not name.startswith("_"):
            signature = _signature(member)
            parts.append(
                f"## {name}\n\n`{name}{signature}`\n\n{_doc(member).partition(chr(10) + 'Args:')[0].strip()}\n"
            )
    return "\n".join(parts)


def capabilities() -> str:
    """Which connector supports which operation, and how each has been checked."""
    connectors = _connectors()
    parts = [
        "# Capabilities\n",
        (
            "What each connector of this project implements, and against what it has been held: *spec-checked* (the"
            " vendor's own machine-readable document), *sample-checked* (a public payload), *unverified* (a description"
            " only). `-`: the connector has no such operation, and calling it raises `UnsupportedOperation`.\n"
        ),
    ]
    for kind in KINDS:
        serving = [c for c in connectors if any(issubclass(k, kind) for k in c.kinds)]
        parts.append(f"## {kind.__name__}\n")
        parts.append("| operation | " + " | ".join(c.title for c in serving) + " |")
        parts.append("|---|" + "---|" * len(serving))
        for name, operation in OPERATIONS.items():
            if operation.kind is kind:
                cells = " | ".join(_mark(connector, name) for connector in serving)
                parts.append(f"| [{name}](operations.md#{name}) | {cells} |")
        parts.append("")
    parts.append("## Options\n")
    parts.append(
        "Options that each operation honours; any other that is set is refused before anything is sent:\n"
    )
    parts.append("| connector | operation | options |\n|---|---|---|")
    for connector in connectors:
        for kind in connector.kinds:
            for operation_name, options in sorted(kind.honours.items()):
                parts.append(
                    f"| {connector.name} | {operation_name} | {', '.join(sorted(options)) or '-'} |"
                )
    levels = ", ".join(level.value for level in SupportLevel)
    parts.append(
        f"\n`client.supports(account, operation)` answers for an account ({levels}), without asking anybody.\n"
    )
    return "\n".join(parts)


def _mark(connector: type[Connector[Any]], operation: str) -> str:
    """Against what an operation of a connector has been held."""
    if operation not in {op for kind in connector.kinds for op in check_kind(kind)}:
        return "-"
    if connector.name == "folder":
        return "yes"
    mark = connector.checked.get(operation)
    return mark.value if mark else "unverified"


def settings() -> str:
    """The settings of every account and of each connector."""
    parts = [
        "# Settings\n",
        "The keys of an `[accounts.NAME]` table, beside `connector` ([configuration](../configuration.md)).\n",
        "## Every account\n",
        _settings_table(Settings, set()),
    ]
    for connector in _connectors():
        parts.append(f"\n## {connector.title} (`{connector.name}`)\n")
        parts.append(
            _settings_table(connector.settings_model, set(Settings.model_fields))
        )
    parts.append("\n## Fulfilment\n")
    parts.append("The section `[fulfilment]` of the [main job](../fulfilment.md).\n")
    parts.append(_settings_table(FulfilmentConfig, set()))
    for section, model in _FULFILMENT_TABLES.items():
        parts.append(f"\n### `{section}`\n\n{_summary(model)}\n")
        parts.append(_settings_table(model, set()))
    return "\n".join(parts) + "\n"


_FULFILMENT_TABLES: dict[str, type[Model]] = {
    "[[fulfilment.rules]]": Rule,
    "[fulfilment.chargeable.<account>]": ChargeableWeight,
    "[fulfilment.notices]": Notices,
    "[[fulfilment.notices.templates]]": NoticeTemplate,
}


def _settings_table(model: type[Model], without: set[str]) -> str:
    about = _attributes(model)
    rows = [
        "| setting | type | required | default | meaning |",
        "|---|---|---|---|---|",
    ]
    for name, field in model.model_fields.items():
        if name in without:
            continue
        required = field.is_required()
        empty = (
            field.default in (None, PydanticUndefined, "")
            or field.default == frozenset()
        )
        default = "" if required or empty else _default(field.default)
        need = "yes" if required else ""
        rows.append(
            f"| `{name}` | {_words(field.annotation)} | {need} | {default} | {_cell(about.get(name, ''))} |"
        )
    return "\n".join(rows)


_WORDS = {
    str: "text",
    SecretStr: "secret",
    bool: "true or false",
    int: "whole number",
    float: "number",
    Decimal: "number",
    Path: "path",
    datetime: "date and time",
}


def _words(annotation: Any) -> str:
    """A type in the words of a configuration file."""
    origin, arguments = (
        get_origin(annotation),
        [a for a in get_args(annotation) if a is not type(None)],
    )
    if annotation in _WORDS:
        return _WORDS[annotation]
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin in {frozenset, tuple}:
        return "list"
    if origin is dict:
        return "table"
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return ", ".join(f"`{member.value}`" for member in annotation)
    if annotation is Dimensions:
        return "list of three whole numbers"
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return "table"
    if not arguments:
        raise TypeError(f"no words for the type {annotation}")
    return _words(arguments[0])


def _default(value: object) -> str:
    if isinstance(value, (frozenset, tuple)):
        return ", ".join(f"`{_cell(str(item))}`" for item in sorted(value))
    return f"`{_cell(str(value).lower() if isinstance(value, bool) else str(getattr(value, 'value', value)))}`"


def cli() -> str:
    """The help of every command."""
    os.environ |= {
        "COLUMNS": "100",
        "TERMINAL_WIDTH": "100",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }
    from typer.main import get_command

    from xborder_sdk.cli import output
    from xborder_sdk.cli.app import app

    command: Any = get_command(app)
    parts = ["# Command line\n", "```text", _help(command, "xborder"), "```\n"]
    parts.append(
        "## Exit codes\n\n```text\n"
        + _doc(output).partition("\n\n")[2].partition("\n\n")[2].strip("\n")
        + "\n```\n"
    )
    for name, one in command.commands.items():
        parts += _command(one, f"xborder {name}", "##")
    return "\n".join(parts)


def _command(command: Any, path: str, head: str) -> list[str]:
    """The help of a command, and of the commands below it."""
    parts = [f"{head} {path}\n", "```text", _help(command, path), "```\n"]
    for name, one in getattr(command, "commands", {}).items():
        parts += _command(one, f"{path} {name}", head + "#")
    return parts


def _help(command: Any, path: str) -> str:
    context = command.context_class(
        command, info_name=path, terminal_width=100, max_content_width=100
    )
    return "\n".join(
        line.rstrip() for line in command.get_help(context).splitlines()
    ).strip("\n")


def errors_page() -> str:
    """The tree of errors as its module draws it."""
    tree = _doc(errors)
    return (
        "# Error tree\n\n```text\n"
        + tree.partition("\n\n")[2].partition("\n\nEach carries")[0]
        + "\n```\n"
    )


def models_page() -> str:
    """Every model with all its fields, every enumeration with its values."""
    parts = [
        "# Models\n",
        (
            "All are imported from `xborder_sdk.models`, and all are frozen: `model.replace(field=...)` gives a checked"
            " copy. Amounts are exact decimals with their currency, weights grams, sizes millimetres, times aware,"
            " countries ISO 3166-1 alpha-2. The types `Personal`, `MaybePersonal` and `PersonalLines` are text that"
            " names a person and never shows in a repr; `raw` is the vendor's own object, for `model.raw.data()`.\n"
        ),
    ]
    homes: dict[str, list[Any]] = {}
    for name in models.__all__:
        member = getattr(models, name)
        home = getattr(member, "__module__", "")
        if (
            home.startswith(models.__name__)
            and home != f"{models.__name__}.base"
            and inspect.getdoc(member)
        ):
            homes.setdefault(home, []).append(member)
    for home in sorted(homes):
        module = sys.modules[home]
        order = list(vars(module))
        parts.append(
            f"## {home.rpartition('.')[2].capitalize()}\n\n{_summary(module)}\n"
        )
        for member in sorted(
            homes[home], key=lambda found: order.index(found.__name__)
        ):
            parts.append(f"### {member.__name__}\n")
            if inspect.isfunction(member):
                parts.append(
                    f"`{member.__name__}{_signature(member)}`\n\n{_prose(member)}\n"
                )
            else:
                parts.append(
                    _enum(member) if issubclass(member, StrEnum) else _model(member)
                )
                parts += _abilities(member)
    return "\n".join(parts)


def _abilities(model: type) -> Iterator[str]:
    """What a model can do besides holding values."""
    for name, member in vars(model).items():
        if (
            name.startswith("_")
            or not (doc := inspect.getdoc(member))
            or name in getattr(model, "model_fields", {})
        ):
            continue
        if isinstance(member, property):
            yield f"- `{name}`: {doc.partition(chr(10) * 2)[0]}\n"
        elif inspect.isfunction(member) or isinstance(member, classmethod):
            yield f"- `{name}{_signature(getattr(model, name))}`: {_prose(member)}\n"


def _signature(function: Callable[..., Any]) -> str:
    return (
        str(inspect.signature(function))
        .replace("'", "")
        .replace("(self, ", "(")
        .replace("(self)", "()")
    )


def _prose(thing: object) -> str:
    return " ".join(
        _doc(thing).partition("\nArgs:")[0].partition("\nRaises:")[0].split()
    )


PAGES: dict[str, Callable[[], str]] = {
    "operations.md": operations,
    "hooks.md": hooks,
    "capabilities.md": capabilities,
    "settings.md": settings,
    "cli.md": cli,
    "errors.md": errors_page,
    "models.md": models_page,
}


def main() -> int:
    """Writes the pages, or compares them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail when a page differs"
    )
    check = parser.parse_args().check
    FOLDER.mkdir(exist_ok=True)
    stale = []
    for name, make in PAGES.items():
        text = _HEAD + make().rstrip() + "\n"
        path = FOLDER / name
        if check:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run `make generated`\n")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
