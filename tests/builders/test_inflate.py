"""A gzip stream in pieces."""

import gzip

import pytest

from headway.builders.inflate import Inflated
from headway.errors import Failure


def test_it_gives_what_was_packed_and_counts_it(tmp_path):
    file = tmp_path / "it.gz"
    file.write_bytes(gzip.compress(b"ab" * 50_000))
    with Inflated(file, 100_000, lambda: None) as stream:
        assert stream.read(3) == b"aba"
        assert len(stream.read(200_000)) == 99_997
        assert stream.read(1) == b""
        assert stream.left == 0


def test_no_more_than_the_limit_comes_out(tmp_path):
    file = tmp_path / "it.gz"
    file.write_bytes(gzip.compress(bytes(50_000_000)))
    with (
        Inflated(file, 1_000_000, lambda: None) as stream,
        pytest.raises(Failure, match="more than 1,000,000 bytes"),
    ):
        stream.read(50_000_000)


def test_damage_within_is_told(tmp_path):
    file = tmp_path / "it.gz"
    packed = bytearray(gzip.compress(b"hello" * 1000))
    packed[-6] ^= 1
    file.write_bytes(packed)
    with Inflated(file, 1_000_000, lambda: None) as stream, pytest.raises(Failure, match="is damaged"):
        stream.read(10_000)
