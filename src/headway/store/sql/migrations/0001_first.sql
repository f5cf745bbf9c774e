-- Times are microseconds UTC, booleans 0 or 1, JSON is text.
-- `BIGINT PRIMARY KEY` becomes SQLite's `INTEGER PRIMARY KEY`, its row number.

CREATE TABLE operations (
    id BIGINT PRIMARY KEY,
    type TEXT NOT NULL,
    target TEXT NOT NULL,
    exclusive SMALLINT NOT NULL,
    phase SMALLINT NOT NULL,
    params TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    owner INTEGER,
    fence INTEGER NOT NULL,
    step INTEGER NOT NULL,
    turning_back SMALLINT NOT NULL,
    attempt INTEGER NOT NULL,
    progress SMALLINT NOT NULL,
    cancel_requested_at BIGINT,
    cancel_reason TEXT NOT NULL,
    detail TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    updated_at BIGINT NOT NULL,
    finished_at BIGINT
);
-- The hold and the work are one row: one active exclusive operation for each target.
CREATE UNIQUE INDEX operations_held ON operations (target) WHERE exclusive = 1 AND phase < 3;
-- Claims, take-over and the list of what is active; empty when nothing is.
CREATE INDEX operations_open ON operations (phase, id) WHERE phase < 3;
CREATE INDEX operations_target ON operations (target, id);

CREATE TABLE events (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    name TEXT NOT NULL,
    operation BIGINT,
    target TEXT NOT NULL,
    actor TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX events_operation ON events (operation, seq) WHERE operation IS NOT NULL;

-- only: postgres
-- Sequences leave gaps; a counter row, taken last in a transaction, does not.
CREATE TABLE event_counter (last BIGINT NOT NULL);
INSERT INTO event_counter VALUES (0);
-- all

CREATE TABLE operation_log (
    operation BIGINT NOT NULL,
    n INTEGER NOT NULL,
    at BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (operation, n)
);

CREATE TABLE nodes (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    epoch INTEGER NOT NULL,
    lease_until BIGINT NOT NULL
);

CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    operation BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_operation ON idempotency_keys (operation);

CREATE TABLE tombstones (
    id BIGINT PRIMARY KEY,
    type TEXT NOT NULL,
    phase SMALLINT NOT NULL,
    account_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL
);

CREATE TABLE accounts (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE tokens (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX tokens_account ON tokens (account_id);

CREATE TABLE apps (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    owner_id BIGINT NOT NULL REFERENCES accounts (id),
    parent_id BIGINT,
    git_source TEXT,
    stack TEXT NOT NULL,
    force_https SMALLINT NOT NULL,
    sticky_session SMALLINT NOT NULL,
    router_logs SMALLINT NOT NULL,
    release_id BIGINT,
    last_deployed_at BIGINT,
    last_deployed_by TEXT,
    last_deployment_id BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX apps_owner ON apps (owner_id);

CREATE TABLE container_types (
    id BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL REFERENCES apps (id),
    name TEXT NOT NULL,
    amount INTEGER NOT NULL,
    size TEXT NOT NULL,
    command TEXT NOT NULL,
    UNIQUE (app_id, name)
);

CREATE TABLE containers (
    id BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL REFERENCES apps (id),
    type TEXT NOT NULL,
    type_index INTEGER NOT NULL,
    size TEXT NOT NULL,
    release_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (app_id, type, type_index)
);

CREATE TABLE variables (
    id BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL REFERENCES apps (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (app_id, name)
);

CREATE TABLE releases (
    id BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL REFERENCES apps (id),
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    processes TEXT NOT NULL,
    variables TEXT NOT NULL,
    ref TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX releases_app ON releases (app_id, id);

CREATE TABLE deployments (
    id BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL REFERENCES apps (id),
    operation_id BIGINT NOT NULL,
    release_id BIGINT NOT NULL,
    ref TEXT NOT NULL,
    previous_ref TEXT,
    source_url TEXT NOT NULL,
    pusher_id BIGINT NOT NULL,
    pusher TEXT NOT NULL,
    pusher_email TEXT NOT NULL,
    status TEXT,
    image_size BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX deployments_app ON deployments (app_id, id);

CREATE TABLE sources (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    upload_hash TEXT NOT NULL UNIQUE,
    download_hash TEXT NOT NULL UNIQUE,
    size BIGINT,
    expires_at BIGINT NOT NULL
);
