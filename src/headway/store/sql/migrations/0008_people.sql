-- Public keys by which an account is known over SSH. A key is one account's only, on the whole platform.
CREATE TABLE ssh_keys (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX ssh_keys_fingerprint ON ssh_keys (fingerprint);
CREATE UNIQUE INDEX ssh_keys_name ON ssh_keys (account_id, name);

-- What people tell of themselves, and whether they are held to the limits of free use.
ALTER TABLE accounts ADD COLUMN fullname TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN company TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN location TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN payment_defined SMALLINT NOT NULL DEFAULT 1;

-- Apart from the account, so that whoever reads accounts never holds what proves them.
CREATE TABLE passwords (
    account_id BIGINT PRIMARY KEY,
    hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE TABLE second_factors (
    account_id BIGINT PRIMARY KEY,
    secret TEXT NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL,
    recovery TEXT NOT NULL
);

-- What apps are filed under; one of each account's is its default. The first one has the id of its account.
CREATE TABLE projects (
    id BIGINT PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    is_default SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX projects_name ON projects (owner_id, name);
CREATE UNIQUE INDEX projects_default ON projects (owner_id) WHERE is_default = 1;
INSERT INTO projects (id, owner_id, name, is_default, created_at, updated_at)
SELECT id, id, 'default', 1, created_at, created_at FROM accounts;
-- NULL, as the program before this one leaves it, is the default project of the owner.
ALTER TABLE apps ADD COLUMN project_id BIGINT;
UPDATE apps SET project_id = owner_id;
CREATE INDEX apps_project ON apps (project_id);

-- What happened to an app or an account, newest first. What operations say of themselves is left out: nobody lists that.
CREATE INDEX events_told ON events (target, seq) WHERE substr(name, 1, 10) <> 'operation.';
