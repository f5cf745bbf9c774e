"""What this machine allows, and how it is said."""

import os

import msgspec
import pytest

from headway.errors import Failure
from headway.runtimes import machine
from headway.runtimes.cgroups import Groups
from headway.runtimes.machine import Machine

ROOT = Machine(
    level="A",
    root=True,
    uid=0,
    shell="/bin/sh",
    bwrap="/b/bwrap",
    setpriv="/usr/bin/setpriv",
    setsid="/usr/bin/setsid",
)


def said(found):
    return {offer.name: offer.level for offer in machine.offers(found)}


@pytest.mark.parametrize("best", machine.LEVELS)
def test_it_is_never_better_than_what_was_asked_for(tmp_path, best):
    found = machine.look(tmp_path / "runtime", best=best)

    assert found.level >= best
    assert bool(found.bwrap) == (found.level != "D")


def test_looking_leaves_nothing_behind(tmp_path):
    found = machine.look(tmp_path / "runtime")

    assert not list((tmp_path / "runtime").iterdir())
    for parent in found.groups.parents.values() if found.groups else ():
        parent.rmdir()


def test_the_best_sandbox_that_was_found_runs_a_program(tmp_path):
    found = machine.look(tmp_path / "runtime", best="B" if os.geteuid() == 0 else "C")
    if not found.bwrap:
        pytest.skip("this machine allows no sandbox")

    assert machine._works(found, tmp_path)
    assert not machine._works(found, tmp_path, "--ro-bind", str(tmp_path / "nothing"), "/nothing")


def test_an_app_never_runs_as_root():
    with pytest.raises(Failure, match="would run as root") as raised:
        msgspec.structs.replace(ROOT, setpriv="").check()

    assert raised.value.code == "no-sandbox"


def test_without_a_sandbox_an_app_must_reach_the_data_folder_as_it_is():
    bare = msgspec.structs.replace(ROOT, bwrap="", reachable=False)
    with pytest.raises(Failure, match="cannot reach the data folder"):
        bare.check()
    msgspec.structs.replace(bare, reachable=True).check()


def test_what_is_lacking_is_told():
    groups = Groups(version=1, parents=dict.fromkeys(("memory", "pids", "cpu")))
    good = said(msgspec.structs.replace(ROOT, overlay=True, groups=groups))
    poor = said(Machine(level="D", root=False, uid=7, shell="/bin/sh"))

    assert good == {
        "sandbox": "good",
        "users": "good",
        "limits": "good",
        "slugs": "good",
        "network": "reduced",
        "terminals": "good",
    }
    assert poor == {
        "sandbox": "missing",
        "users": "reduced",
        "limits": "missing",
        "slugs": "reduced",
        "network": "reduced",
        "terminals": "missing",
    }


def test_limits_that_are_not_all_there_are_told_by_name():
    half = msgspec.structs.replace(ROOT, groups=Groups(version=2, parents={"pids": None}))
    (limits,) = (offer for offer in machine.offers(half) if offer.name == "limits")

    assert (limits.level, limits.text) == ("reduced", "control groups version 2: pids")


def test_folders_above_a_path_are_made_from_the_top():
    assert machine.parents("/a/b/c") == ["--dir", "/a", "--dir", "/a/b"]


def test_two_data_folders_never_share_groups(tmp_path):
    for name in ("a b", "a-b"):
        (tmp_path / name).mkdir()
    first, second = (machine.group_name(tmp_path / name) for name in ("a b", "a-b"))

    assert first != second
    assert first == machine.group_name(tmp_path / "a b")
