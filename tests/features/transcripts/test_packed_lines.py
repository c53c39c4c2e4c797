"""Lines in few long strings are what went in, however they are asked for."""

from __future__ import annotations

import sys
import tracemalloc

import pytest

from hanrock_sk.features.transcripts.packed_lines import PackedLines, PackedParagraphs


@pytest.mark.parametrize("many", [0, 1, 63, 64, 65, 128, 300])
def test_lines_come_out_as_a_list_holds_them(many):
    lines = [f"line {n} \u4e16" * (n % 3) for n in range(many)]
    packed = PackedLines(lines)
    assert list(packed) == lines
    assert len(packed) == many
    assert [packed[n] for n in range(-many, many)] == [*lines, *lines]
    assert [packed[n] for n in reversed(range(many))] == lines[::-1]
    assert packed[1:-1] == lines[1:-1]
    for place in (many, -many - 1):
        with pytest.raises(IndexError):
            packed[place]


def test_lines_can_be_put_behind_those_that_were_read():
    packed = PackedLines("ab")
    for number in range(200):
        assert packed[len(packed) - 1] == ("b" if not number else str(number - 1))
        packed.append(str(number))
    assert list(packed) == ["a", "b", *map(str, range(200))]


@pytest.mark.parametrize("many", [0, 1, 64, 200])
def test_paragraphs_may_be_empty(many):
    paragraphs = [[f"{n}.{m}" for m in range(n % 4)] for n in range(many)]
    packed = PackedParagraphs(paragraphs)
    assert list(packed) == paragraphs
    assert [packed[n] for n in range(-many, many)] == [*paragraphs, *paragraphs]
    assert packed[3:5] == paragraphs[3:5]


def test_short_lines_take_little_more_than_their_letters():
    tracemalloc.start()
    try:
        packed = PackedLines(f"{n:06d}" for n in range(10_000))
        size = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(packed) * 6 < size < len(packed) * 10 < sys.getsizeof("123456") * 10_000
