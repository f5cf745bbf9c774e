from headway.clock import SECOND
from headway.dialects.scalingo import project_logs
from headway.model.logs import Archive


def test_an_archive_tells_its_times_in_the_form_of_the_document() -> None:
    it = Archive(number=7, size=98765, first=1490364000 * SECOND + 999_999, last=1490536800 * SECOND)
    shown = project_logs.archive(it, "http://somewhere")
    assert (shown.url, shown.size) == ("http://somewhere", 98765)
    assert shown.from_ == "Fri Mar 24 14:00:00 +0000 UTC 2017"
    assert shown.to == "Sun Mar 26 14:00:00 +0000 UTC 2017"
