import msgspec
import pytest

from headway.domain.deployments.deploy import DEPLOY
from headway.model.deployments import FAILURES, STEP_STATUS, SUCCESS, Deployment, status_of
from headway.model.operations import Operation, Phase

DEPLOYMENT = Deployment(
    1, 1, 2, 3, "v1", None, "https://x/archive.tar.gz", 1, "admin", "admin@x", None, 0, 0, None
)
OPERATION = Operation(
    2,
    "app.deploy",
    "app:1",
    True,
    Phase.RUNNING,
    "{}",
    1,
    1,
    1,
    0,
    False,
    1,
    0,
    None,
    "",
    None,
    0,
    0,
    0,
    None,
)


def at(step: int, phase: Phase = Phase.RUNNING) -> Operation:
    """The operation at a step."""
    return msgspec.structs.replace(OPERATION, step=step, phase=phase)


def test_a_deployment_that_nobody_has_begun_is_queued() -> None:
    assert status_of(DEPLOYMENT, None) == "queued"
    assert status_of(DEPLOYMENT, at(0, Phase.QUEUED)) == "queued"


@pytest.mark.parametrize(("step", "word"), list(enumerate(STEP_STATUS)))
def test_a_deployment_that_is_made_says_how_far_it_is(step: int, word: str) -> None:
    assert status_of(DEPLOYMENT, at(step)) == word


def test_between_the_last_step_and_the_end_the_last_word_holds() -> None:
    assert status_of(DEPLOYMENT, at(len(STEP_STATUS))) == STEP_STATUS[-1]


@pytest.mark.parametrize("step", range(len(STEP_STATUS)))
def test_one_that_turns_back_still_says_how_far_it_came(step: int) -> None:
    behind = DEPLOY.weights_behind
    came = msgspec.structs.replace(at(step), progress=int(100 * behind[step] / behind[-1]), turning_back=True)
    for left in range(step + 1):
        assert status_of(DEPLOYMENT, msgspec.structs.replace(came, step=left)) == STEP_STATUS[step]


@pytest.mark.parametrize("status", [SUCCESS, *sorted(FAILURES)])
def test_how_a_deployment_ended_is_what_is_said_of_it(status: str) -> None:
    assert status_of(msgspec.structs.replace(DEPLOYMENT, status=status), at(0)) == status
