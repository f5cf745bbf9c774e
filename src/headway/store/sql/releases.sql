-- name: get
SELECT id, app_id, version, digest, processes, variables, ref, created_at FROM releases WHERE id = :id

-- name: keep
-- Made by a step that may be repeated: the first one stands.
INSERT INTO releases (id, app_id, version, digest, processes, variables, ref, created_at)
VALUES (:id, :app_id, (SELECT coalesce(max(version), 0) + 1 FROM releases WHERE app_id = :app_id), :digest, :processes,
    :variables, :ref, :at)
ON CONFLICT (id) DO NOTHING

-- name: delete
DELETE FROM releases WHERE id = :id
