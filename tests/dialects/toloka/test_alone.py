from headway.dialects.toloka.alone import alone


def test_it_has_one_operation_and_its_log() -> None:
    assert [it.path for it in alone().routes] == ["/api/v1/operations/{id}", "/api/v1/operations/{id}/log"]
