-- Files in folders; the content of each is kept by its digest, beside the database. Container 0 is the root.
CREATE TABLE files (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    container_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    media TEXT NOT NULL,
    digest TEXT NOT NULL,
    size BIGINT NOT NULL,
    operation_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX files_container ON files (account_id, container_id, id);
-- Whether anything still needs a content is asked by its digest.
CREATE INDEX files_digest ON files (digest) WHERE digest <> '';
CREATE INDEX files_operation ON files (operation_id, id) WHERE operation_id <> 0;

CREATE TABLE exports (
    operation_id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    media TEXT NOT NULL,
    digest TEXT NOT NULL,
    size BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX exports_digest ON exports (digest);
CREATE INDEX exports_account ON exports (account_id);
CREATE INDEX exports_created ON exports (created_at);

-- Who still calls what is to be switched off.
CREATE TABLE legacy_calls (
    route TEXT NOT NULL,
    token_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (route, token_id)
);
