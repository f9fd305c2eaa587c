"""Effects that must not happen twice, tokens that must not be refreshed twice, budgets that must be shared.

What is guaranteed, for every effect that goes through one ledger, however many threads, processes and machines:

* **One try at a time.** Of all workers that claim an intent one wins. No other attempt of the same intent opens while
  one is unsettled, whichever account it used.
* **Written before sent.** The claim and the mark "sent" are on the disk before the first byte leaves, the answer
  before anybody reads it. A process killed at any instant leaves a row that tells how far it came.
* **Doubt is kept.** An effect that was sent and not answered is never repeated by itself. It stays a doubt until a
  look-up proves it or a person settles it.
* **No answer is thrown away**, however late it comes, until it is purged after its effect has ended.
* **One refresh of a token**, and a new token is on the disk before it is used.

What is not:

* A worker suspended between its last look at the ledger and the send may send after another took over, if it sleeps
  longer than its lease. The send mark makes the other one stop and ask, so this costs a look-up and not a label,
  unless somebody settles the doubt wrongly meanwhile.
* Two ledgers know nothing of each other; a ledger that is deleted or restored from an old backup has forgotten.
* The disk must mean it when it says "written". SQLite needs a local disk; a PostgreSQL server must run with `fsync`
  on, and a standby that takes over must not lag (`synchronous_commit` with synchronous standbys).
* Tokens and answers are stored readable: the SQLite file belongs to its user alone, a database to its administrator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xborder_sdk.ledger.opening import open_store
from xborder_sdk.ledger.port import (
    Claim,
    ClaimResult,
    EffectLedger,
    EffectRecord,
    EffectState,
    RateBudgets,
    Store,
    StoredAnswer,
    TokenStore,
)

if TYPE_CHECKING:
    from xborder_sdk.ledger.postgres import PostgresStore
    from xborder_sdk.ledger.sqlite import SqliteStore

__all__ = [
    "Claim",
    "ClaimResult",
    "EffectLedger",
    "EffectRecord",
    "EffectState",
    "PostgresStore",
    "RateBudgets",
    "SqliteStore",
    "Store",
    "StoredAnswer",
    "TokenStore",
    "open_store",
]


def __getattr__(name: str) -> Any:
    # The databases' drivers are loaded when somebody uses them.
    if name == "SqliteStore":
        from xborder_sdk.ledger.sqlite import SqliteStore

        return SqliteStore
    if name == "PostgresStore":
        from xborder_sdk.ledger.postgres import PostgresStore

        return PostgresStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
