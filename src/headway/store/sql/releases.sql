-- name: get
SELECT id, app_id, version, digest, processes, variables, ref, created_at, cron FROM releases WHERE id = :id

-- name: keep
-- Made by a step that may be repeated: the first one stands.
INSERT INTO releases (id, app_id, version, digest, processes, variables, ref, created_at, cron)
VALUES (:id, :app_id, (SELECT coalesce(max(version), 0) + 1 FROM releases WHERE app_id = :app_id), :digest, :processes,
    :variables, :ref, :at, :cron)
ON CONFLICT (id) DO NOTHING

-- name: delete
DELETE FROM releases WHERE id = :id

-- name: by_version
SELECT id, app_id, version, digest, processes, variables, ref, created_at, cron
FROM releases WHERE app_id = :app_id AND version = :version

-- name: older
SELECT id, app_id, version, digest, processes, variables, ref, created_at, cron
FROM releases WHERE app_id = :app_id AND version < :version ORDER BY version DESC LIMIT 1

-- name: trim
-- What runs, or is to run, keeps its release; so does the one that serves.
DELETE FROM releases
WHERE app_id = :app_id AND id <> :serving
    AND id NOT IN (SELECT id FROM releases WHERE app_id = :app_id ORDER BY version DESC LIMIT :count)
    AND id NOT IN (SELECT release_id FROM containers WHERE app_id = :app_id)
    AND id NOT IN (SELECT release_id FROM one_offs WHERE app_id = :app_id AND finished_at IS NULL)

-- name: digests
SELECT DISTINCT digest FROM releases
