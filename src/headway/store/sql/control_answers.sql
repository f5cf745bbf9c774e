-- name: insert
INSERT INTO control_answers (pool_id, user_id, assignment_id, task_id, earned)
VALUES (:pool_id, :user_id, :assignment_id, :task_id, :earned)

-- name: last
SELECT earned FROM control_answers WHERE pool_id = :pool_id AND user_id = :user_id
ORDER BY assignment_id DESC, task_id DESC LIMIT :count
