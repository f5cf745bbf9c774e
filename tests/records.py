"""Records for tests, complete; a test names only what it is about."""

from typing import Any

import msgspec

from headway.model.apps import App, Container, ContainerType
from headway.model.cron_tasks import CronRun, CronTask
from headway.model.deployments import Deployment, Release
from headway.model.domains import Domain
from headway.model.one_offs import OneOff
from headway.model.operations import Operation, Phase

AT = 1_700_000_000_123_456
"""2023-11-14 22:13:20.123 UTC."""


def an_operation(**changes: Any) -> Operation:
    """A queued scaling of app 5."""
    return msgspec.structs.replace(
        Operation(
            id=77,
            type="app.scale",
            target="app:5",
            exclusive=True,
            phase=Phase.QUEUED,
            params="{}",
            account_id=1,
            owner=None,
            fence=0,
            step=0,
            turning_back=False,
            attempt=1,
            progress=0,
            cancel_requested_at=None,
            cancel_reason="",
            detail=None,
            created_at=AT,
            started_at=None,
            updated_at=AT,
            finished_at=None,
        ),
        **changes,
    )


def an_app(**changes: Any) -> App:
    """An app that was never deployed."""
    return msgspec.structs.replace(
        App(
            id=5,
            name="hello-world",
            owner_id=1,
            parent_id=None,
            git_source=None,
            stack="headway-1",
            force_https=False,
            sticky_session=False,
            router_logs=False,
            release_id=None,
            last_deployed_at=None,
            last_deployed_by=None,
            last_deployment_id=None,
            created_at=AT,
            updated_at=AT,
        ),
        **changes,
    )


def a_domain(**changes: Any) -> Domain:
    """A domain of app 5 for which a certificate is wanted."""
    made = Domain(30, 5, "shop.example.org", False, True, None, 0, None, "", "", AT)
    return msgspec.structs.replace(made, **changes)


def a_cron_task(**changes: Any) -> CronTask:
    """A task of app 5 that was never begun."""
    it = CronTask(40, 5, 0, "0 5 * * *", "bin/report", "M", AT, None, None, "", None, "", AT)
    return msgspec.structs.replace(it, **changes)


def a_cron_run(**changes: Any) -> CronRun:
    """A run of that task which nobody has seen to."""
    return msgspec.structs.replace(CronRun(40, AT, 5, 21, 77, AT + 1), **changes)


def a_deployment(**changes: Any) -> Deployment:
    """A deployment of app 5 that goes on."""
    return msgspec.structs.replace(
        Deployment(
            id=9,
            app_id=5,
            operation_id=77,
            release_id=8,
            ref="v1",
            previous_ref=None,
            source_url="http://example.com/a.tar.gz",
            pusher_id=1,
            pusher="admin",
            pusher_email="admin@example.com",
            status=None,
            image_size=0,
            created_at=AT,
            finished_at=None,
        ),
        **changes,
    )


def a_release(**changes: Any) -> Release:
    """A release of app 5 with a web and a worker process."""
    it = Release(
        id=8,
        app_id=5,
        version=1,
        digest="sha256:0",
        processes={"web": "serve", "worker": "work"},
        variables={},
        ref="v1",
        created_at=AT,
    )
    return msgspec.structs.replace(it, **changes)


def a_container(**changes: Any) -> Container:
    """web-1 of app 5."""
    it = Container(id=11, app_id=5, type="web", index=1, size="M", release_id=8, created_at=AT)
    return msgspec.structs.replace(it, **changes)


def a_type(**changes: Any) -> ContainerType:
    """One web container of app 5."""
    it = ContainerType(id=6, app_id=5, name="web", amount=1, size="M", command="serve")
    return msgspec.structs.replace(it, **changes)


def a_one_off(**changes: Any) -> OneOff:
    """one-off-1 of app 5, attached, of which nothing has happened yet."""
    it = OneOff(
        id=21,
        app_id=5,
        index=1,
        account_id=1,
        operation_id=77,
        command="ls",
        environment={},
        size="M",
        detached=False,
        release_id=8,
        created_at=AT,
        settled_at=None,
        finished_at=None,
        exit_code=None,
        reason="",
    )
    return msgspec.structs.replace(it, **changes)
