-- name: put
INSERT INTO second_factors (account_id, secret, confirmed_at, last_step, recovery)
VALUES (:id, :secret, :confirmed_at, :last_step, :recovery)
ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, confirmed_at = excluded.confirmed_at,
    last_step = excluded.last_step, recovery = excluded.recovery

-- name: get
SELECT account_id, secret, confirmed_at, last_step, recovery FROM second_factors WHERE account_id = :id

-- name: delete
DELETE FROM second_factors WHERE account_id = :id
