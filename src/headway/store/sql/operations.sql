-- Times never go back, though the clocks of two nodes differ: each write keeps the later one.
-- Where PostgreSQL finds rows by id it says `phase + 0`: for `phase = 2` it would go through all running ones, by the
-- index of those that are open, once for each of the given.
-- On SQLite a write says RETURNING only where more than its id is wanted: that costs as much as the write itself.

-- name: insert
-- The row is the hold: where another active one holds the target, nothing is inserted.
-- only: sqlite
INSERT INTO operations (id, type, target, exclusive, phase, params, account_id, owner, fence, step, turning_back,
    attempt, progress, cancel_reason, created_at, started_at, updated_at)
VALUES (:id, :type, :target, :exclusive, :phase, :params, :account_id, :owner, :fence, 0, 0,
    1, 0, '', :at, :started_at, :at)
ON CONFLICT (target) WHERE exclusive = 1 AND phase < 3 DO NOTHING
-- only: postgres, many
INSERT INTO operations (id, type, target, exclusive, phase, params, account_id, owner, fence, step, turning_back,
    attempt, progress, cancel_reason, created_at, started_at, updated_at)
SELECT given.id, type, target, exclusive, phase, params, account_id, owner, fence, 0, 0, 1, 0, '', at, started_at, at
FROM unnest(:id::bigint[], :type::text[], :target::text[], :exclusive::smallint[], :phase::smallint[],
    :params::text[], :account_id::bigint[], :owner::int[], :fence::int[], :at::bigint[], :started_at::bigint[])
    AS given (id, type, target, exclusive, phase, params, account_id, owner, fence, at, started_at)
ORDER BY target
ON CONFLICT (target) WHERE exclusive = 1 AND phase < 3 DO NOTHING RETURNING id
-- all

-- name: get
SELECT id, type, target, exclusive, phase, params, account_id, owner, fence, step, turning_back, attempt, progress,
    cancel_requested_at, cancel_reason, detail, created_at, started_at, updated_at, finished_at
FROM operations WHERE id = :id

-- name: holder
-- Who holds a target.
SELECT id, type, target, exclusive, phase, params, account_id, owner, fence, step, turning_back, attempt, progress,
    cancel_requested_at, cancel_reason, detail, created_at, started_at, updated_at, finished_at
FROM operations WHERE target = :target AND exclusive = 1 AND phase < 3

-- name: newest
-- Newest first, of one account or (0) of all, of one target or ('') of any, older than an id.
SELECT id, type, target, exclusive, phase, params, account_id, owner, fence, step, turning_back, attempt, progress,
    cancel_requested_at, cancel_reason, detail, created_at, started_at, updated_at, finished_at
FROM operations
WHERE id < :before AND (CAST(:account_id AS BIGINT) = 0 OR account_id = :account_id) AND (:target = '' OR target = :target)
ORDER BY id DESC LIMIT :count

-- name: active
-- Phase by phase, so that the partial index is used.
SELECT id, type, target, exclusive, phase, params, account_id, owner, fence, step, turning_back, attempt, progress,
    cancel_requested_at, cancel_reason, detail, created_at, started_at, updated_at, finished_at
FROM operations WHERE phase < 3 AND phase IN (0, 1, 2) ORDER BY id LIMIT :count

-- name: more_wait
-- One that waits to be begun although so many others do.
SELECT id FROM operations WHERE phase < 3 AND phase = 1 ORDER BY id LIMIT 1 OFFSET :count

-- name: step_done
-- Forward by one. Fence and step are the guard; the row's lock is taken before the step is written.
-- only: sqlite
UPDATE operations SET step = step + 1, attempt = 1, progress = max(progress, :progress),
    updated_at = max(updated_at, :at)
WHERE id = :id AND fence = :fence AND phase = 2 AND step = :step AND turning_back = 0
RETURNING id, cancel_requested_at
-- only: postgres, many
UPDATE operations SET step = operations.step + 1, attempt = 1,
    progress = greatest(operations.progress, given.progress), updated_at = greatest(operations.updated_at, given.at)
FROM unnest(:id::bigint[], :fence::int[], :step::int[], :progress::smallint[], :at::bigint[])
    AS given (id, fence, step, progress, at)
WHERE operations.id = given.id AND operations.fence = given.fence AND phase + 0 = 2 AND operations.step = given.step
    AND turning_back = 0
RETURNING operations.id, cancel_requested_at
-- all

-- name: step_again
-- The next attempt at the same step, forward or back.
-- only: sqlite
UPDATE operations SET attempt = attempt + 1, updated_at = max(updated_at, :at)
WHERE id = :id AND fence = :fence AND phase = 2 AND step = :step AND attempt = :attempt
RETURNING id, cancel_requested_at
-- only: postgres, many
UPDATE operations SET attempt = operations.attempt + 1, updated_at = greatest(operations.updated_at, given.at)
FROM unnest(:id::bigint[], :fence::int[], :step::int[], :attempt::int[], :at::bigint[])
    AS given (id, fence, step, attempt, at)
WHERE operations.id = given.id AND operations.fence = given.fence AND phase + 0 = 2 AND operations.step = given.step
    AND operations.attempt = given.attempt
RETURNING operations.id, cancel_requested_at
-- all

-- name: turn_back
-- only: sqlite
UPDATE operations SET turning_back = 1, step = :next, attempt = 1, detail = :detail, updated_at = max(updated_at, :at)
WHERE id = :id AND fence = :fence AND phase = 2 AND step = :step AND turning_back = 0
-- only: postgres, many
UPDATE operations SET turning_back = 1, step = given.next, attempt = 1, detail = given.detail,
    updated_at = greatest(operations.updated_at, given.at)
FROM unnest(:id::bigint[], :fence::int[], :step::int[], :next::int[], :detail::text[], :at::bigint[])
    AS given (id, fence, step, next, detail, at)
WHERE operations.id = given.id AND operations.fence = given.fence AND phase + 0 = 2 AND operations.step = given.step
    AND turning_back = 0
RETURNING operations.id
-- all

-- name: step_undone
-- Back by one.
-- only: sqlite
UPDATE operations SET step = step - 1, attempt = 1, updated_at = max(updated_at, :at)
WHERE id = :id AND fence = :fence AND phase = 2 AND step = :step AND turning_back = 1
-- only: postgres, many
UPDATE operations SET step = operations.step - 1, attempt = 1, updated_at = greatest(operations.updated_at, given.at)
FROM unnest(:id::bigint[], :fence::int[], :step::int[], :at::bigint[]) AS given (id, fence, step, at)
WHERE operations.id = given.id AND operations.fence = given.fence AND phase + 0 = 2 AND operations.step = given.step
    AND turning_back = 1
RETURNING operations.id
-- all

-- name: finish
-- Written once: only a running operation, by the holder of its fence, at the step that it stands at.
-- only: sqlite
UPDATE operations SET phase = :phase, step = :last, progress = max(progress, :progress), detail = :detail, owner = NULL,
    updated_at = max(updated_at, :at), finished_at = max(updated_at, :at)
WHERE id = :id AND fence = :fence AND phase = 2 AND step = :step AND turning_back = :turning_back
-- only: postgres, many
UPDATE operations SET phase = given.phase, step = given.last, progress = greatest(operations.progress, given.progress),
    detail = given.detail, owner = NULL, updated_at = greatest(operations.updated_at, given.at),
    finished_at = greatest(operations.updated_at, given.at)
FROM unnest(:id::bigint[], :fence::int[], :step::int[], :turning_back::smallint[], :phase::smallint[], :last::int[],
    :progress::smallint[], :detail::text[], :at::bigint[])
    AS given (id, fence, step, turning_back, phase, last, progress, detail, at)
WHERE operations.id = given.id AND operations.fence = given.fence AND operations.phase + 0 = 2
    AND operations.step = given.step AND operations.turning_back = given.turning_back
RETURNING operations.id
-- all

-- name: say
-- A piece of the log, from the holder of the fence only. One whose answer was lost is written again over itself.
-- only: sqlite
INSERT INTO operation_log (operation, n, at, text)
SELECT :id, :n, :at, :text
WHERE EXISTS (SELECT 1 FROM operations WHERE id = :id AND fence = :fence AND phase = 2)
ON CONFLICT (operation, n) DO UPDATE SET text = excluded.text
-- only: postgres, many
INSERT INTO operation_log (operation, n, at, text)
SELECT given.id, n, at, text
FROM unnest(:id::bigint[], :n::int[], :at::bigint[], :text::text[], :fence::int[]) AS given (id, n, at, text, fence)
WHERE EXISTS (SELECT 1 FROM operations o WHERE o.id = given.id AND o.fence = given.fence AND o.phase + 0 = 2 FOR SHARE)
ON CONFLICT (operation, n) DO UPDATE SET text = excluded.text
RETURNING operation
-- all

-- name: log
-- Pieces of the log that come with a write whose guard has held, which therefore need none of their own.
-- only: sqlite
INSERT INTO operation_log (operation, n, at, text) VALUES (:id, :n, :at, :text)
ON CONFLICT (operation, n) DO UPDATE SET text = excluded.text
-- only: postgres, many
INSERT INTO operation_log (operation, n, at, text)
SELECT id, n, at, text FROM unnest(:id::bigint[], :n::int[], :at::bigint[], :text::text[]) AS given (id, n, at, text)
ON CONFLICT (operation, n) DO UPDATE SET text = excluded.text
-- all

-- name: advance
-- Progress within a step: only ever more.
-- only: sqlite
UPDATE operations SET progress = :progress, updated_at = max(updated_at, :at)
WHERE id = :id AND fence = :fence AND phase = 2 AND progress < :progress
-- only: postgres, many
UPDATE operations SET progress = given.progress, updated_at = greatest(operations.updated_at, given.at)
FROM unnest(:id::bigint[], :fence::int[], :progress::smallint[], :at::bigint[]) AS given (id, fence, progress, at)
WHERE operations.id = given.id AND operations.fence = given.fence AND phase + 0 = 2
    AND operations.progress < given.progress
RETURNING operations.id
-- all

-- name: claim
-- The oldest queued ones. PostgreSQL must step over rows that another node is claiming; SQLite has one writer.
UPDATE operations SET phase = 2, owner = :owner, fence = fence + 1,
    started_at = CASE WHEN updated_at > :at THEN updated_at ELSE :at END,
    updated_at = CASE WHEN updated_at > :at THEN updated_at ELSE :at END
WHERE id IN (SELECT id FROM operations WHERE phase < 3 AND phase = 1 ORDER BY id LIMIT :count
-- only: postgres
    FOR UPDATE SKIP LOCKED
-- all
)
RETURNING id, type, target, exclusive, phase, params, account_id, owner, fence, step, turning_back, attempt, progress,
    cancel_requested_at, cancel_reason, detail, created_at, started_at, updated_at, finished_at

-- name: take_over
-- What a dead node (or this one, before it died) was performing.
UPDATE operations SET owner = :owner, fence = fence + 1,
    updated_at = CASE WHEN updated_at > :at THEN updated_at ELSE :at END
WHERE phase < 3 AND phase = 2 AND owner = :dead
RETURNING id, type, target, exclusive, phase, params, account_id, owner, fence, step, turning_back, attempt, progress,
    cancel_requested_at, cancel_reason, detail, created_at, started_at, updated_at, finished_at

-- name: performed
-- What a node is to perform, as far as the rows say.
SELECT id FROM operations WHERE phase < 3 AND phase = 2 AND owner = :owner

-- name: take_up
-- One of its own that a node is to perform and does not.
UPDATE operations SET fence = fence + 1,
    updated_at = CASE WHEN updated_at > :at THEN updated_at ELSE :at END
WHERE id = :id AND phase = 2 AND owner = :owner
RETURNING id, type, target, exclusive, phase, params, account_id, owner, fence, step, turning_back, attempt, progress,
    cancel_requested_at, cancel_reason, detail, created_at, started_at, updated_at, finished_at

-- name: request_cancel
UPDATE operations SET cancel_requested_at = :at, cancel_reason = :reason,
    updated_at = CASE WHEN updated_at > :at THEN updated_at ELSE :at END
WHERE id = :id AND phase < 3 AND cancel_requested_at IS NULL

-- name: cancel_unstarted
UPDATE operations SET phase = 5, detail = :detail,
    updated_at = CASE WHEN updated_at > :at THEN updated_at ELSE :at END,
    finished_at = CASE WHEN updated_at > :at THEN updated_at ELSE :at END
WHERE id = :id AND phase < 2

-- name: cancels_of
-- Which of a node's operations somebody wants cancelled.
SELECT id FROM operations WHERE phase < 3 AND phase = 2 AND owner = :owner AND cancel_requested_at IS NOT NULL

-- name: log_after
SELECT n, at, text FROM operation_log WHERE operation = :id AND n > :after ORDER BY n LIMIT :count

-- name: log_last
SELECT coalesce(max(n), 0) FROM operation_log WHERE operation = :id

-- name: link
INSERT INTO operation_links (child, parent, kind) VALUES (:child, :id, :kind)

-- name: links
SELECT child, parent, kind FROM operation_links WHERE child = :id
UNION ALL
SELECT child, parent, kind FROM operation_links WHERE parent = :id ORDER BY child

-- name: unlink
DELETE FROM operation_links WHERE child = :id OR parent = :id

-- name: expired
SELECT id, type, phase, account_id, created_at, finished_at FROM operations
WHERE id < :before AND phase >= 3 AND finished_at < :ended ORDER BY id LIMIT :count

-- name: bury
INSERT INTO tombstones (id, type, phase, account_id, created_at, finished_at)
VALUES (:id, :type, :phase, :account_id, :created_at, :finished_at) ON CONFLICT (id) DO NOTHING

-- name: delete
DELETE FROM operations WHERE id = :id

-- name: delete_log
DELETE FROM operation_log WHERE operation = :id

-- name: tombstone
SELECT id, type, phase, account_id, created_at, finished_at FROM tombstones WHERE id = :id

-- name: oldest
-- By id, which rises with time: the smallest time of all would be looked for in every row.
SELECT created_at FROM operations ORDER BY id LIMIT 1
