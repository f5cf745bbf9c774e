"""Answers as Workiva sends them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headway.web.body import Answer


class Cased(bytes):
    """The name of a header that is sent as it is written.

    The server would send it in lower case, which is as good; but the vendor's generated clients hand headers out as
    a plain dictionary, in which their users look for `Location`.
    """

    def lower(self) -> bytes:
        """Itself."""
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, bytes) and bytes(self).lower() == bytes(other).lower()

    def __hash__(self) -> int:
        return hash(bytes(self).lower())


def said(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """The value as JSON. It is never kept to be given again: headers and the pace of the asker count too."""
    raw = [(Cased(name.encode("latin-1")), text.encode("latin-1")) for name, text in (headers or {}).items()]
    return Answer(msgspec.json.encode(value), status, [(b"content-type", b"application/json"), *raw])
