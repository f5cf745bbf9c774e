-- name: insert
INSERT INTO ssh_keys (id, account_id, name, content, fingerprint, created_at)
VALUES (:id, :account_id, :name, :content, :fingerprint, :at)

-- name: get
SELECT id, account_id, name, content, fingerprint, created_at FROM ssh_keys WHERE id = :id

-- name: by_fingerprint
SELECT id, account_id, name, content, fingerprint, created_at FROM ssh_keys WHERE fingerprint = :fingerprint

-- name: of_account
SELECT id, account_id, name, content, fingerprint, created_at FROM ssh_keys
WHERE account_id = :account_id ORDER BY id

-- name: named
SELECT id, account_id, name, content, fingerprint, created_at FROM ssh_keys
WHERE account_id = :account_id AND name = :name

-- name: delete
DELETE FROM ssh_keys WHERE id = :id
