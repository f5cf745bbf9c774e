-- name: insert
INSERT INTO exports (operation_id, account_id, name, media, digest, size, created_at)
VALUES (:operation_id, :account_id, :name, :media, :digest, :size, :created_at)

-- name: get
SELECT operation_id, account_id, name, media, digest, size, created_at FROM exports WHERE operation_id = :operation_id

-- name: used
SELECT coalesce(sum(size), 0) FROM exports WHERE account_id = :account_id

-- name: refers
SELECT 1 FROM exports WHERE digest = :digest LIMIT 1

-- name: forget
DELETE FROM exports WHERE created_at < :before
