-- name: insert
INSERT INTO certificates (id, domain_id, own, chain, private_key, not_before, not_after, created_at)
VALUES (:id, :domain_id, :own, :chain, :private_key, :not_before, :not_after, :at)
ON CONFLICT (id) DO NOTHING

-- name: get
SELECT id, domain_id, own, chain, not_before, not_after, created_at FROM certificates WHERE id = :id

-- name: of_domain
-- The one that is served comes first.
SELECT id, domain_id, own, chain, not_before, not_after, created_at FROM certificates WHERE domain_id = :domain_id
ORDER BY own DESC, id DESC

-- name: served
SELECT chain, private_key FROM certificates WHERE domain_id = :domain_id ORDER BY own DESC, id DESC LIMIT 1

-- name: life
SELECT not_before, not_after FROM certificates WHERE domain_id = :domain_id ORDER BY own DESC, id DESC LIMIT 1

-- name: delete
DELETE FROM certificates WHERE id = :id

-- name: delete_others
DELETE FROM certificates WHERE domain_id = :domain_id AND id <> :id

-- name: delete_own
DELETE FROM certificates WHERE domain_id = :domain_id AND own = 1

-- name: delete_all
DELETE FROM certificates WHERE domain_id = :domain_id
