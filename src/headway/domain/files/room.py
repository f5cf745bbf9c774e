"""Where a new file may go: into which folder, how deep, and how much an account may keep."""

from headway.domain.world import World
from headway.errors import Invalid, TooLarge
from headway.model.files import DEPTH_MAX
from headway.store import exports, files
from headway.store.database import Tx


async def check_place(tx: Tx, account_id: int, container_id: int, levels: int) -> None:
    """Nothing, where so many levels fit into that folder of the account. Invalid, naming `container`."""
    await files.folder(tx, account_id, container_id)
    if await files.depth(tx, container_id) + levels > DEPTH_MAX:
        raise Invalid(container=f"lies too deep: {DEPTH_MAX} levels are possible")


async def check_room(world: World, tx: Tx, account_id: int, count: int, size: int) -> None:
    """Nothing, where the account may keep so many more files, of so many bytes in all; TooLarge."""
    there, bytes = await files.used(tx, account_id)
    bytes += await exports.used(tx, account_id)
    config = world.config
    if there + count > config.files_per_account_max:
        raise TooLarge(f"an account may keep {config.files_per_account_max} files")
    if bytes + size > config.file_bytes_per_account_max:
        raise TooLarge(f"an account may keep {config.file_bytes_per_account_max} bytes in files")
