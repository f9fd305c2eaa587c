"""Tokens: one worker refreshes, the others wait for what it got."""

from __future__ import annotations

from datetime import timedelta

from xborder_sdk.errors import (
    AuthenticationFailed,
    Refused,
    XborderError,
)
from xborder_sdk.hookspecs import Token
from xborder_sdk.runtime.account import new_owner
from xborder_sdk.runtime.call import Engine, RunningCall, T
from xborder_sdk.steps import Flow

_TOKEN_EARLY = timedelta(seconds=120)
_TOKEN_LEASE_S = 60.0
_TOKEN_POLL_S = 0.02


class TokenCall(RunningCall):
    """The tokens of a call."""

    def _exchange_with(self, flow: Flow[T], *, tokens: bool = True) -> Engine[T]:
        raise NotImplementedError

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


def _same(one: Token, other: Token | None) -> bool:
    return other is not None and one.access.get_secret_value() == other.access.get_secret_value()
