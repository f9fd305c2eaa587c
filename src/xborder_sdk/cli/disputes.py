"""`disputes`: what is due, evidence from the delivery, and the answer, shown in full before it is given."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from xborder_sdk.cli.completion import complete_account
from xborder_sdk.cli.output import ExitCode, JsonFlag, err, note, out, show_error, show_json, show_table
from xborder_sdk.cli.session import session
from xborder_sdk.client import Client
from xborder_sdk.disputes import (
    Attachment,
    ContestPlan,
    DisputeFeed,
    EvidencePack,
    EvidenceParcel,
    Letter,
    accept,
    build_evidence,
    contest,
    due_within,
    evidence_limits,
    find_dispute,
    has_pack,
    open_disputes,
    plan_contest,
    read_pack,
    write_pack,
)
from xborder_sdk.disputes.papers import address_text
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.hookspecs import ShipmentProof
from xborder_sdk.models import Address, Dispute, DisputeAnswer, DisputeKind, EvidenceKind
from xborder_sdk.runtime.redaction import fields_at_fault

_MAX_FILE_BYTES = 32 * 1024 * 1024
_MAX_LETTER_BYTES = 1024 * 1024
_SENDER = "sender"

disputes_app = typer.Typer(
    help="Disputes by deadline; evidence from the delivery; contest or accept.",
    invoke_without_command=True,
    rich_markup_mode=None,
    add_completion=False,
)

Number = Annotated[str, typer.Argument(metavar="NO", help="Number of the dispute, from the list.")]
Accounts = Annotated[
    list[str] | None,
    typer.Option(
        "--account",
        metavar="NAME",
        help="Only this account; may be given several times.",
        autocompletion=complete_account,
    ),
]
Kind = Annotated[
    DisputeKind | None, typer.Option("--kind", metavar="KIND", help="Its kind, where one number names several.")
]
Folder = Annotated[
    Path | None, typer.Option("--out", help="Folder of the evidence; without it out/dispute-NO.", show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Send without asking.")]
ReturnTo = Annotated[
    str | None,
    typer.Option(
        "--return-to",
        metavar="FILE",
        help="Where goods go back to: an address as a JSON file, or `sender` for that of [fulfilment].",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(disputes_app, name="disputes")


@disputes_app.callback()
def disputes(
    context: typer.Context,
    account: Accounts = None,
    due: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Only what you must answer within this time, such as 48h or 3d; ends with 5 if there is any.",
        ),
    ] = None,
    kind: Annotated[
        list[DisputeKind] | None,
        typer.Option("--kind", metavar="KIND", help="Only this kind; may be given several times."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List disputes, the most urgent first; the commands below look at one, and answer it."""
    if context.invoked_subcommand is not None:
        return
    with session.client() as client:
        if due is not None:
            feed = due_within(client, account, _duration(due) / timedelta(hours=1), kinds=kind or ())
        else:
            feed = open_disputes(client, account, kinds=kind or (), closed_too=everything)
        now = client.clock.now()
    if as_json:
        show_json([dispute.model_dump(mode="json") | {"due_by": dispute.due_by} for dispute in feed.disputes])
    else:
        _list(feed, now)
    for failure in feed.failures:
        show_error(failure.error.locate(failure.account, None, None), as_json=as_json)
    if feed.failures:
        raise typer.Exit(ExitCode.FAILED)
    if due is not None and feed.disputes:
        raise typer.Exit(ExitCode.DUE)


def _list(feed: DisputeFeed, now: datetime) -> None:
    if not feed.disputes:
        out.print("No disputes." if not feed.failures else "No disputes in the accounts that answered.")
        return
    show_table(
        "Disputes",
        ("no", "account", "kind", "reason", "state", "amount", "order", "due", "left", "possible now"),
        [
            (
                dispute.dispute_id,
                dispute.account,
                dispute.kind.value,
                dispute.reason.value if dispute.reason != "unknown" else f"unknown ({dispute.vendor_reason})",
                dispute.status.value if dispute.status != "unknown" else f"unknown ({dispute.vendor_status})",
                dispute.amount,
                dispute.order_id,
                _due(dispute),
                _left(dispute.due_by - now) if dispute.due_by else None,
                ", ".join(sorted(dispute.choices)) or None,
            )
            for dispute in feed.disputes
        ],
        [_colour(dispute, now) for dispute in feed.disputes],
        whole=("no",),
    )


def _colour(dispute: Dispute, now: datetime) -> str | None:
    if dispute.is_due(now + timedelta(days=1)):
        return "red"
    return "yellow" if dispute.is_due(now + timedelta(days=3)) else None


def _left(time: timedelta) -> str:
    if time <= timedelta(0):
        return "overdue"
    hours = int(time / timedelta(hours=1))
    return f"{hours // 24} d {hours % 24} h" if hours >= 24 else f"{hours} h {int(time.seconds / 60) % 60} min"


def _duration(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,5})([hd])", text)
    if match is None:
        raise InvalidRequest(f"{text} is no span of time", hint="write 48h or 3d")
    return int(match[1]) * (timedelta(hours=1) if match[2] == "h" else timedelta(days=1))


@disputes_app.command("show")
def show(number: Number, account: Accounts = None, kind: Kind = None, as_json: JsonFlag = False) -> None:
    """Show one dispute: what is asked, what is there, what may be answered."""
    with session.client() as client:
        dispute = find_dispute(client, number, account, kind)
        limits = evidence_limits(client, dispute.account, dispute.kind)
    if as_json:
        show_json(dispute.model_dump(mode="json") | {"due_by": dispute.due_by})
        return
    _show_facts(dispute)
    if dispute.proposals:
        show_table(
            "Proposals",
            ("proposal", "by", "what", "amount", "on the table", "state"),
            [
                (
                    one.proposal_id,
                    one.party.value,
                    one.kind.value if one.kind != "unknown" else f"unknown ({one.vendor_kind})",
                    one.amount,
                    "yes" if one.is_open else "no",
                    one.vendor_status,
                )
                for one in dispute.proposals
            ],
        )
    if dispute.requests:
        show_table(
            "Asked for",
            ("request", "what", "until"),
            [(wish.request_id, wish.kind.value, _moment(wish.respond_by)) for wish in dispute.requests],
        )
    if dispute.evidence:
        show_table(
            "Given",
            ("set", "what", "files", "parcels"),
            [
                (
                    piece.evidence_id,
                    piece.kind.value,
                    ", ".join(file.name or file.file_id for file in piece.files) or None,
                    ", ".join(parcel.tracking_number for parcel in piece.parcels) or None,
                )
                for piece in dispute.evidence
            ],
        )
    if dispute.history:
        show_table(
            "History",
            ("when", "who", "what"),
            [(_moment(done.at), done.party.value, done.what) for done in dispute.history],
        )
    if limits is None:
        note("The platform takes no files in this kind of dispute.")
    else:
        types = ", ".join(sorted(limits.media_types))
        note(f"Files: {types}; {limits.max_bytes} bytes each, {limits.max_total_bytes} together.")


def _show_facts(dispute: Dispute) -> None:
    show_table(
        f"Dispute {dispute.dispute_id}",
        ("what", "is"),
        [
            ("account", dispute.account),
            ("kind", dispute.kind.value),
            ("reason", f"{dispute.reason.value} ({dispute.vendor_reason})"),
            ("state", f"{dispute.status.value} ({dispute.vendor_status})"),
            ("order", dispute.order_id),
            ("amount", dispute.amount),
            ("at most", dispute.amount_max),
            ("opened", _moment(dispute.opened_at)),
            ("due", _due(dispute)),
            ("answered with", dispute.answer),
            ("possible now", ", ".join(sorted(dispute.choices)) or None),
            ("buyer's words", dispute.buyer_note),
            ("our words", dispute.note),
        ],
    )


def _due(dispute: Dispute) -> str | None:
    due = _moment(dispute.due_by)
    return f"{due} (estimated)" if due and dispute.respond_by_estimated else due


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


Parcels = Annotated[
    list[str] | None,
    typer.Option("--parcel", metavar="ACCOUNT/NUMBER", help="A parcel of the order; the ledger knows its own."),
]
Letters = Annotated[
    list[Path] | None, typer.Option("--letter", metavar="FILE", help="Correspondence, a text file each.")
]
Added = Annotated[
    list[str] | None,
    typer.Option("--add", metavar="KIND=FILE", help="A PDF, PNG or JPEG of your own, such as description=photo.jpg."),
]
FontFiles = Annotated[
    list[Path] | None, typer.Option("--font", help="A TrueType font for characters the built-in one lacks.")
]


@disputes_app.command("evidence")
def evidence(
    number: Number,
    folder: Folder = None,
    parcel: Parcels = None,
    letter: Letters = None,
    add: Added = None,
    font: FontFiles = None,
    account: Accounts = None,
    kind: Kind = None,
    as_json: JsonFlag = False,
) -> None:
    """Put evidence together and write it to a folder: one PDF, and the files as the platform takes them.

    Nothing is sent. An earlier pack in the folder is replaced, unless it was changed by hand.
    """
    with session.client() as client:
        dispute = find_dispute(client, number, account, kind)
        pack = _built(client, dispute, parcel or (), letter or (), add or (), font or ())
        paths = write_pack(pack, _folder(folder, dispute), anew=True)
        answerable = "contest_dispute" in client.available_actions(dispute.account, dispute)
    if as_json:
        show_json(_pack_facts(pack) | {"paths": [str(path) for path in paths]})
        return
    _show_pack(pack)
    for path in paths:
        out.print(str(path), markup=False)
    if answerable:
        note(f"Look at it, then: xborder disputes contest {number}" + (f" --out {folder}" if folder else ""))
    else:
        note("Look at it, then give it to the platform on its own site: it cannot be sent from here.")


def _built(
    client: Client,
    dispute: Dispute,
    parcels: Sequence[str] = (),
    letters: Sequence[Path] = (),
    added: Sequence[str] = (),
    fonts: Sequence[Path] = (),
) -> EvidencePack:
    if dispute.order_id is None:
        raise InvalidRequest("the platform does not say which order this dispute is about")
    for path in fonts:
        if not path.is_file():
            raise InvalidRequest(f"there is no font file {path}")
    return build_evidence(
        client,
        dispute.account,
        dispute.order_id,
        dispute=dispute,
        parcels=[_parcel(client, text) for text in parcels],
        letters=[_letter(path) for path in letters],
        attachments=[_attachment(text) for text in added],
        fonts=fonts,
    )


def _letter(path: Path) -> Letter:
    try:
        return Letter(text=_read(path, _MAX_LETTER_BYTES).decode("utf-8-sig"), subject=path.name)
    except UnicodeDecodeError:
        raise InvalidRequest(f"{path} is no text in UTF-8", hint="a picture of it can be added with --add") from None


def _parcel(client: Client, text: str) -> EvidenceParcel:
    account, slash, number = text.partition("/")
    if not (account and slash and number):
        raise InvalidRequest(f"{text} names no parcel", hint="write ACCOUNT/NUMBER, such as dhl-shenzhen/1234567890")
    client.connector(account)
    return EvidenceParcel(account=account, number=number)


def _attachment(text: str) -> Attachment:
    word, equals, name = text.partition("=")
    kinds = {kind.value for kind in EvidenceKind}
    if not equals or word not in kinds:
        raise InvalidRequest(f"{text} names no kind and file", hint=f"KIND=FILE with {', '.join(sorted(kinds))}")
    path = Path(name)
    title = f"{word.replace('_', ' ').capitalize()}: {path.stem}"[:200]
    return Attachment(kind=EvidenceKind(word), title=title, content=_read(path, _MAX_FILE_BYTES))


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read ({type(error).__name__})") from None
    if len(content) > most:
        raise InvalidRequest(f"{path} has more than {most} bytes")
    return content


def _folder(folder: Path | None, dispute: Dispute) -> Path:
    from xborder_sdk.documents import safe_name

    return folder if folder is not None else Path("out") / safe_name(f"dispute-{dispute.dispute_id}")


def _pack_facts(pack: EvidencePack) -> dict[str, Any]:
    return {
        "dispute_id": pack.dispute_id,
        "order_id": pack.order_id,
        "delivered": pack.delivered,
        "pieces": [{"kind": piece.kind, "title": piece.title} for piece in pack.pieces],
        "files": [_file_facts(one.kind, one.file.name, one.file.content) for one in pack.files],
        "missing": list(pack.missing),
    }


def _file_facts(kind: EvidenceKind, name: str, content: bytes) -> dict[str, Any]:
    return {"given_as": kind, "name": name, "bytes": len(content)}


def _show_pack(pack: EvidencePack) -> None:
    show_table(
        "Evidence",
        ("file", "shows", "given as", "bytes"),
        [(one.file.name, pack.pieces[one.piece].title, one.kind.value, len(one.file.content)) for one in pack.files],
    )
    if pack.missing:
        show_table("Not included", ("what", "why not"), [(one.title, one.reason) for one in pack.missing])


@disputes_app.command("contest")
def contest_one(
    number: Number,
    words: Annotated[str | None, typer.Option("--note", help="Words for the decider.")] = None,
    folder: Folder = None,
    bare: Annotated[bool, typer.Option("--no-evidence", help="Send no files.")] = False,
    return_to: ReturnTo = None,
    account: Accounts = None,
    kind: Kind = None,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> None:
    """Contest a dispute with the evidence of its folder, or with evidence put together now.

    Shows exactly what will be sent and asks. Cannot be undone; run it again after an interruption.
    """
    with session.client() as client:
        dispute = find_dispute(client, number, account, kind)
        limits = evidence_limits(client, dispute.account, dispute.kind)
        pack = None
        if not bare and dispute.answer is None:
            place = _folder(folder, dispute)
            if has_pack(place):
                pack = read_pack(place)
            elif limits is not None or dispute.kind is DisputeKind.NOT_RECEIVED:
                pack = _built(client, dispute)
                write_pack(pack, place)
            if pack is not None:
                note(f"Evidence: {place}")
        plan = plan_contest(
            client,
            dispute,
            pack,
            note=words,
            return_address=return_address(return_to),
            shipment=_shipment(client, dispute, pack),
        )
        if not yes:
            _confirm_contest(plan, pack)
        answer = contest(client, plan)
    _show_answer(answer, "contested", as_json)


def _shipment(client: Client, dispute: Dispute, pack: EvidencePack | None) -> ShipmentProof | None:
    """The parcel itself, where the platform asks for it instead of files."""
    if pack is None or pack.limits is not None or dispute.kind is not DisputeKind.NOT_RECEIVED or not pack.parcels:
        return None
    parcel = pack.parcels[-1]
    return ShipmentProof(
        tracking_number=parcel.number, carrier=client.connector(parcel.account).name, shipped_at=parcel.bought_at
    )


def _confirm_contest(plan: ContestPlan, pack: EvidencePack | None) -> None:
    dispute = plan.decided_on
    err.print(f"Contest {named(dispute)}. This will be sent to {dispute.account}:", markup=False)
    for group in plan.evidence:
        for file in group.files:
            err.print(f"  file  {file.name}, {len(file.content)} bytes, as {group.kind.value}", markup=False)
    if not plan.evidence:
        err.print("  no files", markup=False)
    if plan.shipment is not None:
        err.print(f"  parcel  {plan.shipment.tracking_number} ({plan.shipment.carrier})", markup=False)
    err.print(f"  note  {plan.note if plan.note is not None else 'none'}", markup=False)
    _print_address(plan.return_address)
    for one in pack.missing if pack is not None else ():
        err.print(f"  missing  {one.title}: {one.reason}", markup=False)
    typer.confirm("It cannot be undone, and nothing can be added afterwards. Send it?", abort=True, err=True)


@disputes_app.command("accept")
def accept_one(
    number: Number,
    words: Annotated[
        str | None, typer.Option("--note", help="Words for the other side, where the platform takes any.")
    ] = None,
    proposal: Annotated[
        str | None,
        typer.Option("--proposal", metavar="ID", help="Which proposal is agreed to, of several."),
    ] = None,
    return_to: ReturnTo = None,
    account: Accounts = None,
    kind: Kind = None,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> None:
    """Give in: the buyer gets what is asked. Shows what that is and asks. Cannot be undone."""
    with session.client() as client:
        dispute = find_dispute(client, number, account, kind)
        address = return_address(return_to)
        if not yes:
            agreed = next((one for one in dispute.proposals if one.proposal_id == proposal), None)
            amount = (agreed.amount if agreed else dispute.amount) or "an amount the platform does not name"
            err.print(f"Accept {named(dispute)}: the buyer gets {amount}.", markup=False)
            if words is not None:
                err.print(f"  note  {words}", markup=False)
            _print_address(address)
            typer.confirm("It cannot be undone. Accept it?", abort=True, err=True)
        answer = accept(client, dispute, proposal_id=proposal, return_address=address, note=words)
    _show_answer(answer, "accepted", as_json)


def named(dispute: Dispute) -> str:
    """A dispute in a sentence, without its buyer."""
    amount = f", {dispute.amount}" if dispute.amount else ""
    kind = dispute.kind.value.replace("_", " ")
    return f"{kind} {dispute.dispute_id} about order {dispute.order_id or 'unknown'} ({dispute.reason.value}{amount})"


def _print_address(address: Address | None) -> None:
    if address is not None:
        err.print(f"  goods go back to  {', '.join(address_text(address).splitlines())}", markup=False)


def return_address(text: str | None) -> Address | None:
    """The address that `--return-to` names.

    Raises:
        InvalidRequest: The file cannot be read, or holds no address.
    """
    if text is None:
        return None
    if text == _SENDER:
        from xborder_sdk.fulfilment import load_fulfilment

        return load_fulfilment(session.config()).sender
    try:
        return Address.model_validate(json.loads(_read(Path(text), _MAX_LETTER_BYTES)))
    except ValidationError as error:
        raise InvalidRequest(f"{text} is no address: {fields_at_fault(error)}", field="return_address") from None
    except ValueError:
        raise InvalidRequest(f"{text} is no JSON file", field="return_address") from None


def _show_answer(answer: DisputeAnswer, done: str, as_json: bool) -> None:
    if as_json:
        show_json(answer)
    else:
        out.print(f"{answer.kind.value} {answer.dispute_id} is {done}; now: {answer.status.value}", markup=False)
