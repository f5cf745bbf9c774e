-- What was measured of apps: one row for each app, node and slice of time, as JSON.
CREATE TABLE samples (
    app_id BIGINT NOT NULL,
    step INTEGER NOT NULL,
    at BIGINT NOT NULL,
    node TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (app_id, step, at, node)
);
CREATE INDEX samples_at ON samples (step, at);

-- How far a node has counted the requests that its router tells of.
CREATE TABLE counted (
    node TEXT PRIMARY KEY,
    place BIGINT NOT NULL
);
