"""What is kept of a unit on disk."""

import msgspec
import pytest

from headway.runtimes.cut import Cut
from headway.runtimes.unit_folder import State, UnitFolder, Wanted, read, remove_tree, write
from tests.runtimes.bench import unit


@pytest.fixture
def folder(tmp_path):
    return UnitFolder(tmp_path / "u1")


@pytest.fixture
def wanted(tmp_path):
    return Wanted(unit=unit(tmp_path, "u1"), port=20001, user=None)


def test_a_unit_is_known_again_as_it_was_asked_for(folder, wanted):
    state = State(run=3, phase="running", crashes=2, started_at=17)
    folder.begin(wanted, state)

    assert (UnitFolder(folder.path).wanted(), UnitFolder(folder.path).state()) == (wanted, state)


def test_a_unit_whose_making_was_cut_off_is_none(folder, wanted):
    folder.begin(wanted, State())
    whole = (folder.path / "unit.json").read_bytes()
    (folder.path / "unit.json").write_bytes(whole[: len(whole) // 2])

    assert folder.wanted() is None


def test_a_unit_that_begins_anew_keeps_its_output(folder, wanted):
    folder.begin(wanted, State())
    folder.say("before")
    folder.begin(wanted, State(run=1))

    assert folder.last_lines() == ["before"]


def test_a_record_that_cannot_be_written_leaves_the_one_before(tmp_path):
    write(tmp_path / "state.json", State(run=1), durably=True)
    with pytest.raises(UnicodeEncodeError):
        write(tmp_path / "state.json", State(run=2, reason="\ud800"), durably=True)

    assert read(tmp_path / "state.json", State) == State(run=1)


def test_what_is_kept_of_a_unit_is_its_owners_alone(folder, wanted):
    folder.begin(wanted, State())
    assert (folder.path / "unit.json").stat().st_mode & 0o077 == 0


def test_a_state_that_is_not_whole_is_a_new_one(folder):
    folder.path.mkdir()
    (folder.path / "state.json").write_bytes(msgspec.json.encode(State(run=7))[:-1])

    assert folder.state() == State()


def test_the_newest_run_is_found_by_its_number(folder):
    assert folder.last_run() == 0
    for number in (2, 10, 9):
        folder.run(number).mkdir(parents=True)

    assert folder.last_run() == 10


def test_the_last_lines_are_the_end_of_the_output(folder, wanted):
    folder.begin(wanted, State())
    for number in range(2000):
        folder.say(f"line {number}")

    assert folder.last_lines(2) == ["line 1998", "line 1999"]


def test_a_unit_without_output_has_no_last_lines(folder):
    assert folder.last_lines() == []


def test_a_removed_unit_is_gone_with_all_that_it_closed(folder, wanted):
    folder.begin(wanted, State())
    closed = folder.run(1) / "upper" / "closed"
    (closed / "deeper").mkdir(parents=True)
    for place in (closed / "deeper", closed):
        place.chmod(0)
    folder.remove()

    assert not folder.path.exists()


def test_removing_a_folder_leaves_what_its_links_lead_to(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept").chmod(0o750)
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "link").symlink_to(tmp_path / "kept")
    remove_tree(tmp_path / "gone")

    assert not (tmp_path / "gone").exists()
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o750


def test_offsets_of_output_go_on_where_it_was_cut_off(folder, wanted):
    folder.begin(wanted, State())
    folder.say("one")
    assert (folder.place_of(4), folder.output_bytes()) == (5, 4)
    folder.out.write_bytes(b"two, three\n\0")
    folder.keep_cut(Cut(base=70, mark=11, before=b"two, three\n"))

    assert UnitFolder(folder.path).cut() == folder.cut()
    assert (folder.place_of(75), folder.output_bytes()) == (5, 82)
