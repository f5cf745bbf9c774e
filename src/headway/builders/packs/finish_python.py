"""Make what pip installed movable, and compile it; run by the slug's own Python, in the sandbox.

Scripts get first lines that find the Python beside them, wherever the slug lies. Bytecode is compiled without
times, which would make each build of the same source another slug.
"""

import compileall
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

BESIDE = b"""#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")/python" "$0" "$@"
' '''
"""


def moved(content: bytes, folder: Path) -> bytes:
    """The script, with our first lines in place of one that names a Python in the folder."""
    first, _, rest = content.partition(b"\n")
    if first.startswith(b"#!") and bytes(folder) in first and b"python" in first:
        return BESIDE + rest
    if content.startswith(b"#!/bin/sh\n'''exec' ") and bytes(folder) in content.split(b"\n", 2)[1]:
        return BESIDE + content.split(b"\n", 3)[3]  # what pip writes where the path is long
    return content


def main() -> None:
    """Go through the virtual environment that this Python is of."""
    environment = Path(sys.prefix)
    for script in (environment / "bin").iterdir():
        if script.is_file() and not script.is_symlink():
            content = script.read_bytes()
            script.write_bytes(moved(content, environment / "bin"))
    # A package may ship files for other versions of Python, which do not compile here and need not.
    compileall.compile_dir(
        environment / "lib",
        quiet=2,
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        stripdir=environment,
    )


if __name__ == "__main__":
    main()
