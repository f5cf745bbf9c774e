"""What a router remembers."""

from pathlib import Path

from headway.routers.memory import Memory
from headway.routers.port import Endpoint, Route
from tests.routers.traffic import route

ONE = Endpoint(host="127.0.0.1", port=5000)


def test_what_was_kept_is_there_when_the_folder_is_read_again(tmp_path: Path) -> None:
    kept = [route("a", ONE, draining=(ONE,), stopped=True), route("b", sticky_session=True)]
    Memory(tmp_path, Route).keep((each.app_id, each) for each in reversed(kept))
    assert Memory(tmp_path, Route).all() == kept


def test_what_was_forgotten_is_not(tmp_path: Path) -> None:
    memory = Memory(tmp_path, Route)
    memory.keep([("a", route("a", ONE)), ("b", route("b", ONE)), ("a", None), ("never", None)])
    assert memory.all() == Memory(tmp_path, Route).all() == [route("b", ONE)]


def test_the_last_of_several_changes_counts(tmp_path: Path) -> None:
    memory = Memory(tmp_path, Route)
    memory.keep([("a", route("a", ONE)), ("a", None), ("a", route("a"))])
    assert memory.all() == Memory(tmp_path, Route).all() == [route("a")]


def test_a_route_that_is_unchanged_is_not_written(tmp_path: Path) -> None:
    memory = Memory(tmp_path, Route)
    memory.keep([("a", route("a", ONE))])
    before = (tmp_path / "a.json").stat()
    memory.keep([("a", route("a", ONE))])
    assert (tmp_path / "a.json").stat() == before


def test_an_id_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "routes", Route)
    memory.keep([("../x", route("../x", ONE))])
    assert [file.name for file in tmp_path.iterdir()] == ["routes"]
    assert Memory(tmp_path / "routes", Route).all() == [route("../x", ONE)]


def test_a_file_that_was_being_written_when_the_power_failed_is_not_read(tmp_path: Path) -> None:
    Memory(tmp_path, Route).keep([("a", route("a", ONE))])
    (tmp_path / "a.new").write_text("{")
    assert Memory(tmp_path, Route).all() == [route("a", ONE)]
