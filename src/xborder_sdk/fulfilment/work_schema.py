"""The tables of the work store; one script per version.

What names a buyer (the order, its plan, repairs of an address) stands in `xborder_work_private` alone and is purged.
"""

from __future__ import annotations

WORK_V1 = """
CREATE TABLE xborder_work (
    account TEXT NOT NULL,
    order_id TEXT NOT NULL,
    display_id TEXT,
    state TEXT NOT NULL,
    detail TEXT NOT NULL,
    due BIGINT NOT NULL,
    tries INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    holds TEXT NOT NULL,
    country TEXT,
    carrier TEXT,
    service TEXT,
    service_name TEXT,
    price TEXT,
    currency TEXT,
    refused TEXT,
    waybill TEXT,
    numbers TEXT NOT NULL,
    bought_at BIGINT,
    files TEXT NOT NULL,
    batch TEXT,
    print_job TEXT,
    declared_at BIGINT,
    tracking TEXT,
    tracked_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    modified_at BIGINT,
    is_fresh INTEGER NOT NULL,
    owner TEXT,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (account, order_id)
);
CREATE INDEX xborder_work_due ON xborder_work (state, due);
CREATE TABLE xborder_work_private (
    account TEXT NOT NULL,
    order_id TEXT NOT NULL,
    order_json TEXT,
    plan_json TEXT,
    proposals TEXT,
    PRIMARY KEY (account, order_id)
);
CREATE TABLE xborder_work_feed (
    account TEXT PRIMARY KEY,
    state TEXT NOT NULL
);
"""

WORK_V2 = """
ALTER TABLE xborder_work ADD COLUMN tracking_number TEXT;
ALTER TABLE xborder_work ADD COLUMN number_pending INTEGER NOT NULL DEFAULT 0;
ALTER TABLE xborder_work ADD COLUMN tracking_url TEXT;
ALTER TABLE xborder_work ADD COLUMN notice TEXT;
ALTER TABLE xborder_work ADD COLUMN handed_over_at BIGINT;
ALTER TABLE xborder_work ADD COLUMN hand_over TEXT;
ALTER TABLE xborder_work_private ADD COLUMN why_json TEXT;
ALTER TABLE xborder_work_private ADD COLUMN notice_text TEXT;
CREATE TABLE xborder_work_hand_over (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL,
    request TEXT NOT NULL,
    parcels TEXT NOT NULL,
    confirmation TEXT,
    bag_number TEXT,
    not_taken TEXT NOT NULL,
    files TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX xborder_work_hand_over_account ON xborder_work_hand_over (account, state);
"""

WORK_V3 = """
CREATE TABLE xborder_work_paper (
    account TEXT NOT NULL,
    order_id TEXT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (account, order_id, path)
);
INSERT OR IGNORE INTO xborder_work_paper
    SELECT account, order_id, value FROM xborder_work, json_each(xborder_work.files);
"""
