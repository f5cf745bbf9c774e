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

-- name: told_of
-- What happened to one thing, newest first. Where operations speak of themselves is left out, here and in the index.
SELECT seq, at, name, operation, target, actor, data FROM events
WHERE substr(name, 1, 10) <> 'operation.' AND target = :target ORDER BY seq DESC LIMIT :count OFFSET :offset

-- name: count_told_of
SELECT count(*) FROM events WHERE substr(name, 1, 10) <> 'operation.' AND target = :target

-- name: told_of_since
SELECT seq, at, name, operation, target, actor, data FROM events
WHERE substr(name, 1, 10) <> 'operation.' AND target = :target AND at >= :since ORDER BY seq DESC LIMIT :count

-- name: told_to
-- To an account: what happened to it, and to the apps that it may see now. No planner is to walk through what happened to
-- everybody in search of these few: hence `seq + 0`, and LATERAL, with which each app costs no more than a page.
-- only: sqlite
SELECT seq, at, name, operation, target, actor, data FROM events
WHERE substr(name, 1, 10) <> 'operation.' AND target IN (
    SELECT 'app:' || id FROM apps WHERE owner_id = :account_id
    UNION ALL SELECT 'app:' || app_id FROM collaborators WHERE account_id = :account_id
    UNION ALL SELECT CAST(:own AS TEXT)
)
ORDER BY seq + 0 DESC LIMIT :count OFFSET :offset
-- only: postgres
SELECT told.* FROM (
    SELECT 'app:' || id FROM apps WHERE owner_id = :account_id
    UNION ALL SELECT 'app:' || app_id FROM collaborators WHERE account_id = :account_id
    UNION ALL SELECT CAST(:own AS TEXT)
) AS own (target) CROSS JOIN LATERAL (
    SELECT seq, at, name, operation, target, actor, data FROM events
    WHERE substr(name, 1, 10) <> 'operation.' AND events.target = own.target
    ORDER BY seq DESC LIMIT CAST(:count AS BIGINT) + CAST(:offset AS BIGINT)
) AS told
ORDER BY seq DESC LIMIT :count OFFSET :offset
-- all

-- name: count_told_to
-- only: sqlite
SELECT count(*) FROM events
WHERE substr(name, 1, 10) <> 'operation.' AND target IN (
    SELECT 'app:' || id FROM apps WHERE owner_id = :account_id
    UNION ALL SELECT 'app:' || app_id FROM collaborators WHERE account_id = :account_id
    UNION ALL SELECT CAST(:own AS TEXT)
)
-- only: postgres
SELECT CAST(coalesce(sum(told.n), 0) AS BIGINT) FROM (
    SELECT 'app:' || id FROM apps WHERE owner_id = :account_id
    UNION ALL SELECT 'app:' || app_id FROM collaborators WHERE account_id = :account_id
    UNION ALL SELECT CAST(:own AS TEXT)
) AS own (target) CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM events
    WHERE substr(name, 1, 10) <> 'operation.' AND events.target = own.target
) AS told
-- all

-- name: told_to_since
-- only: sqlite
SELECT seq, at, name, operation, target, actor, data FROM events
WHERE substr(name, 1, 10) <> 'operation.' AND at >= :since AND target IN (
    SELECT 'app:' || id FROM apps WHERE owner_id = :account_id
    UNION ALL SELECT 'app:' || app_id FROM collaborators WHERE account_id = :account_id
    UNION ALL SELECT CAST(:own AS TEXT)
)
ORDER BY seq + 0 DESC LIMIT :count
-- only: postgres
SELECT told.* FROM (
    SELECT 'app:' || id FROM apps WHERE owner_id = :account_id
    UNION ALL SELECT 'app:' || app_id FROM collaborators WHERE account_id = :account_id
    UNION ALL SELECT CAST(:own AS TEXT)
) AS own (target) CROSS JOIN LATERAL (
    SELECT seq, at, name, operation, target, actor, data FROM events
    WHERE substr(name, 1, 10) <> 'operation.' AND events.target = own.target AND at >= :since
    ORDER BY seq DESC LIMIT CAST(:count AS BIGINT)
) AS told
ORDER BY seq DESC LIMIT :count
-- all

-- name: told
SELECT seq, at, name, operation, target, actor, data FROM events
WHERE substr(name, 1, 10) <> 'operation.' AND seq = :seq
