-- What is looked for among operations. Each source (what somebody began, and each target that they may see) is gone
-- through by an index, so that a table of millions costs no more than a small one.

-- name: targets
-- What somebody may see although others may have begun it.
SELECT id FROM apps WHERE owner_id = :account_id
UNION
SELECT app_id FROM collaborators WHERE account_id = :account_id

-- name: floor
-- Down to which id the newest :count rows of every source reach; NULL where no source has so many.
SELECT max(bound) FROM (
    SELECT (SELECT id FROM operations WHERE account_id = :account_id AND id >= :low AND id < :high AND :own = 1
        ORDER BY id DESC LIMIT 1 OFFSET :count) AS bound
    UNION ALL
    SELECT (SELECT o.id FROM operations o WHERE o.target = given.value AND o.id >= :low AND o.id < :high
        ORDER BY o.id DESC LIMIT 1 OFFSET :count)
-- only: sqlite
    FROM json_each(:targets) AS given
-- only: postgres
    FROM json_array_elements_text(:targets::json) AS given (value)
-- all
) AS bounds

-- name: ceiling
-- The same upwards: up to which id the oldest :count rows of every source reach.
SELECT min(bound) FROM (
    SELECT (SELECT id FROM operations WHERE account_id = :account_id AND id >= :low AND id < :high AND :own = 1
        ORDER BY id LIMIT 1 OFFSET :count) AS bound
    UNION ALL
    SELECT (SELECT o.id FROM operations o WHERE o.target = given.value AND o.id >= :low AND o.id < :high
        ORDER BY o.id LIMIT 1 OFFSET :count)
-- only: sqlite
    FROM json_each(:targets) AS given
-- only: postgres
    FROM json_array_elements_text(:targets::json) AS given (value)
-- all
) AS bounds

-- name: found
-- Between two ids, in the one order or (:way = -1) the other.
SELECT id, type, target, exclusive, phase, params, account_id, owner, fence, step, turning_back, attempt, progress,
    cancel_requested_at, cancel_reason, detail, created_at, started_at, updated_at, finished_at
FROM (
    SELECT mine.* FROM operations mine
    WHERE mine.account_id = :account_id AND mine.id >= :low AND mine.id < :high AND :own = 1
    UNION ALL
-- only: sqlite
    SELECT o.* FROM json_each(:targets) AS given CROSS JOIN operations o ON o.target = given.value
    WHERE o.id >= :low AND o.id < :high AND (:own = 0 OR o.account_id <> :account_id)
-- only: postgres
    SELECT o.* FROM json_array_elements_text(:targets::json) AS given (value) CROSS JOIN LATERAL (
        SELECT theirs.* FROM operations theirs
        WHERE theirs.target = given.value AND theirs.id >= :low AND theirs.id < :high
            AND (:own = 0 OR theirs.account_id <> :account_id)
        OFFSET 0
    ) AS o
-- all
) AS seen
WHERE (:type = '' OR type = :type) AND (CAST(:actor AS BIGINT) = 0 OR account_id = :actor)
    AND ((CAST(:phases AS BIGINT) >> phase) & 1) = 1
ORDER BY id * CAST(:way AS BIGINT) LIMIT :count

-- name: active
-- Of those that have not ended, which are few; for these no bounds are needed.
SELECT id, type, target, exclusive, phase, params, account_id, owner, fence, step, turning_back, attempt, progress,
    cancel_requested_at, cancel_reason, detail, created_at, started_at, updated_at, finished_at
FROM operations
WHERE phase < 3 AND phase IN (0, 1, 2) AND id >= :low AND id < :high
    AND ((:own = 1 AND account_id = :account_id) OR target IN (SELECT given.value
-- only: sqlite
    FROM json_each(:targets) AS given
-- only: postgres
    FROM json_array_elements_text(:targets::json) AS given (value)
-- all
    ))
    AND (:type = '' OR type = :type) AND (CAST(:actor AS BIGINT) = 0 OR account_id = :actor)
    AND ((CAST(:phases AS BIGINT) >> phase) & 1) = 1
ORDER BY id * CAST(:way AS BIGINT) LIMIT :count

-- name: runs_on
-- How long the newest successes of a type on a target took, begun to ended, among the newest :within there.
SELECT started_at, finished_at FROM (
    SELECT type, phase, started_at, finished_at FROM operations WHERE target = :target ORDER BY id DESC LIMIT :within
) AS newest WHERE type = :type AND phase = 3 AND started_at IS NOT NULL

-- name: runs
-- The same anywhere.
SELECT started_at, finished_at FROM (
    SELECT type, phase, started_at, finished_at FROM operations ORDER BY id DESC LIMIT :within
) AS newest WHERE type = :type AND phase = 3 AND started_at IS NOT NULL

-- name: queue
-- How many wait to be begun before this one, and how many are running.
SELECT (SELECT count(*) FROM operations WHERE phase < 3 AND phase = 1 AND id < :id),
    (SELECT count(*) FROM operations WHERE phase < 3 AND phase = 2)

-- name: node
-- The node that performs something, and until when the others believe that it lives.
SELECT id, lease_until FROM nodes WHERE id = :id

-- name: releases
SELECT id, app_id, version, digest, processes, '{}', ref, created_at, cron FROM releases
WHERE app_id = :app_id AND id < :before ORDER BY id DESC LIMIT :count
