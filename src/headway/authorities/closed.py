"""No authority at all: nothing is issued until the operator has chosen one."""

from headway.authorities.port import Issued, Prove
from headway.errors import Failure


class Closed:
    """The authority of a platform without one."""

    is_open = False

    async def issue(self, name: str, prove: Prove) -> Issued:  # noqa: ARG002 - see the port
        """Failure."""
        raise Failure("acme-closed", "this platform has no authority for certificates")
