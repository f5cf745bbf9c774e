"""Order and honesty of a test run: slow tests last, and with HEADWAY_TEST_ALL=1 nothing may be left out."""

import os
from collections.abc import Generator

import pytest

NOTHING_LEFT_OUT = os.environ.get("HEADWAY_TEST_ALL") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is quickly known comes first."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that skips itself fails where nothing may be left out."""
    report = yield
    if NOTHING_LEFT_OUT and report.skipped and not hasattr(report, "wasxfail"):
        _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A file that skips itself fails where nothing may be left out."""
    report = yield
    if NOTHING_LEFT_OUT and report.outcome == "skipped":
        _refuse(report)
    return report


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"left out, and HEADWAY_TEST_ALL=1 allows that to none: {reason}"
