"""On each engine in turn."""

from tests.on_both import world

__all__ = ["world"]
