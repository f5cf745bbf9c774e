-- name: get
SELECT id, app_id, operation_id, release_id, ref, previous_ref, source_url, pusher_id, pusher, pusher_email, status,
    image_size, created_at, finished_at
FROM deployments WHERE id = :id

-- name: of_operation
SELECT id, app_id, operation_id, release_id, ref, previous_ref, source_url, pusher_id, pusher, pusher_email, status,
    image_size, created_at, finished_at
FROM deployments WHERE operation_id = :operation_id AND app_id = :app_id

-- name: of_app
SELECT id, app_id, operation_id, release_id, ref, previous_ref, source_url, pusher_id, pusher, pusher_email, status,
    image_size, created_at, finished_at
FROM deployments WHERE app_id = :app_id ORDER BY id DESC LIMIT :count OFFSET :offset

-- name: count
SELECT count(*) FROM deployments WHERE app_id = :app_id

-- name: insert
INSERT INTO deployments (id, app_id, operation_id, release_id, ref, previous_ref, source_url, pusher_id, pusher,
    pusher_email, image_size, created_at)
VALUES (:id, :app_id, :operation_id, :release_id, :ref, :previous_ref, :source_url, :pusher_id, :pusher,
    :pusher_email, 0, :created_at)

-- name: end
UPDATE deployments SET status = :status, image_size = :image_size, finished_at = :at WHERE id = :id

-- name: made
-- Which one brought a release that was perhaps renewed since, with other variables.
SELECT id FROM deployments
WHERE app_id = :app_id AND ref = :ref AND status = 'success' AND created_at <= :before ORDER BY id DESC LIMIT 1

-- name: oldest_active
SELECT min(created_at) FROM deployments WHERE status IS NULL
