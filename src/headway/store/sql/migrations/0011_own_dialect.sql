-- What somebody has begun, newest first. Neither column ever changes, so that only the insert pays for it.
CREATE INDEX operations_account ON operations (account_id, id);

-- An operation that was begun because of another one: `retry` or `undo`.
CREATE TABLE operation_links (
    child BIGINT PRIMARY KEY,
    parent BIGINT NOT NULL,
    kind TEXT NOT NULL
);
CREATE INDEX operation_links_parent ON operation_links (parent, child);
