"""Manifests: found in a packed source, strict in what counts."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.builders.archive import Limits
from headway.builders.manifest import parse, read
from headway.errors import Failure
from headway.model.manifests import Manifest, Shape, Wanted
from tests.builders.archives import archive, folder, link, member, packed

LIMITS = Limits(archive_bytes_max=1 << 20, source_bytes_max=4 << 20, source_files_max=100)
WHOLE = {
    "name": "My App",
    "description": "of no matter here",
    "env": {
        "A": {"value": "a", "description": "x"},
        "B": {"value": True},
        "C": {"value": 1.5, "required": "true"},
        "D": "short",
        "E": None,
        "KEY": {"generator": "secret"},
        "URL": {"generator": "url", "template": "%URL%/admin"},
    },
    "formation": {"web": {"amount": 2, "size": "L"}, "worker": {"quantity": 0}},
    "scripts": {"first-deploy": " seed ", "postdeploy": "migrate"},
    "addons": [{"plan": "postgresql:starter"}],
    "firewall_rules": [],
}


def refusal(content: object) -> str:
    raw = content if isinstance(content, bytes) else msgspec.json.encode(content)
    with pytest.raises(Failure) as caught:
        parse("scalingo.json", raw)
    assert caught.value.code == "build-error"
    return caught.value.text


def test_all_that_counts_is_read() -> None:
    assert parse("app.json", b"\xef\xbb\xbf" + msgspec.json.encode(WHOLE)) == Manifest(
        file="app.json",
        variables={
            "A": Wanted(value="a"),
            "B": Wanted(value="true"),
            "C": Wanted(value="1.5", required=True),
            "D": Wanted(value="short"),
            "E": Wanted(),
            "KEY": Wanted(generator="secret"),
            "URL": Wanted(generator="url", template="%URL%/admin"),
        },
        formation={"web": Shape(amount=2, size="L"), "worker": Shape(amount=0, size="M")},
        first_deploy="seed",
        postdeploy="migrate",
        warnings=("app.json wants add-ons: there are none here",),
    )


def test_a_file_of_another_tool_wants_nothing() -> None:
    assert parse("app.json", b'{"expo": {"scheme": "x"}}') == Manifest(file="app.json")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"{", "scalingo.json is wrong: Input data was truncated"),
        (b"\xff{}", "scalingo.json is wrong: "),
        ([], "Expected `object`, got `array`"),
        ({"env": {"A": {"value": ["x"]}}}, "$.env[...].value"),
        ({"env": {"_A": "x"}}, "env, _A: "),
        (
            {"env": {"A": {"generator": "dice"}}},
            "env, A: there is no generator dice, only secret, template, url",
        ),
        ({"env": {"A": {"generator": "template"}}}, "the generator template needs a template"),
        ({"formation": {"web": {"size": "M"}}}, "formation, web: amount should be a number, 0 or more"),
        ({"formation": {"web": {"amount": -1}}}, "formation, web: amount should be a number, 0 or more"),
        ({"formation": {"web": {"amount": 1, "size": "XS"}}}, "size should be one of S, M, L, XL, 2XL"),
        ({"scripts": {"first-deploy": 7}}, "$.scripts.first-deploy"),
        ({"scripts": {"postdeploy": "x" * 5000}}, "scripts, postdeploy: is longer"),
    ],
)
def test_what_is_wrong_is_told(content: object, text: str) -> None:
    assert text in refusal(content)


@given(st.binary(max_size=60) | st.text(alphabet='{}[]:,"env1 null', max_size=60).map(str.encode))
def test_nothing_raises_anything_but_a_failure(content: bytes) -> None:
    for raw in (content, b'{"env": %b, "formation": {"web": %b}}' % (content, content)):
        try:
            parse("scalingo.json", raw)
        except Failure:
            continue


async def found(file: Path, project: str = "") -> str | None:
    manifest = await read(file, project, LIMITS)
    return None if manifest is None else manifest.file


async def test_the_nearest_one_counts_and_scalingos_name_before_the_other(tmp_path: Path) -> None:
    both = packed(tmp_path / "a", {"app.json": "{}", "scalingo.json": "{}", "x/app.json": "{"})
    assert await found(both) == "scalingo.json"
    deep = packed(tmp_path / "b", {"scalingo.json": "{}", "a/b/c/app.json": "{}", "a/scalingo.json": "{}"})
    assert await found(deep, "a/b/c/") == "a/b/c/app.json"
    assert await found(deep, "./a/b") == "a/scalingo.json"
    assert await found(deep, "b") == "scalingo.json"
    assert await found(packed(tmp_path / "c", {"a/scalingo.json": "{}", "other.json": "{}"})) is None


async def test_a_link_is_no_manifest(tmp_path: Path) -> None:
    archive(tmp_path / "a", folder(), member("proj/real", content=b"{}"), link("proj/scalingo.json", "real"))
    assert await found(tmp_path / "a") is None


async def test_what_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="is too large"):
        await found(packed(tmp_path / "a", {"scalingo.json": " " * (300 << 10)}))
    with pytest.raises(Failure, match="too many files"):
        await found(packed(tmp_path / "b", {f"f{n}": "" for n in range(101)}))
