-- name: get
SELECT id, name, owner_id, parent_id, git_source, stack, force_https, sticky_session, router_logs, release_id,
    last_deployed_at, last_deployed_by, last_deployment_id, created_at, updated_at, project_id
FROM apps WHERE id = :id

-- name: by_name
SELECT id, name, owner_id, parent_id, git_source, stack, force_https, sticky_session, router_logs, release_id,
    last_deployed_at, last_deployed_by, last_deployment_id, created_at, updated_at, project_id
FROM apps WHERE name = :name

-- name: of_account
SELECT id, name, owner_id, parent_id, git_source, stack, force_https, sticky_session, router_logs, release_id,
    last_deployed_at, last_deployed_by, last_deployment_id, created_at, updated_at, project_id
FROM apps WHERE owner_id = :account_id OR id IN (SELECT app_id FROM collaborators WHERE account_id = :account_id)
ORDER BY name

-- name: every
SELECT id, name, owner_id, parent_id, git_source, stack, force_https, sticky_session, router_logs, release_id,
    last_deployed_at, last_deployed_by, last_deployment_id, created_at, updated_at, project_id
FROM apps ORDER BY id

-- name: insert
INSERT INTO apps (id, name, owner_id, parent_id, git_source, stack, force_https, sticky_session, router_logs,
    release_id, last_deployed_at, last_deployed_by, last_deployment_id, created_at, updated_at, project_id)
VALUES (:id, :name, :owner_id, :parent_id, :git_source, :stack, :force_https, :sticky_session, :router_logs,
    NULL, NULL, NULL, NULL, :at, :at, :project_id)
ON CONFLICT (name) DO NOTHING

-- name: attempted
-- The last attempt to deploy, whatever comes of it.
UPDATE apps SET last_deployed_at = :at, last_deployed_by = :by WHERE id = :id

-- name: released
UPDATE apps SET release_id = :release_id, updated_at = :at WHERE id = :id

-- name: deployed
UPDATE apps SET last_deployment_id = :deployment_id WHERE id = :id

-- name: rename
UPDATE apps SET name = :name, updated_at = :at WHERE id = :id

-- name: configure
UPDATE apps SET force_https = :force_https, sticky_session = :sticky_session, router_logs = :router_logs,
    stack = :stack, updated_at = :at
WHERE id = :id

-- name: transfer
-- Projects are their owners': it is filed anew.
UPDATE apps SET owner_id = :owner_id, project_id = :project_id, updated_at = :at WHERE id = :id

-- name: file
UPDATE apps SET project_id = :project_id, updated_at = :at WHERE id = :id

-- name: count_owned
SELECT count(*) FROM apps WHERE owner_id = :owner_id

-- name: children
SELECT id, name, owner_id, parent_id, git_source, stack, force_https, sticky_session, router_logs, release_id,
    last_deployed_at, last_deployed_by, last_deployment_id, created_at, updated_at, project_id
FROM apps WHERE parent_id = :parent_id ORDER BY id LIMIT :count OFFSET :offset

-- name: count_children
SELECT count(*) FROM apps WHERE parent_id = :parent_id

-- name: orphan
-- This and each of the following is carried out, in this order, when an app goes.
UPDATE apps SET parent_id = NULL WHERE parent_id = :id

-- name: delete_samples
DELETE FROM samples WHERE app_id = :id

-- name: delete_collaborators
DELETE FROM collaborators WHERE app_id = :id

-- name: delete_certificates
DELETE FROM certificates WHERE domain_id IN (SELECT id FROM domains WHERE app_id = :id)

-- name: delete_domains
DELETE FROM domains WHERE app_id = :id

-- name: delete_cron_runs
DELETE FROM cron_runs WHERE app_id = :id

-- name: delete_cron_tasks
DELETE FROM cron_tasks WHERE app_id = :id

-- name: delete_variables
DELETE FROM variables WHERE app_id = :id

-- name: delete_containers
DELETE FROM containers WHERE app_id = :id

-- name: delete_types
DELETE FROM container_types WHERE app_id = :id

-- name: delete_deployments
DELETE FROM deployments WHERE app_id = :id

-- name: delete_releases
DELETE FROM releases WHERE app_id = :id

-- name: delete_app
DELETE FROM apps WHERE id = :id

-- name: with_router_logs
SELECT id FROM apps WHERE router_logs = 1
