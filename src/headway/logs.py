"""The control plane's own log: one JSON object a line on standard error, the operation's id on each where there is one."""

import contextvars
import logging
import sys

import msgspec

from headway.ids import show

operation: contextvars.ContextVar[int] = contextvars.ContextVar("operation", default=0)


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "room": record.name,
            "text": record.getMessage(),
        }
        if id := operation.get():
            line["operation"] = show(id)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def set_up(level: int = logging.INFO) -> None:
    """Send everything at `level` and above to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
