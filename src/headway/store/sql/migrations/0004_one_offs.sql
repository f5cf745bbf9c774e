-- No reference to the app: its rows outlive it for a moment, as what it started is being stopped.
CREATE TABLE one_offs (
    id BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL,
    type_index INTEGER NOT NULL,
    account_id BIGINT NOT NULL,
    operation_id BIGINT NOT NULL,
    command TEXT NOT NULL,
    environment TEXT NOT NULL,
    size TEXT NOT NULL,
    detached SMALLINT NOT NULL,
    release_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    settled_at BIGINT,
    finished_at BIGINT,
    exit_code INTEGER,
    reason TEXT NOT NULL,
    UNIQUE (app_id, type_index)
);
CREATE INDEX one_offs_active ON one_offs (id) WHERE finished_at IS NULL;
CREATE INDEX one_offs_operation ON one_offs (operation_id);
