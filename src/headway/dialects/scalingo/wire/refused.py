"""A refusal on the wire."""

import msgspec
from msgspec import UNSET, UnsetType


class Refused(msgspec.Struct, kw_only=True):
    """Why not. The npm client reads `error`, the Go client `error` or, of a 422, `errors`."""

    error: str
    errors: dict[str, list[str]] | UnsetType = UNSET
    """Of a 422: what is wrong with each field."""
    resource: str | UnsetType = UNSET
    """Of a 404: what is not there."""
    operation: str | UnsetType = UNSET
    """Of a 409: the operation that is in the way."""
    url: str | UnsetType = UNSET
    """Of a 402: where to say how to pay."""
