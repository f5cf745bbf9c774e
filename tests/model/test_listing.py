"""Searches and their pages."""

from headway.model.listing import ANY, Bounds, Page, Search, one_more, page_of


def test_bounds_become_values_and_what_is_not_asked_holds_for_everything() -> None:
    search = Search(ids=Bounds(3, 5), times={"created": Bounds(0, 9)}, count=7)
    assert search.values("created", "finished") == {
        "id_least": 3,
        "id_most": 5,
        "count": 7,
        "created_least": 0,
        "created_most": 9,
        "finished_least": ANY.least,
        "finished_most": ANY.most,
    }


def test_one_more_than_is_wanted_says_whether_there_is_more() -> None:
    assert one_more(Search(count=2)).count == 3
    assert page_of([1, 2, 3], 2) == Page([1, 2], True)
    assert page_of([1, 2], 2) == Page([1, 2], False)
