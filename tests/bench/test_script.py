import os
import select
import sys
from pathlib import Path

import pytest

from bench import script
from bench.contest import Left


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(script, "HARNESS", tmp_path)
    return tmp_path


def test_a_harness_is_asked_in_json_and_answers_on_its_last_line(harness: Path) -> None:
    (harness / "echo.py").write_text("import sys\nprint('said before')\nprint(sys.argv[1])\n")
    assert script.figures(script.OURS, "echo", number=3) == {"number": 3}


def test_a_rival_that_fails_takes_no_part_and_its_last_words_are_the_reason(harness: Path) -> None:
    (harness / "fails.py").write_text("raise SystemExit('no   such\\nthing  here')\n")
    theirs = harness / "python"
    theirs.symlink_to(sys.executable)
    with pytest.raises(Left, match=r"^thing here$"):
        script.figures(theirs, "fails")


def test_ours_that_fails_is_a_failure(harness: Path) -> None:
    (harness / "fails.py").write_text("raise SystemExit('no such thing')\n")
    with pytest.raises(script.Broken, match="fails: no such thing"):
        script.figures(script.OURS, "fails")


def test_what_a_harness_leaves_behind_is_gone_when_it_is_over(harness: Path) -> None:
    (harness / "leaves.py").write_text(
        "import json, subprocess\n"
        "child = subprocess.Popen(['sleep', '600'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(json.dumps(child.pid))\n"
    )
    with script.started(script.OURS, "leaves") as process:
        child = os.pidfd_open(script.told(process))
    ended, _, _ = select.select([child], [], [], 60)
    os.close(child)
    assert ended
