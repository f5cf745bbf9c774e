-- name: set
-- What is secret stays so.
INSERT INTO variables (id, app_id, name, value, secret) VALUES (:id, :app_id, :name, :value, :secret)
ON CONFLICT (app_id, name) DO UPDATE SET
    value = excluded.value,
    secret = CASE WHEN variables.secret = 1 THEN 1 ELSE excluded.secret END
RETURNING id, app_id, name, value, secret

-- name: hide
UPDATE variables SET secret = 1 WHERE app_id = :app_id AND name = :name RETURNING id

-- name: update
UPDATE variables SET value = :value WHERE app_id = :app_id AND id = :id RETURNING id, app_id, name, value, secret

-- name: of_app
SELECT id, app_id, name, value, secret FROM variables WHERE app_id = :app_id ORDER BY name

-- name: delete
DELETE FROM variables WHERE app_id = :app_id AND id = :id RETURNING name
