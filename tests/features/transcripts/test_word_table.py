"""Tables of words."""

from __future__ import annotations

import pytest

from hanrock_sk.features import read_transcript
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
        ("happy,sad", r"line 1: not a table of words; it lacks \['word', 'start'\]"),
    ],
)
def test_tables_of_another_kind(tmp_path, header, message):
    with pytest.raises(ValueError, match=rf"call\.csv, {message}"):
        read(tmp_path / "call.csv", f"{header}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("start\tend\ttext\n0\t1200\tHello there\n", (0.0, 1.2, None)),
        ("start,end,text\n0,60,a b c d e f g\n", (0.0, 60.0, None)),
        ("speaker;text;start;end\nAnn;Hi;1,5;2,25\n", (1.5, 2.25, "Ann")),
        ("Speaker,Text,Start (s),End (s)\nAnn,Hi,1,2\n", (1.0, 2.0, "Ann")),
        ("who,said,Start [ms],stop_ms\nAnn,Hi,1000,2000\n", (1.0, 2.0, "Ann")),
        ("speaker|value|onset|duration\nAnn|Hi|1|0.5\n", (1.0, 1.5, "Ann")),
        ("speaker,text,start,end\nAnn,Hi,00:01:01,00:01:02.5\n", (61, 62.5, "Ann")),
    ],
)
def test_columns_and_times_of_every_spelling(tmp_path, text, expected):
    (word,) = read(tmp_path / "call.csv", text)
    assert (word.start, word.end, word.speaker) == expected


def test_columns_are_told(tmp_path):
    path = tmp_path / "call.csv"
    path.write_text("id,who,what,t\n1,Ann,Hi,0:01\n2,Ben,Ho,0:02\n")
    columns = {"speaker": "who", "text": "what", "start": "t"}
    with pytest.warns(UserWarning, match="no column of ends: they are missing"):
        found = read_transcript(path, columns=columns)
    assert found["text"].tolist() == ["Hi", "Ho"]
    assert found["start"].tolist() == [1.0, 2.0]
    assert found["end"].isna().all()
    with pytest.raises(ValueError, match=r"say what they mean with columns="):
        read_transcript(path)


def test_quotation_marks_of_the_talk(tmp_path):
    rows = 'Ann\t"Hi" he said\t0\t1\nBen\t"so\t1\t2\n'
    found = read(tmp_path / "a.tsv", "speaker\ttext\tstart\tend\n" + rows)
    assert [word.text for word in found] == ['"Hi" he said', '"so']
    quoted = 'Ann\t"Hi ""you"""\t0\t1\n'
    found = read(tmp_path / "b.tsv", "speaker\ttext\tstart\tend\n" + quoted)
    assert [word.text for word in found] == ['Hi "you"']


def test_whole_numbers_that_cannot_be_seconds(tmp_path):
    path = tmp_path / "call.csv"
    path.write_text("speaker,note,text,start,end\nAnn,x,Hi there,0,1200\n")
    with pytest.warns(UserWarning, match="read as milliseconds"):
        assert read_transcript(path, pause=1)["end"].tolist() == [1.2]


ROWS = "{},speaker,text,start,end\n1,A,a,0,1\n1,B,b,2,3\n2,C,c,4,5\n2,D,d,6,7\n"


@pytest.mark.parametrize("name", ["session_id", "Dialogue", "call no."])
def test_conversations_that_are_not_told(tmp_path, name):
    path = tmp_path / "calls.csv"
    path.write_text(ROWS.format(name))
    with pytest.warns(UserWarning, match=f"'conversation': '{name}'.*first at line 4"):
        found = read_transcript(path)
    assert set(found["conversation"]) == {"calls"}
    with pytest.raises(ValueError, match=f"line 4: all read as one .*'{name}'"):
        read_transcript(path, strict=True)
    found = read_transcript(path, columns={"conversation": name}, strict=True)
    assert found["conversation"].tolist() == ["1", "1", "2", "2"]


@pytest.mark.parametrize("numbers", ["1111", "1234"])
def test_columns_that_do_not_tell_conversations_apart(tmp_path, numbers):
    """All the same, or a number for each row."""
    rows = "".join(f"{n},A,a,{t},{t + 1}\n" for t, n in enumerate(numbers))
    path = tmp_path / "calls.csv"
    path.write_text(f"file,speaker,text,start,end\n{rows}")
    assert len(read_transcript(path, strict=True)) == 1
