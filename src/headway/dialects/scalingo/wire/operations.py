"""Operations on the wire."""

import msgspec


class Operation(msgspec.Struct, kw_only=True):
    """One operation."""

    id: str
    app_id: str
    created_at: str
    finished_at: str | None
    status: str
    type: str
    error: str | msgspec.UnsetType = msgspec.UNSET
    """Only where the status is `error`."""


class OperationReply(msgspec.Struct):
    """An operation, under its name."""

    operation: Operation
