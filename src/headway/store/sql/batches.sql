-- name: insert
INSERT INTO batch_chunks (operation, n, items, wrong) VALUES (:operation, :n, :items, '{}')

-- name: get
SELECT operation, n, items, wrong, made FROM batch_chunks WHERE operation = :operation AND n = :n

-- name: of_operation
SELECT operation, n, items, wrong, made FROM batch_chunks WHERE operation = :operation ORDER BY n

-- name: found_wrong
UPDATE batch_chunks SET wrong = :wrong WHERE operation = :operation AND n = :n

-- name: made
-- Once: whoever comes again finds it done.
UPDATE batch_chunks SET made = :made WHERE operation = :operation AND n = :n AND made IS NULL

-- name: unmake
UPDATE batch_chunks SET made = NULL WHERE operation = :operation
