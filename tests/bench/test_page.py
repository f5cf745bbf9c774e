from pathlib import Path

import pytest

from bench import page
from bench.contest import Ahead, Benchmark, Contender, Measure, Outcome, steady
from bench.measure import machine

CONTENDERS = tuple(Contender(name, steady(lambda place: {})) for name in ("headway", "DBOS"))
OUTCOME = Outcome(
    Benchmark(
        name="engine",
        measures=(Measure("FL3", "a second"),),
        contenders=CONTENDERS,
        targets=(Ahead(measure="FL3", rival="DBOS", times=80),),
    ),
    {"headway": [{"FL3": 9000.0}, {"FL3": 8000.0}], "DBOS": [{"FL3": 100.0}, {"FL3": 100.0}]},
    {"Huey": "it is not there yet"},
)


def test_a_table_tells_medians_ranges_ratios_verdicts_and_who_is_missing() -> None:
    text = "\n".join(page.shown(OUTCOME))
    for said in ("8,500 [8,000 to 9,000]", "85 [80 to 90] ×", "target 80: met", "without Huey: it is not"):
        assert said in text


def test_only_the_block_of_the_benchmark_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(
        "before\n<!-- bench:engine -->\nold\n<!-- end -->\n<!-- bench:growth -->\nkept\n<!-- end -->\n"
    )
    page.refresh(file, OUTCOME, machine())
    text = file.read_text()
    assert "| FL3 | DBOS | 100 a second | 85 [80 to 90] × | 80 | met |\n" in text
    assert "old" not in text
    assert text.startswith("before\n<!-- bench:engine -->\n")
    assert text.endswith("<!-- end -->\n<!-- bench:growth -->\nkept\n<!-- end -->\n")


def test_a_page_without_the_block_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("nothing\n")
    with pytest.raises(ValueError, match="bench:engine"):
        page.refresh(file, OUTCOME, machine())
