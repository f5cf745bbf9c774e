"""Scripts that pip wrote, made movable."""

import subprocess
import sys
from pathlib import Path

import pytest

from headway.builders.packs.finish_python import BESIDE, moved

BIN = Path("/app/.headway/python/bin")


@pytest.mark.parametrize(
    "first",
    [
        b"#!/app/.headway/python/bin/python\n",
        b"#!/bin/sh\n'''exec' /app/.headway/python/bin/python \"$0\" \"$@\"\n' '''\n",
    ],
)
def test_a_script_of_the_environment_finds_the_python_beside_it(first):
    assert moved(first + b"print(1)\n", BIN) == BESIDE + b"print(1)\n"


@pytest.mark.parametrize("content", [b"#!/bin/bash\nx\n", b"#!/usr/bin/python3\nx\n", b"\x7fELF\n", b""])
def test_what_is_no_such_script_stays(content):
    assert moved(content, BIN) == content


def test_a_moved_script_runs_from_anywhere_and_through_links(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").symlink_to(sys.executable)
    script = tmp_path / "bin/tell"
    script.write_bytes(moved(b"#!" + bytes(BIN / "python") + b"\nimport sys\nprint(sys.argv[1:])\n", BIN))
    script.chmod(0o755)
    (tmp_path / "link").symlink_to("bin/tell")
    done = subprocess.run((tmp_path / "link", "a b"), check=True, capture_output=True, text=True)
    assert done.stdout == "['a b']\n"
