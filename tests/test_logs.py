import json
import logging
from collections.abc import Iterator

import pytest

from headway import logs


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_one_json_object_with_its_operation(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up()
    token = logs.operation.set(1 << 21)
    logging.getLogger("headway.engine").info("began %s\nwell", "step 1")
    logs.operation.reset(token)
    line = json.loads(capsys.readouterr().err)
    assert (line["room"], line["level"], line["text"]) == ("headway.engine", "info", "began step 1\nwell")
    assert line["operation"] == "000000000000000000200000"


def test_an_exception_is_told_within_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up()
    try:
        raise ValueError("no good")
    except ValueError:
        logging.getLogger("headway.web").exception("broken")
    text = capsys.readouterr().err
    assert text.count("\n") == 1
    assert "no good" in json.loads(text)["exception"]


def test_what_is_below_the_level_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(logging.WARNING)
    logging.getLogger("headway.web").info("quiet")
    assert not capsys.readouterr().err
