"""`quote`, `ship`, `label`, `print`, `track`: one shipment at a time, by hand."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from xborder_sdk.cli.completion import complete_account, complete_accounts
from xborder_sdk.cli.files import read_label
from xborder_sdk.cli.orders import moment
from xborder_sdk.cli.output import JsonFlag, note, out, show_json, show_table
from xborder_sdk.cli.session import session
from xborder_sdk.client import Client
from xborder_sdk.documents import write_document
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.hookspecs import CreateShipment, GetDocuments, KnownParcel, PrintDocument, QuoteShipment, TrackParcels
from xborder_sdk.models import Document, DocumentKind, Quote, Scan
from xborder_sdk.runtime.redaction import fields_at_fault

_MAX_FILE_BYTES = 32 * 1024 * 1024
_QUOTE_FIELDS = set(QuoteShipment.model_fields)


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("quote")(quote)
    app.command("ship")(ship)
    app.command("label")(label)
    app.command("print")(print_files)
    app.command("track")(track)


def _bought_at(client: Client, waybill: str) -> datetime | None:
    """When the ledger saw this waybill bought; None where it did not."""
    return next((record.sent_at for record in client.store.history() if record.outcome_id == waybill), None)


ShipmentFile = Annotated[str, typer.Argument(help="Shipment as a JSON file, or - for standard input.")]


def example() -> dict[str, Any]:
    """A shipment file with invented people, to start from."""
    return {
        "key": "sample-0001",
        "service": "P",
        "ship_at": (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0).isoformat(),
        "sender": {
            "name": "Mara Lindqvist",
            "company": "Harbour Lane Goods",
            "lines": ["Speicherstrasse 12"],
            "city": "Berlin",
            "postal_code": "10999",
            "country": "DE",
            "phone": "+49301234567",
        },
        "recipient": {
            "name": "Jonah Whitfield",
            "lines": ["48 Orchard Row"],
            "city": "Portland",
            "region": "OR",
            "postal_code": "97205",
            "country": "US",
            "phone": "+15035550142",
        },
        "parcels": [{"weight_g": 640, "dimensions": {"length_mm": 250, "width_mm": 180, "height_mm": 90}}],
        "customs": {
            "invoice_number": "INV-0001",
            "invoice_date": datetime.now(UTC).date().isoformat(),
            "lines": [
                {
                    "description": "Enamel mug, 350 ml",
                    "quantity": 2,
                    "unit_value": {"amount": "14.50", "currency": "EUR"},
                    "unit_weight_g": 280,
                    "hs_code": "7323940000",
                    "origin": "CN",
                }
            ],
        },
    }


def _read_shipment(name: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read(_MAX_FILE_BYTES) if name == "-" else Path(name).read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError) as error:
        raise InvalidRequest(f"{name} is no JSON file that can be read ({type(error).__name__})") from None
    if not isinstance(found, dict):
        raise InvalidRequest(f"{name} must hold a JSON object", hint="see `xborder ship --example`")
    return found


def _validated(error: ValidationError, name: str) -> InvalidRequest:
    return InvalidRequest(f"{name} does not fit: {fields_at_fault(error)}", hint="see `xborder ship --example`")


def quote(
    accounts: Annotated[
        str, typer.Argument(help="Account of a carrier; several with commas.", autocompletion=complete_accounts)
    ],
    shipment: ShipmentFile,
    deadline: Annotated[float, typer.Option(help="Seconds to wait for the slowest.")] = 20.0,
    as_json: JsonFlag = False,
) -> None:
    """Ask carriers for prices. Nothing is bought."""
    data = {key: value for key, value in _read_shipment(shipment).items() if key in _QUOTE_FIELDS and key != "service"}
    try:
        request = QuoteShipment.model_validate(data)
    except ValidationError as error:
        raise _validated(error, shipment) from None
    from xborder_sdk.hookspecs import LogisticsProvider

    names = [name.strip() for name in accounts.split(",") if name.strip()]
    with session.client() as client:
        if len(names) == 1:
            quotes = list(client.quote(names[0], request, deadline_s=deadline))
        else:
            quotes = []
            for outcome in client.fan_out(names, LogisticsProvider.quote, request, deadline_s=deadline):
                if outcome.error is not None:
                    note(f"{outcome.account}: {outcome.error.message}")
                quotes.extend(outcome.value or ())
    if as_json:
        show_json(quotes)
        return
    show_table(
        "Quotes",
        ("account", "service", "name", "price", "delivery", "days", "chargeable g", "remark"),
        [
            (
                q.account,
                q.service.code,
                q.service.name,
                q.price or "no price",
                f"{q.delivery_at:%Y-%m-%d}" if q.delivery_at else q.delivery_local_time,
                q.transit_days,
                q.chargeable_weight_g,
                "needs an agreement" if q.needs_agreement else None,
            )
            for q in sorted(quotes, key=_by_price)
        ],
    )


def _by_price(quote: Quote) -> tuple[bool, str, Any]:
    return (quote.price is None, quote.price.currency if quote.price else "", quote.price.amount if quote.price else 0)


def ship(
    account: Annotated[
        str | None, typer.Argument(help="Account of a carrier.", autocompletion=complete_account)
    ] = None,
    shipment: Annotated[str | None, typer.Argument(help="Shipment as a JSON file, or - for standard input.")] = None,
    service: Annotated[str | None, typer.Option(help="Service code instead of the file's.")] = None,
    folder: Annotated[Path, typer.Option("--out", help="Folder for the papers.")] = Path("out"),
    attempt: Annotated[int, typer.Option(help="Raise it to buy on purpose again.", min=1)] = 1,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Buy without asking.")] = False,
    show_example: Annotated[bool, typer.Option("--example", help="Print a shipment file to start from.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Buy one shipment and save its papers. Buying twice what is meant once is refused, whoever asks."""
    if show_example:
        show_json(example())
        return
    if account is None or shipment is None:
        raise InvalidRequest("name an account and a shipment file", hint="xborder ship --example prints one")
    data = _read_shipment(shipment) | {"attempt": attempt}
    if service is not None:
        data["service"] = service
    try:
        request = CreateShipment.model_validate(data)
    except ValidationError as error:
        raise _validated(error, shipment) from None
    if not yes:
        typer.confirm(
            f"Buy {request.service} of {account} for {len(request.parcels)} parcel(s), {request.weight_g} g, to"
            f" {request.recipient.country}?",
            abort=True,
            err=True,
        )
    with session.client() as client:
        bought = client.create_shipment(account, request)
    paths = _save(bought.documents, folder, bought.waybill)
    if as_json:
        show_json(bought.model_dump(mode="json", exclude={"documents"}) | {"files": [str(path) for path in paths]})
        return
    out.print(f"Waybill {bought.waybill}" + (f", {bought.price}" if bought.price else ""), markup=False)
    for path in paths:
        out.print(str(path), markup=False)
    for warning in bought.warnings:
        note(warning)


def _save(documents: tuple[Document, ...], folder: Path, number: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for position, document in enumerate(documents, start=1):
        name = f"{number}-{document.kind.value}" + (f"-{position}" if position > 1 else "")
        paths.append(write_document(folder, name, document.content, f".{document.format.value}"))
    return paths


def label(
    account: Annotated[str, typer.Argument(help="Account of a carrier.", autocompletion=complete_account)],
    waybill: Annotated[str, typer.Argument(help="Number of the shipment.")],
    kind: Annotated[list[DocumentKind] | None, typer.Option(help="Papers wanted; may be given several times.")] = None,
    folder: Annotated[Path, typer.Option("--out", help="Folder for the papers.")] = Path("out"),
    bought: Annotated[
        str | None, typer.Option(help="Day it was bought, such as 2026-03-01; the ledger knows its own.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Fetch the papers of a shipment again."""
    with session.client() as client:
        when = moment(f"{bought}T12:00Z") if bought else _bought_at(client, waybill)
        request = GetDocuments(waybill=waybill, kinds=tuple(kind or [DocumentKind.LABEL]), bought_at=when)
        documents = client.get_documents(account, request)
    paths = _save(documents, folder, waybill)
    if as_json:
        show_json([str(path) for path in paths])
        return
    for path in paths:
        out.print(str(path), markup=False)


def print_files(
    printer: Annotated[str, typer.Argument(help="Account of a printer.", autocompletion=complete_account)],
    files: Annotated[list[Path], typer.Argument(help="Labels: PDF, PNG or ZPL.")],
    media: Annotated[str | None, typer.Option(help="Paper, as the printer names it.")] = None,
    copies: Annotated[int, typer.Option(help="How many of each.", min=1, max=100)] = 1,
    attempt: Annotated[int, typer.Option(help="Raise it to print the same file once more.", min=1)] = 1,
    as_json: JsonFlag = False,
) -> None:
    """Print labels at true size."""
    jobs = []
    with session.client() as client:
        for path in files:
            document = read_label(path)
            request = PrintDocument(document=document, name=path.stem, media=media, copies=copies, attempt=attempt)
            jobs.append(client.print_document(printer, request))
    if as_json:
        show_json(jobs)
        return
    show_table(
        "Print jobs",
        ("job", "printer", "state", "pages", "where"),
        [(j.job_id, j.printer, j.state.value, j.pages, j.location) for j in jobs],
    )


def track(
    account: Annotated[str, typer.Argument(help="Account of a carrier.", autocompletion=complete_account)],
    numbers: Annotated[list[str], typer.Argument(help="Tracking numbers.")],
    order: Annotated[
        str | None, typer.Option(help="The order they belong to; a platform's own tracking asks for it.")
    ] = None,
    scans: Annotated[bool, typer.Option("--scans", help="Every scan, not only the state.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Follow parcels."""
    with session.client() as client:
        known = tuple(KnownParcel(number=number, order_id=order) for number in dict.fromkeys(numbers)) if order else ()
        found = client.track(account, TrackParcels(numbers=tuple(numbers), known=known))
    if as_json:
        show_json(found)
        return
    show_table(
        "Parcels",
        ("number", "state", "last scan", "place", "expected"),
        [
            (
                t.number,
                t.status.value if t.found else "not known yet",
                _when(t.scans[-1]) if t.scans else None,
                t.scans[-1].place if t.scans else None,
                f"{t.estimated_delivery:%Y-%m-%d}" if t.estimated_delivery else t.estimated_delivery_local_time,
            )
            for t in found
        ],
        whole=("number",),
    )
    for t in found:
        if t.vendor_note:
            note(f"{t.number}: {t.vendor_note}")
    if scans:
        for tracking in found:
            show_table(
                tracking.number,
                ("when", "code", "state", "place", "text"),
                [(_when(s), s.code, s.status.value, s.place, s.text) for s in tracking.scans],
            )


def _when(scan: Scan) -> str | None:
    """The carrier's local time, else the moment."""
    if scan.local_time is not None or scan.at is None:
        return scan.local_time
    return f"{scan.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
