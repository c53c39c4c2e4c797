"""AnnoMI in the published layout: two transcripts, three annotators."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.datasets import load_annomi
from hanrock_sk.datasets.annomi import count_transcripts

HEADER = (
    "mi_quality,transcript_id,video_title,video_url,topic,utterance_id,interlocutor,"
    "timestamp,utterance_text,annotator_id,therapist_input_exists,"
    "therapist_input_subtype,reflection_exists,reflection_subtype,question_exists,"
    "question_subtype,main_therapist_behaviour,client_talk_type"
)


def line(transcript, utterance, speaker, time, text, annotator, behaviour, talk):
    quality = "high" if transcript == 2 else "low"
    return (
        f'{quality},{transcript},"A ""title""",https://example.org,diet,{utterance},'
        f'{speaker},{time},"{text}",{annotator},n/a,n/a,n/a,n/a,n/a,n/a,'
        f"{behaviour},{talk}"
    )


# Transcript 11 stands before 2, and its utterances are not in order.
ROWS = [
    line(11, 1, "client", "00:01:05", "I want to, yes", 4, "n/a", "change"),
    line(11, 0, "therapist", "00:00:59", "Do you?", 4, "question", "n/a"),
    *(
        line(2, 0, "therapist", "01:00:13", "So: tired.", who, behaviour, "n/a")
        for who, behaviour in [(5, "reflection"), (1, "other"), (4, "reflection")]
    ),
    line(2, 1, "client", "01:00:15", "Mm-hmm.", 5, "n/a", "neutral"),
    line(2, 1, "client", "01:00:15", "Mm-hmm.", 1, "n/a", "sustain"),
]


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, ROWS)
    return tmp_path


def write(folder, rows, name="AnnoMI-full.csv"):
    text = "\n".join([HEADER, *rows]) + "\n"
    if name == "AnnoMI-simple.csv":
        text = text.replace("annotator_id", "left_out")
    (folder / name).write_text(text)


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_an_utterance_is_a_row_whoever_coded_it(folder, backend):
    X, y = load_annomi(folder, backend=backend)
    columns = {name: list(X[name]) for name in X.columns}
    assert columns == {
        "conversation": [2, 2, 11, 11],
        "speaker": ["therapist", "client", "therapist", "client"],
        "start": [3613.0, 3615.0, 59.0, 65.0],
        "text": ["So: tired.", "Mm-hmm.", "Do you?", "I want to, yes"],
        "quality": ["high", "high", "low", "low"],
        "topic": ["diet"] * 4,
    }
    assert y.dtype == object
    assert y.tolist() == ["reflection", None, "question", None]


def test_on_a_tie_the_annotator_of_the_lowest_number(folder):
    _, y = load_annomi(folder, "client_talk_type")
    assert y.tolist() == [None, "sustain", None, "change"]


def test_one_annotator(folder):
    _, y = load_annomi(folder, annotator=1)
    assert y.tolist() == ["other", None, None, None]


def test_a_column_for_each_annotator(folder):
    _, y = load_annomi(folder, annotator="all")
    assert y.tolist() == [
        ["other", "reflection", "reflection"],  # annotators 1, 4 and 5
        [None, None, None],
        [None, "question", None],
        [None, None, None],
    ]


def test_the_simple_file_has_one_annotator(tmp_path):
    write(tmp_path, ROWS[:2], "AnnoMI-simple.csv")
    _, y = load_annomi(tmp_path, annotator="all")
    assert y.tolist() == [["question"], [None]]


def test_the_full_file_goes_before_the_simple_one(folder):
    write(folder, ROWS[:2], "AnnoMI-simple.csv")
    assert len(load_annomi(folder)[0]) == 4


def test_rows_that_do_not_agree_are_counted(folder):
    again = [
        line(11, 0, "therapist", "00:00:59", "Do you?", 4, "other", "n/a"),
        line(11, 1, "client", "00:01:05", "I want.", 5, "n/a", "change"),
    ]
    write(folder, ROWS + again)
    with pytest.warns(UserWarning, match=r"2 rows do not agree.*line 9"):
        X, y = load_annomi(folder)
    assert X["text"].tolist()[2:] == ["Do you?", "I want to, yes"]
    assert y[2] == "question"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "mood"}, "target must be one of"),
        ({"annotator": 3}, r"one of \[1, 4, 5\], got 3"),
        ({"annotator": "mean"}, "annotator must be 'majority'"),
        ({"backend": "arrow"}, "backend"),
    ],
)
def test_unknown_choices(folder, options, message):
    with pytest.raises(ValueError, match=message):
        load_annomi(folder, **options)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("00:01:05", "noon", "line 2: timestamp must look like"),
        (",1,client", ",x,client", "line 2: utterance_id must be a whole number"),
        ("interlocutor", "who", r"lacks the column\(s\) \['interlocutor'\]"),
    ],
)
def test_errors_name_the_line(folder, old, new, message):
    file = folder / "AnnoMI-full.csv"
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(ValueError, match=message):
        load_annomi(folder)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"github\.com/uccollab/AnnoMI"):
        load_annomi(tmp_path)


def test_labels_fit_the_estimators(folder):
    """Missing ones are None, as everywhere."""
    _, y = load_annomi(folder)
    assert [label is None for label in y] == [False, True, False, True]
    assert isinstance(y, np.ndarray)


def test_transcripts_are_counted(folder):
    assert count_transcripts(folder / "AnnoMI-full.csv") == 2
