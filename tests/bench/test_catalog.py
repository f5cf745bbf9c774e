import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.__main__ import BENCHMARKS
from bench.contest import Ahead, Size
from headway.cli.bench import bench

ROOT = Path(__file__).parents[2]
QUICK = ["--quick", "--stored", "2000"]


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_target_is_about_a_measure_and_contenders_that_the_benchmark_has(name: str) -> None:
    it = BENCHMARKS[name](Size())
    measures = [measure.name for measure in it.measures]
    contenders = [contender.name for contender in it.contenders]
    assert len(set(measures)) == len(measures)
    assert len(set(contenders)) == len(contenders)
    for target in it.targets:
        assert target.measure in measures
        assert target.ours in {"", *contenders}
        assert not isinstance(target, Ahead) or target.rival in contenders


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_is_explained(name: str) -> None:
    assert f"| `{name}` |" in (ROOT / "bench" / "README.md").read_text()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_works(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What it measures is for a machine with nothing else to do; here it only has to come to its end."""
    file = tmp_path / "ratios.json"
    done = CliRunner().invoke(bench, [name, *QUICK, "--json", str(file)])
    told = capfd.readouterr()
    assert done.exit_code == 0, told.err
    assert f"\n{name}\n" in told.out
    for row in json.loads(file.read_text()):
        assert set(row) == {"benchmark", "rival", "ratio", "target", "met"}
        assert row["benchmark"].startswith(f"{name}: ")
