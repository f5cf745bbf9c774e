"""An authority in memory: it asks the router whether the name is led there, and signs by itself."""

from collections.abc import Callable

from headway.authorities.port import Issued, Prove
from headway.clock import Clock
from headway.errors import Failure, Retry
from headway.routers.fallback import self_signed


class PaperAuthority:
    """Stands in for an authority in tests.

    `answers` tells what a host says at a path, as a router in memory does; `trouble` is raised in place of a
    certificate. `issued` counts.
    """

    is_open = True

    def __init__(self, clock: Clock, answers: Callable[[str, str], str | None]) -> None:
        self.trouble: Failure | Retry | None = None
        self.issued = 0
        self._clock = clock
        self._answers = answers

    async def issue(self, name: str, prove: Prove) -> Issued:
        """A certificate that it signs by itself."""
        async with prove("token", "answer"):
            if self.trouble is not None:
                raise self.trouble
            if self._answers(name, "/.well-known/acme-challenge/token") != "answer":
                raise Failure("acme-unauthorized", f"{name} did not answer as it should")
        self.issued += 1
        made = self_signed(name, self._clock.now())
        return Issued(chain=made.chain, key=made.key)
