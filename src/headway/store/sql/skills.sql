-- name: insert
INSERT INTO skills (id, owner_id, name, body, created_at) VALUES (:id, :owner_id, :name, :body, :at)

-- name: get
SELECT id, owner_id, name, body, created_at FROM skills WHERE id = :id

-- name: page
SELECT id, owner_id, name, body, created_at FROM skills
WHERE owner_id = :owner_id AND id >= :id_least AND id <= :id_most AND (:name = '' OR name = :name)
    AND created_at >= :created_least AND created_at <= :created_most
ORDER BY id LIMIT :count

-- name: set
INSERT INTO user_skills (id, skill_id, user_id, value, created_at, modified_at)
VALUES (:id, :skill_id, :user_id, :value, :at, :at)
ON CONFLICT (skill_id, user_id) DO UPDATE SET value = excluded.value, modified_at = excluded.modified_at

-- name: of_user
SELECT id, skill_id, user_id, value, created_at, modified_at FROM user_skills
WHERE skill_id = :skill_id AND user_id = :user_id

-- name: users
SELECT u.id, u.skill_id, u.user_id, u.value, u.created_at, u.modified_at
FROM user_skills u JOIN skills s ON s.id = u.skill_id
WHERE s.owner_id = :owner_id AND u.id >= :id_least AND u.id <= :id_most
    AND (CAST(:skill_id AS BIGINT) < 0 OR u.skill_id = :skill_id) AND (:user_id = '' OR u.user_id = :user_id)
    AND u.created_at >= :created_least AND u.created_at <= :created_most
    AND u.modified_at >= :modified_least AND u.modified_at <= :modified_most
ORDER BY u.id LIMIT :count

-- name: values_of
SELECT user_id, value FROM user_skills WHERE skill_id = :skill_id
-- only: sqlite
    AND user_id IN (SELECT value FROM json_each(:user_ids))
-- only: postgres
    AND user_id IN (SELECT value FROM json_array_elements_text(CAST(:user_ids AS json)))
-- all

-- name: values
SELECT user_id, value FROM user_skills WHERE skill_id = :skill_id ORDER BY user_id
