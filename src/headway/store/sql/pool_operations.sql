-- name: insert
INSERT INTO pool_operations (operation, account_id, shown, details)
VALUES (:operation, :account_id, :shown, '{}')
ON CONFLICT (account_id, shown) DO NOTHING

-- name: find
SELECT operation FROM pool_operations WHERE account_id = :account_id AND shown = :shown

-- name: get
SELECT o.id, o.type, o.target, o.exclusive, o.phase, o.params, o.account_id, o.owner, o.fence, o.step, o.turning_back,
    o.attempt, o.progress, o.cancel_requested_at, o.cancel_reason, o.detail, o.created_at, o.started_at, o.updated_at,
    o.finished_at, p.shown, p.details
FROM pool_operations p JOIN operations o ON o.id = p.operation WHERE p.account_id = :account_id AND p.shown = :shown

-- name: of_operation
SELECT shown FROM pool_operations WHERE operation = :operation

-- name: page
SELECT o.id, o.type, o.target, o.exclusive, o.phase, o.params, o.account_id, o.owner, o.fence, o.step, o.turning_back,
    o.attempt, o.progress, o.cancel_requested_at, o.cancel_reason, o.detail, o.created_at, o.started_at, o.updated_at,
    o.finished_at, p.shown, p.details
FROM pool_operations p JOIN operations o ON o.id = p.operation
WHERE p.account_id = :account_id AND p.shown > :gt AND p.shown >= :gte AND p.shown < :lt AND p.shown <= :lte
    AND (:type = '' OR o.type = :type) AND o.phase >= :phase_least AND o.phase <= :phase_most
    AND o.created_at >= :submitted_least AND o.created_at <= :submitted_most
    AND coalesce(o.finished_at, -1) >= :finished_least AND coalesce(o.finished_at, -1) <= :finished_most
ORDER BY id LIMIT :count

-- name: tell
UPDATE pool_operations SET details = :details WHERE operation = :operation

-- name: forget_chunks
DELETE FROM batch_chunks WHERE operation IN (SELECT p.operation FROM pool_operations p
    WHERE p.operation < :before AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.id = p.operation))

-- name: forget_lost
DELETE FROM pool_operations WHERE operation < :before
    AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.id = pool_operations.operation)
