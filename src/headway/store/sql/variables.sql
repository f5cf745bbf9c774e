-- name: set
INSERT INTO variables (id, app_id, name, value) VALUES (:id, :app_id, :name, :value)
ON CONFLICT (app_id, name) DO UPDATE SET value = excluded.value
RETURNING id, app_id, name, value

-- name: update
UPDATE variables SET value = :value WHERE app_id = :app_id AND id = :id RETURNING id, app_id, name, value

-- name: of_app
SELECT id, app_id, name, value FROM variables WHERE app_id = :app_id ORDER BY name

-- name: delete
DELETE FROM variables WHERE app_id = :app_id AND id = :id RETURNING name
