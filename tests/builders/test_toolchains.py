"""What the machine offers."""

import asyncio
import os
from pathlib import Path

import pytest

from headway.builders.toolchains import Machine, Once, Tool, found, own_pip, reachable


def program(file: Path, answer: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\necho {answer}\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def open_folder(tmp_path):
    """A folder that any user can reach; pytest's own are for its user alone."""
    folder = tmp_path
    while folder.parent != folder:
        if folder.stat().st_uid == os.getuid() and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o011)
        folder = folder.parent
    return tmp_path


async def test_programs_are_asked_for_their_version_and_the_default_comes_first(open_folder):
    one, two = open_folder / "one", open_folder / "two"
    program(one / "python3.13", "Python 3.13.1")
    program(one / "python3.11", "Python 3.11.9")
    program(two / "python3", "Python 3.11.2")
    program(two / "node", "v20.1.0")
    program(two / "npm", "10.0.1")
    machine = await found((one, two))
    assert [python.version for python in machine.pythons] == [(3, 11, 9), (3, 13, 1)]
    assert machine.node.path == two / "node"
    assert machine.npm.shown == "10.0.1"


async def test_what_others_cannot_reach_or_does_not_answer_is_left_out(open_folder):
    program(open_folder / "home/python3", "Python 3.11.2")
    (open_folder / "home").chmod(0o700)
    (open_folder / "bin").mkdir()
    (open_folder / "bin/python3").symlink_to("../home/python3")
    (open_folder / "bin/python3.9").symlink_to("/usr/bin/env")
    program(open_folder / "bin/node", "nothing")
    program(open_folder / "bin/python3.12", "Python 3.12.0").chmod(0o700)
    assert await found((open_folder / "bin", open_folder / "home", open_folder / "none")) == Machine()


async def test_many_who_want_to_know_ask_once():
    asked = []

    async def ask():
        asked.append(1)
        await asyncio.sleep(0)
        return Machine(pip=Path("/pip"))

    once = Once(ask)
    assert await asyncio.gather(once(), once()) == [Machine(pip=Path("/pip"))] * 2
    assert len(asked) == 1


async def test_what_is_installed_later_is_found_without_a_new_start(open_folder):
    folders = (open_folder / "bin", open_folder / "other")
    once = Once(lambda: found(folders), folders)
    assert await once() == Machine()
    program(open_folder / "bin/go", "go version go1.22.3 linux/amd64")
    assert (await once()).go == Tool(path=open_folder / "bin/go", version=(1, 22, 3))
    (open_folder / "bin").rename(open_folder / "gone")
    assert await once() == Machine()


def test_a_link_to_nowhere_is_not_reachable(open_folder):
    (open_folder / "python3").symlink_to("python3")
    assert not reachable(open_folder / "python3")
    assert not reachable(open_folder / "missing")


def test_the_platform_finds_its_own_pip():
    assert own_pip() is None or (own_pip() / "__main__.py").is_file()


async def test_other_languages_are_found_and_what_stands_beside_one_needs_it(open_folder):
    program(open_folder / "bin/go", "go version go1.22 linux/amd64")
    program(open_folder / "bin/ruby", "ruby 3.1.2p20")
    program(open_folder / "bin/bundle", "Bundler version 2.3.15")
    program(open_folder / "bin/uv", "uv 0.13.8")
    program(open_folder / "bin/npm", "10.0.1")
    machine = await found((open_folder / "bin",))
    told = [tool.shown for tool in (machine.go, machine.ruby, machine.bundle, machine.uv) if tool]
    assert told == ["1.22.0", "3.1.2", "2.3.15", "0.13.8"]
    assert machine.npm is None
