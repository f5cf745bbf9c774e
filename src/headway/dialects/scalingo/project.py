"""Our records in Scalingo's words: pure, a record in, a wire shape out."""

import functools
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from headway import ids
from headway.clock import SECOND
from headway.config import Config
from headway.dialects.scalingo.wire import accounts as wire_accounts
from headway.dialects.scalingo.wire import apps as wire_apps
from headway.dialects.scalingo.wire import collaborators as wire_collaborators
from headway.dialects.scalingo.wire import containers as wire_containers
from headway.dialects.scalingo.wire import deployments as wire_deployments
from headway.dialects.scalingo.wire import features as wire_features
from headway.dialects.scalingo.wire import logs as wire_logs
from headway.dialects.scalingo.wire import one_offs as wire_one_offs
from headway.dialects.scalingo.wire import operations as wire_operations
from headway.dialects.scalingo.wire import variables as wire_variables
from headway.model.apps import App, ContainerType
from headway.model.operations import Operation, Phase
from headway.model.sizes import SIZES, Size
from headway.model.stacks import Stack
from headway.model.variables import Variable
from headway.views import apps, collaborators, containers, deployments
from headway.web.attaching import attach_origin

STATUS = {
    Phase.ACCEPTED: "pending",
    Phase.QUEUED: "pending",
    Phase.RUNNING: "running",
    Phase.SUCCEEDED: "done",
    Phase.FAILED: "error",
    Phase.CANCELLED: "error",
}
TYPE = {
    "app.scale": "scale",
    "app.restart": "restart",
    "app.start_one_off": "start-one-off",
    "app.stop_one_off": "stop-one-off",
    "deployment.deploy": "start",
}
"""Other types are called by their verb."""
STATE = {
    "missing": "booting",
    "starting": "booting",
    "running": "running",
    "waiting": "crashed",
    "crashed": "crashed",
    "stopping": "stopping",
    "ended": "stopping",
}


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where things are reached from outside."""

    origin: str
    """Ours: `http://127.0.0.1:8000`."""
    apps: str
    """What follows an app's name in its host: `.localhost`."""
    port: str
    """What follows the host: `:8080`, or nothing for the usual port."""
    tls_port: str | None
    """The same over TLS; None where nothing is served so."""
    ssh: str
    region: str
    attach: str
    """Where one-offs are attached, always with a port: `http://127.0.0.1:5000`."""


def places(config: Config, origin: str) -> Places:
    """The places of a platform that is reached at `origin`."""
    return Places(
        origin=origin,
        apps=f".{config.domain}",
        port=_port_of(config.apps, "80"),
        tls_port=_port_of(config.apps_tls, "443") if config.apps_tls else None,
        ssh=config.ssh,
        region=config.region,
        attach=attach_origin(config, origin),
    )


def _port_of(address: str, usual: str) -> str:
    port = address.rpartition(":")[2]
    return "" if port == usual else f":{port}"


def _reached(host: str, of: App, where: Places) -> str:
    """The address of an app by that name: over TLS where the app insists on it, and that is served here."""
    if of.force_https and where.tls_port is not None:
        return f"https://{host}{where.tls_port}"
    return f"http://{host}{where.port}"


def date(at: int) -> str:
    """RFC 3339, in milliseconds."""
    second, rest = divmod(at, SECOND)
    return f"{_second(second)}.{rest // 1000:03d}Z"


@functools.lru_cache(maxsize=1024)
def _second(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}"


def date_or_none(at: int | None) -> str | None:
    """RFC 3339, or null: an empty text breaks clients."""
    return None if at is None else date(at)


def operation(
    it: Operation, app_id: int, one_off: wire_operations.StartOneOffData | None = None
) -> wire_operations.Operation:
    """An operation of an app; with the one-off that it starts, where it does."""
    return wire_operations.Operation(
        id=ids.show(it.id),
        app_id=ids.show(app_id),
        created_at=date(it.created_at),
        finished_at=date_or_none(it.finished_at),
        status=STATUS[it.phase],
        type=TYPE.get(it.type, it.type.rpartition(".")[2]),
        error=_why(it) if STATUS[it.phase] == "error" else msgspec.UNSET,
        start_one_off_data=one_off or msgspec.UNSET,
    )


def operation_url(it: Operation, app: App, where: Places) -> str:
    """Where an operation is polled; absolute, or the npm client asks elsewhere."""
    return f"{where.origin}/v1/apps/{app.name}/operations/{ids.show(it.id)}"


def app(it: apps.Shown, where: Places) -> wire_apps.App:
    """An app."""
    record = it.app
    base_url = _reached(f"{record.name}{where.apps}", record, where)
    return wire_apps.App(
        id=ids.show(record.id),
        name=record.name,
        created_at=date(record.created_at),
        updated_at=date(record.updated_at),
        git_url=f"ssh://git@{where.ssh}/{record.name}.git",
        git_source=record.git_source,
        owner=wire_apps.Owner(id=ids.show(it.owner.id), username=it.owner.name, email=it.owner.email),
        url=base_url if it.canonical is None else _reached(it.canonical, record, where),
        base_url=base_url,
        links=wire_apps.Links(
            deployments_stream=_socket(where, f"/v1/apps/{record.name}/deployments_stream")
        ),
        force_https=record.force_https,
        sticky_session=record.sticky_session,
        router_logs=record.router_logs,
        last_deployed_at=date_or_none(record.last_deployed_at),
        last_deployed_by=record.last_deployed_by,
        last_deployment_id=None if record.last_deployment_id is None else ids.show(record.last_deployment_id),
        stack_id=record.stack,
        status=it.status,
        region=where.region,
        project=wire_apps.Project(id=f"pr-{ids.show(it.project.id)}", name=it.project.name),
        parent_app_name=it.parent,
    )


def collaborator(it: collaborators.Shown, link: str) -> wire_collaborators.Collaborator:
    """One collaborator, with the link by which the invitation is accepted while it is open."""
    record = it.collaborator
    return wire_collaborators.Collaborator(
        id=ids.show(record.id),
        app_id=ids.show(record.app_id),
        app_name=it.app.name,
        email=record.email,
        user_id=None if it.account is None else ids.show(it.account.id),
        username="n/a" if it.account is None else it.account.name,
        status="pending" if it.account is None else "accepted",
        is_limited=record.is_limited,
        invitation_link=link,
    )


def formation(types: Sequence[ContainerType]) -> wire_containers.Formation:
    """Every type of an app."""
    return wire_containers.Formation([
        wire_containers.ContainerType(
            id=ids.show(type.id),
            app_id=ids.show(type.app_id),
            name=type.name,
            amount=type.amount,
            size=type.size,
            command=type.command,
        )
        for type in types
    ])


def container(it: containers.Shown, size: Size) -> wire_containers.Container:
    """One container."""
    record = it.container
    return wire_containers.Container(
        id=ids.show(record.id),
        app_id=ids.show(record.app_id),
        type=record.type,
        type_index=record.index,
        label=record.label,
        created_at=date(record.created_at),
        state=STATE[it.state],
        size=record.size,
        command=it.command,
        container_size=container_size(size),
    )


def one_off(it: containers.Shown, of: apps.Shown, where: Places) -> wire_one_offs.OneOff:
    """A one-off that has just been begun, with its app."""
    size = SIZES[it.container.size]
    shown = msgspec.structs.asdict(container(it, size))
    return wire_one_offs.OneOff(**shown, memory=size.memory_bytes, app=app(of, where))


def container_size(it: Size) -> wire_containers.ContainerSize:
    """One size."""
    return wire_containers.ContainerSize(
        id=it.name,
        name=it.name,
        human_name=it.human_name,
        human_cpu=it.human_cpu,
        memory=it.memory_bytes,
        swap=it.memory_bytes,
        pids_limit=it.pids,
        ordinal=it.ordinal,
        sku=f"headway-{it.name.lower()}",
    )


def deployment(it: deployments.Shown, where: Places, stack: str) -> wire_deployments.Deployment:
    """One deployment of an app on that stack."""
    record = it.deployment
    took = 0 if record.finished_at is None else (record.finished_at - record.created_at) // SECOND
    url = f"{where.origin}/v1/apps/{ids.show(record.app_id)}/deployments/{ids.show(record.id)}"
    return wire_deployments.Deployment(
        id=ids.show(record.id),
        app_id=ids.show(record.app_id),
        created_at=date(record.created_at),
        finished_at=date_or_none(record.finished_at),
        status=it.status,
        git_ref=record.ref,
        previous_git_ref=record.previous_ref,
        type="git" if record.source_url.startswith("git:") else "archive",
        image=f"release-{ids.show(record.release_id)}",
        duration=took,
        image_size=record.image_size,
        stack_base_image=stack,
        pusher=wire_deployments.Pusher(
            id=ids.show(record.pusher_id), username=record.pusher, email=record.pusher_email
        ),
        links=wire_deployments.DeploymentLinks(output=f"{url}/output"),
    )


def frame(news: deployments.News, where: Places, stack: str, *, whole: bool) -> wire_deployments.Frame:
    """News of a deployment; a new one is told `whole`, or by its id."""
    id = ids.show(news.shown.deployment.id)
    match news.kind:
        case "new":
            data = {"deployment": deployment(news.shown, where, stack) if whole else id}
        case "log":
            data = {"content": news.text}
        case _:
            data = {"status": news.shown.status}
    return wire_deployments.Frame(id=id, type=news.kind, data=data)


def ping(second: int) -> wire_deployments.Frame:
    """A frame that says nothing but that we are there."""
    return wire_deployments.Frame(type="ping", data={"ts": second})


def log_event(kind: str, at: int, log: str | None = None) -> wire_logs.Event:
    """An event of a log stream."""
    return wire_logs.Event(
        event=kind, name=kind, log=msgspec.UNSET if log is None else log, timestamp=date(at)
    )


def pagination(page: int, per_page: int, total: int) -> wire_deployments.Meta:
    """Which page this is of how many."""
    pages = max(1, -(-total // per_page))
    return wire_deployments.Meta(
        wire_deployments.Pagination(
            current_page=page,
            prev_page=page - 1 if page > 1 else None,
            next_page=page + 1 if page < pages else None,
            total_pages=pages,
            total_count=total,
            per_page=per_page,
        )
    )


def source(upload: str, download: str, where: Places) -> wire_deployments.SourceReply:
    """Where to upload an archive, by the secrets for it."""
    at = f"{where.origin}/v1/sources"
    return wire_deployments.SourceReply(
        wire_deployments.Source(
            upload_url=f"{at}/upload?token={upload}", download_url=f"{at}/download?token={download}"
        )
    )


def variable(it: Variable) -> wire_variables.Variable:
    """One variable."""
    return wire_variables.Variable(id=ids.show(it.id), name=it.name, value=it.told)


def region(where: Places) -> wire_accounts.RegionsReply:
    """The only region: the platform itself."""
    return wire_accounts.RegionsReply([
        wire_accounts.Region(
            name=where.region,
            display_name=where.region.capitalize(),
            ssh=where.ssh,
            api=_dotted(where.origin),
            dashboard=where.origin,
            database_api=where.origin,
            default=True,
        )
    ])


def stack(it: Stack, default: str) -> wire_features.Stack:
    """One stack; `default` is the name of the one that new apps get."""
    return wire_features.Stack(
        id=it.name,
        name=it.name,
        description=it.description,
        base_image=it.base,
        default=it.name == default,
        created_at=f"{it.since}T00:00:00.000Z",
    )


def _why(it: Operation) -> str:
    if it.detail is not None:
        return it.detail.text
    return it.cancel_reason or f"the operation was {it.phase.name.lower()}"


def _dotted(origin: str) -> str:
    # The Go client crashes on a 404 from a host without a dot.
    return re.sub(r"^(https?://)localhost(?=:|$)", r"\g<1>127.0.0.1", origin)


def _socket(where: Places, path: str) -> str:
    return f"ws{where.origin.removeprefix('http')}{path}"
