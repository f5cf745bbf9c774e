"""Accounts, their tokens, second factors, keys and projects in Scalingo's words: pure."""

import msgspec

from headway import ids
from headway.dialects.scalingo.project import date, date_or_none
from headway.dialects.scalingo.wire import accounts as wire
from headway.dialects.scalingo.wire import apps as wire_apps
from headway.dialects.scalingo.wire import keys as wire_keys
from headway.dialects.scalingo.wire import projects as wire_projects
from headway.model.accounts import Account, Token
from headway.model.keys import Key
from headway.model.projects import Project

TOTP = "totp"


def user(it: Account) -> wire.UserReply:
    """Somebody."""
    return wire.UserReply(
        wire.User(
            id=ids.show(it.id),
            uuid=f"us-{ids.show(it.id)}",
            username=it.name,
            fullname=it.fullname or it.name,
            email=it.email,
            company=it.company or None,
            location=it.location or None,
            created_at=date(it.created_at),
            payment_method_defined=it.payment_defined,
        )
    )


def owner(it: Account) -> wire_apps.Owner:
    """Whose something is."""
    return wire_apps.Owner(id=ids.show(it.id), username=it.name, email=it.email)


def token(it: Token, secret: str | None = None) -> wire.Token:
    """One API token, with its secret where that has just been made."""
    return wire.Token(
        id=ids.show(it.id),
        name=it.name,
        created_at=date(it.created_at),
        issued_at=date(it.created_at),
        last_used_at=date_or_none(it.last_used_at),
        token=msgspec.UNSET if secret is None else secret,
    )


def factor(of: Account, *, enabled: bool, uri: str | None = None) -> wire.Factor:
    """Whether an account is protected; with what a device has to know."""
    return wire.Factor(
        uuid=f"us-{ids.show(of.id)}",
        enabled=enabled,
        provider=TOTP if enabled or uri else None,
        uri=msgspec.UNSET if uri is None else uri,
    )


def key(it: Key, of: Account) -> wire_keys.Key:
    """One public key."""
    return wire_keys.Key(
        id=ids.show(it.id),
        name=it.name,
        content=it.content,
        fingerprint=it.fingerprint,
        created_at=date(it.created_at),
        owner=owner(of),
    )


def project(it: Project, of: Account) -> wire_projects.Project:
    """One project of an account."""
    return wire_projects.Project(
        id=project_id(it.id),
        name=it.name,
        default=it.is_default,
        owner=owner(of),
        created_at=date(it.created_at),
        updated_at=date(it.updated_at),
    )


def project_id(id: int) -> str:
    """How the id of a project is shown."""
    return f"pr-{ids.show(id)}"
