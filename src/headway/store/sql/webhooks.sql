-- name: insert
INSERT INTO webhooks (id, account_id, url, names, secret, reached, created_at, failing_since, disabled_at, disabled_why)
VALUES (:id, :account_id, :url, :names, :secret, :reached, :at, NULL, NULL, '')

-- name: get
SELECT id, account_id, url, names, secret, reached, created_at, failing_since, disabled_at, disabled_why
FROM webhooks WHERE id = :id

-- name: of_account
SELECT id, account_id, url, names, secret, reached, created_at, failing_since, disabled_at, disabled_why
FROM webhooks WHERE account_id = :account_id ORDER BY id

-- name: active
SELECT id, account_id, url, names, secret, reached, created_at, failing_since, disabled_at, disabled_why
FROM webhooks WHERE disabled_at IS NULL ORDER BY id

-- name: reach
-- Guarded by where it was: of two nodes that read the same events only one goes on.
UPDATE webhooks SET reached = :after WHERE id = :id AND reached = :before

-- name: rewind
UPDATE webhooks SET reached = :after WHERE id = :id

-- name: secret
UPDATE webhooks SET secret = :secret WHERE id = :id

-- name: failed
UPDATE webhooks SET failing_since = coalesce(failing_since, :at) WHERE id = :id

-- name: succeeded
UPDATE webhooks SET failing_since = NULL WHERE id = :id AND failing_since IS NOT NULL

-- name: disable
UPDATE webhooks SET disabled_at = :at, disabled_why = :why WHERE id = :id AND disabled_at IS NULL

-- name: enable
UPDATE webhooks SET disabled_at = NULL, disabled_why = '', failing_since = NULL WHERE id = :id

-- name: delete_deliveries
DELETE FROM deliveries WHERE webhook_id = :id

-- name: delete
DELETE FROM webhooks WHERE id = :id

-- name: deliver
INSERT INTO deliveries (id, webhook_id, seq, name, state, attempts, next_at, created_at, ended_at, last_status, last_error)
VALUES (:id, :webhook_id, :seq, :name, 0, 0, :at, :at, NULL, NULL, '')

-- name: waiting
SELECT count(*) FROM (SELECT id FROM deliveries WHERE webhook_id = :id AND state = 0 LIMIT :most) AS waiting

-- name: due
SELECT id, webhook_id, seq, name, state, attempts, next_at, created_at, ended_at, last_status, last_error
FROM deliveries WHERE webhook_id = :webhook_id AND state = 0 AND next_at <= :now ORDER BY id LIMIT :count

-- name: due_webhooks
SELECT DISTINCT webhook_id FROM deliveries
WHERE state = 0 AND next_at <= :now AND webhook_id IN (SELECT id FROM webhooks WHERE disabled_at IS NULL)

-- name: next_due
SELECT min(next_at) FROM deliveries
WHERE state = 0 AND next_at > :now AND webhook_id IN (SELECT id FROM webhooks WHERE disabled_at IS NULL)

-- name: claim
-- Whoever moves it on from when it was due may send it, until it is due again.
UPDATE deliveries SET next_at = :until, attempts = attempts + 1 WHERE id = :id AND state = 0 AND next_at = :next_at

-- name: settle
UPDATE deliveries SET state = :state, next_at = :next_at, ended_at = :ended_at, last_status = :status, last_error = :error
WHERE id = :id AND state = 0

-- name: of_webhook
SELECT id, webhook_id, seq, name, state, attempts, next_at, created_at, ended_at, last_status, last_error
FROM deliveries WHERE webhook_id = :webhook_id AND id < :before ORDER BY id DESC LIMIT :count

-- name: forget
DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE state > 0 AND id < :before ORDER BY id LIMIT :count)
