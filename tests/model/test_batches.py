"""Chunks of a batch."""

from headway.model.batches import Chunk


def test_a_chunk_knows_what_was_sent_what_is_wrong_and_what_was_made() -> None:
    chunk = Chunk(1, 0, '[{"a":1},2]', '{"1":{"task":{"code":"x"}}}', None)
    assert (chunk.objects, list(chunk.errors), chunk.ids) == ([{"a": 1}, 2], ["1"], [])
    assert Chunk(1, 0, "[1]", "{}", "[7]").ids == [7]
