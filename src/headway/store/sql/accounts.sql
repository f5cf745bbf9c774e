-- name: insert
INSERT INTO accounts (id, name, email, created_at, fullname, company, location, payment_defined)
VALUES (:id, :name, :email, :created_at, :fullname, :company, :location, :payment_defined)

-- name: get
SELECT id, name, email, created_at, fullname, company, location, payment_defined FROM accounts WHERE id = :id

-- name: by_name
SELECT id, name, email, created_at, fullname, company, location, payment_defined FROM accounts WHERE name = :name

-- name: by_email
SELECT id, name, email, created_at, fullname, company, location, payment_defined FROM accounts WHERE email = :email

-- name: every
SELECT id, name, email, created_at, fullname, company, location, payment_defined FROM accounts ORDER BY id

-- name: any
SELECT id FROM accounts LIMIT 1

-- name: update
UPDATE accounts SET name = :name, email = :email, fullname = :fullname, company = :company, location = :location,
    payment_defined = :payment_defined
WHERE id = :id
