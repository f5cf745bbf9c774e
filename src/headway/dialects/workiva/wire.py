"""Its JSON, field for field, keys in alphabetical order as in the documents. Ids are opaque strings."""

import msgspec

TIME = "RFC 3339 in UTC, to the second: 2019-10-28T15:03:27Z"


class User(msgspec.Struct, frozen=True):
    """Somebody, by their id."""

    id: str


class Action(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """When something was done, and by whom where that is somebody other than who asks."""

    date_time: str
    user: User | None = None


class Detail(msgspec.Struct, frozen=True):
    """Why an operation did not complete."""

    code: str
    message: str
    target: str


class Operation(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One operation."""

    created: Action
    details: list[Detail] | None = None
    """Of one that failed or was cancelled."""
    id: str
    original_request: str
    """The UUID of the request that began it."""
    resource_url: str | None = None
    """What came of it, once it is completed: to be fetched with the same token."""
    status: str
    """acknowledged, queued, started, completed, cancelled, or failed."""
    updated: Action


class Accepted(msgspec.Struct, frozen=True, rename="camel"):
    """Where to follow what was begun; the same as `Location`."""

    operation_location: str


class CopyOptions(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Of a copy. Whatever else may be asked to be included, files here have none of it."""

    destination_name: str | None = None
    email_on_complete: bool = False


class Copy(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Into which folder a file is copied, the root where none is named."""

    destination_container: str | None = None
    options: CopyOptions = CopyOptions()


class FormatOptions(msgspec.Struct, frozen=True, kw_only=True):
    """As what a file is exported. Parts of a file cannot be."""

    format: str
    sections: list[str] | None = None
    sheets: list[str] | None = None


class FolderOptions(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Of the export of a folder."""

    email_on_complete: bool = False


class Export(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """As what a file is exported; of the options those count that belong to its kind."""

    document_export: FormatOptions | None = None
    folder_export: FolderOptions | None = None
    kind: str | None = None
    presentation_export: FormatOptions | None = None
    spreadsheet_export: FormatOptions | None = None


class CopyResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file that a copy has made."""

    container: str
    id: str
    kind: str | None = None
    """Document, Spreadsheet, Presentation or Folder; absent for any other file."""


class CopyResults(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a copy has made, a page of it."""

    next_link: str | None = msgspec.field(default=None, name="@nextLink")
    data: list[CopyResult]


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation was about."""

    id: str
    kind: str
    """`app`, and so on."""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An access token."""

    access_token: str
    expires_in: int
    """Seconds."""
    scope: str
    """What it is good for, with spaces between."""
    token_type: str
    """Bearer."""


class TokenRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request for an access token, as form or JSON; id and secret may also come as HTTP Basic."""

    grant_type: str = ""
    """client_credentials."""
    client_id: str = ""
    client_secret: str = ""
    """An API token of the platform."""
    scope: str | None = None


class TokenError(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no access token."""

    error: str
    error_description: str


class ErrorDetail(msgspec.Struct, frozen=True):
    """What is wrong with one field."""

    code: str
    message: str
    target: str


class Error(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused."""

    code: str
    message: str
    details: list[ErrorDetail] | None = None
    """Which fields of a body are wrong."""
