"""The engine: the logic of a call, as a generator that asks its executor for I/O.

Rules for whoever edits it:

* it does no I/O and holds no lock while it yields;
* whatever happens to a `once` step goes to the ledger before anybody hears of it;
* an exception that is none of ours and none of the wire's passes through unchanged, or is named a connector's bug.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlencode

from pydantic import ValidationError

from xborder_sdk.errors import (
    AlreadyDone,
    AnswerError,
    AnswerTooLarge,
    AuthenticationFailed,
    Conflict,
    ConnectionLost,
    ConnectorBug,
    DeadlineExceeded,
    EffectError,
    EffectInProgress,
    InvalidRequest,
    InvalidSettings,
    LeaseLost,
    LedgerError,
    MalformedResponse,
    NotFound,
    NotSent,
    OutcomeUnknown,
    PermissionDenied,
    ReadOnlyAccount,
    Refused,
    Throttled,
    TimedOut,
    TransportError,
    UsageError,
    VendorDown,
    XborderError,
)
from xborder_sdk.hookspecs import AttemptRecord, Context, Limit, Meaning, OnceRequest, Token, Verdict
from xborder_sdk.ledger.port import Claim, ClaimResult, EffectRecord, Store, StoredAnswer
from xborder_sdk.local_network import is_on_local_network
from xborder_sdk.runtime.account import AccountRuntime, new_owner
from xborder_sdk.runtime.blame import bug_in
from xborder_sdk.runtime.commands import Command, Exchange, Invoke, Wait, Wire, WireError
from xborder_sdk.runtime.redaction import fields_at_fault
from xborder_sdk.runtime.retry import Happened, Outcome, decide, http_date, retry_after
from xborder_sdk.steps import Call, Effect, Flow, Pause, Response, Send, Transmit, WireRequest

T = TypeVar("T")
Engine = Generator[Command, Any, T]

USER_AGENT = "xborder-sdk/0.1"
_TOKEN_EARLY = timedelta(seconds=120)
_TOKEN_LEASE_S = 60.0
_TOKEN_POLL_S = 0.02
_READ_HEADROOM = 0.2

_BY_STATUS: dict[int, type[Refused]] = {
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    429: Throttled,
}

_HAPPENED = {
    Meaning.GOOD: Happened.GOOD,
    Meaning.REFUSED: Happened.REFUSED,
    Meaning.THROTTLED: Happened.THROTTLED,
    Meaning.TOKEN_EXPIRED: Happened.TOKEN_EXPIRED,
    Meaning.DOWN: Happened.DOWN,
}


def run_operation(account: AccountRuntime, call: Invocation, flow: Flow[T]) -> Engine[T]:
    """Runs one operation's flow to its result.

    Args:
        account: The account.
        call: Which call, and its budget.
        flow: The connector's flow, wrapped in the client's policies.

    Returns:
        The flow's result.

    Raises:
        XborderError: As the tree in `xborder_sdk.errors` says, located.
    """
    run = _Run(account, call)
    try:
        return (yield from run.drive(flow))
    except XborderError as error:
        error.locate(account.name, account.connector.name, call.context.operation)
        raise


@dataclass(frozen=True)
class Invocation:
    """One call of an operation.

    Attributes:
        context: Account, operation and request.
        deadline: Monotonic moment at which the budget is spent; None for none.
        reads_only: Refuse every effect but `read` (a fan-out must not buy).
    """

    context: Context
    deadline: float | None = None
    reads_only: bool = False


class _Claimed:
    """The `once` effect of this run."""

    def __init__(self, intent: str, attempt: int, owner: str, reference: str | None) -> None:
        self.intent = intent
        self.attempt = attempt
        self.owner = owner
        self.reference = reference
        self.sent = False
        self.answered = False
        self.replayed = False


class _Run:
    def __init__(self, account: AccountRuntime, call: Invocation) -> None:
        self.account = account
        self.call = call
        self.environment = account.environment
        self.clock = account.environment.clock
        self.claimed: _Claimed | None = None

    # -- the flow ------------------------------------------------------------------------------------------------

    def drive(self, flow: Flow[T]) -> Engine[T]:
        try:
            result = yield from self._exchange_with(flow)
        except BaseException as error:
            _close(flow)
            yield from self._give_up(error)
            raise
        if self.claimed is not None and self.claimed.answered:
            yield self._ledger("settle", self.claimed.intent, self.claimed.attempt, _outcome_id(result))
        self.account.remember(result)
        return result

    def _exchange_with(self, flow: Flow[T], *, tokens: bool = True) -> Engine[T]:
        reply: object = None
        error: XborderError | None = None
        while True:
            try:
                step = flow.send(reply) if error is None else flow.throw(error)
            except StopIteration as stop:
                result: T = stop.value
                return result
            except XborderError:
                raise
            except ValidationError as fault:
                raise MalformedResponse(f"the answer does not fit: {fields_at_fault(fault)}") from None
            except Exception as bug:  # noqa: BLE001 - whatever a connector does, its name must be told
                self._blame(bug)
            reply, error = None, None
            try:
                reply = yield from self._perform(step, tokens=tokens)
            except (AnswerError, TransportError) as answer:
                error = answer.locate(self.account.name, self.account.connector.name, self.call.context.operation)

    def _blame(self, bug: Exception) -> NoReturn:
        raise bug_in(f"{self.account.connector.name}.{self.call.context.operation}", bug) from None

    def _give_up(self, error: BaseException) -> Engine[None]:
        """Writes down what is known of the `once` effect when the flow ends without a result.

        A ledger that fails now loses nothing: the row's lease runs out, and a row that says `sent` or `answered`
        becomes a doubt by itself. What ended the flow matters more.
        """
        claimed = self.claimed
        if claimed is None:
            return
        where = (claimed.intent, claimed.attempt)
        if isinstance(error, GeneratorExit):  # a closed generator cannot wait; the row says `sent` and will time out
            return
        if claimed.answered:
            if isinstance(error, Refused):
                yield from self._noted("release", *where, claimed.owner, f"refused: {error.code or error.status}")
                return
            yield from self._noted("mark_unread", *where, f"the answer could not be read: {type(error).__name__}")
            if isinstance(error, Exception):
                raise self._unknown("the answer came but could not be read; it is kept", error) from None
        elif claimed.replayed:
            return
        elif claimed.sent:
            reason = "interrupted" if not isinstance(error, Exception) else type(error).__name__
            yield from self._noted("mark_unknown", *where, claimed.owner, reason)
            if isinstance(error, Exception):
                raise self._unknown(reason, error) from None
        elif not isinstance(error, EffectError):
            yield from self._noted("release", *where, claimed.owner, f"not sent: {type(error).__name__}")

    def _noted(self, method: str, *arguments: Any) -> Engine[None]:
        with suppress(LedgerError):
            yield self._ledger(method, *arguments)

    # -- steps ---------------------------------------------------------------------------------------------------

    def _perform(self, step: object, *, tokens: bool) -> Engine[Any]:
        name = f"{self.account.connector.name}.{self.call.context.operation}"
        if isinstance(step, Generator):
            raise ConnectorBug(f"{name} yielded a flow", hint="write `yield from` instead of `yield`")
        if not isinstance(step, (Send, Pause, Call, Transmit)):
            raise ConnectorBug(f"{name} yielded {type(step).__name__}, which is not a step")
        self._allow(step.effect, name)
        match step:
            case Send():
                if step.effect is Effect.ONCE:
                    return (yield from self._once(step, name))
                return (yield from self._send(step, tokens=tokens))
            case Pause():
                yield from self._wait(step.seconds)
                return None
            case Call():
                self._check_deadline()
                return (yield Invoke(step.function, step.arguments))
            case Transmit():
                self._check_deadline()
                self._check_local(step)
                if step.effect is Effect.ONCE:
                    return (yield from self._once(step, name)).content
                return (yield from self._transmit(step))

    def _allow(self, effect: Effect, name: str) -> None:
        if effect is Effect.READ:
            return
        if self.account.settings.read_only:
            raise ReadOnlyAccount(f"account {self.account.name} is read-only")
        if self.call.reads_only:
            raise UsageError(f"{name} has an effect and cannot be asked of many accounts at once")

    def _check_local(self, step: Transmit) -> None:
        if not is_on_local_network(step.host):
            raise InvalidSettings(
                f"account {self.account.name}: {step.host} is not known to be on the local network",
                hint="name it by its private address or its .local name: plain TCP hides nothing",
            )

    def _transmit(self, step: Transmit) -> Engine[bytes]:
        try:
            reply: bytes = yield Wire(step, self.account.settings.timeout_s, self.call.deadline)
        except WireError as failure:
            error = self._transport_error(failure)
            if step.effect is Effect.ONCE and failure.never_sent and self.claimed is not None:
                self.claimed.sent = False
            raise error from None
        return reply

    def _transmit_once(self, step: Transmit) -> Engine[Response]:
        """Bytes that must not go out twice. They are sent once only, so whatever fails ends the call."""
        yield from self._mark_sent()
        claimed = self.claimed
        assert claimed is not None  # noqa: S101 - only called for a claimed step
        try:
            reply = yield from self._transmit(step)
        except XborderError as error:
            if not claimed.sent:
                raise
            yield self._ledger("mark_unknown", claimed.intent, claimed.attempt, claimed.owner, error.message)
            self.claimed = None
            raise self._unknown(error.message, error, claimed) from None
        response = Response(200, (), reply)
        yield from self._keep_answer(response)
        return response

    def _send(self, step: Send, *, tokens: bool = True) -> Engine[Response]:
        """A request, tried as often as is safe."""
        attempt = 0
        expired: Token | None = None
        while True:
            attempt += 1
            self._check_deadline()
            token = None
            if tokens and self.account.has_tokens and step.credential is not None:
                token = yield from self._token(step.credential, expired)
            yield from self._respect_limits(step)
            request = self._signed(step, token)  # after the waiting: many signatures hold the time
            send_before = None
            if step.effect is Effect.ONCE:
                send_before = yield from self._mark_sent()
            started = self.clock.monotonic()
            response: Response | None = None
            verdict: Verdict | None = None
            failure: WireError | None = None
            try:
                response = yield Exchange(
                    request,
                    fresh=step.effect is Effect.ONCE,
                    timeout_s=self.account.settings.timeout_s,
                    deadline=self.call.deadline,
                    send_before=send_before,
                    max_bytes=step.max_bytes or self.account.settings.max_answer_bytes,
                    proxy=self.account.proxy,
                    direct=type(self.account.connector).local_devices,
                )
            except WireError as error:
                failure = error
                outcome = Outcome(error.happened, not_executed=error.never_sent)
            else:
                try:
                    verdict = self._classified(response)
                except XborderError:
                    if step.effect is Effect.ONCE:
                        yield from self._keep_answer(response)
                    raise
                outcome = self._outcome(verdict, response)
            if verdict is not None and verdict.meaning is Meaning.GOOD:
                assert response is not None  # noqa: S101 - a verdict is of a response
                if step.effect is Effect.ONCE:
                    yield from self._keep_answer(response)
                self._observe(step, attempt, response, outcome, started, None)
                return response
            pause: float | None
            if outcome.happened is Happened.TOKEN_EXPIRED and token is not None and expired is None:
                # A refused token proves that nothing was done, unless the connector says otherwise of its vendor.
                safe = step.effect is not Effect.ONCE or outcome.not_executed
                pause, expired = (0.0, token) if safe else (None, None)
            else:
                pause = decide(attempt, step.effect, outcome, self.account.policy, self.environment.random())
            if pause is not None and not self._time_for(pause):
                pause = None
            self._observe(step, attempt, response, outcome, started, pause)
            if step.effect is Effect.ONCE and self.claimed is not None and outcome.not_executed:
                self.claimed.sent = False
            if outcome.happened is Happened.THROTTLED:
                yield from self._hold_back(outcome.retry_after_s or pause or 0.0)
            if pause is None:
                yield from self._fail(step, response, verdict, failure, outcome)
            else:
                yield from self._wait(pause)

    def _fail(
        self,
        step: Send,
        response: Response | None,
        verdict: Verdict | None,
        failure: WireError | None,
        outcome: Outcome,
    ) -> Engine[NoReturn]:
        """Raises what came of the last try; a `once` step is written down first."""
        error: XborderError
        if failure is not None:
            error = self._transport_error(failure)
        else:
            assert response is not None  # noqa: S101 - no failure means an answer
            assert verdict is not None  # noqa: S101
            error = self._answer_error(response, verdict, outcome)
        claimed = self.claimed
        if step.effect is Effect.ONCE and claimed is not None:
            where = (claimed.intent, claimed.attempt, claimed.owner)
            if outcome.not_executed:
                yield self._ledger("release", *where, type(error).__name__)
                self.claimed = None
            else:
                reason = _reason(error, response)
                yield self._ledger("mark_unknown", *where, reason)
                self.claimed = None
                raise self._unknown(reason, error, claimed) from None
        raise error from None

    # -- requests and answers --------------------------------------------------------------------------------------

    def _request(self, step: Send) -> WireRequest:
        account = self.account
        if not step.path.startswith("/"):  # else it would go on with the host: `.elsewhere.example/`
            raise UsageError("the path of a request begins with a slash")
        try:
            base = account.hosts[step.host]
        except KeyError:
            raise InvalidSettings(
                f"account {account.name} has no host named {step.host}",
                hint=f"set hosts.{step.host} in the account's settings",
            ) from None
        url = base + step.path
        if step.query:
            url += ("&" if "?" in step.path else "?") + urlencode(step.query)
        headers = [("Accept", step.accept), ("User-Agent", USER_AGENT), *account.base_headers]
        if step.content_type is not None:
            headers.append(("Content-Type", step.content_type))
        own = {name.lower() for name, _ in step.headers}
        kept = [pair for pair in headers if pair[0].lower() not in own]
        return WireRequest(step.method, url, (*kept, *step.headers), step.content or b"")

    def _signed(self, step: Send, token: Token | None) -> WireRequest:
        request = self._request(step)
        try:
            return self.account.connector.sign(request, token)
        except XborderError:
            raise
        except Exception as bug:  # noqa: BLE001 - a connector's crash must be named
            self._blame(bug)

    def _classified(self, response: Response) -> Verdict:
        try:
            return self.account.connector.classify(response)
        except XborderError:
            raise
        except Exception as bug:  # noqa: BLE001 - a connector's crash must be named
            self._blame(bug)

    def _outcome(self, verdict: Verdict, response: Response) -> Outcome:
        wait = retry_after(response.header("retry-after"), self.clock.now())
        if wait is None:
            wait = verdict.retry_after_s
        return Outcome(_HAPPENED[verdict.meaning], verdict.not_executed, wait)

    def _answer_error(self, response: Response, verdict: Verdict, outcome: Outcome) -> AnswerError:
        title = self.account.connector.title
        kind: type[AnswerError]
        if verdict.error is not None:
            kind = verdict.error
        elif verdict.meaning is Meaning.DOWN:
            kind = VendorDown
        elif verdict.meaning is Meaning.THROTTLED:
            kind = Throttled
        elif verdict.meaning is Meaning.TOKEN_EXPIRED:
            kind = AuthenticationFailed
        else:
            kind = _BY_STATUS.get(response.status, Refused)
        did = "failed" if kind is VendorDown else "refused"
        message = f"{title} {did} ({response.status}"
        message += f", code {self._scrubbed(verdict.code)})" if verdict.code else ")"
        if verdict.message:
            message += f": {self._scrubbed(verdict.message)}"
        code = self._scrubbed(verdict.code) if verdict.code else None
        request_id = self._scrubbed(verdict.request_id) if verdict.request_id else None
        error = kind(message, status=response.status, code=code, request_id=request_id, hint=verdict.hint)
        if isinstance(error, Throttled):
            error.retry_after_s = outcome.retry_after_s
        return error

    def _scrubbed(self, text: str) -> str:
        return self.account.scrubbed(text, self.call.context.request)

    def _transport_error(self, failure: WireError) -> XborderError:
        title = self.account.connector.title
        match failure.happened:
            case Happened.NOT_SENT:
                return NotSent(f"{title} could not be reached: {failure.detail}")
            case Happened.SILENT:
                return TimedOut(f"{title} did not answer: {failure.detail}")
            case Happened.DEADLINE:
                return DeadlineExceeded(f"the time for this call is spent: {failure.detail}")
            case Happened.TOO_LARGE:
                return AnswerTooLarge(
                    f"{title}'s answer is larger than allowed: {failure.detail}",
                    hint="raise max_answer_bytes in the account's settings if that is right",
                )
            case Happened.UNREADABLE:
                return MalformedResponse(f"{title}'s answer cannot be read: {failure.detail}")
            case Happened.UNSENDABLE:
                return InvalidRequest(f"the request cannot be sent: {failure.detail}")
            case _:
                return ConnectionLost(f"the connection to {title} broke: {failure.detail}")

    # -- time ------------------------------------------------------------------------------------------------------

    def _check_deadline(self) -> None:
        if not self._time_for(0.0):
            raise DeadlineExceeded("the time for this call is spent")

    def _time_for(self, seconds: float) -> bool:
        return self.call.deadline is None or self.clock.monotonic() + seconds < self.call.deadline

    def _wait(self, seconds: float) -> Engine[None]:
        if seconds > 0:
            if not self._time_for(seconds):
                raise DeadlineExceeded("the time for this call would be spent waiting")
            yield Wait(seconds)

    def _respect_limits(self, step: Send) -> Engine[None]:
        blocked = self.account.blocked_until - self.clock.monotonic()
        if blocked > 0 and (blocked > self.account.policy.patience_s or not self._time_for(blocked)):
            error = Throttled(f"{self.account.connector.title} asked for {blocked:.0f} s more of silence", status=429)
            error.retry_after_s = blocked
            raise error
        yield from self._wait(blocked)
        for key, limit in self._limits():
            interval = limit.seconds / limit.requests
            headroom = limit.seconds * _READ_HEADROOM if step.effect is Effect.READ and limit.requests > 1 else 0.0
            pause: float = yield self._ledger("reserve", key, interval, limit.seconds - interval, headroom)
            yield from self._wait(pause)

    def _limits(self) -> Iterator[tuple[str, Limit]]:
        operation = self.call.context.operation
        for limit in self.account.limits:
            if limit.operations is None or operation in limit.operations:
                yield f"{self.account.name}/{limit.name}", limit

    def _hold_back(self, seconds: float) -> Engine[None]:
        """Lets no call of this account out for a while, in no process that shares its budgets."""
        self.account.blocked_until = max(self.account.blocked_until, self.clock.monotonic() + seconds)
        for key, _ in self._limits():
            yield self._ledger("block", key, seconds)

    def _observe(
        self,
        step: Send,
        attempt: int,
        response: Response | None,
        outcome: Outcome,
        started: float,
        pause: float | None,
    ) -> None:
        self.environment.observe(
            AttemptRecord(
                account=self.account.name,
                connector=self.account.connector.name,
                operation=self.call.context.operation,
                number=attempt,
                effect=step.effect,
                method=step.method,
                path=step.path.partition("?")[0],
                status=None if response is None else response.status,
                outcome=outcome.happened.name.lower(),
                seconds=self.clock.monotonic() - started,
                answer_bytes=0 if response is None else len(response.content),
                retry_in_s=pause,
                server_time=None if response is None else http_date(response.header("date")),
            )
        )

    # -- tokens ----------------------------------------------------------------------------------------------------

    def _token(self, credential: str, expired: Token | None) -> Engine[Token | None]:
        """The token of a credential; one worker refreshes, the others wait for what it got."""
        known, held = self.account.held_token(credential)
        if known and (held is None or (self._usable(held) and not _same(held, expired))):
            return held
        key = self.account.connector.credential_key(credential)
        owner = new_owner()
        while True:
            stored: Token | None = yield self._ledger("get_token", key)
            if stored is not None and self._usable(stored) and not _same(stored, expired):
                self.account.hold_token(credential, stored)
                return stored
            if (yield self._ledger("try_token_lease", key, owner, _TOKEN_LEASE_S)):
                break
            yield from self._wait(_TOKEN_POLL_S)
        try:
            stored = yield self._ledger("get_token", key)  # somebody may have been quicker between look and lease
            if stored is None or not self._usable(stored) or _same(stored, expired):
                fresh = yield from self._refreshed(credential, stored)
                if fresh is not None:
                    yield self._ledger("put_token", key, fresh)
                stored = fresh
            self.account.hold_token(credential, stored)
        except GeneratorExit:
            raise
        except BaseException:
            yield self._ledger("end_token_lease", key, owner)
            raise
        yield self._ledger("end_token_lease", key, owner)
        return stored

    def _refreshed(self, credential: str, held: Token | None) -> Engine[Token | None]:
        self.account.watch_for(held)
        try:
            flow = self.account.connector.token(credential, held)
        except XborderError:
            raise
        except Exception as bug:  # noqa: BLE001 - a connector's crash must be named
            self._blame(bug)
        if flow is None:
            return None
        try:
            return (yield from self._exchange_with(flow, tokens=False))
        except Refused as refusal:
            if type(refusal) is not Refused:
                raise
            # Servers refuse a used or revoked grant with a plain 400 (RFC 6749 section 5.2).
            raise AuthenticationFailed(
                refusal.message, status=refusal.status, code=refusal.code, request_id=refusal.request_id
            ) from None

    def _usable(self, token: Token) -> bool:
        return token.expires_at is None or token.expires_at - _TOKEN_EARLY > self.clock.now()

    # -- effects that must not happen twice --------------------------------------------------------------------------

    def _once(self, step: Send | Transmit, name: str) -> Engine[Response]:
        if self.claimed is not None:
            raise ConnectorBug(
                f"{name} has a second `once` step",
                hint="a process may die after any step: make it two operations",
            )
        request = self.call.context.request
        if not isinstance(request, OnceRequest):
            raise ConnectorBug(f"{name} has a `once` step, but its request names no intent")
        scope = f"{self.account.name}/" if request.account_scoped else ""
        intent, attempt = scope + request.intent(), request.attempt
        reference = self._reference(request)
        owner = new_owner()
        try:
            claim = yield Invoke(
                _claim,
                (
                    self.environment.store,
                    intent,
                    attempt,
                    self.account.name,
                    self.call.context.operation,
                    request.fingerprint(),
                    reference,
                    owner,
                    self.environment.lease_s,
                ),
            )
        except BaseException as error:
            if not isinstance(error, (Exception, GeneratorExit)):  # interrupted: the row may be there all the same
                yield from self._noted("release", intent, attempt, owner, "interrupted")
            raise
        record: EffectRecord = claim.record
        match claim.result:
            case ClaimResult.WON:
                self.claimed = _Claimed(intent, attempt, owner, reference)
                try:
                    if isinstance(step, Transmit):
                        return (yield from self._transmit_once(step))
                    return (yield from self._send(step))
                except (AnswerError, TransportError) as error:
                    yield from self._drop_unsent(error)
                    raise
            case ClaimResult.DONE:
                return (yield from self._replay(record, request))
            case ClaimResult.BUSY:
                raise EffectInProgress(
                    f"another worker is doing this now (until {record.lease_until:%H:%M:%S} at the latest)",
                    intent=intent,
                    attempt=attempt,
                    reference=reference,
                )
            case ClaimResult.UNCERTAIN:
                raise self._uncertain(record)
            case _:
                raise EffectInProgress(
                    f"attempt {record.attempt} of the same intent is {record.state.value}; settle it first",
                    intent=intent,
                    attempt=attempt,
                    reference=reference,
                    hint="settle the other attempt with `xborder review`; attempts are numbered without gaps",
                )

    def _drop_unsent(self, error: XborderError) -> Engine[None]:
        """Gives a claim back after a try that sent nothing (no token, for example): the flow may answer the error."""
        claimed = self.claimed
        if claimed is not None and not claimed.sent:
            reason = f"not sent: {type(error).__name__}"
            yield self._ledger("release", claimed.intent, claimed.attempt, claimed.owner, reason)
            self.claimed = None

    def _reference(self, request: OnceRequest) -> str | None:
        if self.call.context.operation != "create_shipment":
            return None
        profile = getattr(self.account.relay.kind_of("create_shipment"), "profile", None)
        if profile is None:
            raise ConnectorBug(f"{self.account.connector.name} sells shipments but publishes no purchase profile")
        return request.reference(profile.reference_max, profile.reference_alphabet)

    def _mark_sent(self) -> Engine[float]:
        claimed = self.claimed
        assert claimed is not None  # noqa: S101 - only called for a claimed step
        lease_s = self.environment.lease_s
        before = self.clock.now().timestamp()
        still_ours = yield self._ledger("mark_sent", claimed.intent, claimed.attempt, claimed.owner, lease_s)
        if not still_ours:
            self.claimed = None
            raise LeaseLost(
                "another worker has taken this over; nothing was sent",
                intent=claimed.intent,
                attempt=claimed.attempt,
                reference=claimed.reference,
            )
        claimed.sent = True
        return before + lease_s

    def _keep_answer(self, response: Response) -> Engine[None]:
        claimed = self.claimed
        assert claimed is not None  # noqa: S101 - only called for a claimed step
        answer = StoredAnswer(response.status, tuple(response.headers.items()), response.content)
        yield self._ledger("store_answer", claimed.intent, claimed.attempt, answer)
        claimed.answered = True

    def _replay(self, record: EffectRecord, request: OnceRequest) -> Engine[Response]:
        """The stored answer of an effect that has been done: the flow reads it again, nothing is sent."""
        done = AlreadyDone(
            f"this was done before by {record.account}" + (f" ({record.outcome_id})" if record.outcome_id else ""),
            intent=record.intent,
            attempt=record.attempt,
            reference=record.reference,
        )
        done.done_by = record.account
        done.outcome_id = record.outcome_id
        if record.account != self.account.name or record.operation != self.call.context.operation:
            raise done
        if record.fingerprint != request.fingerprint():
            done.message += ", from other data than asked now"
            raise done
        answer: StoredAnswer | None = yield self._ledger("answer", record.intent, record.attempt)
        if answer is None:
            raise done
        self.claimed = _Claimed(record.intent, record.attempt, record.owner, record.reference)
        self.claimed.answered = record.settled_at is None
        self.claimed.replayed = True
        return Response(answer.status, answer.headers, answer.content)

    def _uncertain(self, record: EffectRecord) -> OutcomeUnknown:
        error = OutcomeUnknown(
            f"an earlier try by {record.account} may have done this ({record.reason or 'its worker vanished'})",
            intent=record.intent,
            attempt=record.attempt,
            reference=record.reference,
        )
        error.reason = record.reason
        return error

    def _unknown(self, reason: str, cause: Exception, claimed: _Claimed | None = None) -> OutcomeUnknown:
        claimed = claimed or self.claimed
        assert claimed is not None  # noqa: S101 - only a claimed effect can be unknown
        title = self.account.connector.title
        error = OutcomeUnknown(
            f"nobody knows whether {title} did this: {reason}",
            intent=claimed.intent,
            attempt=claimed.attempt,
            reference=claimed.reference,
        )
        error.reason = reason
        if isinstance(cause, ConnectorBug):
            error.message += f" ({cause.message})"
        return error

    def _ledger(self, method: str, *arguments: Any) -> Invoke:
        return Invoke(_on_store, (self.environment.store, method, arguments))


def _on_store(open_store: Callable[[], Store], method: str, arguments: tuple[Any, ...]) -> Any:
    return getattr(open_store(), method)(*arguments)


def _claim(
    open_store: Callable[[], Store],
    intent: str,
    attempt: int,
    account: str,
    operation: str,
    fingerprint: str,
    reference: str | None,
    owner: str,
    lease_s: float,
) -> Claim:
    return open_store().claim(
        intent,
        attempt,
        account=account,
        operation=operation,
        fingerprint=fingerprint,
        reference=reference,
        owner=owner,
        lease_s=lease_s,
    )


def _reason(error: XborderError, response: Response | None) -> str:
    if response is not None:
        return f"it answered {response.status}"
    return error.message


def _outcome_id(result: object) -> str | None:
    """The vendor's id of what was done, by the names the result models give it."""
    for name in ("waybill", "refund_id", "declaration_id", "confirmation", "cancellation_id", "dispute_id", "job_id"):
        found = getattr(result, name, None)
        if isinstance(found, str):
            return found
    return None


def _same(one: Token, other: Token | None) -> bool:
    return other is not None and one.access.get_secret_value() == other.access.get_secret_value()


def _close(flow: Flow[Any]) -> None:
    # A connector may yield, or fail, in a `finally`; what interrupted it matters more.
    with suppress(Exception):
        flow.close()
