-- name: insert
INSERT INTO sources (id, account_id, upload_hash, download_hash, size, expires_at)
VALUES (:id, :account_id, :upload_hash, :download_hash, :size, :expires_at)

-- name: by_upload
SELECT id, account_id, upload_hash, download_hash, size, expires_at FROM sources WHERE upload_hash = :hash

-- name: by_download
SELECT id, account_id, upload_hash, download_hash, size, expires_at FROM sources WHERE download_hash = :hash

-- name: uploaded
UPDATE sources SET size = :size WHERE id = :id

-- name: expired
SELECT id, account_id, upload_hash, download_hash, size, expires_at FROM sources
WHERE expires_at < :before ORDER BY id LIMIT :count

-- name: delete
DELETE FROM sources WHERE id = :id
