"""What all commands have in common: 202 and the operation; with `X-Dry-Run` what it would be, and nothing is stored."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from headway.dialects.headway import project
from headway.domain.operations.rehearse import rehearse, tried
from headway.domain.world import Office, World
from headway.model.operations import Operation
from headway.views.stories import Stories
from headway.web.ask import Ask, truth
from headway.web.body import Answer, answer

A = TypeVar("A", bound=Office)
T = TypeVar("T")


async def begun(ask: Ask, stories: Stories, command: Callable[[World], Awaitable[Operation]]) -> Answer:
    """The answer to a command of a platform: the operation that it began, and where that is."""
    return await begun_at(ask.world, ask, stories, command)


async def begun_at(
    office: A, ask: Ask, stories: Stories, command: Callable[[A], Awaitable[Operation]]
) -> Answer:
    """The same for a command at an office."""
    if is_dry(ask):
        return answer(project.plan(await rehearse(office, command)))
    operation = await command(office)
    told = await stories.get(ask.account.id, operation.id)
    return answer(project.story(told), 202, {"Location": project.path(operation.id)})


async def done(ask: Ask, command: Callable[[World], Awaitable[T]]) -> T:
    """What a command of one transaction, that begins no operation, returns; in a dry run nothing of it stays."""
    return await (tried(ask.world, command) if is_dry(ask) else command(ask.world))


def is_dry(ask: Ask) -> bool:
    """Whether nothing is to be stored."""
    return truth("X-Dry-Run", ask.headers.get("x-dry-run", "false"))


def if_match(ask: Ask) -> str:
    """Which version is to be changed; empty for any."""
    return ask.headers.get("if-match", "")
