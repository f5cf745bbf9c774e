"""Access tokens for client credentials: an API token is the client secret. OAuth 2.0, RFC 6749 §4.4."""

from urllib.parse import parse_qsl

import msgspec

from headway.dialects.workiva import wire
from headway.dialects.workiva.answers import said
from headway.dialects.workiva.identity import AUDIENCE, DEFAULT_SCOPES, SCOPES
from headway.errors import TooLarge, Unauthenticated
from headway.web.ask import Ask
from headway.web.body import Answer
from headway.web.identity import basic
from headway.web.says import Says

BYTES_MAX = 64 << 10
FIELDS_MAX = 50
GRANT, SCHEME = "client_credentials", "Bearer"
PRIVATE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class _Refused(Exception):
    """There is no token, with OAuth's word for why."""

    def __init__(self, error: str, text: str, status: int = 400) -> None:
        self.error, self.text, self.status = error, text, status
        super().__init__(text)


@Says(
    wire.Token,
    also={400: wire.TokenError, 401: wire.TokenError, 413: wire.TokenError},
    body=wire.TokenRequest,
    refuses=(Unauthenticated,),
)
async def token(ask: Ask) -> Answer:
    """An access token for somebody who has an API token. Nobody looks at the client id: the secret says who."""
    try:
        wanted = _wanted(ask, await ask.raw(BYTES_MAX))
        scopes = _scopes(wanted.scope)
        ask.known = await ask.edge.identity.caller(wanted.client_secret, AUDIENCE)
    except Unauthenticated as unknown:
        return _no(ask, _Refused("unauthorized_client", str(unknown), 401))
    except TooLarge as large:
        return _no(ask, _Refused("invalid_request", str(large), 413))
    except _Refused as refused:
        return _no(ask, refused)
    if ask.known.scopes is not None:
        return _no(ask, _Refused("unauthorized_client", "an access token is no client secret", 401))
    seconds = ask.world.config.workiva_token_seconds
    made = ask.edge.identity.scoped(ask.known, AUDIENCE, scopes, seconds)
    return said(
        wire.Token(access_token=made, expires_in=seconds, scope=" ".join(scopes), token_type=SCHEME),
        200,
        PRIVATE,
    )


def _wanted(ask: Ask, raw: bytes) -> wire.TokenRequest:
    it = _decoded(ask.headers.get("content-type", ""), raw)
    if it.grant_type != GRANT:
        raise _Refused("invalid_request", f"grant_type should be {GRANT}")
    if (proof := basic(ask.headers.get("authorization"))) is not None:
        if it.client_secret not in {"", proof[1]}:
            raise _Refused("invalid_request", "one secret is enough")
        it = msgspec.structs.replace(it, client_id=proof[0], client_secret=proof[1])
    if not it.client_secret:
        raise _Refused("invalid_request", "client_secret is missing")
    return it


def _decoded(media: str, raw: bytes) -> wire.TokenRequest:
    try:
        if media.lower().startswith("application/json") or raw.lstrip().startswith(b"{"):
            return msgspec.json.decode(raw or b"{}", type=wire.TokenRequest)
        return msgspec.convert(_form(raw), wire.TokenRequest)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _Refused("invalid_request", "the body is neither a form nor JSON with these fields") from error


def _form(raw: bytes) -> dict[str, str]:
    fields = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX)
    if len(dict(fields)) < len(fields):
        raise _Refused("invalid_request", "a field is there twice")
    return dict(fields)


def _scopes(asked: str | None) -> list[str]:
    if asked is None:
        return list(DEFAULT_SCOPES)
    scopes = list(dict.fromkeys(asked.split()))
    for scope in scopes:
        if scope not in SCOPES:
            raise _Refused("invalid_scope", f"there is no such scope; there are {', '.join(SCOPES)}")
    return scopes


def _no(ask: Ask, refused: _Refused) -> Answer:
    headers = dict(PRIVATE)
    if refused.status == 401 and basic(ask.headers.get("authorization")) is not None:
        headers["WWW-Authenticate"] = 'Basic realm="headway"'
    return said(wire.TokenError(error=refused.error, error_description=refused.text), refused.status, headers)
