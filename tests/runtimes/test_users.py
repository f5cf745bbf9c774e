"""One user for each app."""

from headway.runtimes.users import Users


def test_an_app_keeps_its_user_and_no_other_gets_it(tmp_path):
    users = Users(tmp_path / "users", 20000)

    assert [users.of(app) for app in ("a", "b", "a")] == [20000, 20001, 20000]
    assert [Users(tmp_path / "users", 30000).of(app) for app in ("c", "b")] == [20002, 20001]


def test_a_user_has_a_name_and_a_home(tmp_path):
    folder = Users(tmp_path, 20000).etc(20000)

    assert (folder / "passwd").read_text().startswith("app:x:20000:20000:app:/app:")
    assert (folder / "group").read_text().startswith("app:x:20000:")
