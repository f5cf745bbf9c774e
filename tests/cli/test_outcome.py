import pytest

from headway.cli.client import Declined, Unreachable
from headway.cli.outcome import code_of, failing_well
from headway.errors import Refusal, Unauthenticated


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (Refusal("no"), 1),
        (Declined(409, "busy"), 1),
        (Declined(401, "who?"), 77),
        (Unauthenticated("no token"), 77),
        (Unreachable("nobody"), 69),
    ],
)
def test_each_kind_of_refusal_has_its_exit_code(refusal: Refusal, code: int) -> None:
    assert code_of(refusal) == code


def test_a_refusal_is_a_sentence_and_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    def refused() -> None:
        raise Refusal("not today")

    with pytest.raises(SystemExit) as ended:
        failing_well(refused)()
    assert (ended.value.code, capsys.readouterr().err) == (1, "Error: not today\n")


def test_what_went_well_ends_quietly_and_what_did_not_with_its_code() -> None:
    failing_well(lambda: None)()
    with pytest.raises(SystemExit) as ended:
        failing_well(lambda: 3)()
    assert ended.value.code == 3


def test_an_interruption_has_its_own_code() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        failing_well(interrupted)()
    assert ended.value.code == 130
