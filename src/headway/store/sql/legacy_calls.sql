-- name: add
INSERT INTO legacy_calls (route, token_id, account_id, calls, first_at, last_at)
VALUES (:route, :token_id, :account_id, :calls, :first_at, :last_at)
ON CONFLICT (route, token_id) DO UPDATE SET calls = legacy_calls.calls + excluded.calls, last_at = excluded.last_at

-- name: forget_revoked
DELETE FROM legacy_calls WHERE token_id NOT IN (SELECT id FROM tokens)

-- name: newest
SELECT route, token_id, account_id, calls, first_at, last_at FROM legacy_calls ORDER BY last_at DESC, route, token_id LIMIT :count
