-- name: get
SELECT id, app_id, position, schedule, command, size, next_at, last_at, last_operation_id, trouble, missed_at, missed_why,
    created_at
FROM cron_tasks WHERE id = :id

-- name: of_app
-- Also those that the release in force does not have; they come last.
SELECT id, app_id, position, schedule, command, size, next_at, last_at, last_operation_id, trouble, missed_at, missed_why,
    created_at
FROM cron_tasks WHERE app_id = :app_id ORDER BY next_at IS NULL, position, id

-- name: due
SELECT id FROM cron_tasks WHERE next_at <= :now ORDER BY next_at, id

-- name: ahead
SELECT id, app_id, position, schedule, command, size, next_at, last_at, last_operation_id, trouble, missed_at, missed_why,
    created_at
FROM cron_tasks WHERE next_at > :now ORDER BY id

-- name: insert
INSERT INTO cron_tasks (id, app_id, position, schedule, command, size, next_at, trouble, missed_why, created_at)
VALUES (:id, :app_id, :position, :schedule, :command, :size, :next_at, '', '', :at)

-- name: renew
UPDATE cron_tasks SET position = :position, size = :size, next_at = :next_at, trouble = '' WHERE id = :id

-- name: retire
UPDATE cron_tasks SET next_at = NULL, trouble = '' WHERE id = :id

-- name: forget
-- Those that no release in force has had for long.
DELETE FROM cron_tasks WHERE app_id = :app_id AND next_at IS NULL AND created_at < :before
    AND coalesce(last_at, 0) < :before

-- name: began
UPDATE cron_tasks SET next_at = :next_at, last_at = :at, last_operation_id = :operation_id, trouble = '' WHERE id = :id

-- name: put_off
UPDATE cron_tasks SET next_at = :next_at WHERE id = :id

-- name: missed
UPDATE cron_tasks SET next_at = :next_at, missed_at = :missed_at, missed_why = :why, trouble = '' WHERE id = :id

-- name: troubled
UPDATE cron_tasks SET trouble = :trouble WHERE id = :id AND trouble <> :trouble

-- name: insert_run
INSERT INTO cron_runs (task_id, due_at, app_id, one_off_id, operation_id, until)
VALUES (:task_id, :due_at, :app_id, :one_off_id, :operation_id, :until)

-- name: run
SELECT task_id, due_at, app_id, one_off_id, operation_id, until FROM cron_runs
WHERE task_id = :task_id AND due_at = :due_at

-- name: overdue
SELECT task_id, due_at, app_id, one_off_id, operation_id, until FROM cron_runs WHERE until <= :now ORDER BY until, task_id

-- name: seen_to
UPDATE cron_runs SET until = NULL WHERE task_id = :task_id AND due_at = :due_at

-- name: forget_runs
DELETE FROM cron_runs WHERE app_id = :app_id AND until IS NULL AND due_at < :before
