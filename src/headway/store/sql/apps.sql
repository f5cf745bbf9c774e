-- name: get
SELECT id, name, owner_id, parent_id, git_source, stack, force_https, sticky_session, router_logs, release_id,
    last_deployed_at, last_deployed_by, last_deployment_id, created_at, updated_at
FROM apps WHERE id = :id

-- name: by_name
SELECT id, name, owner_id, parent_id, git_source, stack, force_https, sticky_session, router_logs, release_id,
    last_deployed_at, last_deployed_by, last_deployment_id, created_at, updated_at
FROM apps WHERE name = :name

-- name: of_account
SELECT id, name, owner_id, parent_id, git_source, stack, force_https, sticky_session, router_logs, release_id,
    last_deployed_at, last_deployed_by, last_deployment_id, created_at, updated_at
FROM apps WHERE owner_id = :account_id ORDER BY name

-- name: every
SELECT id, name, owner_id, parent_id, git_source, stack, force_https, sticky_session, router_logs, release_id,
    last_deployed_at, last_deployed_by, last_deployment_id, created_at, updated_at
FROM apps ORDER BY id

-- name: insert
INSERT INTO apps (id, name, owner_id, parent_id, git_source, stack, force_https, sticky_session, router_logs,
    release_id, last_deployed_at, last_deployed_by, last_deployment_id, created_at, updated_at)
VALUES (:id, :name, :owner_id, :parent_id, :git_source, :stack, :force_https, :sticky_session, :router_logs,
    NULL, NULL, NULL, NULL, :at, :at)
ON CONFLICT (name) DO NOTHING

-- name: attempted
-- The last attempt to deploy, whatever comes of it.
UPDATE apps SET last_deployed_at = :at, last_deployed_by = :by WHERE id = :id

-- name: released
UPDATE apps SET release_id = :release_id, updated_at = :at WHERE id = :id

-- name: deployed
UPDATE apps SET last_deployment_id = :deployment_id WHERE id = :id
