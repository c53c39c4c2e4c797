"""Tables of words."""

from __future__ import annotations

import pytest

from hanrock_sk.features.transcripts.source import Source
from hanrock_sk.features.transcripts.word_table import read_word_table


def read(path, text):
    path.write_text(text)
    return read_word_table(Source(path))


def test_words(tmp_path):
    found = read(
        tmp_path / "call.csv",
        "speaker,word,start,end\nAnna,Hello,0.5,1.0\n,there,1,1.25\n",
    )
    assert [
        (word.speaker, word.text, word.start, word.end, word.where) for word in found
    ] == [("Anna", "Hello", 0.5, 1.0, "line 2"), (None, "there", 1.0, 1.25, "line 3")]


def test_monahs_woven_talkturns(tmp_path):
    found = read(
        tmp_path / "weaved talkturns.csv",
        "video_id,audio_id,speaker,talkturn no,text,start time,end time\n"
        'v1,demo,woman,0,"well, yes",0.5,1.75\n',
    )
    assert [
        (word.conversation, word.speaker, word.text, word.end) for word in found
    ] == [("demo", "woman", "well, yes", 1.75)]


def test_words_without_times_and_without_text(tmp_path):
    found = read(
        tmp_path / "call.tsv",
        "speaker\tword\tstart\tend\n"
        "Anna\tI\t0\t1\nAnna\t20\t\t\nAnna\tdollars\t2\t3\nBen\t\t3\t4\nBen\tno\t\t5\n",
    )
    assert [(word.text, word.start, word.end) for word in found] == [
        ("I", 0, 1),
        ("20", 1, 2),
        ("dollars", 2, 3),
        ("no", 4, 5),  # the nameless row before it is Ben's silence
    ]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("audio_id,word,start_time", "line 1: there is no column 'end'"),
        ("happy,sad", r"line 1: not a table of words; it lacks \['word', 'start'\]"),
        ("word,text,start,end", "line 1: the columns .* both say text"),
    ],
)
def test_tables_of_another_kind(tmp_path, header, message):
    with pytest.raises(ValueError, match=rf"call\.csv, {message}"):
        read(tmp_path / "call.csv", f"{header}\n")
