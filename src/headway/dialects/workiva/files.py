"""What can be begun with files: a copy, an export."""

from headway import ids
from headway.dialects.workiva import project, wire
from headway.dialects.workiva.asked import VERSION, begun, id_of
from headway.dialects.workiva.identity import check_scope
from headway.domain.files.copy import copy as begin_copy
from headway.domain.files.export import export as begin_export
from headway.errors import Invalid
from headway.model.files import ROOT, Kind
from headway.views import files
from headway.web.ask import Ask
from headway.web.body import Answer
from headway.web.says import Says


@Says(wire.Accepted, 202, body=wire.Copy, params=(VERSION,), keyed=True, location=True)
async def copy(ask: Ask) -> Answer:
    """Begin to copy a file, or a folder with everything in it."""
    check_scope(ask, "file:write")
    wanted = await ask.body(wire.Copy)
    _no_mail(wanted.options.email_on_complete)
    file_id, container = id_of(ask, "fileId", "file"), _container(wanted.destination_container)
    name = wanted.options.destination_name
    return begun(ask, await begin_copy(ask.world, file_id, container, ask.actor, name=name, key=ask.key))


@Says(wire.Accepted, 202, body=wire.Export, params=(VERSION,), keyed=True, location=True)
async def export(ask: Ask) -> Answer:
    """Begin to export a file."""
    check_scope(ask, "file:read")
    wanted = await ask.body(wire.Export)
    file = await files.get(ask.world.database, ask.account.id, id_of(ask, "fileId", "file"))
    if wanted.kind is not None and wanted.kind != project.KINDS[file.kind]:
        raise Invalid(kind=f"should be {project.KINDS[file.kind]}")
    format = _format(wanted, file.kind)
    return begun(ask, await begin_export(ask.world, file.id, format, ask.actor, key=ask.key))


def _container(shown: str | None) -> int:
    if shown is None:
        return ROOT
    id = ids.parse(shown)
    if id is None:
        raise Invalid(destinationContainer="should be the id of a folder; leave it out for the root")
    return id


def _format(wanted: wire.Export, kind: Kind) -> str:
    if wanted.folder_export is not None:
        _no_mail(wanted.folder_export.email_on_complete)
    options = {
        Kind.DOCUMENT: wanted.document_export,
        Kind.SPREADSHEET: wanted.spreadsheet_export,
        Kind.PRESENTATION: wanted.presentation_export,
    }.get(kind)
    if options is None:
        return ""
    if options.sections or options.sheets:
        raise Invalid(sections="parts of a file cannot be exported here, only all of it")
    return options.format


def _no_mail(wanted: bool) -> None:
    if wanted:
        raise Invalid(emailOnComplete="no mail is sent from here, follow the operation")
