"""What our events are called in Scalingo's words, and in which category each is: one table."""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of event."""

    category: str
    text: str
    """What has happened."""


CATEGORIES = {
    "app": "Application",
    "containers": "Containers",
    "deployment": "Deployment",
    "environment": "Environment",
    "domains": "Domains",
    "collaborators": "Collaborators",
    "account": "Account",
    "project": "Projects",
}
"""In the order in which they are shown."""

KINDS: dict[str, Kind] = {
    "new_app": Kind("app", "An application was created"),
    "edit_app": Kind("app", "The settings of an application were changed"),
    "stack_changed": Kind("app", "An application is on another stack"),
    "rename_app": Kind("app", "An application was renamed"),
    "transfer_app": Kind("app", "An application has another owner"),
    "delete_app": Kind("app", "An application was deleted"),
    "update_app_project": Kind("app", "An application is in another project"),
    "restart": Kind("containers", "Containers were restarted"),
    "scale": Kind("containers", "Containers were scaled"),
    "run": Kind("containers", "A one-off container was started"),
    "run_attached": Kind("containers", "A terminal was attached to a one-off container"),
    "run_ended": Kind("containers", "A one-off container ended"),
    "cron_task_begun": Kind("containers", "A run of a scheduled task was begun"),
    "cron_task_missed": Kind("containers", "Runs of a scheduled task were left out"),
    "signal": Kind("containers", "A signal was sent to a container"),
    "deployment": Kind("deployment", "A deployment ended"),
    "new_variable": Kind("environment", "A variable was added"),
    "edit_variable": Kind("environment", "A variable was changed"),
    "edit_variables": Kind("environment", "Variables were changed"),
    "delete_variable": Kind("environment", "A variable was removed"),
    "new_domain": Kind("domains", "A domain was added"),
    "edit_domain": Kind("domains", "A domain was changed"),
    "delete_domain": Kind("domains", "A domain was removed"),
    "new_collaborator": Kind("collaborators", "A collaborator was invited"),
    "accept_collaborator": Kind("collaborators", "A collaborator accepted the invitation"),
    "change_collaborator_role": Kind("collaborators", "A collaborator may do less or more"),
    "delete_collaborator": Kind("collaborators", "A collaborator was removed"),
    "new_user": Kind("account", "An account was created"),
    "edit_user": Kind("account", "An account was changed"),
    "login_success": Kind("account", "Somebody logged in by password"),
    "password_reset_success": Kind("account", "A password was set"),
    "tfa_enabled": Kind("account", "A second factor is asked for"),
    "tfa_disabled": Kind("account", "No second factor is asked for any more"),
    "payment_method_changed": Kind("account", "Whether there is a payment method was said"),
    "new_key": Kind("account", "An SSH key was added"),
    "delete_key": Kind("account", "An SSH key was removed"),
    "new_token": Kind("account", "An API token was created"),
    "regenerate_token": Kind("account", "An API token has a new secret"),
    "delete_token": Kind("account", "An API token was revoked"),
    "new_project": Kind("project", "A project was created"),
    "edit_project": Kind("project", "A project was changed"),
    "delete_project": Kind("project", "A project was deleted"),
}

TYPES: dict[str, str] = {
    "app.created": "new_app",
    "app.configured": "edit_app",
    "app.renamed": "rename_app",
    "app.transferred": "transfer_app",
    "app.deleted": "delete_app",
    "app.filed": "update_app_project",
    "app.restarted": "restart",
    "app.scaled": "scale",
    "app.one_off_started": "run",
    "app.one_off_attached": "run_attached",
    "app.one_off_ended": "run_ended",
    "app.cron_task_begun": "cron_task_begun",
    "app.cron_task_missed": "cron_task_missed",
    "app.signalled": "signal",
    "app.deployed": "deployment",
    "app.deployment_failed": "deployment",
    "app.rolled_back": "deployment",
    "variables.set": "edit_variables",
    "variables.deleted": "edit_variables",
    "domain.added": "new_domain",
    "domain.edited": "edit_domain",
    "domain.certified": "edit_domain",
    "domain.certify_failed": "edit_domain",
    "domain.removed": "delete_domain",
    "collaborator.invited": "new_collaborator",
    "collaborator.accepted": "accept_collaborator",
    "collaborator.limited": "change_collaborator_role",
    "collaborator.removed": "delete_collaborator",
    "account.created": "new_user",
    "account.updated": "edit_user",
    "account.logged_in": "login_success",
    "account.password_set": "password_reset_success",
    "account.factor_enabled": "tfa_enabled",
    "account.factor_disabled": "tfa_disabled",
    "account.payment_defined": "payment_method_changed",
    "key.added": "new_key",
    "key.removed": "delete_key",
    "token.created": "new_token",
    "token.renewed": "regenerate_token",
    "token.revoked": "delete_token",
    "project.created": "new_project",
    "project.updated": "edit_project",
    "project.deleted": "delete_project",
}
"""What each of our events is called. A few are called otherwise by what they hold: project_events.py says which."""
