"""Operations on the wire."""

import msgspec


class StartOneOffData(msgspec.Struct, kw_only=True):
    """What a one-off that was started is reached by."""

    attach_url: str | None
    """Without a query, without a slash at its end, always with a port: clients append to it, and dial it raw."""
    container_id: str


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
    start_one_off_data: StartOneOffData | msgspec.UnsetType = msgspec.UNSET
    """Only where the type is `start-one-off`."""


class OperationReply(msgspec.Struct):
    """An operation, under its name."""

    operation: Operation
