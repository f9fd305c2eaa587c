"""Writes the reference pages from the code, and with `--check` says which are out of date.

The pages are kept in the tree, so that a reader of the repository has them too; `make docs` fails when they differ from
what the code says.
"""

from __future__ import annotations

import argparse
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from xborder_sdk import errors
from xborder_sdk.hookspecs import KINDS, ClientHooks, Connector, Settings, SupportLevel
from xborder_sdk.runtime.operations import OPERATIONS
from xborder_sdk.runtime.registry import Registry
from xborder_sdk.runtime.relay import check_kind

FOLDER = Path(__file__).parent / "reference"
_HEAD = "<!-- Written by docs/generate.py from the code; do not edit. -->\n\n"
_OURS = ("dhl", "ebay", "folder")


def _doc(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def _summary(thing: object) -> str:
    return _doc(thing).partition("\n\n")[0].replace("\n", " ")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _connectors() -> list[type[Connector[Any]]]:
    return [connector for connector in Registry().connectors() if connector.name in _OURS]


def operations() -> str:
    """Every operation of the four kinds, with its request's fields."""
    parts = ["# Operations\n", "Every operation is a hookspec; it takes one frozen request and returns a flow.\n"]
    for kind in KINDS:
        parts.append(f"## {kind.__name__}\n\n{_summary(kind)}\n")
        for operation in OPERATIONS.values():
            if operation.kind is not kind:
                continue
            signature = inspect.signature(operation.spec)
            request = signature.parameters["request"].annotation
            result = str(signature.return_annotation).removeprefix("Flow[").removesuffix("]")
            parts.append(f"### {operation.name}\n\n`{operation.name}(request: {request}) -> {result}`\n")
            parts.append(f"{_body(_doc(operation.spec))}\n")
            model = getattr(sys.modules[kind.__module__], request)
            about = _attributes(model)
            rows = []
            for name, field in model.model_fields.items():
                need = "yes" if field.is_required() else "no"
                rows.append(f"| `{name}` | {need} | {_cell(about.get(name, ''))} |")
            if rows:
                parts.append(f"**{request}**: {_summary(model)}\n")
                parts.append("| field | required | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


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
            signature = str(inspect.signature(member)).replace("'", "").replace("(self, ", "(").replace("(self)", "()")
            parts.append(f"## {name}\n\n`{name}{signature}`\n\n{_doc(member).partition(chr(10) + 'Args:')[0].strip()}\n")
    return "\n".join(parts)


def capabilities() -> str:
    """Which connector supports which operation, and how each has been checked."""
    connectors = _connectors()
    parts = [
        "# Capabilities\n",
        "What each connector of this project implements, and against what it has been held: *spec-checked* (the"
        " vendor's own machine-readable document), *sample-checked* (a public payload), *unverified* (a description"
        " only).\n",
    ]
    parts.append("| operation | " + " | ".join(c.title for c in connectors) + " |")
    parts.append("|---|" + "---|" * len(connectors))
    for name, operation in OPERATIONS.items():
        cells = []
        for connector in connectors:
            implemented = {op for kind in connector.kinds for op in check_kind(kind)}
            if name not in implemented:
                cells.append("-")
            elif connector.name == "folder":
                cells.append("yes")
            else:
                mark = connector.checked.get(name)
                cells.append(mark.value if mark else "unverified")
        if any(cell != "-" for cell in cells):
            parts.append(f"| [{name}](operations.md#{name}) ({operation.kind.__name__}) | " + " | ".join(cells) + " |")
    parts.append("\nOptions that each operation honours; any other that is set is refused before anything is sent:\n")
    parts.append("| connector | operation | options |\n|---|---|---|")
    for connector in connectors:
        for kind in connector.kinds:
            for operation_name, options in sorted(kind.honours.items()):
                parts.append(f"| {connector.name} | {operation_name} | {', '.join(sorted(options)) or '-'} |")
    levels = ", ".join(level.value for level in SupportLevel)
    parts.append(f"\n`client.supports(account, operation)` answers for an account ({levels}), without asking anybody.\n")
    return "\n".join(parts)


def settings() -> str:
    """The settings of every account and of each connector."""
    parts = ["# Settings\n", "## Every account\n", _settings_table(Settings, set())]
    for connector in _connectors():
        parts.append(f"\n## {connector.title} (`{connector.name}`)\n")
        parts.append(_settings_table(connector.settings_model, set(Settings.model_fields)))
    return "\n".join(parts) + "\n"


def _settings_table(model: type[Settings], without: set[str]) -> str:
    about = _attributes(model)
    rows = ["| setting | required | default | secret | meaning |", "|---|---|---|---|---|"]
    for name, field in model.model_fields.items():
        if name in without:
            continue
        required = field.is_required()
        default = "" if required or field.default in (None, PydanticUndefined, "") else f"`{_default(field.default)}`"
        secret = "yes" if "SecretStr" in str(field.annotation) or field.annotation is SecretStr else ""
        need = "yes" if required else ""
        rows.append(f"| `{name}` | {need} | {default} | {secret} | {_cell(about.get(name, ''))} |")
    return "\n".join(rows)


def _default(value: object) -> str:
    if isinstance(value, (frozenset, tuple)):
        return _cell(", ".join(sorted(str(item) for item in value))) or "empty"
    return _cell(str(getattr(value, "value", value)))


def cli() -> str:
    """The help of every command."""
    os.environ |= {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "TERM": "dumb"}
    import click
    from typer.main import get_command

    from xborder_sdk.cli import output
    from xborder_sdk.cli.app import app

    command = get_command(app)
    parts = ["# Command line\n", "```text", _help(command, "xborder"), "```\n"]
    parts.append("## Exit codes\n\n```text\n" + _doc(output).partition("\n\n")[2].partition("\n\n")[2].strip("\n") + "\n```\n")
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            parts += [f"## xborder {name}\n", "```text", _help(command.commands[name], f"xborder {name}"), "```\n"]
    return "\n".join(parts)


def _help(command: Any, path: str) -> str:
    import click

    context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines()).strip("\n")


def errors_page() -> str:
    """The tree of errors as its module draws it."""
    tree = _doc(errors)
    return "# Error tree\n\n```text\n" + tree.partition("\n\n")[2].partition("\n\nEach carries")[0] + "\n```\n"


PAGES: dict[str, Callable[[], str]] = {
    "operations.md": operations,
    "hooks.md": hooks,
    "capabilities.md": capabilities,
    "settings.md": settings,
    "cli.md": cli,
    "errors.md": errors_page,
}


def main() -> int:
    """Writes the pages, or compares them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page differs")
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
