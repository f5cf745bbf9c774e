"""From a formation to containers: pure."""

from headway.ids import Ids
from headway.model.apps import HOOKS, Container, ContainerType, initial_amount, initial_size


def arranged(
    formation: list[ContainerType], present: list[Container], release_id: int, ids: Ids, at: int
) -> list[Container]:
    """The containers that the formation asks for. Those present stay where type, index and size agree."""
    stay = {(it.type, it.index, it.size): it for it in present}
    return [
        stay.get((kind.name, index, kind.size)) or _new(kind, index, release_id, ids, at)
        for kind in formation
        for index in range(1, kind.amount + 1)
    ]


def renewed(present: list[Container], scope: set[str], release_id: int, ids: Ids, at: int) -> list[Container]:
    """The same containers, those whose type or label is in `scope` (or all, if it is empty) made anew."""
    return [
        Container(ids.next(), it.app_id, it.type, it.index, it.size, release_id, at)
        if not scope or it.type in scope or it.label in scope
        else it
        for it in present
    ]


def merged(
    formation: list[ContainerType], processes: dict[str, str], app_id: int, ids: Ids
) -> list[ContainerType]:
    """The formation with what a new release brings: new types at their initial amount, commands as they are now.

    A type that the release has no longer keeps its row, so that it comes back as it was; it runs nothing.
    """
    known = {kind.name: kind for kind in formation}
    new = [name for name in processes if name not in known and name not in HOOKS]
    return [
        ContainerType(kind.id, app_id, kind.name, kind.amount, kind.size, processes.get(kind.name, ""))
        for kind in formation
    ] + [
        ContainerType(ids.next(), app_id, name, initial_amount(name), initial_size(), processes[name])
        for name in new
    ]


def runnable(formation: list[ContainerType], processes: dict[str, str]) -> list[ContainerType]:
    """The types that the release has a command for."""
    return [kind for kind in formation if kind.name in processes]


def _new(kind: ContainerType, index: int, release_id: int, ids: Ids, at: int) -> Container:
    return Container(ids.next(), kind.app_id, kind.name, index, kind.size, release_id, at)
