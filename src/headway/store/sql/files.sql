-- name: insert
-- As many as there are in a JSON list of objects, at once: one by one a copy would keep every other writer waiting.
INSERT INTO files (id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at)
-- only: sqlite
SELECT value ->> 'id', value ->> 'account_id', value ->> 'container_id', value ->> 'name', value ->> 'kind',
    value ->> 'media', value ->> 'digest', value ->> 'size', value ->> 'operation_id', value ->> 'created_at'
FROM json_each(:rows)
-- only: postgres
SELECT id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at
FROM jsonb_to_recordset(:rows::jsonb) AS given (id bigint, account_id bigint, container_id bigint, name text, kind text, media text, digest text, size bigint, operation_id bigint, created_at bigint)
-- all

-- name: get
SELECT id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at FROM files WHERE id = :id

-- name: children
SELECT id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at FROM files
WHERE account_id = :account_id AND container_id = :container_id AND id > :after ORDER BY id LIMIT :count

-- name: of_operation
SELECT id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at FROM files
WHERE operation_id = :operation_id AND operation_id <> 0 AND id > :after ORDER BY id LIMIT :count

-- name: tree
-- A folder with everything below it, each behind what it lies in. SQLite keeps the order of a CROSS JOIN: for each
-- folder that was found its files are looked up in the index, and not the other way round.
WITH RECURSIVE tree (id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at, depth) AS (
    SELECT id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at, 1 FROM files WHERE id = :id
    UNION ALL
    SELECT files.id, files.account_id, files.container_id, files.name, files.kind, files.media, files.digest, files.size,
        files.operation_id, files.created_at, tree.depth + 1
    FROM tree CROSS JOIN files
    WHERE tree.kind = 'folder' AND files.account_id = :account_id AND files.container_id = tree.id
)
SELECT id, account_id, container_id, name, kind, media, digest, size, operation_id, created_at
FROM tree ORDER BY depth, id LIMIT :count

-- name: ancestors
-- Itself, what it lies in, and so on, up to below the root.
WITH RECURSIVE up (id, container_id) AS (
    SELECT files.id, files.container_id FROM files WHERE files.id = :id
    UNION ALL
    SELECT files.id, files.container_id FROM up CROSS JOIN files WHERE files.id = up.container_id
)
SELECT id FROM up

-- name: used
SELECT count(*), coalesce(sum(size), 0) FROM files WHERE account_id = :account_id

-- name: refers
SELECT 1 FROM files WHERE digest = :digest AND digest <> '' LIMIT 1

-- name: delete
DELETE FROM files WHERE id IN (
-- only: sqlite
    SELECT value FROM json_each(:ids)
-- only: postgres
    SELECT value::bigint FROM jsonb_array_elements_text(:ids::jsonb) AS given (value)
-- all
)
