"""The engine: the logic of a call, as a generator that asks its executor for I/O.

Rules for whoever edits it:

* it does no I/O and holds no lock while it yields;
* whatever happens to a `once` step goes to the ledger before anybody hears of it;
* an exception that is none of ours and none of the wire's passes through unchanged, or is named a connector's bug.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import Any, NoReturn
from urllib.parse import urlencode

from pydantic import ValidationError

from xborder_sdk.errors import (
    AnswerError,
    ConnectorBug,
    InvalidSettings,
    MalformedResponse,
    ReadOnlyAccount,
    Throttled,
    TransportError,
    UsageError,
    XborderError,
)
from xborder_sdk.hookspecs import AttemptRecord, Limit, Meaning, Token, Verdict
from xborder_sdk.local_network import is_on_local_network
from xborder_sdk.runtime.account import AccountRuntime
from xborder_sdk.runtime.answers import answer_error, outcome_of, reason_of, transport_error
from xborder_sdk.runtime.bookings import block_of
from xborder_sdk.runtime.call import Engine, Invocation, T
from xborder_sdk.runtime.commands import Exchange, Invoke, Wire, WireError
from xborder_sdk.runtime.effects import EffectCall, outcome_id
from xborder_sdk.runtime.redaction import fields_at_fault
from xborder_sdk.runtime.retry import Happened, Outcome, decide, http_date
from xborder_sdk.runtime.tokens import TokenCall
from xborder_sdk.steps import Call, Effect, Flow, Pause, Response, Send, Transmit, WireRequest

USER_AGENT = "xborder-sdk/0.1"
_READ_HEADROOM = 0.2


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


class _Run(TokenCall, EffectCall):
    # -- the flow ------------------------------------------------------------------------------------------------

    def drive(self, flow: Flow[T]) -> Engine[T]:
        try:
            result = yield from self._exchange_with(flow)
        except BaseException as error:
            _close(flow)
            yield from self._give_up(error)
            raise
        if self.claimed is not None and self.claimed.answered:
            yield self._ledger("settle", self.claimed.intent, self.claimed.attempt, outcome_id(result))
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
            error = transport_error(self.account.connector.title, failure)
            if step.effect is Effect.ONCE and failure.never_sent and self.claimed is not None:
                self.claimed.sent = False
            raise error from None
        return reply

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
                outcome = outcome_of(verdict, response, self.clock.now())
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
            error = transport_error(self.account.connector.title, failure)
        else:
            assert response is not None  # noqa: S101 - no failure means an answer
            assert verdict is not None  # noqa: S101
            error = answer_error(self.account.connector.title, response, verdict, outcome, self._scrubbed)
        claimed = self.claimed
        if step.effect is Effect.ONCE and claimed is not None:
            where = (claimed.intent, claimed.attempt, claimed.owner)
            if outcome.not_executed:
                yield self._ledger("release", *where, type(error).__name__)
                self.claimed = None
            else:
                reason = reason_of(error, response)
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
            pause = self.account.bookings.take(key, headroom, self.clock.monotonic())
            if pause is None:
                pause = yield from self._booked(key, interval, limit.seconds - interval, headroom)
            yield from self._wait(pause)

    def _booked(self, key: str, interval: float, burst: float, headroom: float) -> Engine[float]:
        block = block_of(interval)
        behind = interval * (block - 1)  # the last of the block must not leave before its turn either
        pause: float = yield self._ledger("reserve", key, interval * block, max(0.0, burst - behind), headroom)
        if block > 1:
            self.account.bookings.keep(key, headroom, block - 1, self.clock.monotonic() + pause)
        return pause

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


def _close(flow: Flow[Any]) -> None:
    # A connector may yield, or fail, in a `finally`; what interrupted it matters more.
    with suppress(Exception):
        flow.close()
