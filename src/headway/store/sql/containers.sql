-- name: types
SELECT id, app_id, name, amount, size, command FROM container_types WHERE app_id = :app_id ORDER BY id

-- name: keep_type
INSERT INTO container_types (id, app_id, name, amount, size, command)
VALUES (:id, :app_id, :name, :amount, :size, :command)
ON CONFLICT (app_id, name) DO UPDATE SET amount = excluded.amount, size = excluded.size, command = excluded.command

-- name: of_app
SELECT id, app_id, type, type_index, size, release_id, created_at FROM containers
WHERE app_id = :app_id ORDER BY type, type_index

-- name: delete_of
DELETE FROM containers WHERE app_id = :app_id

-- name: insert
INSERT INTO containers (id, app_id, type, type_index, size, release_id, created_at)
VALUES (:id, :app_id, :type, :index, :size, :release_id, :created_at)
