"""The builder, end to end: real archives, real sandboxes, real interpreters."""

import asyncio
import json
import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from headway.builders.archive import Limits
from headway.builders.buildpack import Bounds, Buildpack, bounds
from headway.builders.packs.catalog import PACKS
from headway.builders.packs.pack import Command, Pack, Plan
from headway.builders.port import Slug, Source
from headway.builders.surroundings import Surroundings
from headway.builders.toolchains import Machine, found, own_pip
from headway.clock import SystemClock
from headway.config import Config
from headway.errors import Failure
from tests.builders.archives import archive, contents, folder, link, member, of_folder, packed
from tests.builders.sandbox import EXAMPLES, NoSandbox, Sandbox

LIMITS = Limits(archive_bytes_max=10 << 20, source_bytes_max=100 << 20, source_files_max=1000)
WHEEL = {
    "greeting.py": "WORD = 'hello from a wheel'\n",
    "greeting-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n",
    "greeting-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "greeting-1.0.dist-info/entry_points.txt": "[console_scripts]\ngreet = greeting:WORD.title\n",
    "greeting-1.0.dist-info/RECORD": "",
}


class Bench:
    """A builder in a folder, and what it said."""

    def __init__(self, tmp_path: Path, runtime, machine: Machine, packs=PACKS, **bounds) -> None:
        self.folder = tmp_path / "data"
        self.archive = tmp_path / "it.tar.gz"
        self.runtime = runtime
        self.said: list[str] = []
        given = {
            "unpacking": LIMITS,
            "build_seconds": 100,
            "build_output_bytes_max": 1 << 20,
            "build_disk_bytes_max": 1 << 30,
            "slug_bytes_max": 1 << 30,
            **bounds,
        }
        self.surroundings = Surroundings()
        self.machine, self.packs, self.bounds = machine, packs, Bounds(**given)

    async def offered(self) -> Machine:
        return self.machine

    @property
    def builder(self) -> Buildpack:
        return Buildpack(
            self.folder,
            self.runtime,
            SystemClock(),
            bounds=self.bounds,
            packs=self.packs,
            machine=self.offered,
            surroundings=self.surroundings,
        )

    secrets: frozenset[str] = frozenset()

    async def build(self, build_id: str = "b1", **variables: str) -> Slug:
        source = Source(
            archive=self.archive,
            app_id="a1",
            app="hello",
            ref="abc123",
            environment=variables,
            build_id=build_id,
            secrets=self.secrets,
        )
        return await self.builder.build(source, self.said.append)

    async def refusal(self, **variables: str) -> str:
        with pytest.raises(Failure) as caught:
            await self.build(**variables)
        assert caught.value.code == "build-error"
        assert self.said[-1] == f" !     {caught.value.text}"
        assert not any((self.folder / "builds").iterdir())
        assert not any((self.folder / "slugs").glob("*"))
        return caught.value.text


def shell(script: str, **more: object) -> tuple[Pack, ...]:
    """A pack that takes everything and runs one script."""
    command = Command(title="the script", argv=("/bin/sh", "-c", script), **more)
    plan = Plan(commands=(command,), processes={"web": "x"})
    return (Pack(name="any", title="Any", recognised_by="x", detects=lambda _: True, plan=lambda *_: plan),)


@pytest.fixture(scope="session")
def machine() -> Machine:
    here = asyncio.run(found(pip=own_pip()))
    if not here.pythons:
        pytest.skip("no Python that any user can reach, in /usr/bin or /usr/local/bin")
    return here


@pytest.fixture
def still(tmp_path) -> Bench:
    return Bench(tmp_path, NoSandbox(), Machine())


def scripted(tmp_path: Path, script: str, **bounds: object) -> Bench:
    bench = Bench(tmp_path, Sandbox(), Machine(), shell(script), **bounds)
    packed(bench.archive, {"a": "a"})
    return bench


async def test_the_example_in_python_becomes_a_slug_without_network(tmp_path, machine):
    bench = Bench(tmp_path, Sandbox(), machine)
    of_folder(bench.archive, EXAMPLES / "hello")
    slug = await bench.build()
    assert slug.pack == "python"
    assert slug.processes == {"web": "exec python app.py", "worker": "exec python worker.py"}
    assert not any(task.network for task in bench.runtime.tasks)
    assert (slug.folder / ".headway/python/bin/python").resolve() == machine.pythons[0].path
    assert bench.said[:3] == [
        "-----> Unpacking the source",
        "-----> Python project",
        f"       Python {machine.pythons[0].shown}",
    ]
    assert slug.folder == await bench.builder.slug(slug.digest)


async def test_dependencies_are_installed_and_the_same_source_gives_the_same_slug(tmp_path, machine):
    wheel = tmp_path / "greeting-1.0-py3-none-any.whl"
    subprocess.run(("python3", "-c", ZIP, wheel, json.dumps(WHEEL)), check=True)
    bench = Bench(tmp_path, Sandbox(), machine)
    source = {
        "requirements.txt": f"./{wheel.name}\n",
        wheel.name: wheel.read_bytes(),
        "app.py": "import greeting",
        "Procfile": "web: python app.py",
    }
    packed(bench.archive, source)
    one, two = await bench.build("b1"), await bench.build("b2")
    assert one.digest == two.digest
    assert "-----> Installing dependencies" in bench.said
    site = next(one.folder.glob(".headway/python/lib/python3*/site-packages"))
    assert list((site / "__pycache__").glob("greeting.*.pyc"))
    script = ". .profile.d/headway.sh; which python greet; python -c 'import greeting; print(greeting.WORD)'"
    said: list[bytes] = []
    task = msgspec.structs.replace(
        bench.runtime.tasks[0], folder=one.folder, argv=("/bin/sh", "-c", script), mounts={}
    )
    assert await bench.runtime.perform(task, said.append) == 0
    assert b"".join(said).decode().split("\n") == [
        "/app/.headway/python/bin/python",
        "/app/.headway/python/bin/greet",
        "hello from a wheel",
        "",
    ]


async def test_a_pip_that_fails_is_told_with_what_it_said(tmp_path, machine):
    bench = Bench(tmp_path, Sandbox(), machine)
    packed(bench.archive, {"requirements.txt": "./missing-1.0-py3-none-any.whl\n"})
    assert await bench.refusal() == "the build failed: pip install exited with 1"
    assert any("missing-1.0-py3-none-any.whl" in line for line in bench.said)


async def test_the_example_in_node_becomes_a_slug_that_runs_nothing(still, tmp_path):
    machine = await found()
    if machine.node is None:
        pytest.skip("no Node that any user can reach, in /usr/bin or /usr/local/bin")
    still.machine = machine
    of_folder(still.archive, EXAMPLES / "hello-node")
    slug = await still.build()
    assert (slug.pack, slug.processes) == ("node", {"web": "npm start"})


async def test_a_node_project_with_a_lock_file_is_installed(tmp_path):
    machine = await found()
    if machine.npm is None:
        pytest.skip("no npm that any user can reach, in /usr/bin or /usr/local/bin")
    bench = Bench(tmp_path, Sandbox(), machine)
    package = {
        "name": "p",
        "version": "1.0.0",
        "dependencies": {"q": "file:q"},
        "scripts": {"start": "node ."},
    }
    lock = {
        "name": "p",
        "version": "1.0.0",
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "p", "version": "1.0.0", "dependencies": {"q": "file:q"}},
            "node_modules/q": {"resolved": "q", "link": True},
            "q": {"version": "1.0.0"},
        },
    }
    files = {
        "package.json": package,
        "package-lock.json": lock,
        "q/package.json": {"name": "q", "version": "1.0.0"},
    }
    packed(bench.archive, {name: json.dumps(content) for name, content in files.items()})
    slug = await bench.build()
    assert (slug.folder / "node_modules/q").is_symlink()
    assert bench.runtime.tasks[0].argv == ("npm", "ci", "--omit=dev")


async def test_the_example_of_static_pages_gets_its_server(still, machine):
    still.machine = machine
    of_folder(still.archive, EXAMPLES / "hello-static")
    slug = await still.build()
    assert slug.pack == "static"
    assert slug.processes["web"].endswith(" .headway/serve.py public")
    assert (slug.folder / ".headway/serve.py").is_file()


@pytest.mark.parametrize("procfile", ["", "# nothing yet\n", "postdeploy: b\n"])
async def test_a_source_with_nothing_to_run_is_refused(still, procfile):
    packed(still.archive, {"Procfile": procfile})
    with pytest.raises(Failure, match="nothing to run") as raised:
        await still.build()
    assert raised.value.code == "build-error"


async def test_a_procfile_alone_is_enough_and_names_win_over_defaults(still):
    packed(still.archive, {"Procfile": "worker: a\npostdeploy: b\n"})
    slug = await still.build()
    assert (slug.pack, slug.processes) == ("procfile", {"worker": "a", "postdeploy": "b"})
    assert (
        " !     Warning: there is no web process, so nothing will answer requests; name one in a Procfile"
        in still.said
    )


async def test_the_same_content_gives_the_same_slug_whoever_packed_it(still, tmp_path):
    packed(still.archive, {"Procfile": "web: a\n", "b": "b"})
    one = await still.build()
    packed(still.archive, {"b": "b", "Procfile": "web: a\n"}, root="other")
    assert await still.build("b2") == one


async def test_a_project_of_no_known_kind_is_told_what_is_known(still):
    packed(still.archive, {"main.c": ""})
    text = await still.refusal()
    assert (
        "a requirements.txt or pyproject.toml; Node: a package.json; Ruby: a Gemfile; Go: a go.mod; Static pages"
        in text
    )


async def test_a_variable_chooses_the_pack_and_a_wrong_one_is_refused(still):
    packed(still.archive, {"Procfile": "web: a\n", "package.json": "{}"})
    assert (await still.build(BUILDPACK_NAME="procfile")).pack == "procfile"
    (still.folder / "slugs").rename(still.folder / "before")
    assert "should be one of python, node, ruby, go, static, procfile" in await still.refusal(
        BUILDPACK_NAME="cobol"
    )


def making(file: str) -> tuple[Pack, ...]:
    """A pack whose web process is a program that its build should make."""
    (pack,) = shell("mkdir bin; touch bin/made")
    plan = msgspec.structs.replace(pack.plan(None, None), leaves={"web": file})
    return (msgspec.structs.replace(pack, plan=lambda *_: plan),)


async def test_a_default_process_counts_only_if_its_program_was_made(tmp_path):
    bench = Bench(tmp_path, Sandbox(), Machine(), making("bin/made"))
    packed(bench.archive, {"a": "a"})
    assert (await bench.build()).processes == {"web": "x"}
    bench.packs = making("bin/other")
    packed(bench.archive, {"Procfile": "worker: w"})
    assert (await bench.build("b2")).processes == {"worker": "w"}
    assert "       No bin/other was made, so only a Procfile can say what web is" in bench.said


async def test_a_wrong_procfile_is_refused_before_anything_runs(still, machine):
    still.machine = machine
    packed(still.archive, {"Procfile": "nonsense\n", "requirements.txt": "six"})
    assert "line 1" in await still.refusal()


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({"package.json": "{"}, "package.json is wrong"),
        ({"package.json": b"\xff"}, "package.json is not UTF-8"),
        ({"requirements.txt": "#" * (1 << 20) + "#"}, "requirements.txt is too large"),
        ({"Procfile": "web: a", ".headway/x": ""}, "a .headway of its own"),
    ],
)
async def test_what_is_wrong_with_a_project_is_told(still, files, text):
    packed(still.archive, files)
    assert text in await still.refusal()


async def test_a_platform_file_is_not_written_over_a_folder_of_the_project(still, machine):
    still.machine = machine
    packed(still.archive, {"requirements.txt": "", ".profile.d": "a file"})
    assert "something where the platform writes: .profile.d/headway.sh" in await still.refusal()


async def test_output_comes_line_by_line_indented_and_readable(tmp_path):
    bench = scripted(tmp_path, r"printf 'one\n10%%\r100%%\r\n\377\000x\nlast'")
    await bench.build()
    at = bench.said.index("       one")
    assert bench.said[at : at + 4] == ["       one", "       100%", "       \ufffd\ufffdx", "       last"]


async def test_too_much_output_is_cut_and_said_so_once(tmp_path):
    bench = scripted(tmp_path, "seq 100000", build_output_bytes_max=100)
    await bench.build()
    assert bench.said.count(" !     there is too much output, the rest of it is left out") == 1
    assert len(bench.said) < 50


async def test_a_command_that_fails_is_told_with_its_code(tmp_path):
    bench = scripted(tmp_path, "echo why; exit 3")
    assert await bench.refusal() == "the build failed: the script exited with 3"
    assert bench.said[-2] == "       why"


async def test_a_build_that_takes_too_long_is_a_build_error(tmp_path):
    class Slow(Sandbox):
        async def perform(self, task, said):
            raise Failure("timeout-error", f"over {task.seconds_max:.0f}")

    bench = scripted(tmp_path, "true")
    bench.runtime = Slow()
    assert await bench.refusal() == "the build took longer than 100 seconds"


async def test_a_cancel_ends_the_child_and_leaves_nothing(tmp_path):
    bench = scripted(tmp_path, "echo begun; exec sleep 1000")
    building = asyncio.ensure_future(bench.build())
    await bench.runtime.begun.wait()
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    assert bench.runtime.children[0].returncode == -9
    assert not any((bench.folder / "builds").iterdir())
    assert not (bench.folder / "slugs").exists()


async def test_the_build_sees_its_variables_but_not_those_that_would_break_it(tmp_path):
    bench = scripted(tmp_path, "env")
    bench.surroundings = Surroundings(environment={"PIP_INDEX_URL": "http://mirror/", "PIP_CERT": "/c"})
    await bench.build(COLOUR="blue", SHADE="$COLOUR", PATH="/evil", LD_PRELOAD="/evil.so", PIP_CERT="/mine")
    shown = {line.strip() for line in bench.said}
    assert {"COLOUR=blue", "SHADE=blue", "APP=hello", "SOURCE_VERSION=abc123", "HOME=/app"} <= shown
    assert {"PIP_INDEX_URL=http://mirror/", "PIP_CERT=/mine", "STACK=headway-1"} <= shown
    assert not any("evil" in line for line in shown)


async def test_no_secret_is_told_of_what_a_build_says_and_none_is_in_the_slug(tmp_path):
    bench = scripted(tmp_path, "env; cat /headway/env/*; echo done > it")
    bench.secrets = frozenset({"hunter2"})
    slug = await bench.build(KEY="hunter2", COLOUR="blue")
    assert {"       KEY=********", "       COLOUR=blue"} <= set(bench.said)
    assert "hunter2" not in "".join(bench.said)
    files = [it for it in slug.folder.rglob("*") if it.is_file()]
    assert files
    assert not any(b"hunter2" in it.read_bytes() for it in files)


async def test_the_settings_of_the_operator_reach_the_build(tmp_path):
    bench = scripted(tmp_path, "cat $PIP_CONFIG_FILE /headway/settings/npmrc")
    bench.surroundings = Surroundings(pip_conf="[global]\nx = y\n", npmrc="registry=z\n")
    await bench.build()
    assert {"       [global]", "       x = y", "       registry=z"} <= set(bench.said)


async def test_the_cache_outlives_a_build_and_belongs_to_one_app(tmp_path):
    bench = scripted(tmp_path, "cat /cache/kept; echo before > /cache/kept")
    await bench.build("b1")
    await bench.build("b2")
    assert bench.said.count("       before") == 1
    assert [each.name for each in (bench.folder / "caches").iterdir()] == ["a1"]


async def test_a_cache_that_is_forgotten_does_not_reach_the_next_build(tmp_path):
    bench = scripted(tmp_path, "cat /cache/kept; echo before > /cache/kept")
    await bench.build("b1")
    await bench.builder.forget_cache("a1")
    await bench.build("b2")
    assert bench.said.count("       before") == 0


async def test_a_procfile_that_the_build_writes_counts(tmp_path):
    bench = scripted(tmp_path, "echo 'worker: made' > Procfile")
    assert (await bench.build()).processes == {"web": "x", "worker": "made"}


async def test_a_build_cannot_make_us_read_what_is_outside(tmp_path):
    (tmp_path / "secret").write_text("web: secret\n")
    bench = scripted(tmp_path, f"ln -s {tmp_path}/secret Procfile; ln -s /etc/passwd x; mkfifo pipe")
    slug = await bench.build()
    assert slug.processes == {"web": "x"}
    assert (slug.folder / "x").is_symlink()
    assert not (slug.folder / "pipe").exists()


async def test_a_build_repeated_with_its_id_begins_anew(tmp_path):
    bench = scripted(tmp_path, "ls")
    left = bench.folder / "builds/b1/source"
    left.mkdir(parents=True)
    (left / "stale").write_text("of a crash")
    slug = await bench.build()
    assert contents(slug.folder) == {"a": "a"}


async def test_what_a_crash_left_can_be_discarded(still):
    (still.folder / "builds/b1/source").mkdir(parents=True)
    await still.builder.discard("b1")
    await still.builder.discard("b1")
    assert not any((still.folder / "builds").iterdir())


async def test_a_link_to_a_known_file_inside_is_that_file(still):
    archive(still.archive, folder(), member("proj/real", content=b"web: a"), link("proj/Procfile", "real"))
    assert (await still.build()).processes == {"web": "a"}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts a small file system")
async def test_a_disk_that_fills_during_the_build_is_no_space_and_is_left_empty(tmp_path):
    bench = scripted(tmp_path, "cat /dev/zero > fill")
    bench.folder.mkdir()
    subprocess.run(("mount", "-t", "tmpfs", "-o", "size=4m", "none", bench.folder), check=True)
    try:
        with pytest.raises(Failure) as caught:
            await bench.build()
        assert caught.value.code == "no-space"
        assert [each for each in bench.folder.rglob("*") if each.is_file()] == []
    finally:
        subprocess.run(("umount", bench.folder), check=True)


def test_the_bounds_are_those_of_the_settings():
    config = Config(source_files_max=7, build_seconds=8)
    assert bounds(config).unpacking.source_files_max == 7
    assert bounds(config).build_seconds == 8


ZIP = """
import sys, json, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    for name, content in json.loads(sys.argv[2]).items():
        wheel.writestr(name, content)
"""


@pytest.mark.parametrize("name", ["deep/er", "/deep/er/", "./deep//er"])
async def test_a_project_in_a_folder_is_taken_without_what_is_around_it(still: Bench, name: str) -> None:
    packed(still.archive, {"deep/er/Procfile": "web: a\n", "deep/er/a": "", "Procfile": "web: b\n", "b": ""})
    slug = await still.build(PROJECT_DIR=name)
    assert dict(slug.processes) == {"web": "a"}
    assert sorted(it.name for it in slug.folder.iterdir()) == ["Procfile", "a"]


@pytest.mark.parametrize("name", ["missing", "..", "deep/../..", "Procfile"])
async def test_a_project_in_a_folder_that_is_none_is_refused(still: Bench, name: str) -> None:
    packed(still.archive, {"deep/x": "", "Procfile": "web: b\n"})
    assert "PROJECT_DIR should be a folder of the source" in await still.refusal(PROJECT_DIR=name)
