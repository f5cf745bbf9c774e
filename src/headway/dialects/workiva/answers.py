"""Answers as Workiva sends them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headway.web.body import Answer


def said(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """The value as JSON. It is never kept to be given again: headers and the pace of the asker count too."""
    raw = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in (headers or {}).items()]
    return Answer(msgspec.json.encode(value), status, [(b"content-type", b"application/json"), *raw])
