"""Apps and what belongs to them in our own dialect's shapes; pure."""

from collections.abc import Sequence

from headway.config import Config
from headway.dialects.headway import wire_apps as wire
from headway.dialects.headway.project import PREFIX, path, time, time_or_none
from headway.ids import show
from headway.model import deployments as model
from headway.model.apps import ContainerType
from headway.model.cron_tasks import CronTask
from headway.model.logs import Line
from headway.model.versions import version_of
from headway.views import apps, containers, deployments

_PARTS = ("formation", "containers", "cron_tasks", "variables", "releases", "deployments", "logs")


def app(it: apps.Shown, types: Sequence[ContainerType], config: Config) -> wire.App:
    """One app with its formation."""
    own = f"{PREFIX}/apps/{show(it.app.id)}"
    return wire.App(
        id=show(it.app.id),
        name=it.app.name,
        owner=it.owner.name,
        status=it.status,
        url=address(it.app.name, config),
        release=None if it.app.release_id is None else show(it.app.release_id),
        last_deployed_at=time_or_none(it.app.last_deployed_at),
        last_deployed_by=it.app.last_deployed_by,
        created_at=time(it.app.created_at),
        updated_at=time(it.app.updated_at),
        formation=formation(types),
        formation_version=version_of(types),
        links={"self": own, **{part: f"{own}/{part}" for part in _PARTS}},
    )


def address(name: str, config: Config) -> str:
    """Where visitors find an app."""
    port = config.apps.rpartition(":")[2]
    return f"http://{name}.{config.domain}{'' if port == '80' else f':{port}'}/"


def formation(types: Sequence[ContainerType]) -> dict[str, wire.Size]:
    """How many of each."""
    return {it.name: wire.Size(amount=it.amount, size=it.size, command=it.command) for it in types}


def container(it: containers.Shown) -> wire.Container:
    """One running copy."""
    return wire.Container(
        id=show(it.container.id),
        label=it.container.label,
        type=it.container.type,
        size=it.container.size,
        state=it.state,
        release=show(it.container.release_id),
        created_at=time(it.container.created_at),
    )


def cron_task(it: CronTask) -> wire.CronTask:
    """One task that is in force."""
    assert it.next_at is not None
    return wire.CronTask(
        schedule=it.schedule,
        command=it.command,
        size=it.size,
        next_at=time(it.next_at),
        last_at=time_or_none(it.last_at),
        last_operation=None if it.last_operation_id is None else path(it.last_operation_id),
        trouble=it.trouble or None,
        missed_at=time_or_none(it.missed_at),
        missed_why=it.missed_why or None,
    )


def release(it: model.Release, serving: int | None) -> wire.Release:
    """One release; `serving` is the one that serves."""
    return wire.Release(
        id=show(it.id),
        version=it.version,
        ref=it.ref,
        processes=it.processes,
        serves=it.id == serving,
        created_at=time(it.created_at),
    )


def deployment(it: deployments.Shown) -> wire.Deployment:
    """One deployment."""
    one = it.deployment
    return wire.Deployment(
        id=show(one.id),
        status=it.status,
        ref=one.ref,
        by=one.pusher,
        operation=path(one.operation_id),
        release=show(one.release_id),
        created_at=time(one.created_at),
        finished_at=time_or_none(one.finished_at),
    )


def line(it: Line) -> wire.Line:
    """One line of a log."""
    return wire.Line(at=time(it.at), source=it.source, text=it.text)
