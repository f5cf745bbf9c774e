"""Collaborators on the wire."""

import msgspec

from headway.dialects.scalingo.wire.deployments import Meta


class Collaborator(msgspec.Struct, kw_only=True):
    """One collaborator of one app."""

    id: str
    app_id: str
    app_name: str
    email: str
    user_id: str | None
    username: str
    """`n/a` while the invitation is open."""
    status: str
    is_limited: bool
    invitation_link: str
    """Empty once it was accepted."""
    tfa_status: bool = False


class CollaboratorReply(msgspec.Struct):
    """One collaborator, under its name."""

    collaborator: Collaborator


class CollaboratorsReply(msgspec.Struct):
    """Collaborators, under their name."""

    collaborators: list[Collaborator]


class CollaboratorsPage(msgspec.Struct):
    """A page of collaborators, under their name."""

    collaborators: list[Collaborator]
    meta: Meta


class NewCollaborator(msgspec.Struct, kw_only=True):
    """Who is invited. Limited unless it is said otherwise."""

    email: str
    is_limited: bool = True


class Invite(msgspec.Struct):
    """Who is invited, under its name."""

    collaborator: NewCollaborator


class Limited(msgspec.Struct, kw_only=True):
    """Whether somebody is limited."""

    is_limited: bool


class Limit(msgspec.Struct):
    """The same, under its name."""

    collaborator: Limited
