"""What is said of every command."""

from headway.dialects.headway import said, wire
from headway.errors import NotFound


def test_a_command_says_what_has_begun_where_to_follow_it_and_what_a_dry_run_tells() -> None:
    says = said.command(body=wire.Cancel, params=(said.IF_MATCH,), refuses=said.CHANGE)
    assert (says.status, says.reply, says.also) == (202, wire.Operation, {200: wire.Plan})
    assert (says.keyed, says.location, says.body) == (True, True, wire.Cancel)
    assert [it.name for it in says.params] == ["If-Match", "X-Dry-Run"]
    assert says.refuses == said.CHANGE


def test_a_command_without_more_says_the_least() -> None:
    assert said.command().params == (said.DRY_RUN,)
    assert said.command(refuses=(NotFound,)).refuses == (NotFound,)
