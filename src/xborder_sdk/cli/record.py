"""`record`: one read of a real vendor, kept as an exchange file for a connector's tests.

What the vendor sent is replaced by look-alikes (`lookalikes.py`). What the file says went out, and what came of it, is
then not copied but made again: the connector runs once more on the look-alikes alone. So the file holds together, and
nothing of the real request gets into it.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from pydantic import BaseModel, SecretStr, ValidationError

from xborder_sdk import models
from xborder_sdk.cli.completion import complete_account, complete_operation
from xborder_sdk.cli.lookalikes import LookAlikes
from xborder_sdk.cli.output import JsonFlag, note, out, show_json
from xborder_sdk.cli.session import session
from xborder_sdk.client import AccountConfig, Client, Config
from xborder_sdk.client.core import EFFECTS
from xborder_sdk.errors import AnswerError, InvalidRequest, UnsupportedOperation, UsageError, XborderError
from xborder_sdk.hookspecs import Connector, Request, Settings, Token, hookimpl
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.models import Cursor
from xborder_sdk.models.base import personal_values
from xborder_sdk.runtime.commands import Exchange
from xborder_sdk.runtime.executors import Exchanger
from xborder_sdk.runtime.operations import operation_named
from xborder_sdk.runtime.redaction import fields_at_fault, secrets_of
from xborder_sdk.steps import Flow, Pause, Response, Send

_MAX_FILE_BYTES = 1024 * 1024
_PLAIN_HEADERS = frozenset({"content-type", "content-length", "date", "authorization", "set-cookie"})
_REPLAY = "recorded"
_SHORTEST_TELLING = 4
_NAME_WORDS = 6
_LONG_WORD = 9


class Unredactable(UsageError):
    """A recording that cannot be kept: it would hold, or lose, something that matters. Nothing was written."""


@dataclass
class Taped:
    """A step of the operation's flow and what came for it."""

    step: Send
    answer: Response | None = None


@dataclass
class Tape:
    """Listens to one call: to the flow for the steps, to the wire for the answers.

    Attributes:
        taken: The steps so far; of several tries the last counts.
    """

    taken: list[Taped] = field(default_factory=list)

    @hookimpl
    def around_operation(self, flow: Flow[Any]) -> Flow[Any]:
        """Listens to the flow of the one call there is."""
        return self._listening(flow)

    def _listening(self, flow: Flow[Any]) -> Generator[Any, Any, Any]:
        reply: Any = None
        error: BaseException | None = None
        while True:
            try:
                step = flow.send(reply) if error is None else flow.throw(error)
            except StopIteration as end:
                return end.value
            if isinstance(step, Send):
                self.taken.append(Taped(step))
            elif not isinstance(step, Pause):
                raise Unredactable("this operation does more than ask over HTTP", hint="it cannot be recorded")
            reply, error = None, None
            try:
                reply = yield step
            except XborderError as trouble:
                error = trouble
            except GeneratorExit:
                flow.close()
                raise

    def hear(self, exchange: Exchange, answer: Response, hosts: Mapping[str, str]) -> None:
        """Takes an answer down, if it is to the flow's own step and not to a question for a token."""
        if not self.taken:
            return
        last = self.taken[-1]
        url = hosts.get(last.step.host, "") + last.step.path.partition("?")[0]
        if (exchange.request.method, exchange.request.url.partition("?")[0]) == (last.step.method, url):
            last.answer = answer


class _Recording(Client):
    """A client whose answers are taken down, or come from a recording instead of a vendor."""

    def __init__(
        self, config: Config, account: str, tape: Tape, answers: Sequence[Response] | None, **more: Any
    ) -> None:
        super().__init__(config, hooks=[tape], **more)
        self._account = account
        self._tape = tape
        self._answers = None if answers is None else list(answers)

    def _wire(self) -> Exchanger:
        return self

    def exchange(self, exchange: Exchange) -> Response:
        if self._answers is None:
            answer = super()._wire().exchange(exchange)
        elif self._answers:
            answer = self._answers.pop(0)
        else:
            raise Unredactable("with look-alikes the connector asks more than before", hint=_KEEP_HINT)
        self._tape.hear(exchange, answer, self.connector(self._account).resolved_hosts())
        return answer

    @property
    def left(self) -> int:
        """Answers nobody asked for."""
        return len(self._answers or ())


_KEEP_HINT = "name the words that must stay with --keep; they go into the file as they are"


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("record")(record)


def record(
    account: Annotated[str, typer.Argument(help="Account to ask.", autocompletion=complete_account)],
    operation: Annotated[str, typer.Argument(help="An operation that only reads.", autocompletion=complete_operation)],
    request: Annotated[Path, typer.Argument(help="The request as a JSON file.")],
    to: Annotated[Path, typer.Option("--out", help="The exchange file to write.")],
    keep: Annotated[
        list[str] | None, typer.Option(help="A word of the vendor's that names nobody and stays; may be repeated.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Ask a vendor something and keep the exchange for tests, every name, number and key replaced by an invented one.

    Look the file through before you give it away.
    """
    name = operation_named(operation).name
    if name in EFFECTS:
        raise UnsupportedOperation(f"{name} changes something, and only reads are recorded")
    if to.exists() and not force:
        raise InvalidRequest(f"{to} is there already", hint="--force replaces it")
    asked = _read_request(name, request)
    config = session.config()
    made = make(config, account, name, asked, tuple(keep or ()))
    text = json.dumps(made, ensure_ascii=False, indent=1, default=str) + "\n"
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(text, encoding="utf-8")
    if as_json:
        show_json({"file": str(to), "exchanges": len(made["exchanges"]), "error": made.get("error")})
        return
    out.print(str(to), markup=False)
    note(f"{len(made['exchanges'])} exchanges, everything personal replaced. Look it through before you give it away.")


def _read_request(operation: str, path: Path) -> Request:
    model = get_type_hints(operation_named(operation).spec)["request"]
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read ({type(error).__name__})") from None
    if len(content) > _MAX_FILE_BYTES:
        raise InvalidRequest(f"{path} is larger than {_MAX_FILE_BYTES} bytes")
    try:
        found: Request = model.model_validate_json(content)
    except ValidationError as error:
        raise InvalidRequest(f"{path} does not fit {operation}: {fields_at_fault(error)}") from None
    return found


def make(config: Config, account: str, operation: str, request: Request, keep: Iterable[str] = ()) -> dict[str, Any]:
    """Asks the vendor and makes the exchange file's content.

    Args:
        config: The configuration.
        account: Name of the account.
        operation: Name of the operation.
        request: What to ask.
        keep: Words of the vendor's that stay as they are.

    Raises:
        Unredactable: The recording would hold something of somebody, or no longer be read alike.
        XborderError: The vendor was not reached.
    """
    tape = Tape()
    # Read-only, whatever the connector may think of itself.
    with _Recording(_only(config, account, {"read_only": True}), account, tape, None) as client:
        connector = client.connector(account)
        store = client.store
        result, error = _call(client, account, operation, request)
        credentials = {taken.step.credential for taken in tape.taken if taken.step.credential is not None}
        tokens = [store.get_token(connector.credential_key(name)) for name in sorted(credentials)]
    if error is not None and not isinstance(error, AnswerError):
        raise error
    answers = [_parsed(taken.answer) for taken in tape.taken if taken.answer is not None]
    if not answers:
        raise error or Unredactable("nothing was asked of the vendor")
    default = type(connector)(account, connector.settings.replace(hosts={}))
    hosts = {base: default.resolved_hosts().get(name, base) for name, base in connector.resolved_hosts().items()}
    alike = LookAlikes(
        {*words_of(type(connector)), *_words_of_models(), *keep},
        {*personal_values(request), *personal_values(result)},
        hosts,
    )
    invented = [_invented(status, headers, body, alike) for status, headers, body in answers]
    asked = _alike_model(type(request), request, alike)
    settings = _alike_settings(connector, alike)
    made = _replayed(connector, operation, asked, settings, invented, credentials, result)
    _refuse_leaks(made, connector, tokens, request, result)
    return made


def _only(config: Config, account: str, changes: Mapping[str, Any]) -> Config:
    accounts = tuple(
        replace(one, settings={**one.settings, **changes}) if one.name == account else one for one in config.accounts
    )
    return replace(config, accounts=accounts)


def _call(client: Client, account: str, operation: str, request: Request) -> tuple[Any, XborderError | None]:
    try:
        return client.call(account, operation_named(operation).spec, request), None
    except (Unredactable, UnsupportedOperation):
        raise
    except XborderError as error:
        return None, error


def _parsed(answer: Response) -> tuple[int, Mapping[str, str], Any]:
    if not answer.content.strip():
        return answer.status, answer.headers, None
    try:
        return answer.status, answer.headers, json.loads(answer.content)
    except ValueError:
        raise Unredactable("the vendor's answer is not JSON, so what is personal in it cannot be told") from None


def _invented(status: int, headers: Mapping[str, str], body: Any, alike: LookAlikes) -> dict[str, Any]:
    kept = {}
    for name, value in headers.items():
        if name == "retry-after" and re.fullmatch(r"\d{1,6}", value):
            kept[name] = value
        elif alike.known(name) and name not in _PLAIN_HEADERS:
            kept[name] = alike.text(value)
    made: dict[str, Any] = {"status": status}
    if kept:
        made["headers"] = kept
    if body is not None:
        made["json"] = alike.json(body)
    return made


def words_of(connector: type[Connector[Any]]) -> set[str]:
    """The texts a connector is written in, its codes and paths among them: what it knows names nobody.

    Args:
        connector: The connector.
    """
    home = Path(inspect.getfile(connector)).parent
    found: set[str] = set()
    for path in sorted(home.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found.update(
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip()
        )
    return found | {text.casefold() for text in found if "-" in text}  # headers are met in lower case


def _words_of_models() -> set[str]:
    return {
        str(member.value)
        for name in models.__all__
        if isinstance(kind := getattr(models, name), type) and issubclass(kind, Enum)
        for member in kind
    }


def _alike_model(model: type[BaseModel], value: BaseModel, alike: LookAlikes) -> Any:
    """A model with look-alikes, and what does not fit its fields left as it is: such a field takes no free text."""
    before = value.model_dump(mode="json", exclude_defaults=True)
    after = alike.json(before)
    for _ in range(8):
        try:
            return model.model_validate(after)
        except ValidationError as error:
            for fault in error.errors(include_input=False, include_url=False, include_context=False):
                _restore(after, before, fault["loc"])
    raise Unredactable("the request cannot be told with look-alikes", hint=_KEEP_HINT)


def _restore(after: Any, before: Any, place: tuple[int | str, ...]) -> None:
    for step in place[:-1]:
        try:
            after, before = after[step], before[step]
        except (KeyError, IndexError, TypeError):
            return
    try:
        after[place[-1]] = before[place[-1]]
    except (KeyError, IndexError, TypeError, ValueError):
        return


def _alike_settings(connector: Connector[Any], alike: LookAlikes) -> Settings:
    """The account's settings with look-alikes; secrets stay, since no file ever holds them."""
    values = {name: getattr(connector.settings, name) for name in type(connector.settings).model_fields}
    after = dict(values)
    for name, value in values.items():
        if name in Settings.model_fields:
            after[name] = Settings.model_fields[name].get_default(call_default_factory=True)
        elif isinstance(value, str) and not isinstance(value, Enum):
            after[name] = alike.text(value)
    after["max_attempts"] = 1
    model = type(connector.settings)
    for _ in range(8):
        try:
            found: Settings = model.model_validate(after)
        except ValidationError as error:
            for fault in error.errors(include_input=False, include_url=False, include_context=False):
                if fault["loc"]:
                    name = str(fault["loc"][0])
                    after[name] = values[name]
        else:
            return found
    raise Unredactable("the account's settings cannot be told with look-alikes", hint=_KEEP_HINT)


def _replayed(
    connector: Connector[Any],
    operation: str,
    request: Request,
    settings: Settings,
    invented: list[dict[str, Any]],
    credentials: Iterable[str],
    result: Any,
) -> dict[str, Any]:
    from xborder_sdk.testing.exchange import plain

    cls = type(connector)
    values = {name: getattr(settings, name) for name in type(settings).model_fields}
    config = Config((AccountConfig(_REPLAY, cls.name, values),))
    answers = [
        Response(one["status"], one.get("headers", {}), json.dumps(one["json"]).encode() if "json" in one else b"")
        for one in invented
    ]
    tape = Tape()
    store = SqliteStore(None)
    try:
        with _Recording(config, _REPLAY, tape, answers, store=store, connectors=(cls,)) as client:
            again = client.connector(_REPLAY)
            for name in credentials:
                store.put_token(again.credential_key(name), Token(access=SecretStr("invented")))
            outcome, error = _call(client, _REPLAY, operation, request)
            left = client.left
    finally:
        store.close()
    if left or (error is None) is not (result is not None):
        what = f"ends in {type(error).__name__}" if error is not None else "ends otherwise than before"
        raise Unredactable(f"with look-alikes the connector {what}", hint=_KEEP_HINT)
    made: dict[str, Any] = {
        "about": f"Recorded from {cls.title} on {datetime.now(UTC):%Y-%m-%d}; names, numbers, ids and keys are replaced"
        " by invented ones, and no such person or thing exists.",
        "recorded": True,
    }
    told = _told_settings(settings)
    if told:
        made["settings"] = told
    made["request"] = plain(request)
    made["exchanges"] = [
        {"expect": _wire(taken.step), "answer": answer} for taken, answer in zip(tape.taken, invented, strict=True)
    ]
    if error is None:
        made["result"] = _lasting(plain(outcome))
    else:
        facts = {name: getattr(error, name, None) for name in ("code", "status", "request_id")}
        made["error"] = {"type": type(error).__name__} | {k: v for k, v in facts.items() if v is not None}
    return made


def _lasting(value: Any) -> Any:
    """A result without what differs from run to run: the account's name, and a cursor, which may hold the time."""
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if (k, v) != ("account", _REPLAY)}
        if isinstance(kept.get("next"), dict) and kept["next"].keys() == Cursor.model_fields.keys():
            del kept["next"]
        return {k: _lasting(v) for k, v in kept.items()}
    return [_lasting(inner) for inner in value] if isinstance(value, list) else value


def _told_settings(settings: Settings) -> dict[str, Any]:
    """Settings of the connector's own that somebody has set, without secrets and without what every account has."""
    dumped = settings.model_dump(mode="json", exclude_defaults=True)
    return {
        name: value
        for name, value in dumped.items()
        if name not in Settings.model_fields
        and not type(settings).model_fields[name].is_required()
        and not isinstance(getattr(settings, name), SecretStr)
    }


def _wire(step: Send) -> dict[str, Any]:
    from xborder_sdk.testing.exchange import BadExchange, written_step

    try:
        return written_step(step)
    except BadExchange as error:
        raise Unredactable(str(error)) from None


def _refuse_leaks(
    made: dict[str, Any], connector: Connector[Any], tokens: Iterable[Token | None], *people: object
) -> None:
    """The last look, independent of how the replacing works: nothing known to be somebody's may be in the file."""
    written = "\n".join(_texts({name: part for name, part in made.items() if name != "about"})).casefold()
    whole = {*secrets_of(connector.settings)}
    for token in tokens:
        whole.update(secrets_of(token))
    told = [text for one in people for text in personal_values(one)]
    whole.update(told)
    words = {word for text in told for word in _telling_words(text)}
    allowed = {word.casefold() for word in words_of(type(connector)) | _words_of_models()}
    for canary in whole | words:
        text = canary.strip().casefold()
        if len(text) < _SHORTEST_TELLING or text in allowed:
            continue
        if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", written):
            raise Unredactable(
                "something personal or secret would be left in the recording",
                hint="was one of its words given with --keep?",
            )


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _telling_words(text: str) -> list[str]:
    """The words that would name somebody: all of a name or an address line; of a sentence those that are not plain."""
    words = re.split(r"[\s,;/@]+", text)
    if len(words) <= _NAME_WORDS:
        return words
    return [word for word in words if len(word) >= _LONG_WORD or not (word.isalpha() and word.islower())]
