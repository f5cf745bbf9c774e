-- What a release runs by the clock, frozen with it.
ALTER TABLE releases ADD COLUMN cron TEXT NOT NULL DEFAULT '[]';

-- What the release in force runs by the clock. A task that it does not have is due at no time; its row stays a while, so
-- that a rollback finds when it last ran.
CREATE TABLE cron_tasks (
    id BIGINT PRIMARY KEY,
    app_id BIGINT NOT NULL REFERENCES apps (id),
    position INTEGER NOT NULL,
    schedule TEXT NOT NULL,
    command TEXT NOT NULL,
    size TEXT NOT NULL,
    next_at BIGINT,
    last_at BIGINT,
    last_operation_id BIGINT,
    trouble TEXT NOT NULL,
    missed_at BIGINT,
    missed_why TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX cron_tasks_app ON cron_tasks (app_id, position);
CREATE INDEX cron_tasks_due ON cron_tasks (next_at) WHERE next_at IS NOT NULL;

-- One row for each run that was begun: of one task at one time there is one, whoever is at work and whatever the clock says.
CREATE TABLE cron_runs (
    task_id BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    app_id BIGINT NOT NULL,
    one_off_id BIGINT NOT NULL,
    operation_id BIGINT NOT NULL,
    until BIGINT,
    PRIMARY KEY (task_id, due_at)
);
CREATE INDEX cron_runs_app ON cron_runs (app_id);
CREATE INDEX cron_runs_until ON cron_runs (until) WHERE until IS NOT NULL;
