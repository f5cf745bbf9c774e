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
