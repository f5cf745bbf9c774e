import pytest

from headway.cli import output


def test_json_is_one_line_however_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    output.said(b'{"a":1}\n')
    output.said(b"[]")
    assert capsys.readouterr().out == '{"a":1}\n[]\n'


def test_columns_are_aligned_and_nothing_is_cut_off_elsewhere_than_on_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    long = "word " * 100
    output.table(("name", "", "said"), [("a", ("done", "green"), long), ("longer", ("", "red"), "x")])
    heads, first, second = capsys.readouterr().out.splitlines()
    assert heads.split() == ["name", "said"]
    assert first.rstrip() == f"a       done  {long}".rstrip()
    assert second.rstrip() == "longer        x"


@pytest.mark.parametrize(
    ("phase", "colour"),
    [
        ("queued", "cyan"),
        ("running", "cyan"),
        ("succeeded", "green"),
        ("failed", "red"),
        ("cancelled", "yellow"),
    ],
)
def test_each_phase_has_its_colour(phase: str, colour: str) -> None:
    assert output.colour(phase) == colour
