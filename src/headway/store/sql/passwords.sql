-- name: set
INSERT INTO passwords (account_id, hash, changed_at) VALUES (:id, :hash, :at)
ON CONFLICT (account_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at

-- name: get
SELECT hash FROM passwords WHERE account_id = :id
