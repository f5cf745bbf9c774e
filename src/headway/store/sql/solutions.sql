-- name: keep_round
INSERT INTO aggregation_rounds (operation, estimate) VALUES (:operation, :estimate)
ON CONFLICT (operation) DO UPDATE SET estimate = excluded.estimate

-- name: last_round
SELECT estimate FROM aggregation_rounds WHERE operation = :operation

-- name: forget_rounds
DELETE FROM aggregation_rounds WHERE operation = :operation

-- name: insert
-- Many at once: what is given is a JSON list of rows. One that is there already is the same.
INSERT INTO aggregated_solutions (operation, task_id, pool_id, confidence, output)
SELECT CAST(r.value ->> 0 AS BIGINT), CAST(r.value ->> 1 AS BIGINT), CAST(r.value ->> 2 AS BIGINT),
    CAST(r.value ->> 3 AS DOUBLE PRECISION), r.value ->> 4
-- only: sqlite
FROM json_each(:rows) AS r WHERE true
-- only: postgres
FROM json_array_elements(CAST(:rows AS json)) AS r (value)
-- all
ON CONFLICT (operation, task_id) DO NOTHING

-- name: strike
DELETE FROM aggregated_solutions WHERE operation = :operation AND task_id <= :task_id

-- name: page
SELECT task_id AS id, pool_id, confidence, output FROM aggregated_solutions
WHERE operation = :operation AND task_id >= :id_least AND task_id <= :id_most
ORDER BY id LIMIT :count
