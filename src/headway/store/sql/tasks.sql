-- name: insert
-- Many at once: what is given is a JSON list of rows.
INSERT INTO tasks (id, pool_id, suite_id, kind, overlap, issued, body, created_at, batch, live)
SELECT CAST(r.value ->> 0 AS BIGINT), CAST(r.value ->> 1 AS BIGINT), CAST(r.value ->> 2 AS BIGINT),
    CAST(r.value ->> 3 AS INTEGER), CAST(r.value ->> 4 AS INTEGER), 0, r.value ->> 5,
    CAST(r.value ->> 6 AS BIGINT), CAST(r.value ->> 7 AS BIGINT), CAST(r.value ->> 8 AS INTEGER)
-- only: sqlite
FROM json_each(:rows) AS r
-- only: postgres
FROM json_array_elements(CAST(:rows AS json)) AS r (value)
-- all

-- name: get
SELECT t.id, t.pool_id, t.suite_id, t.kind, t.overlap, t.issued, t.body, t.created_at, t.batch
FROM tasks t JOIN pools p ON p.id = t.pool_id WHERE t.id = :id AND t.live = 1 AND p.owner_id = :owner_id

-- name: some
SELECT id, pool_id, suite_id, kind, overlap, issued, body, created_at, batch FROM tasks
-- only: sqlite
WHERE id IN (SELECT value FROM json_each(:ids))
-- only: postgres
WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(:ids AS json)))
-- all
ORDER BY id

-- name: page
SELECT id, pool_id, suite_id, kind, overlap, issued, body, created_at, batch FROM tasks
WHERE pool_id = :pool_id AND id >= :id_least AND id <= :id_most AND live = 1
    AND created_at >= :created_least AND created_at <= :created_most
    AND coalesce(overlap, -1) >= CAST(:overlap_least AS BIGINT)
    AND coalesce(overlap, -1) <= CAST(:overlap_most AS BIGINT)
ORDER BY id LIMIT :count

-- name: free
-- What somebody may be given: there is room, and they have not had it.
SELECT id, pool_id, suite_id, kind, overlap, issued, body, created_at, batch FROM tasks t
WHERE t.pool_id = :pool_id AND t.kind = :kind AND t.id > :after
    AND t.suite_id IS NULL AND t.live = 1 AND (t.overlap IS NULL OR t.issued < t.overlap)
    AND NOT EXISTS (SELECT 1 FROM seen_tasks s WHERE s.task_id = t.id AND s.user_id = :user_id)
ORDER BY t.id LIMIT :count

-- name: with_baselines
-- Those of which something was said before anybody was asked.
SELECT id, pool_id, suite_id, kind, overlap, issued, body, created_at, batch FROM tasks
WHERE pool_id = :pool_id AND id > :after AND live = 1 AND body LIKE '%"baseline_solutions":%' ORDER BY id LIMIT :count

-- name: wanting
-- A general one that is to be given to somebody still.
SELECT id FROM tasks WHERE pool_id = :pool_id AND kind = 0 AND suite_id IS NULL AND live = 1
    AND (overlap IS NULL OR issued < overlap) LIMIT 1

-- name: there
SELECT id FROM tasks WHERE pool_id = :pool_id AND live = 1 LIMIT 1

-- name: newest
SELECT coalesce(max(created_at), 0) FROM tasks WHERE pool_id = :pool_id AND kind = 0 AND live = 1

-- name: made_by
-- What an operation has made: none of it is older than the operation.
SELECT id, pool_id, suite_id, kind, overlap, issued, body, created_at, batch FROM tasks
WHERE pool_id = :pool_id AND id > :batch AND batch = :batch AND live = 1 ORDER BY id

-- name: give
-- One more, or one fewer, has them.
UPDATE tasks SET issued = issued + :more
-- only: sqlite
WHERE id IN (SELECT value FROM json_each(:ids))
-- only: postgres
WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(:ids AS json)))
-- all

-- name: widen
-- One more is to have them.
UPDATE tasks SET overlap = overlap + 1
-- only: sqlite
WHERE id IN (SELECT value FROM json_each(:ids))
-- only: postgres
WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(:ids AS json)))
-- all

-- name: change
UPDATE tasks SET overlap = :overlap, kind = :kind, body = :body WHERE id = :id

-- name: reveal
UPDATE tasks SET live = 1 WHERE batch = :batch AND live = 0

-- name: forget
DELETE FROM tasks WHERE batch = :batch AND live = 0
