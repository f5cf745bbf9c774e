"""What a build says: lines in the usual form, up to a limit."""

from collections.abc import Callable, Collection

from headway.model.variables import veiled

_LINE_BYTES_MAX = 16 << 10
_DETAIL = " " * 7


class Output:
    """Hands lines on to `said`, without secrets. Steps, warnings and errors are never cut, the output of commands is."""

    def __init__(self, said: Callable[[str], None], bytes_max: int, secrets: Collection[str] = ()) -> None:
        self._say = said
        self._secrets = secrets
        self._kept_back = max((len(it.encode()) for it in secrets), default=0)
        """So much of a long line waits, for a secret may have come in part only."""
        self._left = bytes_max
        self._open = b""

    def step(self, text: str) -> None:
        """`-----> Installing`."""
        self._said(f"-----> {text}")

    def detail(self, text: str) -> None:
        """Indented by seven."""
        self._said(f"{_DETAIL}{text}".rstrip())

    def warning(self, text: str) -> None:
        """` !     Warning: …`."""
        self._said(f" !     Warning: {text}")

    def error(self, text: str) -> None:
        """` !     …`."""
        self._said(f" !     {text}")

    def take(self, piece: bytes) -> None:
        """A piece of a command's output; whole lines are handed on, the rest waits for more."""
        *lines, self._open = (self._open + piece).split(b"\n")
        for line in lines:
            self._line(line)
        while len(self._open) > _LINE_BYTES_MAX + self._kept_back:
            self._open = self._veiled(self._open)
            self._line(self._open[:_LINE_BYTES_MAX])
            self._open = self._open[_LINE_BYTES_MAX:]

    def end(self) -> None:
        """The command has ended: hand on a last line without newline."""
        if self._open:
            self._line(self._open)
        self._open = b""

    def _said(self, text: str) -> None:
        self._say(veiled(text, self._secrets))

    def _veiled(self, line: bytes) -> bytes:
        return veiled(line.decode(errors="surrogateescape"), self._secrets).encode(errors="surrogateescape")

    def _line(self, line: bytes) -> None:
        if self._left < 0:
            return
        line = self._veiled(line) if self._secrets else line
        self._left -= len(line) + 1
        if self._left < 0:
            self.error("there is too much output, the rest of it is left out")
            return
        for start in range(0, max(len(line), 1), _LINE_BYTES_MAX):
            self.detail(_readable(line[start : start + _LINE_BYTES_MAX]))


def _readable(line: bytes) -> str:
    """As text; of a line that was written over with carriage returns what stood there last."""
    last = line.rstrip(b"\r").rsplit(b"\r", 1)[-1]
    return last.decode("utf-8", "replace").replace("\0", "\ufffd")
