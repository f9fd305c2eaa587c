"""`python -m xborder_chinapost export|import`: the batch file of China Post's seller site, from a terminal."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from decimal import Decimal, InvalidOperation
from pathlib import Path

from xborder_chinapost.batch_file import WholeValues, read_results, write_workbook
from xborder_chinapost.batch_orders import levelled, made_of, read_catalogue, read_orders
from xborder_sdk.errors import InvalidRequest, XborderError
from xborder_sdk.models import Battery

_WRONG = 2
_MOST_BYTES = 64 * 1024 * 1024


def _rate(text: str) -> tuple[str, Decimal]:
    currency, _, amount = text.partition("=")
    try:
        rate = Decimal(amount)
    except InvalidOperation:
        rate = Decimal(0)
    if len(currency) != 3 or not currency.isalpha() or not rate.is_finite() or rate <= 0:
        raise argparse.ArgumentTypeError("give rates as EUR=1.08: one unit in US dollars")
    return currency.upper(), rate


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m xborder_chinapost", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="make the workbook of orders that wait")
    export.add_argument("orders", type=Path, help="what `xborder orders ACCOUNT --json` printed; - for standard input")
    export.add_argument("catalogue", type=Path, help="CSV with sku, name_en, name_zh, weight_g, hs_code, origin")
    export.add_argument("workbook", type=Path, help="the file to make (.xlsx)")
    export.add_argument(
        "--rate", action="append", type=_rate, default=[], metavar="EUR=1.08", help="US dollars per unit"
    )
    export.add_argument(
        "--whole-values",
        type=WholeValues,
        choices=list(WholeValues),
        default=WholeValues.REFUSE,
        metavar="{refuse,up,half_up}",
        help="the file takes whole dollars: what becomes of cents (refuse)",
    )
    export.add_argument("--highest-value", action="store_true", help="declare a SKU at the highest it was sold for")
    export.add_argument(
        "--battery",
        action="append",
        default=[],
        choices=[battery.value for battery in Battery if battery is not Battery.NONE],
        help="goods with this battery may go, as the contract allows; otherwise they are left out",
    )
    export.add_argument("--service", help="the product in the site's words, such as e邮宝")
    export.add_argument("--force", action="store_true", help="overwrite the workbook")
    export.add_argument("--json", action="store_true", help="print JSON")
    read = commands.add_parser("import", help="read the numbers of the site's result file")
    read.add_argument("results", type=Path, help="the CSV file, GBK or UTF-8")
    read.add_argument("--json", action="store_true", help="print JSON")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit code: 0, 1 where orders were left out or have several numbers, 2 for errors.

    Args:
        arguments: Instead of the process's own.
    """
    wish = _parser().parse_args(arguments)
    try:
        return _export(wish) if wish.command == "export" else _import(wish)
    except XborderError as error:
        _say(f"error: {error}")
        return _WRONG
    except OSError as error:
        _say(f"error: {error.filename}: {error.strerror}")
        return _WRONG


def _export(wish: argparse.Namespace) -> int:
    orders_found, goods = read_orders(_read(wish.orders)), read_catalogue(_read(wish.catalogue))
    made = made_of(orders_found, goods, dict(wish.rate), frozenset(wish.battery))
    orders = made.orders
    if not orders:
        for order_id, reason in made.left_out:
            _say(f"{order_id} is left out: {reason}")
        raise InvalidRequest("no order can go into the file", field="orders")
    if wish.service:
        orders = tuple(order.replace(service_type=wish.service) for order in orders)
    raised: dict[str, int] = {}
    if wish.highest_value:
        orders, raised = levelled(orders, wish.whole_values)
    try:
        book = write_workbook(orders, whole_values=wish.whole_values)
    except InvalidRequest as error:
        if error.field and error.field.startswith("orders."):
            number = orders[int(error.field.split(".")[1])].order_id
            raise InvalidRequest(
                f"order {number}: {error.message}",
                field=error.field,
                hint="--whole-values half_up rounds, --rate converts, --highest-value gives a SKU one value",
            ) from None
        raise
    _write(wish.workbook, book, force=wish.force)
    for order_id, reason in made.left_out:
        _say(f"{order_id} is left out: {reason}")
    for sku, value in raised.items():
        _say(f"{sku} was sold at several prices and is declared at {value} USD")
    if wish.json:
        _print(
            {
                "workbook": str(wish.workbook),
                "orders": [order.order_id for order in orders],
                "left_out": dict(made.left_out),
                "raised": raised,
            }
        )
    else:
        sys.stdout.write(f"{len(orders)} orders are in {wish.workbook}\n")
    return 1 if made.left_out else 0


def _import(wish: argparse.Namespace) -> int:
    found = read_results(_read(wish.results))
    if wish.json:
        _print(found.model_dump(mode="json"))
    else:
        for order_id, number in found.waybills.items():
            sys.stdout.write(f"{order_id}\t{number}\n")
        for order_id in found.without_number:
            _say(f"{order_id} has no number yet")
        for order_id in found.conflicting:
            _say(f"{order_id} has several numbers: look it up on the site")
        for text in found.warnings:
            _say(text)
    return 1 if found.conflicting or found.without_number else 0


def _read(path: Path) -> bytes:
    """A file, or the standard input for `-`."""
    with nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise InvalidRequest(f"{path} has more than {_MOST_BYTES} bytes")
    return content


def _write(path: Path, content: bytes, *, force: bool) -> None:
    """Writes a file whole or not at all, for its owner alone: it holds buyers' addresses."""
    if not force and os.path.lexists(path):
        raise InvalidRequest(f"{path} is there already", field="workbook", hint="--force overwrites it")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")  # readable by its owner alone
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def _print(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
