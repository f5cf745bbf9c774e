"""A little of the shell, for stand-ins that run no processes.

Parts of a command are separated by `;`:

    echo TEXT     says a line ($NAME is replaced)
    sleep N       lets the clock pass N seconds
    exit N        ends with N
    cat           gives back what is typed, a line at a time, until EOT (0x04)

Anything else is what `serve` does.
"""

from collections.abc import Awaitable, Callable, Mapping

from headway.clock import Clock


async def run(
    script: str,
    environment: Mapping[str, str],
    clock: Clock,
    said: Callable[[bytes], None],
    serve: Callable[[], Awaitable[object]],
    *,
    typed: Callable[[], Awaitable[bytes]] | None = None,
) -> int:
    """Run it; the exit code. `said` is given each line."""
    for part in script.split(";"):
        word, _, rest = part.strip().partition(" ")
        if word == "echo":
            said(_expanded(rest, environment).encode())
        elif word == "sleep":
            await clock.sleep(float(rest))
        elif word == "exit":
            return int(rest)
        elif word == "cat" and typed is not None:
            while line := await typed():
                said(line)
        else:
            await serve()
    return 0


def _expanded(text: str, environment: Mapping[str, str]) -> str:
    for name, value in environment.items():
        text = text.replace(f"${name}", value)
    return text
