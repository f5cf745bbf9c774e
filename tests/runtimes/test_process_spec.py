"""What is run, decided without running it."""

import subprocess
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from headway.model.sizes import SIZES
from headway.runtimes import process_spec
from headway.runtimes.cgroups import Groups
from headway.runtimes.machine import Machine
from headway.runtimes.process_spec import Place, Sandbox

ROOT = Machine(
    level="A", root=True, uid=0, shell="/bin/bash", bwrap="/b/bwrap", setpriv="/usr/bin/setpriv", path="/bin"
)
USER = Machine(
    level="C", root=False, uid=7, shell="/bin/sh", bwrap="/b/bwrap", setpriv="/usr/bin/setpriv", path="/bin"
)
BARE = Machine(level="D", root=False, uid=7, shell="/bin/sh", path="/bin")
PLACE = Place(folder=Path("/r"), app=Path("/s"), etc=Path("/u"))


def argv(machine, **wanted):
    sandbox = Sandbox(**{"user": 20000 if machine.root else None, "host_name": "web-1", **wanted})
    return process_spec.argv(machine, PLACE, sandbox, [Path("/cg/cgroup.procs")])


def test_the_launching_shell_writes_who_it_is_and_enters_the_groups_before_anything_else():
    assert argv(ROOT)[:7] == [
        "/bin/sh",
        "-c",
        process_spec.LAUNCH,
        "headway",
        "/r/identity",
        "/cg/cgroup.procs",
        "--",
    ]


def test_root_gives_everything_up_inside_the_sandbox():
    inside = argv(ROOT)[argv(ROOT).index("--", 10) + 1 :]

    assert inside[:3] == ["/usr/bin/setpriv", "--reuid=20000", "--regid=20000"]
    assert {"--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"} <= set(inside)
    assert "--unshare-user" not in argv(ROOT)


def test_without_root_a_user_namespace_is_the_way_in_and_there_is_none_within():
    assert {"--unshare-user", "--disable-userns"} <= set(argv(USER))


def test_containers_outlive_us_and_tasks_do_not():
    assert "--die-with-parent" not in argv(ROOT)
    assert "--die-with-parent" in argv(ROOT, dies_with_parent=True)


def test_etc_is_one_mount_unless_more_is_to_be_mounted_in_it():
    assert "--ro-bind /u /etc " in " ".join(argv(ROOT))
    text = " ".join(argv(ROOT, mounts={"/etc/more": Path("/m")}))
    assert "--dir /etc --ro-bind-try /u/passwd /etc/passwd --ro-bind-try /u/group /etc/group" in text
    assert "--ro-bind /u /etc " not in text


def test_a_slug_stays_as_it_is_below_an_overlay():
    text = " ".join(argv(ROOT, overlay=True))
    assert "--overlay-src /s --overlay /r/upper /r/work /app" in text
    assert "--bind /s /app" in " ".join(argv(ROOT))


def test_folders_for_a_task_are_mounted_with_their_parents():
    text = " ".join(argv(ROOT, mounts={"/p/k": Path("/m")}, writable={"/c": Path("/w")}, network=False))
    assert "--dir /p --ro-bind /m /p/k" in text
    assert "--bind /w /c" in text
    assert "--unshare-net" in text


def test_a_host_name_is_made_fit():
    words = argv(ROOT, host_name="my_app.web-1" + "x" * 80)
    assert words[words.index("--hostname") + 1] == ("my-app-web-1" + "x" * 80)[:63]


def test_without_bubblewrap_a_shell_waits_and_writes_the_exit_code():
    assert argv(BARE)[7:] == ["/bin/sh", "-c", process_spec.WATCH, "headway", "/bin/sh", "/r/start"]


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=50))
def test_any_value_arrives_as_it_is(value):
    script = process_spec.start_script(BARE, PLACE, 'printf %s "$IT"', {"IT": value}).replace(
        'cd "$HOME"', "cd /"
    )
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True)

    assert done.stdout == value.encode()


def test_a_process_is_limited_in_what_no_control_group_holds():
    groups = Groups(version=1, parents={"memory": Path("/m"), "pids": Path("/p")})
    bash = msgspec.structs.replace(ROOT, shell="/bin/bash")
    held = msgspec.structs.replace(bash, groups=groups)
    size = SIZES["S"]
    assert process_spec.limits(held, size, None) == ""
    assert process_spec.limits(held, size, 4096) == "ulimit -f 5"
    assert process_spec.limits(bash, size, 4096) == "ulimit -f 5; ulimit -d 262144; ulimit -u 128"
    other = msgspec.structs.replace(bash, shell="/bin/sh", root=False)
    assert process_spec.limits(other, size, 4096) == "ulimit -f 9; ulimit -d 262144"


def test_what_no_shell_can_name_is_left_out():
    script = process_spec.start_script(ROOT, PLACE, "true", {"a b": "1", "x;y": "2", "GOOD": "3"})

    assert "export GOOD=3" in script
    assert "a b" not in script
    assert "x;y" not in script


def test_home_is_the_app_and_an_own_path_wins():
    script = process_spec.start_script(ROOT, PLACE, "true", {"HOME": "/root", "PATH": "/mine"})

    assert "export HOME=/app" in script
    assert "export PATH=/mine" in script
    assert "/root" not in script


def test_a_path_inside_is_said_as_its_path_outside():
    folders = {"/app": Path("/w/app"), "/pack": Path("/packs/python")}

    assert process_spec.outside("/pack/bin/build", folders) == "/packs/python/bin/build"
    assert process_spec.outside("/app", folders) == "/w/app"
    assert process_spec.outside("/application", folders) == "/application"


def test_ids_are_fit_to_be_names_of_folders():
    assert process_spec.is_id("web-1-0123456789abcdef")
    assert not any(process_spec.is_id(id) for id in ("", "..", "a/b", "a" * 65, "a\n"))
