"""Our records in Workiva's shapes; pure."""

import math
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from headway.clock import SECOND
from headway.dialects.workiva import wire
from headway.ids import show
from headway.model.files import ROOT, File, Kind
from headway.model.operations import Actor, Operation, Phase

STATUS: Mapping[Phase, str] = MappingProxyType({
    Phase.ACCEPTED: "acknowledged",
    Phase.QUEUED: "queued",
    Phase.RUNNING: "started",
    Phase.SUCCEEDED: "completed",
    Phase.FAILED: "failed",
    Phase.CANCELLED: "cancelled",
})
KINDS: Mapping[Kind, str] = MappingProxyType({
    Kind.FOLDER: "Folder",
    Kind.DOCUMENT: "Document",
    Kind.SPREADSHEET: "Spreadsheet",
    Kind.PRESENTATION: "Presentation",
    Kind.OTHER: "SupportingDocument",
})
RESULTS: Mapping[str, str] = MappingProxyType({"file.copy": "copyFileResults", "file.export": "exportedFile"})
"""Where, below an operation, what came of it is found; other types have `resource`."""
PAUSES = ((10, 1), (60, 2), (math.inf, 5))
"""How long to wait before the next look, in seconds: the longer it takes already, the longer."""
_NAMES = uuid.UUID("6f2c3f0e-4f0b-5e0e-9a51-3f4f6d3a9b10")
"""Below this, request ids that are no UUIDs have one all the same."""


def operation(it: Operation, begun_by: Actor, asker: int, origin: str) -> wire.Operation:
    """An operation, as the account `asker` sees it, who reaches us at `origin`."""
    somebody_else = wire.User(show(it.account_id)) if it.account_id != asker else None
    return wire.Operation(
        id=show(it.id),
        status=STATUS[it.phase],
        created=wire.Action(time(it.created_at), somebody_else),
        updated=wire.Action(time(max(it.updated_at, it.created_at))),
        original_request=original_request(it.id, begun_by.request_id),
        resource_url=resource_url(it, origin),
        details=_details(it),
    )


def original_request(id: int, request_id: str) -> str:
    """The request id as a UUID: itself where it is one, else always the same one made of it.

    What no request began has one made of the operation's own id.
    """
    try:
        return str(uuid.UUID(request_id))
    except ValueError:
        return str(uuid.uuid5(_NAMES, request_id or f"operation:{show(id)}"))


def resource_url(it: Operation, origin: str) -> str | None:
    """Where what came of it is found; None where nothing has come of it, or nothing is left."""
    if it.phase is not Phase.SUCCEEDED or it.type.endswith(".delete"):
        return None
    return f"{origin}/operations/{show(it.id)}/{RESULTS.get(it.type, 'resource')}"


def _details(it: Operation) -> list[wire.Detail] | None:
    if it.phase not in {Phase.FAILED, Phase.CANCELLED}:
        return None
    if it.detail is None:
        return [wire.Detail(STATUS[it.phase], f"the operation {STATUS[it.phase]}", target(it.target))]
    return [wire.Detail(it.detail.code, it.detail.text, target(it.target))]


def target(kept: str) -> str:
    """What an operation is about: `app:` and the id as it is shown."""
    noun, _, id = kept.partition(":")
    return f"{noun}:{show(int(id))}" if id.isdecimal() and len(id) < 20 else kept


def resource(it: Operation) -> wire.Resource:
    """What an operation was about."""
    kind, _, id = target(it.target).partition(":")
    return wire.Resource(id=id, kind=kind)


def retry_after(it: Operation, now: int, polls_per_second: float) -> int | None:
    """After how many seconds to look again; None once it has ended."""
    if it.phase.terminal:
        return None
    age = (now - it.created_at) / SECOND
    pause = next(pause for until, pause in PAUSES if age < until)
    return max(pause, math.ceil(1 / polls_per_second) if polls_per_second else 1)


def copy_result(file: File) -> wire.CopyResult:
    """One file that a copy has made. The vendor's list of kinds is closed, and has no word for other files."""
    kind = None if file.kind is Kind.OTHER else KINDS[file.kind]
    container = "" if file.container_id == ROOT else show(file.container_id)
    return wire.CopyResult(container=container, id=show(file.id), kind=kind)


def time(at: int) -> str:
    """Microseconds UTC as `2019-10-28T15:03:27Z`."""
    return datetime.fromtimestamp(at // SECOND, UTC).isoformat().replace("+00:00", "Z")
