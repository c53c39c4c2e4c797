"""SEMAINE in its official layout, every line invented."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pytest
from invented_corpora import write_semaine, write_session

from hanrock_sk.datasets.partition import (
    DOUBLE_LISTED,
    SEMAINE_RECORDINGS,
    semaine_partition,
)
from hanrock_sk.datasets.semaine import load_semaine
from hanrock_sk.talkturns.values import is_missing

TRAIN = "2008.12.05.16.03.15"
USER = [[(0, 100, "HELLO"), (100, 390, "THERE")], [(1000, 1390, "<LAUGH>")]]
OPERATOR = [[(500, 990, "HI")]]


@pytest.fixture
def sessions(tmp_path):
    """Session 10 after 9, one of them without traces, one with nothing to read."""
    folder = tmp_path / "Sessions"
    write_session(
        folder,
        10,
        recording=TRAIN,
        character="Spike",
        user=USER,
        operator=OPERATOR,
        traces={
            # 0.1 until 1.0 s, then 0.5; the second rater 0.3 throughout, and longer.
            "R1S1TUCSpDV.txt": [0.1] * 50 + [0.5] * 50,
            "R2S1TUCSpDV.txt": [0.3] * 500,
            "R1S1TOCSpDV.txt": [-0.5] * 100,
            "R1S1TUCSpDP.txt": "0 0.25\n\n0.02 0.75\n",
        },
    )
    write_session(
        folder,
        9,
        recording="2010.01.01.00.00.00",
        plain=["00:01:000 00:02:000 User\tYes."],
    )
    write_session(folder, 11, recording=TRAIN, character="End")
    return folder


def labels(y):
    return [None if np.isnan(label) else pytest.approx(label) for label in y]


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_turns_and_their_valence(sessions, backend):
    X, y = load_semaine(sessions, "valence", backend=backend)
    assert type(X).__module__.startswith(backend)
    X = nw.from_native(X)
    assert dict(zip(X.columns, zip(*X.rows(), strict=True), strict=True)) == {
        "conversation": ("9", "10", "10", "10"),
        "speaker": ("user", "user", "operator", "user"),
        "text": ("Yes.", "HELLO THERE", "HI", "{laugh}"),
        "start": (1.0, 0.0, 0.5, 1.0),
        "end": (2.0, 0.39, 0.99, 1.39),
        "character": ("Poppy", "Spike", "Spike", "Spike"),
        "recording": ("2010.01.01.00.00.00", TRAIN, TRAIN, TRAIN),
    }
    # (0.1 + 0.3) / 2 and (0.5 + 0.3) / 2; the operator was rated by one.
    assert labels(y) == [None, 0.2, -0.5, 0.4]


def test_other_dimensions(sessions):
    # Two samples at 0 and 0.02 s: the operator's turn and the last one have none.
    assert labels(load_semaine(sessions, "power")[1]) == [None, 0.5, None, None]
    assert labels(load_semaine(sessions, "intensity")[1]) == [None] * 4


def test_recordings_of_no_subset(sessions):
    X, y = load_semaine(sessions.parent, subset="train")
    assert X["conversation"].tolist() == ["10"] * 3
    assert len(y) == 3
    with pytest.raises(FileNotFoundError, match="recordings of 'dev'"):
        load_semaine(sessions, subset="dev")


def test_the_whole_corpus(tmp_path):
    listed = [name for names in SEMAINE_RECORDINGS.values() for name in names]
    sessions = write_semaine(tmp_path, [*listed, DOUBLE_LISTED], turns_per_session=4)
    X, y = load_semaine(sessions)
    assert len(X) == len(y) == 21 * 8
    assert [is_missing(label) for label in y] == (X["speaker"] == "operator").tolist()
    mood = X["text"].map(
        {
            "IT WAS AWFUL DREADFUL": -0.6,
            "IT WAS FINE": 0.1,
            "IT WAS GREAT LOVELY": 0.7,
            "OH": np.nan,
        }
    )
    np.testing.assert_allclose(y, mood + 0.015)
    for target, share in (("activation", -0.5), ("power", 0.5), ("intensity", 0.8)):
        np.testing.assert_allclose(
            load_semaine(sessions, target)[1], mood * share + 0.015
        )

    with pytest.warns(UserWarning, match=r"Dev \(404 .* 8 talkturns here are left out"):
        partition = semaine_partition(X)
    sizes = [len(rows) for rows in (partition.train, partition.dev, partition.test)]
    assert sizes == [12 * 8, 4 * 8, 4 * 8]
    for subset in ("train", "dev", "test"):
        with pytest.warns(UserWarning, match=f"{DOUBLE_LISTED} both in Dev"):
            part, _ = load_semaine(sessions, subset=subset)
        rows = getattr(partition, subset)
        assert part.equals(X.iloc[rows].reset_index(drop=True))
    part, _ = load_semaine(sessions, subset="dev", double_listed="dev")
    assert DOUBLE_LISTED in set(part["recording"])


def test_no_media_no_recording(sessions):
    write_session(sessions, 12, user=USER, operator=OPERATOR)
    X, _ = load_semaine(sessions)
    assert X["recording"].isna().tolist() == [False] * 4 + [True] * 3
    with pytest.warns(UserWarning, match=r"Sessions \['12'\] hold no media file"):
        X, _ = load_semaine(sessions, subset="train")
    assert set(X["conversation"]) == {"10"}


def test_no_word_about_the_character(sessions):
    (sessions / "9" / "session.xml").unlink()
    X, _ = load_semaine(sessions)
    assert X["character"].isna().tolist() == [True, False, False, False]


def test_broken_folders(sessions):
    (sessions / "10" / "2009.05.15.15.04.29_Operator HeadMounted_Spike.wav").touch()
    with pytest.raises(ValueError, match="10 holds media files of several recordings"):
        load_semaine(sessions)
    (sessions / "9" / "session.xml").write_text('<session\ncharacter="Po')
    with pytest.raises(ValueError, match=r"session\.xml, line 1: not whole XML"):
        load_semaine(sessions)


def test_mixed_encodings_are_told(sessions):
    (file,) = (sessions / "10").glob("*_user")
    file.write_bytes(file.read_bytes().replace(b"HELLO", b"H\xc9LLO"))
    with pytest.warns(UserWarning, match="_user, line 2: byte"):
        X, _ = load_semaine(sessions)
    assert X["text"][1] == "H\ufffdLLO THERE"


def test_nothing_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="no session with a transcript in"):
        load_semaine(tmp_path)
    write_session(tmp_path, 2, recording=TRAIN)
    with pytest.raises(FileNotFoundError, match="no session with a transcript in"):
        load_semaine(tmp_path)


@pytest.mark.parametrize("name", ["target", "subset", "double_listed", "backend"])
def test_unknown_choices(sessions, name):
    with pytest.raises(ValueError, match=f"{name} must be one of"):
        load_semaine(sessions, **{name: "other"})
