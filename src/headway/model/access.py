"""Who may do what with an app: one table."""

import enum

from headway.errors import Forbidden


class Role(enum.IntEnum):
    """What somebody is to an app; who is more may do all that who is less may."""

    LIMITED = 1
    """A limited collaborator: sees the app and works it, but learns none of its secrets."""
    COLLABORATOR = 2
    OWNER = 3


NEEDS: dict[str, Role] = {
    "app.read": Role.LIMITED,
    "app.scale": Role.LIMITED,
    "app.restart": Role.LIMITED,
    "app.start_one_off": Role.COLLABORATOR,
    "app.stop_one_off": Role.LIMITED,
    "app.signal": Role.LIMITED,
    "app.configure": Role.COLLABORATOR,
    "app.file": Role.OWNER,
    "app.rollback": Role.LIMITED,
    "app.fetch": Role.LIMITED,
    "app.rename": Role.OWNER,
    "app.transfer": Role.OWNER,
    "app.delete": Role.OWNER,
    "app.create_child": Role.COLLABORATOR,
    "events.read": Role.LIMITED,
    "cron_tasks.read": Role.LIMITED,
    "collaborators.read": Role.LIMITED,
    "collaborators.invite": Role.OWNER,
    "collaborators.limit": Role.OWNER,
    "collaborators.remove": Role.OWNER,
    "deployment.deploy": Role.LIMITED,
    "deployment.delete_cache": Role.COLLABORATOR,
    "logs.read": Role.LIMITED,
    "domains.read": Role.LIMITED,
    "domains.add": Role.COLLABORATOR,
    "domains.edit": Role.COLLABORATOR,
    "domains.remove": Role.COLLABORATOR,
    "operation.cancel": Role.LIMITED,
    "operation.retry": Role.LIMITED,
    "stats.read": Role.LIMITED,
    "variables.read": Role.COLLABORATOR,
    "variables.set": Role.COLLABORATOR,
    "variables.delete": Role.COLLABORATOR,
}
"""For each thing that can be done with an app, the least role that may do it."""


def check(role: Role, act: str) -> None:
    """Forbidden where the role is not enough for the act."""
    if role < NEEDS[act]:
        raise Forbidden(f"only {_WHO[NEEDS[act]]} of the app may do this")


_WHO = {
    Role.LIMITED: "a collaborator or the owner",
    Role.COLLABORATOR: "a collaborator without limits or the owner",
    Role.OWNER: "the owner",
}
