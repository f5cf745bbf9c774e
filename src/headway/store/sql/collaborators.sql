-- name: insert
INSERT INTO collaborators (id, app_id, email, account_id, is_limited, created_at)
VALUES (:id, :app_id, :email, :account_id, :is_limited, :at)
ON CONFLICT (app_id, email) DO NOTHING

-- name: get
SELECT id, app_id, email, account_id, is_limited, created_at FROM collaborators WHERE id = :id

-- name: of_app
SELECT id, app_id, email, account_id, is_limited, created_at FROM collaborators WHERE app_id = :app_id ORDER BY id

-- name: of_owner
SELECT c.id, c.app_id, c.email, c.account_id, c.is_limited, c.created_at
FROM collaborators c JOIN apps a ON a.id = c.app_id WHERE a.owner_id = :owner_id
ORDER BY c.id LIMIT :count OFFSET :offset

-- name: count_of_owner
SELECT count(*) FROM collaborators c JOIN apps a ON a.id = c.app_id WHERE a.owner_id = :owner_id

-- name: role
-- What somebody who has accepted is to an app.
SELECT is_limited FROM collaborators WHERE app_id = :app_id AND account_id = :account_id

-- name: accept
-- Only once, and only by somebody who is none of the app's yet.
UPDATE collaborators SET account_id = :account_id WHERE id = :id AND account_id IS NULL

-- name: limit
UPDATE collaborators SET is_limited = :is_limited WHERE id = :id

-- name: delete
DELETE FROM collaborators WHERE id = :id

-- name: delete_of_account
DELETE FROM collaborators WHERE app_id = :app_id AND account_id = :account_id
