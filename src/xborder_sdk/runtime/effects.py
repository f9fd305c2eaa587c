"""Effects that must not happen twice: claimed before they are sent, kept before they are read, settled after."""

from __future__ import annotations

from xborder_sdk.errors import (
    AlreadyDone,
    AnswerError,
    ConnectorBug,
    EffectError,
    EffectInProgress,
    LeaseLost,
    OutcomeUnknown,
    Refused,
    TransportError,
    XborderError,
)
from xborder_sdk.hookspecs import OnceRequest
from xborder_sdk.ledger.port import Claim, ClaimResult, EffectRecord, StoredAnswer
from xborder_sdk.runtime.account import AccountRuntime, new_owner
from xborder_sdk.runtime.call import Engine, Invocation, RunningCall
from xborder_sdk.steps import Response, Send, Transmit


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


class EffectCall(RunningCall):
    """The `once` effect of a call."""

    def __init__(self, account: AccountRuntime, call: Invocation) -> None:
        super().__init__(account, call)
        self.claimed: _Claimed | None = None

    def _send(self, step: Send, *, tokens: bool = True) -> Engine[Response]:
        raise NotImplementedError

    def _transmit(self, step: Transmit) -> Engine[bytes]:
        raise NotImplementedError

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
            claim: Claim = yield self._ledger(
                "claim",
                intent,
                attempt,
                account=self.account.name,
                operation=self.call.context.operation,
                fingerprint=request.fingerprint(),
                reference=reference,
                owner=owner,
                lease_s=self.environment.lease_s,
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
        elif isinstance(cause, AnswerError):
            if claimed.answered:  # the connector's own words on an answer that it could not use
                error.message += f" ({self._scrubbed(cause.message)})"
            if cause.hint and cause.hint != type(cause).hint:
                error.hint = f"{error.hint}; {cause.hint}"
        return error

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


_IDS = (
    "waybill",
    "refund_id",
    "declaration_id",
    "confirmation",
    "cancellation_id",
    "message_id",
    "proposal_id",
    "dispute_id",
    "job_id",
)


def outcome_id(result: object) -> str | None:
    """The vendor's id of what was done, by the names the result models give it."""
    for name in _IDS:
        found = getattr(result, name, None)
        if isinstance(found, str):
            return found
    return None
