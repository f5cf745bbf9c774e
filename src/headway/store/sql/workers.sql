-- name: insert
INSERT INTO workers (id, owner_id, name, hash, created_at, last_used_at)
VALUES (:id, :owner_id, :name, :hash, :created_at, :last_used_at)

-- name: by_name
SELECT id, owner_id, name, hash, created_at, last_used_at FROM workers WHERE owner_id = :owner_id AND name = :name

-- name: by_hash
SELECT id, owner_id, name, hash, created_at, last_used_at FROM workers WHERE hash = :hash

-- name: page
SELECT id, owner_id, name, hash, created_at, last_used_at FROM workers
WHERE owner_id = :owner_id AND id > :after ORDER BY id LIMIT :count

-- name: count
SELECT count(*) FROM workers WHERE owner_id = :owner_id

-- name: renew
UPDATE workers SET hash = :hash, last_used_at = NULL WHERE id = :id

-- name: used
UPDATE workers SET last_used_at = :at WHERE id = :id

-- name: remove
DELETE FROM workers WHERE id = :id
