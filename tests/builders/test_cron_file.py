"""Reading cron.json."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.builders.cron_file import CronFile, parse
from headway.errors import Failure
from headway.model.cron_tasks import CronLine

REPORT = CronLine("0 5 * * *", "bin/report", "M")


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b'{"jobs": [{"command": "0 5 * * * bin/report"}]}', (REPORT,)),
        (b'\xef\xbb\xbf{"jobs": [{"command": "0 5 * * * bin/report", "size": null}]}', (REPORT,)),
        (
            b'{"jobs": [{"command": "0 5 * * * bin/report"}, {"command": "*/10 * * * * x", "size": "2XL"}]}',
            (REPORT, CronLine("*/10 * * * *", "x", "2XL")),
        ),
        (b'{"jobs": []}', ()),
        (b'{"jobs": null}', ()),
    ],
)
def test_each_job_is_a_task_in_its_order(content: bytes, lines: tuple[CronLine, ...]) -> None:
    assert parse(content) == CronFile(lines=lines)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 16_000, "no JSON"),
        (b"[]", "should be like"),
        (b"{}", "should be like"),
        (b'{"jobs": {}}', "should be like"),
        (b'{"jobs": ["0 5 * * * x"]}', "should be like"),
        (b'{"jobs": [{}]}', "job 1: command should be a text"),
        (b'{"jobs": [{"command": 5}]}', "job 1: command should be a text"),
        (b'{"jobs": [{"command": "0 5 * * * x", "size": 1}]}', "job 1: size should be a text"),
        (b'{"jobs": [{"command": "0 5 * * * x", "size": "XXL"}]}', "job 1: size is unknown"),
        (b'{"jobs": [{"command": "@daily x"}]}', "job 1: command .*@daily"),
        (b'{"jobs": [{"command": "*/5 * * * * x"}]}', "job 1: command .*at least 10"),
        (
            b'{"jobs": [%s]}' % b",".join(b'{"command": "%d 5 * * * x"}' % n for n in range(6)),
            "6 jobs, at most 5",
        ),
    ],
)
def test_a_wrong_file_fails_the_build_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(Failure, match=why) as failed:
        parse(content)
    assert (failed.value.code, failed.value.text.startswith("cron.json ")) == ("build-error", True)


def test_every_error_is_told() -> None:
    with pytest.raises(Failure) as failed:
        parse(b'{"jobs": [{"command": "x"}, {"command": "0 5 * * * x"}, {"size": "M"}]}')
    assert "job 1: " in failed.value.text
    assert "job 2: " not in failed.value.text
    assert "job 3: " in failed.value.text


def test_what_is_there_twice_runs_once_and_what_is_not_known_is_told() -> None:
    job = b'{"command": "0 5 * * * bin/report", "timezone": "CET"}'
    found = parse(b'{"jobs": [%s, %s]}' % (job, job))
    assert found.lines == (REPORT,)
    assert found.warnings[0] == "job 1: timezone means nothing here"
    assert "job 2 is the same as one before, it runs once" in found.warnings


@given(st.binary(max_size=200) | st.text(max_size=60).map(lambda it: f'{{"jobs": [{it}]}}'.encode()))
def test_whatever_the_file_holds_it_is_read_or_refused(content: bytes) -> None:
    try:
        parse(content)
    except Failure as failed:
        assert failed.code == "build-error"
