from pathlib import Path

import pytest

from headway.clock import SystemClock
from headway.errors import Invalid
from headway.store.opening import named
from headway.store.postgres import Postgres
from headway.store.sqlite import Sqlite


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("a.db", Sqlite),
        (Path("/data/a.db"), Sqlite),
        ("postgres://h/d", Postgres),
        ("postgresql://h/d", Postgres),
    ],
)
def test_a_place_names_a_database(place: str | Path, kind: type) -> None:
    assert isinstance(named(place, SystemClock()), kind)


def test_a_database_of_another_kind_is_refused() -> None:
    with pytest.raises(Invalid, match="postgresql"):
        named("mysql://h/d", SystemClock())
