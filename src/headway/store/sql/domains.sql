-- name: insert
INSERT INTO domains (id, app_id, name, canonical, automatic, certifying, failures, failed_at, problem, error, created_at)
VALUES (:id, :app_id, :name, 0, :automatic, NULL, 0, NULL, '', '', :at)
ON CONFLICT (name) DO NOTHING

-- name: get
SELECT id, app_id, name, canonical, automatic, certifying, failures, failed_at, problem, error, created_at
FROM domains WHERE id = :id

-- name: of_app
SELECT id, app_id, name, canonical, automatic, certifying, failures, failed_at, problem, error, created_at
FROM domains WHERE app_id = :app_id ORDER BY id

-- name: automatic
-- Those that an authority may be asked about, unless one is asked already.
SELECT id, app_id, name, canonical, automatic, certifying, failures, failed_at, problem, error, created_at
FROM domains WHERE automatic = 1 AND certifying IS NULL ORDER BY id

-- name: count_certifying
SELECT count(*) FROM domains WHERE automatic = 1 AND certifying IS NOT NULL

-- name: apps
SELECT DISTINCT app_id FROM domains ORDER BY app_id

-- name: canonical
SELECT name FROM domains WHERE app_id = :app_id AND canonical = 1

-- name: uncrown
UPDATE domains SET canonical = 0 WHERE app_id = :app_id AND canonical = 1

-- name: crown
UPDATE domains SET canonical = 1 WHERE id = :id

-- name: automate
-- Who changes it begins anew: what went wrong before is forgotten.
UPDATE domains SET automatic = :automatic, failures = 0, failed_at = NULL, problem = '', error = '' WHERE id = :id

-- name: certifying
-- Never two at once.
UPDATE domains SET certifying = :operation WHERE id = :id AND certifying IS NULL

-- name: certified
UPDATE domains SET certifying = NULL, failures = 0, failed_at = NULL, problem = '', error = ''
WHERE id = :id AND certifying = :operation

-- name: failed
UPDATE domains SET certifying = NULL, failures = failures + 1, failed_at = :at, problem = :problem, error = :error
WHERE id = :id AND certifying = :operation

-- name: delete
DELETE FROM domains WHERE id = :id
