"""Operations of the pools service as who began them knows them."""

from typing import Any

import msgspec

from headway.model.operations import Operation


class PoolOperation(msgspec.Struct, frozen=True):
    """An operation under the id that its asker knows, which may be the asker's own, and what came of it."""

    operation: Operation
    shown: str
    details: str = "{}"
    """JSON, written once, by the transaction that ends the operation."""

    @property
    def said(self) -> dict[str, Any]:
        """What came of it."""
        return msgspec.json.decode(self.details)
