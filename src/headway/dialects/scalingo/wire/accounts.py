"""Users, tokens and regions on the wire."""

import msgspec


class User(msgspec.Struct, kw_only=True):
    """Who asks. `flags` never holds `admin`: clients would ask for consent on standard input."""

    id: str
    username: str
    fullname: str
    email: str
    created_at: str
    flags: dict[str, bool] = {}


class UserReply(msgspec.Struct):
    """A user, under its name."""

    user: User


class Jwt(msgspec.Struct):
    """What an API token was exchanged for."""

    token: str


class Token(msgspec.Struct, kw_only=True):
    """One API token; its secret is shown once, when it is made or renewed."""

    id: str
    name: str
    created_at: str
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
