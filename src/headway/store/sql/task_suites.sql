-- name: insert
-- Many at once: what is given is a JSON list of rows.
INSERT INTO task_suites (id, pool_id, task_ids, overlap, issued, mixed, turn, body, created_at, batch, live)
SELECT CAST(r.value ->> 0 AS BIGINT), CAST(r.value ->> 1 AS BIGINT), r.value ->> 2,
    CAST(r.value ->> 3 AS INTEGER), CAST(r.value ->> 4 AS INTEGER), CAST(r.value ->> 5 AS INTEGER),
    CAST(r.value ->> 6 AS DOUBLE PRECISION), r.value ->> 7, CAST(r.value ->> 8 AS BIGINT),
    CAST(r.value ->> 9 AS BIGINT), CAST(r.value ->> 10 AS INTEGER)
-- only: sqlite
FROM json_each(:rows) AS r
-- only: postgres
FROM json_array_elements(CAST(:rows AS json)) AS r (value)
-- all

-- name: get
SELECT s.id, s.pool_id, s.task_ids, s.overlap, s.issued, s.mixed, s.turn, s.body, s.created_at, s.batch
FROM task_suites s JOIN pools p ON p.id = s.pool_id WHERE s.id = :id AND s.live = 1 AND p.owner_id = :owner_id

-- name: some
SELECT id, pool_id, task_ids, overlap, issued, mixed, turn, body, created_at, batch FROM task_suites
-- only: sqlite
WHERE id IN (SELECT value FROM json_each(:ids))
-- only: postgres
WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(:ids AS json)))
-- all
ORDER BY id

-- name: page
SELECT id, pool_id, task_ids, overlap, issued, mixed, turn, body, created_at, batch FROM task_suites
WHERE pool_id = :pool_id AND id >= :id_least AND id <= :id_most AND live = 1
    AND created_at >= :created_least AND created_at <= :created_most
    AND coalesce(overlap, -1) >= CAST(:overlap_least AS BIGINT)
    AND coalesce(overlap, -1) <= CAST(:overlap_most AS BIGINT)
ORDER BY id LIMIT :count

-- name: with_task
-- The one that a task was uploaded in, and those that it was mixed into.
SELECT suite_id FROM tasks WHERE id = :task_id AND suite_id IS NOT NULL
UNION SELECT a.suite_id FROM seen_tasks s JOIN assignments a ON a.id = s.assignment_id WHERE s.task_id = :task_id

-- name: free
-- What somebody may be given: there is room, and they have not had it.
SELECT id, pool_id, task_ids, overlap, issued, mixed, turn, body, created_at, batch FROM task_suites t
WHERE t.pool_id = :pool_id AND (t.turn > :turn OR (t.turn = :turn AND t.id > :after))
    AND t.live = 1 AND (t.overlap IS NULL OR t.issued < t.overlap)
    AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.suite_id = t.id AND a.user_id = :user_id)
ORDER BY t.turn, t.id LIMIT :count

-- name: wanting
SELECT id FROM task_suites WHERE pool_id = :pool_id AND live = 1 AND (overlap IS NULL OR issued < overlap) LIMIT 1

-- name: there
SELECT id FROM task_suites WHERE pool_id = :pool_id AND live = 1 LIMIT 1

-- name: give
-- One more, or one fewer, has it.
UPDATE task_suites SET issued = issued + :more WHERE id = :id

-- name: change
UPDATE task_suites SET overlap = :overlap, turn = :turn, body = :body WHERE id = :id

-- name: reveal
UPDATE task_suites SET live = 1 WHERE batch = :batch AND live = 0

-- name: forget
DELETE FROM task_suites WHERE batch = :batch AND live = 0
