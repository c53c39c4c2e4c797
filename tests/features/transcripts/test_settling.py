"""What is mended in any transcript, and what is refused."""

from __future__ import annotations

import math
import re

import pytest
from transcript_files import source_of

from hanrock_sk.features.transcripts.settling import (
    name_speakers,
    settle_utterances,
)
from hanrock_sk.features.transcripts.source import Source
from hanrock_sk.features.transcripts.utterance import Utterance

NAN = math.nan


def words(*times, speaker="Anna"):
    return [
        Utterance(f"w{place}", start, end, speaker, f"line {place + 1}")
        for place, (start, end) in enumerate(times)
    ]


@pytest.fixture
def source():
    return source_of("x", "a.csv")


@pytest.mark.parametrize(
    ("known", "settled", "said"),
    [
        (
            [(0, 1), (2, 1.5), (3, 2)],
            [(0, 1), (2, 2), (3, 3)],
            r"an end before its start \(2, the first at line 2\)",
        ),
        (
            [(2, 3), (1, 4)],
            [(2, 3), (1, 4)],
            r"a start before that of the words above \(1, the first at line 2\)",
        ),
        ([(-1, 3)], [(0, 3)], r"a start before 0 s \(1, the first at line 1\)"),
    ],
)
def test_what_is_almost_right(source, known, settled, said):
    found = settle_utterances(words(*known), source)
    assert [(word.start, word.end) for word in found] == settled
    assert re.fullmatch(said, source.amendments())
    strict = Source(source.path, strict=True)
    with pytest.raises(ValueError, match=r"a\.csv, line \d: "):
        settle_utterances(words(*known), strict)


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ([], "a.csv holds no words"),
        ([(NAN, 1)], "a.csv, line 1: 'w0' has no time"),
        ([(0, math.inf)], "a.csv, line 1: 'w0' has no time"),
    ],
)
def test_impossible_clocks(source, known, message):
    with pytest.raises(ValueError, match=message):
        settle_utterances(words(*known), source)


def test_speakers_may_overlap_and_follow_one_another_in_the_file(source):
    both = words((0, 2), (2, 4)) + words((1, 3), (3, 3), speaker="Ben")
    assert settle_utterances(both, source) == both
    assert not source.amended


def test_nameless_words():
    mixed = words((0, 1)) + words((1, 2), speaker=None)
    with pytest.warns(UserWarning, match=r"a\.csv, line 1: no speaker .* 0 other"):
        named = name_speakers(mixed, "a.csv", "somebody")
    assert [word.speaker for word in named] == ["Anna", "somebody"]
    all_nameless = name_speakers(words((0, 1), speaker=None), "a.csv", "somebody")
    assert all_nameless[0].speaker == "somebody"
