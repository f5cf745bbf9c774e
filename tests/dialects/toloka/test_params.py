"""What may be said in the query, as it is told of the routes."""

from headway.dialects.toloka.params import between


def test_every_bound_has_four_ends() -> None:
    assert [it.name for it in between("id")] == ["id_gt", "id_gte", "id_lt", "id_lte"]
    assert len(between("id", "created")) == 8
