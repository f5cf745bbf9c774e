"""Who may do what: the whole table."""

import itertools

import pytest

from headway.errors import Forbidden
from headway.model.access import NEEDS, Role, check

LIMITED = {
    "app.read",
    "app.scale",
    "app.restart",
    "app.rollback",
    "app.fetch",
    "app.stop_one_off",
    "app.signal",
    "cron_tasks.read",
    "collaborators.read",
    "deployment.deploy",
    "domains.read",
    "logs.read",
    "stats.read",
    "operation.cancel",
    "operation.retry",
    "events.read",
}
OWNER = {
    "app.file",
    "app.rename",
    "app.transfer",
    "app.delete",
    "collaborators.invite",
    "collaborators.limit",
    "collaborators.remove",
}


@pytest.mark.parametrize(("role", "act"), list(itertools.product(Role, NEEDS)))
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: Role, act: str) -> None:
    may = role is Role.OWNER or act in LIMITED or (role is Role.COLLABORATOR and act not in OWNER)
    if may:
        check(role, act)
    else:
        with pytest.raises(Forbidden):
            check(role, act)
