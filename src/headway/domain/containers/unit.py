"""What a container is to the runtime: from our records, pure."""

from collections.abc import Mapping
from pathlib import Path

from headway.config import Config
from headway.ids import show
from headway.model.apps import App, Container, listens
from headway.model.deployments import Release
from headway.model.sizes import SIZES
from headway.model.variables import resolved
from headway.runtimes.port import Unit


def unit_id(container: Container) -> str:
    """The runtime's name for a container."""
    return show(container.id)


def unit(config: Config, app: App, container: Container, release: Release, slug: Path) -> Unit:
    """The container as the runtime is to run it."""
    return Unit(
        id=unit_id(container),
        app_id=show(app.id),
        label=container.label,
        slug=slug,
        command=release.processes[container.type],
        environment=environment(config, app, container, release),
        size=SIZES[container.size],
        listens=listens(container.type),
    )


def environment(config: Config, app: App, container: Container, release: Release) -> Mapping[str, str]:
    """The variables of the release, and what the platform adds; the platform's win."""
    return resolved(release.variables) | {
        "APP": app.name,
        "CONTAINER": container.label,
        "CONTAINER_VERSION": release.ref,
        "CONTAINER_SIZE": container.size,
        "CONTAINER_MEMORY": str(SIZES[container.size].memory_bytes),
        "SCALINGO_APPLICATION_ID": show(app.id),
        "HOSTNAME": f"{app.name}-{container.label}",
        "STACK": app.stack,
        "REGION_NAME": config.region,
    }
