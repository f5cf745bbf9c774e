"""Deployments, and the releases that they make."""

from bisect import bisect_right

import msgspec

from headway.model.cron_tasks import CronLine
from headway.model.operations import Operation, Phase


class Release(msgspec.Struct, frozen=True):
    """A built slug with its variables, frozen together. Field order is column order."""

    id: int
    app_id: int
    version: int
    digest: str
    processes: dict[str, str]
    """Process type to command."""
    variables: dict[str, str]
    ref: str
    created_at: int
    cron: tuple[CronLine, ...] = ()
    """What runs by the clock while this release is in force."""


class Deployment(msgspec.Struct, frozen=True):
    """The making of a release. Field order is column order."""

    id: int
    app_id: int
    operation_id: int
    release_id: int
    ref: str
    previous_ref: str | None
    source_url: str
    pusher_id: int
    pusher: str
    pusher_email: str
    status: str | None
    """How it ended; None while its operation is active."""
    image_size: int
    created_at: int
    finished_at: int | None


class Source(msgspec.Struct, frozen=True):
    """A place to upload an archive to, for a short time. Field order is column order."""

    id: int
    account_id: int
    upload_hash: str
    download_hash: str
    size: int | None
    """None until something has been uploaded."""
    expires_at: int


SUCCESS = "success"
FAILURES = frozenset({"build-error", "crashed-error", "timeout-error", "hook-error", "aborted"})
STEP_STATUS = ("building", "building", "pushing", "starting")
"""What is said of a deployment while its operation is at each step: fetch, build, release, and all that follows."""
STEP_PROGRESS = (0, 4, 47, 52)
"""The progress of its operation with which each of them begins."""


def status_of(deployment: Deployment, operation: Operation | None) -> str:
    """The one word that says how far a deployment is."""
    if deployment.status is not None:
        return deployment.status
    if operation is None or operation.phase < Phase.RUNNING:
        return "queued"
    if operation.turning_back:
        # It takes back step by step; what is said of it does not go back.
        return STEP_STATUS[bisect_right(STEP_PROGRESS, operation.progress) - 1]
    return STEP_STATUS[min(operation.step, len(STEP_STATUS) - 1)]
