-- name: register
-- A node that comes back under its name gets its old number and a new epoch. Leases are in the database's time.
INSERT INTO nodes (id, name, epoch, mark, lease_until)
VALUES ((SELECT coalesce(max(id), 0) + 1 FROM nodes), :name, 1, :mark,
-- only: sqlite
    :now + :lease
-- only: postgres
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + :lease::bigint + 0 * :now::bigint
-- all
)
ON CONFLICT (name) DO UPDATE SET epoch = nodes.epoch + 1, mark = excluded.mark,
    lease_until = excluded.lease_until
RETURNING id, epoch

-- name: renew
UPDATE nodes SET lease_until =
-- only: sqlite
    :now + :lease
-- only: postgres
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + :lease::bigint + 0 * :now::bigint
-- all
WHERE id = :id AND epoch = :epoch

-- name: lives
SELECT id FROM nodes WHERE id = :id AND epoch = :epoch

-- name: lapsed
-- Whether there is anything for `expire` to do: it writes, and so costs more.
SELECT id FROM nodes
WHERE id <> :me AND id IN (SELECT owner FROM operations WHERE phase < 3 AND phase = 2) AND lease_until <
-- only: sqlite
    :now
-- only: postgres
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + 0 * :now::bigint
-- all
LIMIT 1

-- name: marked
-- Nodes that perform something, and the mark that each holds while it lives.
SELECT mark, id, epoch FROM nodes
WHERE id <> :me AND mark <> 0 AND id IN (SELECT owner FROM operations WHERE phase < 3 AND phase = 2)

-- name: end
UPDATE nodes SET epoch = epoch + 1, mark = 0 WHERE id = :id AND epoch = :epoch

-- name: expire
-- Whoever finds a node's lease over ends its epoch, so that the node learns of it when it wakes.
UPDATE nodes SET epoch = epoch + 1
WHERE id <> :me AND id IN (SELECT owner FROM operations WHERE phase < 3 AND phase = 2) AND lease_until <
-- only: sqlite
    :now
-- only: postgres
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + 0 * :now::bigint
-- all
RETURNING id

-- name: release
-- A node that stops in good order leaves its lease at once.
UPDATE nodes SET lease_until = 0 WHERE id = :id AND epoch = :epoch
