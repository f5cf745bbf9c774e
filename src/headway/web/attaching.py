"""Where a terminal is attached to a one-off, and the secret that opens it: the same in every dialect."""

from urllib.parse import urlsplit

from headway import ids
from headway.config import Config
from headway.web.jwt import Signer

PURPOSE = "attach"


def secret_of(signer: Signer, id: int) -> str:
    """What stands in the address of a one-off: 64 hex digits."""
    return f"{ids.show(id)}{signer.seal(PURPOSE, ids.show(id))}"


def attach_origin(config: Config, origin: str) -> str:
    """Where one-offs are attached, always with a port, for who reaches the platform at `origin`."""
    return _with_port(config.public_attach_url) or _attach_beside(config.attach, origin)


def _attach_beside(attach: str, origin: str) -> str:
    """Where the listener for one-offs is reached; one at every address, at the host that the asker uses."""
    host, _, port = attach.rpartition(":")
    reached = (urlsplit(origin).hostname or host) if host in {"", "0.0.0.0", "[::]"} else host.strip("[]")  # noqa: S104
    return f"http://{f'[{reached}]' if ':' in reached else reached}:{port}"


def _with_port(url: str) -> str:
    parts = urlsplit(url.rstrip("/"))
    if not url or parts.port is not None:
        return url.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}:{443 if parts.scheme == 'https' else 80}{parts.path}"
