"""SEMAINE's two kinds of transcripts."""

from __future__ import annotations

import pytest
from invented_corpora import write_session

from hanrock_sk.datasets.semaine_transcripts import Turn, read_turns

USER = [
    [(1250, 1480, "HELLO"), (1480, 1900, "THERE")],
    [],
    [(5200, 5650, "<LAUGH>")],
]
OPERATOR = [[(1700, 4000, "GOOD"), (1900, 3000, 'DAY"?')]]
PLAIN = [
    "00:01:250 00:01:900 User\tHello there.",
    "",
    "01:02:100 01:04:000 Operator\t(laughs). Good to see you.",
    "00:02:000 00:02:500 User\tYes.",
]


def test_word_level(tmp_path):
    folder = write_session(tmp_path, 2, user=USER, operator=OPERATOR, plain=PLAIN)
    assert read_turns(folder) == [
        Turn("user", 1.25, 1.9, "HELLO THERE"),
        Turn("operator", 1.7, 4.0, 'GOOD DAY"?'),
        Turn("user", 5.2, 5.65, "{laugh}"),
    ]


@pytest.mark.parametrize("user", [None, USER], ids=["plain only", "half of the words"])
def test_plain(tmp_path, user):
    folder = write_session(tmp_path, 2, user=user, plain=PLAIN)
    assert read_turns(folder) == [
        Turn("user", 1.25, 1.9, "Hello there."),
        Turn("user", 2.0, 2.5, "Yes."),
        Turn("operator", 62.1, 64.0, "{laughs}. Good to see you."),
    ]


def test_half_a_transcript_is_told(tmp_path):
    folder = write_session(tmp_path, 2, user=USER)
    with pytest.warns(UserWarning, match="has no transcript of the operator"):
        assert len(read_turns(folder)) == 2


def test_blank_lines(tmp_path):
    folder = write_session(tmp_path, 2, user=USER, operator=OPERATOR)
    (file,) = folder.glob("*_user")
    file.write_text("\n" + file.read_text().replace("\n", "\n\n"))
    assert len(read_turns(folder)) == 3


def test_no_transcript(tmp_path):
    assert read_turns(write_session(tmp_path, 2)) == []


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["---recording 1 turn 1---", "0 9 A"], "line 2: the last turn does not end"),
        (
            ["---recording 1 turn 1---", "0 9 A", "12"],
            "line 3: expected 'start end WORD'",
        ),
        (
            ["---recording 1 turn 1---", "9 8 A", "."],
            "line 2: ends .* before it starts",
        ),
        (
            [
                *("---recording 1 turn 1---", "9 10 A", "."),
                *("---recording 1 turn 3---", "8 9 B", "."),
            ],
            "line 5: time runs backwards",
        ),
        (["0 9 A", "."], "line 1: '0 9 A' stands outside of a turn"),
        (
            ["---recording 1 turn 1---", "0 9 A", "---recording 1 turn 3---", "."],
            "line 3: a turn begins before the last one ended",
        ),
    ],
)
def test_broken_word_level_files(tmp_path, lines, message):
    folder = write_session(tmp_path, 2, user=USER, operator=OPERATOR)
    (file,) = folder.glob("*_user")
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(ValueError, match=rf"_user, {message}"):
        read_turns(folder)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("00:02:000 00:03:000 Somebody\tYes.", "line 5: expected"),
        ("00:02:0 00:03:000 User\tYes.", "line 5: expected"),
        ("00:03:000 00:02:900 User\tYes.", "line 5: ends .* before it starts"),
        ("00:01:000 00:03:000 User\tYes.", "line 5: time runs backwards"),
    ],
)
def test_broken_plain_files(tmp_path, line, message):
    folder = write_session(tmp_path, 2, plain=[*PLAIN, line])
    with pytest.raises(ValueError, match=rf"Poppy\.txt, {message}"):
        read_turns(folder)
