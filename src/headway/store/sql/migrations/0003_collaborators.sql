-- Who may work on an app beside its owner. Until the invitation is accepted nobody stands behind the address.

CREATE TABLE collaborators (
    id BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL REFERENCES apps (id),
    email TEXT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    is_limited SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (app_id, email),
    UNIQUE (app_id, account_id)
);
CREATE INDEX collaborators_account ON collaborators (account_id);
CREATE INDEX apps_parent ON apps (parent_id);
