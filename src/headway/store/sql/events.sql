-- name: of_operation
SELECT seq, at, name, operation, target, actor, data FROM events
WHERE operation = :operation AND operation IS NOT NULL AND seq > :after ORDER BY seq LIMIT :count

-- name: after
SELECT seq, at, name, operation, target, actor, data FROM events WHERE seq > :after ORDER BY seq LIMIT :count

-- name: last
SELECT coalesce(max(seq), 0) FROM events

-- name: first
SELECT coalesce(min(seq), 0) FROM events

-- name: oldest
SELECT seq, at FROM events ORDER BY seq LIMIT :count

-- name: delete_to
-- The newest event is always kept: SQLite numbers the next one after it.
DELETE FROM events WHERE seq <= :seq AND seq < (SELECT max(seq) FROM events)
