-- name: insert
INSERT INTO files (id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at)
VALUES (:id, :account_id, :container_id, :name, :kind, :media, :digest, :size, :operation_id, :created_at)

-- name: get
SELECT id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at FROM files WHERE id = :id

-- name: children
SELECT id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at FROM files
WHERE account_id = :account_id AND container_id = :container_id AND id > :after ORDER BY id LIMIT :count

-- name: of_operation
SELECT id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at FROM files
WHERE operation_id = :operation_id AND operation_id <> 0 AND id > :after ORDER BY id LIMIT :count

-- name: tree
-- A folder with everything below it, each behind what it lies in.
WITH RECURSIVE tree (id, depth) AS (
    SELECT files.id, 1 FROM files WHERE files.id = :id
    UNION ALL
    SELECT files.id, tree.depth + 1 FROM files, tree
    WHERE files.account_id = :account_id AND files.container_id = tree.id
)
SELECT files.id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at
FROM files, tree WHERE files.id = tree.id ORDER BY tree.depth, files.id LIMIT :count

-- name: ancestors
-- Itself, what it lies in, and so on, up to below the root.
WITH RECURSIVE up (id, container_id) AS (
    SELECT files.id, files.container_id FROM files WHERE files.id = :id
    UNION ALL
    SELECT files.id, files.container_id FROM files, up WHERE files.id = up.container_id
)
SELECT id FROM up

-- name: used
SELECT count(*), coalesce(sum(size), 0) FROM files WHERE account_id = :account_id

-- name: refers
SELECT 1 FROM files WHERE digest = :digest AND digest <> '' LIMIT 1

-- name: delete
DELETE FROM files WHERE id = :id
