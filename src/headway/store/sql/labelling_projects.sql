-- name: insert
INSERT INTO labelling_projects (id, owner_id, status, public_name, private_comment, body, created_at)
VALUES (:id, :owner_id, :status, :public_name, :private_comment, :body, :at)

-- name: get
SELECT id, owner_id, status, public_name, private_comment, body, created_at FROM labelling_projects WHERE id = :id

-- name: page
SELECT id, owner_id, status, public_name, private_comment, body, created_at FROM labelling_projects
WHERE owner_id = :owner_id AND id >= :id_least AND id <= :id_most
    AND (CAST(:status AS BIGINT) < 0 OR status = :status)
    AND created_at >= :created_least AND created_at <= :created_most
ORDER BY id LIMIT :count

-- name: change
UPDATE labelling_projects SET public_name = :public_name, private_comment = :private_comment, body = :body WHERE id = :id

-- name: archive
UPDATE labelling_projects SET status = 1 WHERE id = :id

-- name: is_known
SELECT known_by FROM labelling_projects WHERE id = :id AND known_by IS NOT NULL

-- name: set_known
UPDATE labelling_projects SET known_by = :operation WHERE id = :id AND (known_by IS NULL OR known_by = :operation)
