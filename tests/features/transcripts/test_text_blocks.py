"""Blocks of a text are cut out of its lines."""

from __future__ import annotations

import math

import pytest

from hanrock_sk.features.transcripts.text_blocks import Blocks, Heads, every_line
from hanrock_sk.features.transcripts.text_lines import Lines


@pytest.fixture
def lines():
    found = Lines()
    for number, fields in enumerate(
        (["Anna", "0:03"], ["so"], ["we"], ["Ben 0:05: hi"], ["Cy"]), 11
    ):
        found.add(number, fields)
    return found


@pytest.fixture
def heads():
    found = Heads()
    found.add(0, "Anna", "0:03")
    found.add(3, "Ben", "0:05", "0:06", 10)
    found.add(4, "Anna")
    return found


def plain(blocks):
    return [(b.line, b.name, b.said) for b in blocks]


def test_lines_know_their_parts_and_times(lines):
    assert list(lines) == ["Anna 0:03", "so", "we", "Ben 0:05: hi", "Cy"]
    assert next(lines.rows()) == "Anna\t0:03"
    assert list(lines.with_clocks()) == [(0, "Anna 0:03"), (3, "Ben 0:05: hi")]
    assert (lines[0], lines.most_fields) == ("Anna 0:03", 2)


def test_blocks_go_to_the_next_head(lines, heads):
    blocks = Blocks(lines, heads)
    said = [(11, "Anna", ["so", "we"]), (14, "Ben", ["hi"])]
    assert plain(blocks) == [*said, (15, "Anna", [])]
    assert plain(blocks.spoken()) == said
    assert plain(blocks.spoken().behind(1)) == said[1:]
    times = [(block.start, block.end) for block in blocks.spoken()]
    assert times[1] == (5, 6)
    assert times[0][0] == 3
    assert math.isnan(times[0][1])


def test_lines_beside_heads_belong_to_them(lines, heads):
    blocks = Blocks(lines, heads.kept([1, 1, 0]), above=1, below=1)
    assert plain(blocks) == [(11, "Anna", []), (14, "Ben", ["hi"])]
    assert [b.name for b in Blocks(lines, heads.called(["X", None, "Y"]))] == [
        "X",
        None,
        "Y",
    ]


def test_every_line_of_nobody(lines):
    blocks = every_line(lines)
    assert [block.said for block in blocks] == [[line] for line in lines]
    assert not blocks.told
    assert not blocks.named
    assert blocks.say_something
    assert not every_line(Lines())
