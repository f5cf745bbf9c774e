-- Names of an app's own. Of all that lead to it at most one is canonical; nobody else on the platform has the same.
CREATE TABLE domains (
    id BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL REFERENCES apps (id),
    name TEXT NOT NULL UNIQUE,
    canonical SMALLINT NOT NULL,
    automatic SMALLINT NOT NULL,
    certifying BIGINT,
    failures INTEGER NOT NULL,
    failed_at BIGINT,
    problem TEXT NOT NULL,
    error TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX domains_app ON domains (app_id, id);
CREATE UNIQUE INDEX domains_canonical ON domains (app_id) WHERE canonical = 1;
CREATE INDEX domains_automatic ON domains (id) WHERE automatic = 1;

-- Certificates with their private keys, as PEM. Of several for one domain an own one is served, else the newest.
CREATE TABLE certificates (
    id BIGINT PRIMARY KEY,
    domain_id BIGINT NOT NULL REFERENCES domains (id),
    own SMALLINT NOT NULL,
    chain TEXT NOT NULL,
    private_key TEXT NOT NULL,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX certificates_domain ON certificates (domain_id);
