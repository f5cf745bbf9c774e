"""The packs together."""

from headway.builders.packs.catalog import PACKS


def test_names_are_distinct_and_the_one_that_takes_least_comes_last():
    assert [pack.name for pack in PACKS] == ["python", "node", "ruby", "go", "static", "procfile"]
