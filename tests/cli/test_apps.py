import click
import pytest

from headway.cli.apps import change


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("web=2", ("web", {"amount": 2})),
        ("web=0", ("web", {"amount": 0})),
        ("worker=1:L", ("worker", {"amount": 1, "size": "L"})),
        ("web:2:XL", ("web", {"amount": 2, "size": "XL"})),
        ("clock=:M", ("clock", {"size": "M"})),
    ],
)
def test_how_many_and_how_large(text: str, wanted: tuple[str, dict[str, object]]) -> None:
    assert change(text) == wanted


@pytest.mark.parametrize("text", ["web", "web=", "web=-1", "=2", "web=two", "web=1:"])
def test_what_says_neither_is_wrong_usage(text: str) -> None:
    with pytest.raises(click.BadParameter):
        change(text)
