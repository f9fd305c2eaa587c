"""The catalogue: where master data comes from, and which of it is missing.

A catalogue is a CSV file or a function of the SKU. The file is UTF-8 (with or without a mark), separated by commas, and
its first line names the columns, in any order:

| column | meaning |
|---|---|
| `sku` | required, unique |
| `name_en` | customs name in English, specific |
| `name_zh` | customs name in Chinese, optional |
| `weight_g` | net weight of one piece, whole grams |
| `length_mm`, `width_mm`, `height_mm` | size of one packed piece, whole millimetres; all three or none |
| `hs_code` | HS code, digits; six are enough |
| `hs_code_xx` | longer code of one destination, `xx` being a country or `eu`, such as `hs_code_us` |
| `origin` | country where it was made, two letters |
| `battery` | `none`, `ion_in_equipment`, `ion_with_equipment`, `ion_alone`, and the same with `metal` |
| `gtin` | trade item number, optional |

An empty cell means "not known", and an order that needs it is held.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from xborder_sdk.errors import ConfigurationError
from xborder_sdk.fulfilment.goods import Battery, CatalogueItem, EnrichedOrder, LineFacts
from xborder_sdk.hookspecs import hookimpl
from xborder_sdk.models import Hold, HoldReason, Order

Lookup = Callable[[str], CatalogueItem | None]

_COLUMNS = {
    "sku": "sku",
    "name_en": "name_en",
    "name_zh": "name_local",
    "weight_g": "weight_g",
    "hs_code": "hs_code",
    "origin": "origin",
    "battery": "battery",
    "gtin": "gtin",
}
_SIZES = ("length_mm", "width_mm", "height_mm")
_NATIONAL = re.compile(r"^hs_code_([a-z]{2})$")
_WHOLE = re.compile(r"^[0-9]{1,9}$")
_LARGEST_BYTES = 256 * 1024 * 1024


class CatalogueError(ConfigurationError):
    """The catalogue file cannot be used.

    Args:
        line: Line of the file, from 1.
        column: Name of the column.
    """

    def __init__(
        self, message: str, *, line: int | None = None, column: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.line = line
        self.column = column


class Catalogue:
    """Master data by SKU.

    Args:
        lookup: Finds the item of an SKU, or None. It is called once for every line of an order.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    @classmethod
    def of(cls, items: Iterable[CatalogueItem]) -> Catalogue:
        """A catalogue of items held in memory."""
        return cls({item.sku: item for item in items}.get)

    @classmethod
    def read(cls, path: Path | str) -> Catalogue:
        """Reads a CSV file, whole.

        Raises:
            CatalogueError: It cannot be read; line and column say where.
        """
        return cls.of(read_items(Path(path)))

    def item(self, sku: str) -> CatalogueItem | None:
        """The item of an SKU, or None."""
        return self._lookup(sku)

    def enrich(self, order: Order) -> EnrichedOrder:
        """The order with the item of every line."""
        lines = tuple(
            LineFacts(line=line, item=None if line.sku is None else self._lookup(line.sku)) for line in order.lines
        )
        return EnrichedOrder(order=order, lines=lines)


class CatalogueHooks:
    """The catalogue as a client-wide hook: an order whose goods are not known well enough carries the reasons.

        client = Client(hooks=[CatalogueHooks(catalogue)])

    Args:
        catalogue: The catalogue.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @hookimpl
    def enrich_order(self, order: Order) -> Order | None:
        """Adds a hold for everything that is missing, as for a parcel that crosses a customs border."""
        found = tuple(hold for hold in gaps(self._catalogue.enrich(order)) if hold not in order.holds)
        return order.replace(holds=(*order.holds, *found)) if found else None


def gaps(order: EnrichedOrder, *, customs: bool = True) -> tuple[Hold, ...]:
    """What is missing of an order's goods, each with its SKU.

    Args:
        order: The order with its items.
        customs: Whether customs will look at the parcel.
    """
    return tuple(hold for index, facts in enumerate(order.lines) for hold in _line_gaps(index, facts, customs))


def _line_gaps(index: int, facts: LineFacts, customs: bool) -> Iterator[Hold]:
    path = f"lines.{index}.sku"
    sku = facts.line.sku
    if sku is None:
        detail = f"line {index + 1} has no SKU, so nothing is known of its goods"
        yield Hold(reason=HoldReason.UNKNOWN_SKU, detail=detail, field=path, repair="give the listing an SKU")
        return
    item = facts.item
    if item is None:
        detail = f"SKU {sku} is not in the catalogue"
        yield Hold(reason=HoldReason.UNKNOWN_SKU, detail=detail, field=path, repair=f"add {sku} to the catalogue")
        return
    wanted: list[tuple[object, str, str]] = [
        (item.weight_g, "weight", "weight_g"),
        (item.battery, "statement about batteries", "battery (`none` where there is none)"),
    ]
    if customs:
        wanted += [
            (item.hs_code, "HS code", "hs_code"),
            (item.name_en, "English customs name", "name_en"),
            (item.origin, "country of origin", "origin"),
        ]
    for value, what, column in wanted:
        if value is None:
            repair = f"fill {column} of {sku} in the catalogue"
            yield Hold(reason=HoldReason.MISSING_DATA, detail=f"SKU {sku} has no {what}", field=path, repair=repair)


def read_items(path: Path) -> tuple[CatalogueItem, ...]:
    """The items of a CSV file, in its order.

    Raises:
        CatalogueError: It cannot be read; line and column say where.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise CatalogueError(f"{path} is too large for a catalogue file", hint="give a function instead of a file")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CatalogueError(f"the catalogue {path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        hint = 'save it as "CSV UTF-8"'
        raise CatalogueError(f"the catalogue {path} is not UTF-8 (byte {error.start + 1})", hint=hint) from None
    return tuple(_items(path, text))


def _items(path: Path, text: str) -> Iterator[CatalogueItem]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    first_seen: dict[str, int] = {}
    line = 1
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise CatalogueError(f"{path}, line {line}: {error}", line=line) from None
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            header = _header(path, line, row)
            continue
        if len(row) > len(header):
            problem = f"{path}, line {line} has {len(row)} cells, the first line names {len(header)} columns"
            raise CatalogueError(problem, line=line, hint="put names that hold a comma in double quotes")
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=False) if cell.strip()}
        item = _item(path, line, cells)
        if item.sku in first_seen:
            problem = f"{path}, line {line}, column sku: {item.sku} stands in line {first_seen[item.sku]} already"
            raise CatalogueError(problem, line=line, column="sku")
        first_seen[item.sku] = line
        yield item
    if header is None:
        raise CatalogueError(f"{path} is empty", hint="its first line names the columns, beginning with sku")


def _header(path: Path, line: int, row: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in row]
    known = [*_COLUMNS, *_SIZES, "hs_code_<country>"]
    hint = f"columns: {', '.join(known)}"
    if len(names) == 1 and ";" in names[0]:
        hint = "separate the columns by commas, not semicolons"
    for name in names:
        if name not in _COLUMNS and name not in _SIZES and not _NATIONAL.match(name):
            raise CatalogueError(f"{path}, line {line}: unknown column {name!r}", line=line, column=name, hint=hint)
        if names.count(name) > 1:
            raise CatalogueError(f"{path}, line {line}: column {name} stands there twice", line=line, column=name)
    if "sku" not in names:
        raise CatalogueError(f"{path}, line {line}: there is no column sku", line=line, column="sku", hint=hint)
    return names


def _item(path: Path, line: int, cells: dict[str, str]) -> CatalogueItem:
    def fault(column: str, problem: str, hint: str | None = None) -> CatalogueError:
        text = f"{path}, line {line}, column {column}: {problem}"
        return CatalogueError(text, line=line, column=column, hint=hint)

    if "sku" not in cells:
        raise fault("sku", "it is empty")
    values: dict[str, object] = {_COLUMNS[name]: cell for name, cell in cells.items() if name in _COLUMNS}
    numbers = {name: cells[name] for name in ("weight_g", *_SIZES) if name in cells}
    for name, cell in numbers.items():
        if not _WHOLE.match(cell) or int(cell) == 0:
            raise fault(name, "it must be a whole number above 0", "no units, no thousands separators")
    if "weight_g" in numbers:
        values["weight_g"] = int(numbers["weight_g"])
    sizes = [name for name in _SIZES if name in numbers]
    if sizes:
        missing = [name for name in _SIZES if name not in numbers]
        if missing:
            raise fault(missing[0], "it is empty while another side is given", "give all three sides or none")
        values["dimensions"] = {name: int(numbers[name]) for name in _SIZES}
    if "origin" in cells:
        values["origin"] = cells["origin"].upper()
    if "battery" in cells:
        values["battery"] = cells["battery"].lower()
        if values["battery"] not in set(Battery):
            raise fault("battery", "it is none of the words known", f"one of {', '.join(Battery)}")
    national = {match[1].upper(): cell for name, cell in cells.items() if (match := _NATIONAL.match(name))}
    codes = {"HS_CODE": cells["hs_code"]} if "hs_code" in cells else {}
    for where, code in {**codes, **national}.items():
        column = "hs_code" if where == "HS_CODE" else f"hs_code_{where.lower()}"
        cleaned = code.replace(".", "").replace(" ", "")
        if not re.fullmatch(r"[0-9]{6,12}", cleaned):
            raise fault(column, "it must have 6 to 12 digits", "a spreadsheet may have eaten a leading zero")
        if where == "HS_CODE":
            values["hs_code"] = cleaned
        else:
            national[where] = cleaned
    values["national_codes"] = national
    try:
        return CatalogueItem.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)[0]
        field = str(found["loc"][0]) if found["loc"] else "sku"
        column = next((name for name, target in _COLUMNS.items() if target == field), field)
        raise fault(column, str(found["msg"])) from None
