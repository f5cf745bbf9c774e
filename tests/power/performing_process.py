"""A node in a process of its own, for a test that kills it: URL NAME LEASE_SECONDS SCRIPT [SUBMITS].

Prints the id of each operation that it has submitted, when its first step that holds has begun.
"""

import asyncio
import os
import sys

from tests.databases import of
from tests.engine.nodes import Node
from tests.engine.plays import Stage


async def main(url: str, name: str, lease_seconds: str, script: str, submits: str = "0") -> None:
    database = of(url)
    await database.open()
    stage = Stage()
    node = Node(database, stage, script, name=name, lease_seconds=float(lease_seconds))
    if submits == "0":
        stage.gates["b"].set()
    await node.start()
    for n in range(int(submits)):
        it = await node.submit(script, f"thing:{n}")
        await stage.reached["b"].wait()
        os.write(1, b"%d\n" % it.id)
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
