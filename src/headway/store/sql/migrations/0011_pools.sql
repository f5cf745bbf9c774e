-- Labelling: projects, pools, tasks, suites, assignments. What people say of an object is kept whole, as JSON in `body`;
-- what is searched, sorted or counted has a column beside it.

CREATE TABLE labelling_projects (
    id BIGINT PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES accounts (id),
    status SMALLINT NOT NULL,
    public_name TEXT NOT NULL,
    private_comment TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX labelling_projects_owner ON labelling_projects (owner_id, id);

CREATE TABLE pools (
    id BIGINT PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES accounts (id),
    project_id BIGINT NOT NULL REFERENCES labelling_projects (id),
    status SMALLINT NOT NULL,
    body TEXT NOT NULL,
    spec TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_started_at BIGINT,
    last_stopped_at BIGINT,
    close_reason TEXT NOT NULL,
    reopen_at BIGINT,
    complete_since BIGINT,
    changed_at BIGINT NOT NULL
);
CREATE INDEX pools_owner ON pools (owner_id, id);
CREATE INDEX pools_project ON pools (project_id, id);
-- What somebody must look after: small, whatever there has been.
CREATE INDEX pools_open ON pools (id) WHERE status = 1;
CREATE INDEX pools_to_reopen ON pools (reopen_at) WHERE reopen_at IS NOT NULL;
CREATE INDEX pools_idle ON pools (changed_at) WHERE status = 0;

-- `live` is 0 until the batch that makes an object has ended well: all of it is seen at once, or nothing.
CREATE TABLE tasks (
    id BIGINT PRIMARY KEY,
    pool_id BIGINT NOT NULL,
    suite_id BIGINT,
    kind SMALLINT NOT NULL,
    overlap INTEGER,
    issued INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    live SMALLINT NOT NULL
);
CREATE INDEX tasks_pool ON tasks (pool_id, id);
CREATE INDEX tasks_batch ON tasks (batch) WHERE live = 0;
CREATE INDEX tasks_to_give ON tasks (pool_id, kind, id)
    WHERE suite_id IS NULL AND live = 1 AND (overlap IS NULL OR issued < overlap);

CREATE TABLE task_suites (
    id BIGINT PRIMARY KEY,
    pool_id BIGINT NOT NULL,
    task_ids TEXT NOT NULL,
    overlap INTEGER,
    issued INTEGER NOT NULL,
    mixed SMALLINT NOT NULL,
    turn DOUBLE PRECISION NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    live SMALLINT NOT NULL
);
CREATE INDEX task_suites_pool ON task_suites (pool_id, id);
CREATE INDEX task_suites_batch ON task_suites (batch) WHERE live = 0;
CREATE INDEX task_suites_to_give ON task_suites (pool_id, turn, id)
    WHERE live = 1 AND (overlap IS NULL OR issued < overlap);

CREATE TABLE assignments (
    id BIGINT PRIMARY KEY,
    pool_id BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,
    suite_id BIGINT NOT NULL,
    user_id TEXT NOT NULL,
    status SMALLINT NOT NULL,
    reward DOUBLE PRECISION NOT NULL,
    solutions TEXT,
    public_comment TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    submitted_at BIGINT,
    accepted_at BIGINT,
    rejected_at BIGINT,
    skipped_at BIGINT,
    expired_at BIGINT,
    due_at BIGINT,
    UNIQUE (suite_id, user_id)
);
CREATE INDEX assignments_pool ON assignments (pool_id, id);
CREATE INDEX assignments_owner ON assignments (owner_id, id);
CREATE INDEX assignments_due ON assignments (due_at) WHERE due_at IS NOT NULL;
-- One thing at a time.
CREATE UNIQUE INDEX assignments_active ON assignments (pool_id, user_id) WHERE status = 0;

-- Nobody is given a task twice: the row is the promise.
CREATE TABLE seen_tasks (
    user_id TEXT NOT NULL,
    task_id BIGINT NOT NULL,
    assignment_id BIGINT NOT NULL,
    PRIMARY KEY (task_id, user_id)
);

CREATE TABLE skills (
    id BIGINT PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX skills_owner ON skills (owner_id, id);

CREATE TABLE user_skills (
    id BIGINT PRIMARY KEY,
    skill_id BIGINT NOT NULL REFERENCES skills (id),
    user_id TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    UNIQUE (skill_id, user_id)
);

-- The operations of the pools service under the ids that their askers know, which may be their own; compared byte by byte.
CREATE TABLE pool_operations (
    operation BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
-- only: sqlite
    shown TEXT NOT NULL,
-- only: postgres
    shown TEXT COLLATE "C" NOT NULL,
-- all
    details TEXT NOT NULL,
    UNIQUE (account_id, shown)
);

CREATE TABLE batch_chunks (
    operation BIGINT NOT NULL,
    n INTEGER NOT NULL,
    items TEXT NOT NULL,
    wrong TEXT NOT NULL,
    made TEXT,
    PRIMARY KEY (operation, n)
);

-- What an aggregation found, and where it stands: enough to go on from the last round.
CREATE TABLE aggregated_solutions (
    operation BIGINT NOT NULL,
    task_id BIGINT NOT NULL,
    pool_id BIGINT NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    output TEXT NOT NULL,
    PRIMARY KEY (operation, task_id)
);
CREATE TABLE aggregation_rounds (
    operation BIGINT PRIMARY KEY,
    estimate TEXT NOT NULL
);
