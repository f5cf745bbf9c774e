-- name: insert
INSERT INTO pools (id, owner_id, project_id, status, body, spec, expires_at, created_at, close_reason, changed_at,
    kind)
VALUES (:id, :owner_id, :project_id, 0, :body, :spec, :expires_at, :at, '', :at, :kind)

-- name: get
SELECT id, owner_id, project_id, status, body, spec, expires_at, created_at, last_started_at, last_stopped_at,
    close_reason, reopen_at, complete_since, changed_at, kind
FROM pools WHERE id = :id

-- name: page
SELECT id, owner_id, project_id, status, body, spec, expires_at, created_at, last_started_at, last_stopped_at,
    close_reason, reopen_at, complete_since, changed_at, kind
FROM pools
WHERE owner_id = :owner_id AND (CAST(:kind AS BIGINT) < 0 OR kind = :kind) AND id >= :id_least AND id <= :id_most
    AND (CAST(:status AS BIGINT) < 0 OR status = :status)
    AND (CAST(:project_id AS BIGINT) < 0 OR project_id = :project_id)
    AND created_at >= :created_least AND created_at <= :created_most
    AND coalesce(last_started_at, -1) >= :last_started_least AND coalesce(last_started_at, -1) <= :last_started_most
ORDER BY id LIMIT :count

-- name: living
-- One of a project that is not archived.
SELECT id FROM pools WHERE project_id = :project_id AND status < 2 LIMIT 1

-- name: change
UPDATE pools SET body = :body, expires_at = :expires_at, changed_at = :at WHERE id = :id

-- name: open
UPDATE pools SET status = 1, last_started_at = :at, reopen_at = NULL, complete_since = NULL, changed_at = :at
WHERE id = :id AND status = 0

-- name: close
UPDATE pools SET status = 0, last_stopped_at = :at, close_reason = :reason, reopen_at = :reopen_at,
    complete_since = NULL, changed_at = :at
WHERE id = :id AND status = 1

-- name: stay_closed
UPDATE pools SET reopen_at = NULL WHERE id = :id AND reopen_at IS NOT NULL

-- name: archive
UPDATE pools SET status = 2, reopen_at = NULL, changed_at = :at WHERE id = :id AND status = 0

-- name: touch
UPDATE pools SET changed_at = :at, complete_since = NULL WHERE id = :id

-- name: complete
UPDATE pools SET complete_since = :at WHERE id = :id AND status = 1 AND complete_since IS NULL

-- name: opened
SELECT id, owner_id, project_id, status, body, spec, expires_at, created_at, last_started_at, last_stopped_at,
    close_reason, reopen_at, complete_since, changed_at, kind
FROM pools WHERE status = 1 AND id > :after ORDER BY id LIMIT :count

-- name: to_reopen
SELECT id, owner_id, project_id, status, body, spec, expires_at, created_at, last_started_at, last_stopped_at,
    close_reason, reopen_at, complete_since, changed_at, kind
FROM pools WHERE reopen_at IS NOT NULL AND reopen_at <= :at ORDER BY reopen_at LIMIT :count

-- name: idle
SELECT id, owner_id, project_id, status, body, spec, expires_at, created_at, last_started_at, last_stopped_at,
    close_reason, reopen_at, complete_since, changed_at, kind
FROM pools WHERE status = 0 AND changed_at <= :before ORDER BY changed_at LIMIT :count
