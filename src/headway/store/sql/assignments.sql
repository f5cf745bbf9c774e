-- name: insert
INSERT INTO assignments (id, pool_id, owner_id, suite_id, user_id, status, reward, public_comment, created_at, due_at)
VALUES (:id, :pool_id, :owner_id, :suite_id, :user_id, 0, :reward, '', :at, :due_at)

-- name: see
-- Whoever has seen one of them before is refused by the index.
INSERT INTO seen_tasks (user_id, task_id, assignment_id)
SELECT :user_id, CAST(r.value AS BIGINT), CAST(:assignment_id AS BIGINT)
-- only: sqlite
FROM json_each(:task_ids) AS r
-- only: postgres
FROM json_array_elements_text(CAST(:task_ids AS json)) AS r (value)
-- all

-- name: get
SELECT id, pool_id, owner_id, suite_id, user_id, status, reward, solutions, public_comment, created_at, submitted_at,
    accepted_at, rejected_at, skipped_at, expired_at, due_at
FROM assignments WHERE id = :id

-- name: active
-- What somebody has in hand.
SELECT id, pool_id, owner_id, suite_id, user_id, status, reward, solutions, public_comment, created_at, submitted_at,
    accepted_at, rejected_at, skipped_at, expired_at, due_at
FROM assignments WHERE pool_id = :pool_id AND user_id = :user_id AND status = 0

-- name: page
SELECT id, pool_id, owner_id, suite_id, user_id, status, reward, solutions, public_comment, created_at, submitted_at,
    accepted_at, rejected_at, skipped_at, expired_at, due_at
FROM assignments
WHERE owner_id = :owner_id AND id >= :id_least AND id <= :id_most
    AND (CAST(:suite_id AS BIGINT) < 0 OR suite_id = :suite_id)
    AND (:user_id = '' OR user_id = :user_id)
    AND (CAST(:task_id AS BIGINT) < 0 OR id IN (SELECT assignment_id FROM seen_tasks WHERE task_id = :task_id))
    AND (:statuses = '' OR :statuses LIKE '%' || CAST(status AS TEXT) || '%')
    AND created_at >= :created_least AND created_at <= :created_most
    AND coalesce(submitted_at, -1) >= :submitted_least AND coalesce(submitted_at, -1) <= :submitted_most
    AND coalesce(accepted_at, -1) >= :accepted_least AND coalesce(accepted_at, -1) <= :accepted_most
    AND coalesce(rejected_at, -1) >= :rejected_least AND coalesce(rejected_at, -1) <= :rejected_most
    AND coalesce(skipped_at, -1) >= :skipped_least AND coalesce(skipped_at, -1) <= :skipped_most
    AND coalesce(expired_at, -1) >= :expired_least AND coalesce(expired_at, -1) <= :expired_most
ORDER BY id LIMIT :count

-- name: page_of_pool
-- The same within one pool: by its own index.
SELECT id, pool_id, owner_id, suite_id, user_id, status, reward, solutions, public_comment, created_at, submitted_at,
    accepted_at, rejected_at, skipped_at, expired_at, due_at
FROM assignments
WHERE pool_id = :pool_id AND owner_id + 0 = :owner_id AND id >= :id_least AND id <= :id_most
    AND (CAST(:suite_id AS BIGINT) < 0 OR suite_id = :suite_id)
    AND (:user_id = '' OR user_id = :user_id)
    AND (CAST(:task_id AS BIGINT) < 0 OR id IN (SELECT assignment_id FROM seen_tasks WHERE task_id = :task_id))
    AND (:statuses = '' OR :statuses LIKE '%' || CAST(status AS TEXT) || '%')
    AND created_at >= :created_least AND created_at <= :created_most
    AND coalesce(submitted_at, -1) >= :submitted_least AND coalesce(submitted_at, -1) <= :submitted_most
    AND coalesce(accepted_at, -1) >= :accepted_least AND coalesce(accepted_at, -1) <= :accepted_most
    AND coalesce(rejected_at, -1) >= :rejected_least AND coalesce(rejected_at, -1) <= :rejected_most
    AND coalesce(skipped_at, -1) >= :skipped_least AND coalesce(skipped_at, -1) <= :skipped_most
    AND coalesce(expired_at, -1) >= :expired_least AND coalesce(expired_at, -1) <= :expired_most
ORDER BY id LIMIT :count

-- name: active_in
SELECT id FROM assignments WHERE pool_id = :pool_id AND status = 0 LIMIT 1

-- name: rejected_since
SELECT id FROM assignments WHERE pool_id = :pool_id AND status = 3 AND rejected_at > :after LIMIT 1

-- name: answered
-- Accepted answers in order, with the tasks that they are about.
SELECT a.id, a.user_id, s.task_ids, a.solutions FROM assignments a JOIN task_suites s ON s.id = a.suite_id
WHERE a.pool_id = :pool_id AND a.status = 2 AND a.accepted_at <= :at AND a.id > :after ORDER BY a.id LIMIT :count

-- name: about
SELECT x.task_id, a.user_id, a.status, s.task_ids, a.solutions
FROM seen_tasks x JOIN assignments a ON a.id = x.assignment_id JOIN task_suites s ON s.id = a.suite_id
-- only: sqlite
WHERE x.task_id IN (SELECT value FROM json_each(:ids))
-- only: postgres
WHERE x.task_id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(:ids AS json)))
-- all
ORDER BY a.id, x.task_id

-- name: move
-- To another status, from the one that it is believed to have.
UPDATE assignments SET status = :status, solutions = :solutions, public_comment = :public_comment,
    submitted_at = :submitted_at, accepted_at = :accepted_at, rejected_at = :rejected_at, skipped_at = :skipped_at,
    expired_at = :expired_at, due_at = :due_at
WHERE id = :id AND status = :before

-- name: due
SELECT id, pool_id, owner_id, suite_id, user_id, status, reward, solutions, public_comment, created_at, submitted_at,
    accepted_at, rejected_at, skipped_at, expired_at, due_at
FROM assignments WHERE due_at IS NOT NULL AND due_at <= :at ORDER BY due_at, id LIMIT :count
