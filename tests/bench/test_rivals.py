from pathlib import Path

import pytest

from bench import rivals
from bench.contest import Left, Size

QUICK, FULL = Size(quick=True), Size()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(rivals, "CACHE", tmp_path / "rivals")
    return tmp_path / "rivals"


def test_a_quick_run_installs_nothing(cache: Path) -> None:
    with pytest.raises(Left, match="without --quick"):
        rivals.python(QUICK, "rival", "rival==1")
    assert not cache.exists()


def test_an_environment_is_made_once_and_anew_for_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def run(*argv: str, cwd: Path | None = None) -> None:
        ran.append(argv[-1])
        if "venv" in argv:
            Path(argv[-1]).mkdir()

    monkeypatch.setattr(rivals, "_run", run)
    for version in ("rival==1", "rival==1", "rival==2"):
        rivals.python(FULL, "rival", version)
    assert [it for it in ran if "==" in it] == ["rival==1", "rival==2"]
    assert rivals.python(QUICK, "rival", "rival==2").parts[-2:] == ("bin", "python")
    assert rivals.versions() == ["rival==2"]


def test_one_that_was_interrupted_is_begun_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache / "rival").mkdir(parents=True)
    (cache / "rival" / "half").touch()
    monkeypatch.setattr(rivals, "_run", lambda *argv, cwd=None: (cache / "rival").mkdir(exist_ok=True))
    rivals.python(FULL, "rival", "rival==1")
    assert not (cache / "rival" / "half").exists()


def test_what_cannot_be_installed_is_left_with_what_its_client_said() -> None:
    with pytest.raises(Left, match="sh could not install it: no such thing"):
        rivals._run("sh", "-c", "echo no such   thing >&2; exit 1")


def test_a_machine_without_the_client_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Left, match="npm is not installed"):
        rivals.npm(FULL, "rival", "rival@1")
    with pytest.raises(Left, match="apt-get is not installed"):
        rivals.debian(FULL, "rival", "rival")
