"""What may be wished of a one-off, and what an uploaded file may be called."""

from typing import Any

import pytest

from headway.errors import Invalid
from headway.model.one_offs import Wish, base_name, checked_wish, container_of, is_one_off
from tests.records import a_one_off


def test_a_wish_without_a_size_gets_the_usual_one() -> None:
    assert checked_wish(Wish(command="ls")).size == "M"
    assert checked_wish(Wish(command="ls", size="XL")).size == "XL"


def test_the_command_may_be_that_of_a_type() -> None:
    assert checked_wish(Wish(command="", type="worker")).type == "worker"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"command": " "}, "command"),
        ({"command": "a\0b"}, "command"),
        ({"command": "x" * 32_769}, "command"),
        ({"command": "ls", "size": "huge"}, "size"),
        ({"command": "ls", "environment": {"A B": "x"}}, "env"),
        ({"command": "ls", "environment": {"A": "\0"}}, "env"),
        ({"command": "ls", "environment": {f"A{n}": "" for n in range(201)}}, "env"),
    ],
)
def test_a_wrong_wish_is_refused_with_its_field(wish: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_wish(Wish(**wish))
    assert set(refused.value.fields) == {field}


def test_every_error_of_a_wish_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        checked_wish(Wish(command="", size="?", environment={"": "x"}))
    assert set(refused.value.fields) == {"command", "size", "env"}


@pytest.mark.parametrize(
    ("name", "base"), [("a.txt", "a.txt"), ("/etc/passwd", "passwd"), ("..\\x y", "x y"), ("ü", "ü")]
)
def test_of_the_name_of_a_file_the_folders_are_left_out(name: str, base: str) -> None:
    assert base_name(name) == base


@pytest.mark.parametrize("name", ["", "a/", "..", "a/.", "a\0b", "x" * 256, "ü" * 128])
def test_what_can_be_no_files_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="file"):
        base_name(name)


def test_a_one_off_is_a_container_of_its_own_type() -> None:
    container = container_of(a_one_off(index=7))
    assert (container.type, container.label, a_one_off(index=7).label) == (
        "one-off",
        "one-off-7",
        "one-off-7",
    )
    assert is_one_off(container.label)
    assert not is_one_off("web-1")
