-- What somebody has begun, newest first. Neither column ever changes, so that only the insert pays for it.
CREATE INDEX operations_account ON operations (account_id, id);

-- An operation that was begun because of another one: `retry` or `undo`.
CREATE TABLE operation_links (
    child BIGINT PRIMARY KEY,
    parent BIGINT NOT NULL,
    kind TEXT NOT NULL
);
CREATE INDEX operation_links_parent ON operation_links (parent, child);

-- Who is told of events by HTTP. The secret is kept as it is, since every message is signed with it.
CREATE TABLE webhooks (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    url TEXT NOT NULL,
    names TEXT NOT NULL,
    secret TEXT NOT NULL,
    reached BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    failing_since BIGINT,
    disabled_at BIGINT,
    disabled_why TEXT NOT NULL
);
CREATE INDEX webhooks_account ON webhooks (account_id, id);

-- One row for each event that a webhook is to be told: waiting (0), delivered (1), or given up (2).
CREATE TABLE deliveries (
    id BIGINT PRIMARY KEY,
    webhook_id BIGINT NOT NULL REFERENCES webhooks (id),
    seq BIGINT NOT NULL,
    name TEXT NOT NULL,
    state SMALLINT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    last_status INTEGER,
    last_error TEXT NOT NULL
);
CREATE INDEX deliveries_webhook ON deliveries (webhook_id, id);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 0;
