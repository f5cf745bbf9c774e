-- name: of_slice
SELECT app_id, data FROM samples WHERE step = :step AND at = :at AND node = :node

-- name: put
-- All rows at once, as one JSON array of [app, step, start, data]: a statement for each would be a round trip for each.
INSERT INTO samples (app_id, step, at, node, data)
-- only: sqlite
SELECT value ->> 0, value ->> 1, value ->> 2, :node, value ->> 3 FROM json_each(:rows) WHERE true
-- only: postgres
SELECT (value ->> 0)::bigint, (value ->> 1)::integer, (value ->> 2)::bigint, :node::text, value ->> 3
FROM json_array_elements(:rows::text::json) AS value
-- all
ON CONFLICT (app_id, step, at, node) DO UPDATE SET data = excluded.data

-- name: of_app
SELECT at, data FROM samples WHERE app_id = :app_id AND step = :step AND at >= :since ORDER BY at, node

-- name: forget
DELETE FROM samples WHERE step = :step AND at < :before

-- name: counted
SELECT place FROM counted WHERE node = :node

-- name: count
INSERT INTO counted (node, place) VALUES (:node, :place)
ON CONFLICT (node) DO UPDATE SET place = excluded.place
