"""IEMOCAP in its official layout, every line invented."""

from __future__ import annotations

import math
import shutil

import narwhals as nw
import pytest
from invented_corpora import EMOTION_WORDS, MEANS, write_dialogue, write_iemocap

from hanrock_sk.datasets.iemocap import load_iemocap
from hanrock_sk.datasets.partition import iemocap_partition
from hanrock_sk.talkturns.values import is_missing

DIALOGUE = "Ses01F_impro01"
TURNS = [
    {
        "name": "M000",
        "start": 4.0,
        "end": 6.0,
        "text": "[LAUGHTER] Hello world.",
        "emotion": "exc",
        "means": (4.5, 3.5, 3.0),
        "words": [(0, 24, "<s>"), (25, 61, "HELLO"), (81, 110, "WORLD(2)")],
    },
    {
        "name": "F000",
        "start": 1.5,
        "end": 3.25,
        "text": "No: really?",
        "emotion": "ang",
        "means": (1.5, 4.0, 3.5),
        "ratings": [(1, 4, 3), (2, 4, "")],
        "words": [(0, 150, "<sil>")],
    },
    {
        "name": "F001",
        "start": 7.0,
        "end": 8.0,
        "text": "Well.",
        "emotion": "xxx",
        "means": (3.0, 3.0, 0.0),
        "ratings": [(3, 3, ""), (3, 3, "")],
    },
]


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "IEMOCAP_full_release"
    write_dialogue(
        folder,
        DIALOGUE,
        TURNS,
        unlabelled=[
            f"{DIALOGUE}_MXX0 [008.0000-009.0000]: [LAUGHTER]",
            "F: a line without a name",
        ],
    )
    return folder


def only_one_session():
    return pytest.warns(UserWarning, match=r"lacks \['Session2', 'Session3'\]")


def load(release, *arguments, **options):
    with only_one_session():
        X, y = load_iemocap(release, *arguments, subset="train", **options)
    return nw.from_native(X), [None if is_missing(label) else label for label in y]


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_turns_in_order_of_time(release, backend):
    X, y = load(release, backend=backend)
    assert type(X.to_native()).__module__.startswith(backend)
    assert dict(zip(X.columns, zip(*X.rows(), strict=True), strict=True)) == {
        "conversation": (DIALOGUE,) * 3,
        "speaker": ("Ses01F", "Ses01M", "Ses01F"),
        "text": ("No: really?", "{laughter} Hello world.", "Well."),
        "start": (1.5, 4.0, 7.0),
        "end": (3.25, 6.0, 8.0),
        "turn": (f"{DIALOGUE}_F000", f"{DIALOGUE}_M000", f"{DIALOGUE}_F001"),
        "recording": ("Ses01F",) * 3,
    }
    assert y == ["angry", "happy", None]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("valence", [1.5, 4.5, 3.0]),
        ("activation", [4.0, 3.5, 3.0]),
        # One rater left it out: the other's 3. Both did: missing, despite the summary.
        ("dominance", [3.0, 3.0, None]),
    ],
)
def test_dimensions(release, target, expected):
    _, y = load(release, target)
    assert y == expected


def test_a_mean_that_is_not_there(release):
    file = release / "Session1/dialog/EmoEvaluation" / f"{DIALOGUE}.txt"
    file.write_text(file.read_text().replace("3.5000, 3.0000]", "3.5000, ]"))
    assert load(release, "dominance")[1] == [3.0, None, None]


def test_times_of_words(release):
    with pytest.warns(UserWarning, match=r"no .*F001\.wdseg \(1 such"):
        X, _ = load(release, times="words")
    # The first turn was all silence and the last has no alignment: they keep their cut.
    assert X["start"].to_list() == pytest.approx([1.5, 4.25, 7.0])
    assert X["end"].to_list() == pytest.approx([3.25, 5.11, 8.0])
    shutil.rmtree(release / "Session1" / "sentences")
    with (
        pytest.raises(FileNotFoundError, match="no times of words"),
        only_one_session(),
    ):
        load_iemocap(release, subset="train", times="words")


def test_a_whole_corpus(tmp_path, recwarn):
    release = write_iemocap(tmp_path, turns_per_dialogue=8)
    X, y = load_iemocap(tmp_path)  # the folder above will do
    assert len(recwarn) == 0
    assert len(X) == len(y) == 5 * 2 * 2 * 8
    assert X["conversation"].nunique() == 20
    assert set(y) == {"angry", "happy", "neutral", "sad", None}
    codes = [
        next(
            code
            for code, texts in EMOTION_WORDS.items()
            if text.lower().rstrip(".") in texts
        )
        for text in X["text"]
    ]
    for target, place in (("valence", 0), ("activation", 1), ("dominance", 2)):
        _, means = load_iemocap(release, target)
        assert means.tolist() == [MEANS[code][place] for code in codes]
    partition = iemocap_partition(X)
    sizes = [len(rows) for rows in (partition.train, partition.dev, partition.test)]
    assert sizes == [96, 32, 32]
    for subset in ("train", "dev", "test"):
        part, labels = load_iemocap(release, subset=subset)
        rows = getattr(partition, subset)
        assert part.equals(X.iloc[rows].reset_index(drop=True))
        assert labels.tolist() == y[rows].tolist()
    aligned, _ = load_iemocap(release, times="words")
    assert (aligned["end"] < X["end"]).all()
    assert (aligned["start"] == X["start"]).all()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "EmoEvaluation",
            "[1.5000, 4.0000, 3.5000]",
            "[1.5000, 4.00",
            "line 10: expected",
        ),
        (
            "EmoEvaluation",
            "[1.5000 - ",
            "[3.5000 - ",
            "line 10: .*ends before it starts",
        ),
        ("EmoEvaluation", "F001\txxx", "F000\txxx", "line 17: .*for the second time"),
        ("EmoEvaluation", "impro01_F000", "impro02_F000", "line 10: .*is no turn of"),
        ("EmoEvaluation", None, "% [START_TIME\n", "evaluates no turn"),
        ("transcriptions", "M000 [004.", "M000 [x04.", "line 1: expected 'turn"),
        ("transcriptions", None, "", "is empty"),
    ],
)
def test_broken_lines(release, file, old, new, message):
    path = release / "Session1/dialog" / file / f"{DIALOGUE}.txt"
    text = path.read_text()
    path.write_text(new if old is None else text.replace(old, new))
    with pytest.raises(ValueError, match=rf"{file}.*{message}"), only_one_session():
        load_iemocap(release, subset="train")


def test_a_rating_before_any_turn(release):
    path = release / "Session1/dialog/EmoEvaluation" / f"{DIALOGUE}.txt"
    path.write_text("A-E1:\tval 3; act 2; dom  2;\t()\n")
    with pytest.raises(ValueError, match="line 1: a rating"), only_one_session():
        load_iemocap(release, subset="train")


def test_words_that_are_not_there(release):
    path = release / "Session1/dialog/transcriptions" / f"{DIALOGUE}.txt"
    path.write_text("\n".join(path.read_text().splitlines()[:2]) + "\n")
    with pytest.warns(
        UserWarning, match=f"1 turns without a transcription.*{DIALOGUE}"
    ):
        X, _ = load(release)
    assert X["text"].to_list()[-1] == ""
    path.unlink()
    with pytest.raises(FileNotFoundError, match="transcriptions"), only_one_session():
        load_iemocap(release, subset="train")


def test_mixed_encodings_are_told(release):
    path = release / "Session1/dialog/transcriptions" / f"{DIALOGUE}.txt"
    path.write_bytes(path.read_bytes().replace(b"really", b"r\xe9ally"))
    with pytest.warns(UserWarning, match=rf"{DIALOGUE}\.txt, line 2: byte"):
        X, _ = load(release)
    assert X["text"][0] == "No: r\ufffdally?"


def test_nothing_there(tmp_path, release):
    with pytest.raises(FileNotFoundError, match="There is no Session5 in"):
        load_iemocap(release, subset="test")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(FileNotFoundError, match="no Session1 or Session2"):
        load_iemocap(empty)
    (empty / "Session5").mkdir()
    with pytest.raises(FileNotFoundError, match="no evaluations of dialogues in"):
        load_iemocap(empty, subset="test")


@pytest.mark.parametrize("name", ["target", "subset", "times", "backend"])
def test_unknown_choices(release, name):
    with pytest.raises(ValueError, match=f"{name} must be one of"):
        load_iemocap(release, **{name: "other"})


def test_missing_dominance_is_nan(release):
    with only_one_session():
        _, y = load_iemocap(release, "dominance", subset="train")
    assert y.dtype == float
    assert math.isnan(y[2])
