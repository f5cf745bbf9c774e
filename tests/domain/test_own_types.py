from pathlib import Path

import pytest

from headway.domain.catalog import CATALOG
from headway.domain.own_types import catalog_with
from headway.errors import Invalid

EXAMPLES = Path(__file__).parents[2] / "examples"
HERE = "tests.domain.operations.test_begin"


def test_what_is_named_is_there_beside_ours() -> None:
    catalog = catalog_with([f"{HERE}:PAINT"])
    assert set(catalog) == {*CATALOG, "wall.paint"}
    assert set(catalog_with([])) == set(CATALOG)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("no.such.module:X", "No module"),
        (f"{HERE}:NONE", "NONE"),
        (f"{HERE}:Paint", "no operation type"),
        ("PAINT", "module and a name"),
        ("headway.domain.apps.scale:SCALE", "already"),
    ],
)
def test_what_cannot_be_loaded_is_told(path: str, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        catalog_with([path])


def test_the_example_can_be_brought_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLES / "reports")
    assert "report.export" in catalog_with(["reports:EXPORT"])
