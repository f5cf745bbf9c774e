-- name: insert
INSERT INTO projects (id, owner_id, name, is_default, created_at, updated_at)
VALUES (:id, :owner_id, :name, :is_default, :at, :at)

-- name: get
SELECT id, owner_id, name, is_default, created_at, updated_at FROM projects WHERE id = :id

-- name: default_of
SELECT id, owner_id, name, is_default, created_at, updated_at FROM projects
WHERE owner_id = :owner_id AND is_default = 1

-- name: of_owner
SELECT id, owner_id, name, is_default, created_at, updated_at FROM projects WHERE owner_id = :owner_id ORDER BY id

-- name: rename
UPDATE projects SET name = :name, updated_at = :at WHERE id = :id

-- name: no_default
-- Before another one becomes it: there is never more than one.
UPDATE projects SET is_default = 0, updated_at = :at WHERE owner_id = :owner_id AND is_default = 1

-- name: make_default
UPDATE projects SET is_default = 1, updated_at = :at WHERE id = :id

-- name: any_app
SELECT id FROM apps WHERE project_id = :id LIMIT 1

-- name: delete
DELETE FROM projects WHERE id = :id
