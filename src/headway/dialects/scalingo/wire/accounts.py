"""Users, tokens, second factors and regions on the wire."""

from typing import Any

import msgspec


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """What a dashboard remembers of somebody: nothing here."""

    time_zone: str | None = None
    locale: str | None = None
    stream_logs: bool = True
    sticky_search: bool = False
    app_sort_key: str | None = None
    theme: str | None = None
    logs_font_size: str | None = None


class User(msgspec.Struct, kw_only=True):
    """Who asks. `flags` never holds `admin`: clients would ask for consent on standard input.

    There is no trial, no contract and no newsletter on a platform of one's own; the fields are there for clients.
    """

    id: str
    uuid: str
    username: str
    fullname: str
    email: str
    company: str | None
    location: str | None
    created_at: str
    flags: dict[str, bool] = {}
    limits: dict[str, Any] = {}
    role: str | None = None
    github: None = None
    tos_accepted: bool = True
    email_newsletter: bool = False
    profile_valid: bool = True
    confirmed: bool = True
    unconfirmed_email: str | None = None
    free_trial: bool = False
    free_trial_started_at: str | None = None
    free_trial_end_time: str | None = None
    payment_method_defined: bool
    referral_url: str = ""
    referral_clicks: int = 0
    suspended_at: str | None = None
    suspension_reason: str | None = None
    preferences: Preferences = Preferences()
    contracts: dict[str, bool] = {}
    new_contracts: dict[str, bool] = {}


class UserReply(msgspec.Struct):
    """A user, under its name."""

    user: User


class Changes(msgspec.Struct, kw_only=True, forbid_unknown_fields=False):
    """What is to change of oneself; what is not said stays."""

    email: str | None = None
    username: str | None = None
    fullname: str | None = None
    company: str | None = None
    location: str | None = None
    password: str | None = None
    password_confirmation: str | None = None
    current_password: str | None = None


class ChangeUser(msgspec.Struct):
    """The same, under its name."""

    user: Changes


class RolesReply(msgspec.Struct):
    """What people may say that they are."""

    roles: list[str]


class Jwt(msgspec.Struct):
    """What an API token was exchanged for."""

    token: str


class Token(msgspec.Struct, kw_only=True):
    """One API token; its secret is shown once, when it is made or renewed."""

    id: str
    name: str
    created_at: str
    issued_at: str
    last_used_at: str | None
    token: str | msgspec.UnsetType = msgspec.UNSET


class TokenReply(msgspec.Struct):
    """A token, under its name."""

    token: Token


class TokensReply(msgspec.Struct):
    """Tokens, under their name."""

    tokens: list[Token]


class TokenName(msgspec.Struct):
    """What a new token is to be called."""

    name: str


class CreateToken(msgspec.Struct):
    """A new token: nested by the Go client, bare by the npm one."""

    token: TokenName | None = None
    name: str | None = None


class Factor(msgspec.Struct, kw_only=True):
    """Whether somebody is protected by a second factor; with what their device has to know, when that is begun."""

    uuid: str
    enabled: bool
    provider: str | None
    uri: str | msgspec.UnsetType = msgspec.UNSET


class FactorReply(msgspec.Struct):
    """The same, under its name."""

    tfa: Factor


class FactorGone(Factor, kw_only=True):
    """The same, bare for the npm client, and under its name."""

    tfa: Factor


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """Which kind of second factor is wanted; there is one."""

    provider: str = "totp"


class BeginFactor(msgspec.Struct):
    """The same, under its name; nothing is as good."""

    tfa: Provider = Provider()


class Attempt(msgspec.Struct, kw_only=True):
    """What the device shows; as a number it has lost its zeros."""

    attempt: int | str


class ShowFactor(msgspec.Struct):
    """The same, under its name."""

    tfa: Attempt


class Confirmed(msgspec.Struct, kw_only=True):
    """The recovery codes, shown this once."""

    codes: list[str]
    user: Factor


class ConfirmedReply(msgspec.Struct):
    """The same, under its name."""

    tfa: Confirmed


class Region(msgspec.Struct, kw_only=True):
    """One platform. `ssh` must name a port."""

    name: str
    display_name: str
    ssh: str
    api: str
    dashboard: str
    database_api: str
    default: bool


class RegionsReply(msgspec.Struct):
    """All regions; clients crash where there is none."""

    regions: list[Region]
