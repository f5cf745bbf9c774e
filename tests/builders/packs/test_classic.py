"""Classic buildpacks: which are asked for, what they say, and one in the usual style that is fetched and run."""

import http.server
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from headway.builders.packs import classic
from headway.builders.packs.classic import Wanted
from headway.builders.toolchains import Machine
from headway.errors import Failure
from tests.builders.archives import packed
from tests.builders.sandbox import Sandbox, lacking
from tests.builders.test_buildpack import Bench

DETECT = '#!/usr/bin/env bash\n[ -f "$1/greeting.txt" ] && echo Greeting || exit 1\n'
COMPILE = """#!/usr/bin/env bash
set -eo pipefail
build=$1 cache=$2 env=$3
echo "-----> Greeting $(cat "$env/WHOM") on $STACK"
echo "       built $(cat "$cache/times" 2>/dev/null | wc -l) times before"
echo x >> "$cache/times"
mkdir -p "$build/bin" "$build/.profile.d"
echo 'echo hello' > "$build/bin/greet"
chmod +x "$build/bin/greet"
echo 'export GREETED=yes' > "$build/.profile.d/greeting.sh"
echo "export FROM_FIRST=yes" > "$(dirname "$0")/../export"
"""
RELEASE = """#!/usr/bin/env bash
cat <<EOF
---
addons: []
config_vars:
  LANGUAGE: "en it's"
default_process_types:
  web: greet --port \\$PORT
  'clock': tick
EOF
"""
SECOND = {
    "bin/detect": "#!/bin/sh\necho Second\n",
    "bin/compile": '#!/bin/sh\necho "first was here: $FROM_FIRST"\n',
    "bin/release": '#!/bin/sh\necho "default_process_types:"; echo "  web: second"\n',
}
needs_sandbox = pytest.mark.skipif(bool(lacking()), reason=lacking() or "-")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A git server, as simple as can be: a folder of bare repositories, and its URL."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = type(
        "Here",
        (Quiet,),
        {"__init__": lambda self, *given: Quiet.__init__(self, *given, directory=str(folder))},
    )
    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=served.serve_forever, args=(0.05,))
    thread.start()
    yield folder, f"http://127.0.0.1:{served.server_address[1]}"
    served.shutdown()
    thread.join()
    served.server_close()


def published(folder: Path, name: str, files: dict[str, str], branch: str = "main") -> None:
    """A pack, as its author would publish it."""
    work = folder.parent / f"work-{name}"
    for path, content in files.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(content)
        (work / path).chmod(0o755)
    who = ("-c", "user.name=me", "-c", "user.email=me@example.com")
    bare = folder / f"{name}.git"
    for argv in (
        ("git", "init", "-q", "-b", branch, "."),
        ("git", "add", "-A"),
        ("git", *who, "commit", "-q", "-m", "one"),
        ("git", "clone", "-q", "--bare", ".", str(bare)),
        ("git", "-C", str(bare), "update-server-info"),
    ):
        subprocess.run(argv, cwd=work, check=True, env={"PATH": os.environ["PATH"], "HOME": str(folder)})


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, Sandbox(), Machine())


GREETING = {"bin/detect": DETECT, "bin/compile": COMPILE, "bin/release": RELEASE}


@needs_sandbox
async def test_a_pack_in_the_usual_style_is_fetched_and_run(bench: Bench, server: tuple[Path, str]) -> None:
    folder, url = server
    published(folder, "greeting", GREETING, branch="stable")
    packed(bench.archive, {"greeting.txt": "hello", "docs/a.md": "", ".slugignore": "docs\n*.txt\n"})
    for times in ("0", "1"):
        slug = await bench.build(BUILDPACK_URL=f"{url}/greeting.git#stable", WHOM="the world")
        assert f"              built {times} times before" in bench.said
    assert "       -----> Greeting the world on headway-1" in bench.said
    assert (slug.pack, dict(slug.processes)) == ("classic", {"web": "greet --port $PORT", "clock": "tick"})
    files = {str(it.relative_to(slug.folder)) for it in slug.folder.rglob("*") if it.is_file()}
    assert files >= {"bin/greet", ".profile.d/greeting.sh", ".profile.d/00_config_vars.sh"}
    assert not files & {"greeting.txt", "docs/a.md", ".slugignore"}
    assert "the world" not in "".join(it.read_text() for it in slug.folder.rglob("*") if it.is_file())


@needs_sandbox
async def test_several_are_run_in_their_order_and_the_last_one_says_what_is_run(
    bench: Bench, server: tuple[Path, str]
) -> None:
    folder, url = server
    published(folder, "greeting", GREETING)
    published(folder, "never", {"bin/detect": "#!/bin/sh\nexit 1\n", "bin/compile": "#!/bin/sh\nexit 9\n"})
    published(folder, "second", SECOND)
    listed = "".join(f"{url}/{name}.git\r\n" for name in ("greeting", "never", "second"))
    packed(bench.archive, {"greeting.txt": "hello", ".buildpacks": f"# ours\n{listed}"})
    slug = await bench.build(WHOM="you")
    assert dict(slug.processes) == {"web": "second"}
    assert "       Buildpack 2 is not for this project" in bench.said
    assert "       first was here: yes" in bench.said


@needs_sandbox
@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"bin/detect": "#!/bin/sh\nexit 1\n", "bin/compile": ""}, "no buildpack fits"),
        ({"bin/detect": "#!/bin/sh\n"}, "has no bin/detect or no bin/compile"),
        ({**GREETING, "bin/compile": "#!/bin/sh\necho no; exit 7\n"}, "the buildpack exited with 7"),
        (
            {**GREETING, "bin/compile": "#!/bin/sh\nln -s /tmp .profile.d\n"},
            "left something where the platform writes",
        ),
    ],
)
async def test_a_pack_that_fails_is_told(
    bench: Bench, server: tuple[Path, str], files: dict[str, str], why: str
) -> None:
    published(server[0], "bad", files)
    packed(bench.archive, {"greeting.txt": "hello"})
    assert why in await bench.refusal(BUILDPACK_URL=f"{server[1]}/bad.git", WHOM="you")


@needs_sandbox
async def test_a_pack_that_is_not_there_is_told(bench: Bench, server: tuple[Path, str]) -> None:
    packed(bench.archive, {"greeting.txt": "hello"})
    assert "could not be fetched" in await bench.refusal(BUILDPACK_URL=f"{server[1]}/none.git")


@needs_sandbox
@pytest.mark.parametrize("root", [".", "pack-1.0"])
async def test_a_pack_may_be_an_archive(bench: Bench, server: tuple[Path, str], root: str) -> None:
    packed(server[0] / "pack.tgz", dict(SECOND), root=root)
    packed(bench.archive, {"greeting.txt": "hello"})
    slug = await bench.build(BUILDPACK_URL=f"{server[1]}/pack.tgz")
    assert dict(slug.processes) == {"web": "second"}


def test_the_variable_wins_over_the_file_and_what_is_no_entry_is_skipped() -> None:
    listed = "# ours\n\nhttps://example.com/a.git#v1\r\nhttps://example.com/b.tgz\n"
    wanted = [it.url for it in classic.asked_for({}, listed, None)]
    assert wanted == ["https://example.com/a.git#v1", "https://example.com/b.tgz"]
    assert classic.asked_for({"BUILDPACK_URL": " https://x.org/c "}, listed, None) == (
        Wanted(url="https://x.org/c"),
    )
    assert classic.asked_for({"BUILDPACK_URL": ""}, None, None) == ()


@pytest.mark.parametrize("url", ["/etc", "ext::sh -c id", "--upload-pack=id", "https:///x"])
def test_what_is_no_place_to_fetch_a_pack_from_is_refused(url: str) -> None:
    with pytest.raises(Failure, match="a buildpack should be"):
        classic.asked_for({"BUILDPACK_URL": url}, None, None)


@pytest.mark.parametrize("url", ["ssh://git@example.com/a.git", "git@example.com:a.git#v1", "git+ssh://x/y"])
def test_ssh_is_refused_with_what_to_do_instead(url: str) -> None:
    with pytest.raises(Failure, match="use an https URL"):
        classic.asked_for({"BUILDPACK_URL": url}, None, None)


def test_no_more_than_ten_are_run() -> None:
    with pytest.raises(Failure, match="at most 10"):
        classic.asked_for({}, "https://example.com/a\n" * 11, None)


def test_a_password_in_a_url_is_not_told() -> None:
    plan = classic.plan((Wanted(url="https://me:secret@example.com/a.git"),))
    assert plan.details == ("Buildpack https://example.com/a.git",)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where an operator keeps packs: one is there, and a way out."""
    folder = tmp_path / "shelf"
    for path, content in SECOND.items():
        (folder / "second" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "second" / path).write_text(content)
    (folder / "out").symlink_to("/etc")
    return folder


def test_a_folder_of_the_operator_is_named_by_its_url_or_by_its_name(shelf: Path) -> None:
    there = (Wanted(url="/headway/packs/1", folder=shelf / "second"),)
    assert classic.asked_for({"BUILDPACK_URL": f"file://{shelf}/second"}, None, shelf) == there
    assert classic.asked_for({"BUILDPACK_NAME": "second"}, None, shelf) == there
    assert classic.asked_for({"BUILDPACK_NAME": "python"}, None, shelf) == ()
    assert classic.plan(there).details == ("Buildpack second",)


@pytest.mark.parametrize("path", ["", "/", "/none", "/out", "/second/../..", "/second/bin/detect"])
def test_no_other_folder_is_taken(shelf: Path, path: str) -> None:
    with pytest.raises(Failure, match="there is no buildpack"):
        classic.asked_for({"BUILDPACK_URL": f"file://{shelf}{path}"}, None, shelf)
    with pytest.raises(Failure, match="no `buildpack_folder`"):
        classic.asked_for({"BUILDPACK_URL": f"file://{shelf}{path}"}, None, None)


@needs_sandbox
async def test_a_pack_of_the_operator_is_run_without_a_network_and_stays_as_it_is(
    tmp_path: Path, shelf: Path
) -> None:
    bench = Bench(tmp_path, Sandbox(), Machine(), buildpack_folder=shelf)
    packed(bench.archive, {"greeting.txt": "hello"})
    slug = await bench.build(BUILDPACK_NAME="second")
    assert (slug.pack, dict(slug.processes)) == ("classic", {"web": "second"})
    assert "-----> Buildpack project" in bench.said
    assert not (shelf / "second" / "bin" / "detect").stat().st_mode & 0o111


REPORT = (
    '#!/bin/sh\necho "language: x"; echo "version: \'1.2\'"; echo nonsense; echo "env: $(ls "$3")"; exit 1\n'
)


@needs_sandbox
async def test_what_a_pack_reports_is_data_of_the_slug(bench: Bench, server: tuple[Path, str]) -> None:
    published(server[0], "second", {**SECOND, "bin/report": REPORT})
    packed(bench.archive, {"greeting.txt": "hello"})
    slug = await bench.build(BUILDPACK_URL=f"{server[1]}/second.git")
    assert dict(slug.report) == {"language": "x", "version": "1.2", "env": "BUILDPACK_URL"}


@needs_sandbox
async def test_a_pack_that_fails_still_reports(bench: Bench, server: tuple[Path, str]) -> None:
    published(server[0], "bad", {**SECOND, "bin/compile": "#!/bin/sh\nexit 7\n", "bin/report": REPORT})
    packed(bench.archive, {"greeting.txt": "hello"})
    assert "exited with 7" in await bench.refusal(BUILDPACK_URL=f"{server[1]}/bad.git")
    assert "       language: x" in bench.said


def test_what_is_no_entry_of_a_release_is_passed_over() -> None:
    said = "---\nnonsense\nconfig_vars:\n  GOOD: 1\n  bad-name: 2\n  EMPTY:\nweb: outside\n- x: y\n"
    released = classic.released(said)
    assert (released.processes, released.variables) == ({}, {"GOOD": "1"})
