"""Deployments, sources and their stream on the wire."""

from typing import Any

import msgspec


class Pusher(msgspec.Struct, kw_only=True):
    """Who deployed. Clients crash where it is null."""

    id: str
    username: str
    email: str


class DeploymentLinks(msgspec.Struct, kw_only=True):
    """Where to read what it said."""

    output: str


class Deployment(msgspec.Struct, kw_only=True):
    """One deployment."""

    id: str
    app_id: str
    created_at: str
    finished_at: str | None
    status: str
    git_ref: str
    previous_git_ref: str | None
    type: str = "archive"
    image: str
    registry: str = ""
    duration: int
    postdeploy_hook: str | None = None
    image_size: int
    stack_base_image: str
    pusher: Pusher
    links: DeploymentLinks


class DeploymentReply(msgspec.Struct):
    """One deployment, under its name."""

    deployment: Deployment


class Pagination(msgspec.Struct, kw_only=True):
    """Which page this is."""

    current_page: int
    prev_page: int | None
    next_page: int | None
    total_pages: int
    total_count: int
    per_page: int


class Meta(msgspec.Struct):
    """What is told beside a list."""

    pagination: Pagination


class DeploymentsReply(msgspec.Struct):
    """A page of deployments, newest first."""

    deployments: list[Deployment]
    meta: Meta


class NewDeployment(msgspec.Struct, kw_only=True):
    """What is to be deployed."""

    source_url: str
    git_ref: str | None = None


class CreateDeployment(msgspec.Struct):
    """A new deployment, under its name."""

    deployment: NewDeployment


class Source(msgspec.Struct, kw_only=True):
    """Where to upload an archive, and where it can be downloaded again."""

    upload_url: str
    download_url: str


class SourceReply(msgspec.Struct):
    """A source, under its name."""

    source: Source


class Frame(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One event of a deployments stream; `data` is always an object."""

    id: str = ""
    type: str
    data: dict[str, Any]


class AuthData(msgspec.Struct):
    """The JWT of who follows."""

    token: str


class AuthFrame(msgspec.Struct):
    """What a follower says first."""

    type: str
    data: AuthData
