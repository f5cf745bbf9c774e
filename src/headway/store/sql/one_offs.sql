-- name: get
SELECT id, app_id, type_index, account_id, operation_id, command, environment, size, detached, release_id, created_at,
    settled_at, finished_at, exit_code, reason
FROM one_offs WHERE id = :id

-- name: of_operation
SELECT id, app_id, type_index, account_id, operation_id, command, environment, size, detached, release_id, created_at,
    settled_at, finished_at, exit_code, reason
FROM one_offs WHERE operation_id = :operation_id

-- name: active
-- Those that have not ended: of one app, or (0) of all.
SELECT id, app_id, type_index, account_id, operation_id, command, environment, size, detached, release_id, created_at,
    settled_at, finished_at, exit_code, reason
FROM one_offs WHERE finished_at IS NULL AND (CAST(:app_id AS BIGINT) = 0 OR app_id = :app_id) ORDER BY id

-- name: counts
-- How many have not ended: of the app, and of the account.
SELECT count(CASE WHEN app_id = :app_id THEN 1 END), count(CASE WHEN account_id = :account_id THEN 1 END)
FROM one_offs WHERE finished_at IS NULL

-- name: next_index
SELECT coalesce(max(type_index), 0) + 1 FROM one_offs WHERE app_id = :app_id

-- name: insert
INSERT INTO one_offs (id, app_id, type_index, account_id, operation_id, command, environment, size, detached,
    release_id, created_at, reason)
VALUES (:id, :app_id, :index, :account_id, :operation_id, :command, :environment, :size, :detached, :release_id,
    :created_at, '')

-- name: settle
UPDATE one_offs SET settled_at = :at WHERE id = :id AND settled_at IS NULL

-- name: because
-- The first reason stays.
UPDATE one_offs SET reason = :reason WHERE id = :id AND reason = '' AND finished_at IS NULL

-- name: finish
-- Written once. What came with the command may be secret, and nobody needs it any more.
UPDATE one_offs SET finished_at = :at, exit_code = :exit_code, environment = '{}' WHERE id = :id AND finished_at IS NULL

-- name: forget
-- The newest stays: the next one is counted from it.
DELETE FROM one_offs WHERE app_id = :app_id AND finished_at < :before
    AND type_index < (SELECT max(other.type_index) FROM one_offs other WHERE other.app_id = :app_id)
