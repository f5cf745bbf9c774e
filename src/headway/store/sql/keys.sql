-- name: get
SELECT fingerprint, operation FROM idempotency_keys WHERE scope = :scope AND key = :key

-- name: insert
INSERT INTO idempotency_keys (scope, key, fingerprint, operation, created_at)
VALUES (:scope, :key, :fingerprint, :operation, :at)

-- name: delete_of
DELETE FROM idempotency_keys WHERE operation = :operation
