-- People who answer tasks, each with a token: never a secret, only its hash.
CREATE TABLE workers (
    id BIGINT PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    UNIQUE (owner_id, name)
);
