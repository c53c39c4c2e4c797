"""MELD: hand-made files with the published ones' quirks, and those themselves."""

from __future__ import annotations

import narwhals as nw
import pytest

from hanrock_sk.datasets import load_meld
from hanrock_sk.datasets.meld import COLUMNS
from hanrock_sk.text import tokenize

HEADER = (
    "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,"
    "Season,Episode,StartTime,EndTime\r\n"
)
TRAIN = HEADER + (
    '3,"Well, no!",Ross,anger,negative,10,0,1,1,"00:00:01,000","0:00:02,5"\r\n'
    '2,"She said ""hi"".",Joey,joy,positive,2,1,1,1,"01:02:03,456","01:02:02,000"\r\n'
    '1,It\u2019s odd\x85 isn\x92t it?,Joey,,neutral,2,0,1,1,"0:01:00,250",0:01:01.0\r\n'
)
DEV = HEADER + 'x,Hey.,Monica,neutral,neutral,2,0,1,1,"00:00:00,000","00:00:01,000"\r\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "train_sent_emo.csv").write_bytes(TRAIN.encode())
    (tmp_path / "dev_sent_emo.csv").write_bytes(DEV.encode())
    return tmp_path


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_table_in_order_of_dialogue_and_utterance(folder, backend):
    X, y = load_meld(folder, backend=backend)
    table = nw.from_native(X, eager_only=True)
    assert table.implementation.value == backend
    assert {name: table[name].to_list() for name in table.columns} == {
        "conversation": ["train-2", "train-2", "train-10", "dev-2"],
        "speaker": ["Joey", "Joey", "Ross", "Monica"],
        "start": [60.25, 3723.456, 1.0, 0.0],
        "end": [61.0, 3722.0, 2.5, 1.0],
        "text": [
            "It\u2019s odd\u2026 isn\u2019t it?",
            'She said "hi".',
            "Well, no!",
            "Hey.",
        ],
    }
    assert y.dtype == object
    assert y.tolist() == [None, "joy", "anger", "neutral"]


def test_sentiment(folder):
    _, y = load_meld(folder, target="sentiment", subset="train")
    assert y.tolist() == ["neutral", "positive", "negative"]


def test_subset(folder):
    X, y = load_meld(str(folder), subset="dev")
    assert X["conversation"].tolist() == ["dev-2"]
    assert y.tolist() == ["neutral"]


def test_windows_1252_file(folder):
    content = TRAIN.replace("\x85", "\u2026").replace("\x92", "\u2019").encode("cp1252")
    (folder / "train_sent_emo.csv").write_bytes(content)
    X, _ = load_meld(folder, subset="train")
    assert X["text"][0] == "It\u2019s odd\u2026 isn\u2019t it?"
    assert tokenize(X["text"][0]) == ["it", "'s", "odd", "is", "n't", "it", "?"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "Emotion"}, r"target must be one of .*, got 'Emotion'"),
        ({"subset": "valid"}, r"subset must be one of .*, got 'valid'"),
        ({"backend": "spark"}, r"backend must be one of .*, got 'spark'"),
    ],
)
def test_unknown_options(folder, options, message):
    with pytest.raises(ValueError, match=message):
        load_meld(folder, **options)


def test_missing_file(folder):
    with pytest.raises(
        FileNotFoundError, match=r"no test_sent_emo\.csv in .*github\.com/declare-lab"
    ):
        load_meld(folder, subset="test")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("01:02:03,456", "1h", r"line 3: StartTime must look like .*, got '1h'"),
        ("0:00:02,5", "", r"line 2: EndTime must look like .*, got ''"),
        ("positive,2", "positive,two", r"line 3: Dialogue_ID must be a whole .* 'two'"),
        ("2,0,1", "2,,1", r"line 4: Utterance_ID must be a whole .* ''"),
        ("Emotion,", "Feeling,", r"lacks the column\(s\) \['Emotion'\]"),
        ('"Well, no!"', "Well, no!", r"line 2: 12 values for 11 columns"),
    ],
)
def test_bad_files_are_named_with_the_line(folder, old, new, message):
    assert old in TRAIN
    (folder / "train_sent_emo.csv").write_bytes(TRAIN.replace(old, new).encode())
    with pytest.raises(ValueError, match=message) as complaint:
        load_meld(folder)
    assert "train_sent_emo.csv" in str(complaint.value)


def test_published_dialogues(data_root):
    X, y = load_meld(data_root / "meld", backend="polars")
    assert len(X) == len(y) == 9989 + 1109
    assert X["conversation"].n_unique() == 1038 + 114
    assert sorted(set(y)) == [
        *("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise")
    ]
    assert X["start"].is_between(0, 3600).all()
    assert len(COLUMNS) == 8
