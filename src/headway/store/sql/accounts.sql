-- name: insert
INSERT INTO accounts (id, name, email, created_at) VALUES (:id, :name, :email, :created_at)

-- name: get
SELECT id, name, email, created_at FROM accounts WHERE id = :id

-- name: by_name
SELECT id, name, email, created_at FROM accounts WHERE name = :name
