"""The tables, in SQL that SQLite and PostgreSQL both read; one script per version of the schema.

Answers stand in a table of their own: they hold buyers' data and are purged, while the rows of effects stay. An
answer that arrives at a row already settled is kept as `late`, behind the one that settled it.
"""

from __future__ import annotations

EFFECTS_V1 = """
CREATE TABLE xborder_effect (
    intent TEXT NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt >= 1),
    state TEXT NOT NULL,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    reference TEXT,
    owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    claimed_at BIGINT NOT NULL,
    sent_at BIGINT,
    settled_at BIGINT,
    reason TEXT,
    outcome_id TEXT,
    resolved_by TEXT,
    PRIMARY KEY (intent, attempt)
);
CREATE INDEX xborder_effect_newest ON xborder_effect (claimed_at);
CREATE INDEX xborder_effect_open ON xborder_effect (claimed_at)
    WHERE state IN ('sent', 'answered', 'unknown', 'unread');
CREATE TABLE xborder_answer (
    intent TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    number INTEGER NOT NULL,
    late INTEGER NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    content {bytes} NOT NULL,
    PRIMARY KEY (intent, attempt, number)
);
CREATE TABLE xborder_token (
    key TEXT PRIMARY KEY,
    access TEXT NOT NULL,
    expires_at BIGINT,
    refresh TEXT
);
CREATE TABLE xborder_token_lease (
    key TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL
);
"""

EFFECTS_V2 = """
ALTER TABLE xborder_token ADD COLUMN refresh_expires_at BIGINT;
"""

BUDGETS_V1 = """
CREATE {unlogged} TABLE xborder_budget (
    key TEXT PRIMARY KEY,
    empty_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);
"""


def statements(script: str) -> list[str]:
    """The single statements of a script; none of ours holds a semicolon inside."""
    return [statement for part in script.split(";") if (statement := part.strip())]
