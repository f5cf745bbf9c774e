-- name: insert
INSERT INTO tokens (id, account_id, name, hash, created_at, last_used_at)
VALUES (:id, :account_id, :name, :hash, :created_at, :last_used_at)

-- name: get
SELECT id, account_id, name, hash, created_at, last_used_at FROM tokens WHERE id = :id

-- name: by_hash
SELECT id, account_id, name, hash, created_at, last_used_at FROM tokens WHERE hash = :hash

-- name: of_account
SELECT id, account_id, name, hash, created_at, last_used_at FROM tokens WHERE account_id = :account_id ORDER BY id

-- name: renew
UPDATE tokens SET hash = :hash, last_used_at = NULL WHERE id = :id

-- name: used
UPDATE tokens SET last_used_at = :at WHERE id = :id

-- name: remove
DELETE FROM tokens WHERE id = :id
