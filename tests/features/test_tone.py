"""Tables of tones of voice, under each header known."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from hanrock_sk.features import add_tone, read_tone

MONAH = (
    "video_id,audio_id,speaker,talkturn no,neutrality,happiness,sadness,anger,fear\n"
)


def write(path, text):
    path.write_text(text)
    return path


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_the_sample_of_monahs_layout(data_root, backend):
    path = data_root / "formats" / "vokaturi" / "talkturn_vokaturi_HANDMADE.csv"
    tone = nw.from_native(read_tone(path, backend=backend))
    assert tone.rows() == [
        ("demo", "speaker_a", 0, 0.760, 0.000, 0.238, 0.001, 0.001),
        ("demo", "speaker_b", 1, 0.120, 0.610, 0.050, 0.200, 0.020),
    ]
    assert tone.columns == [
        *("conversation", "speaker", "talkturn"),
        *("tone_neutral", "tone_happy", "tone_sad", "tone_angry", "tone_fear"),
    ]


def test_one_row_per_sound_file_in_percent(tmp_path):
    path = write(
        tmp_path / "tone.csv",
        "filename,happy_percentage,sadness_percentage,neutral_percentage,"
        "anger_percentage,fear_percentage\n"
        "C:\\turns\\Ses01F_impro01_F000.wav,50.5,20,19.5,10,0\n"
        "turns/Ses01F_impro01_M000.wav,1,1,97,0,0\n",
    )
    tone = read_tone(path)
    assert tone["file"].tolist() == ["Ses01F_impro01_F000", "Ses01F_impro01_M000"]
    assert tone["tone_happy"].tolist() == pytest.approx([0.505, 0.01])
    # Rounded percentages may sum to 99.
    assert tone["tone_neutral"].tolist() == pytest.approx([0.195, 0.97])


def test_vokaturis_own_words(tmp_path):
    path = write(
        tmp_path / "tone.tsv",
        "Talkturn\tNeutral\tHappy\tSad\tAngry\tFear\n4\t0.760\t0\t0.238\t0.001\t0\n",
    )
    tone = read_tone(path)
    assert tone["talkturn"].tolist() == [4]
    assert tone["tone_sad"].tolist() == [0.238]


def test_invalid_voices_are_missing(tmp_path):
    path = write(
        tmp_path / "tone.csv", MONAH + "v,a,Anna,0,0,0,0,0,0\nv,a,Ben,1,,,,,\n"
    )
    tone = read_tone(path)
    assert tone["speaker"].tolist() == ["Anna", "Ben"]
    assert np.isnan(tone.filter(like="tone").to_numpy()).all()


def test_some_tones_are_enough(tmp_path):
    path = write(tmp_path / "tone.csv", "talkturn,happy,sad\n0,0.9,0.05\n2,0,0\n")
    tone = read_tone(path)
    assert list(tone.columns) == ["talkturn", "tone_happy", "tone_sad"]
    assert tone["tone_happy"].tolist() == pytest.approx([0.9, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("speaker,word\nAnna,hi\n", "line 1: no column tells a tone of voice"),
        ("talkturn,neutral\n0,1\n", "line 1: no column tells a tone of voice"),
        ("happy,sad\n0.5,0.5\n", "line 1: no column says which talkturn"),
        (MONAH, "has a header but no rows"),
        (MONAH + "v,a,x,0,0.5,0.5,0,0,0\nv,a,x,1,1,0\n", "line 3: 6 fields"),
        (MONAH + "v,a,x,0,0.5,0.5,,0,0\n", "line 2: only some of the tones"),
        (MONAH + "v,a,x,0,0.5,high,0,0,0\n", "line 2: tone_happy must be a number"),
        (MONAH + "v,a,x,0,1.5,-0.5,0,0,0\n", "line 2: the tones are not probabilities"),
        (
            MONAH + "v,a,x,0,50,50,0,0,0\nv,a,x,1,0.5,0.5,0,0,0\n",
            "line 3: the five tones sum to 1, not to 100 percent",
        ),
        (MONAH + "v,a,x,0.5,1,0,0,0,0\n", "line 2: the talkturn must be numbered"),
        (MONAH + "v,a,x,,1,0,0,0,0\n", "line 2: the talkturn must be numbered"),
        (
            MONAH + "v,a,x,0,1,0,0,0,0\nv,b,x,0,1,0,0,0,0\nv,a,y,0,1,0,0,0,0\n",
            "line 4: the same talkturn as in line 2",
        ),
    ],
)
def test_broken_tables(tmp_path, text, message):
    path = write(tmp_path / "tone.csv", text)
    with pytest.raises(ValueError, match=rf"tone\.csv.*{message}"):
        read_tone(path)


def test_classes_beyond_the_five(tmp_path):
    header = "filename,neutral,happy,sad,angry,fear,disgust,surprised\n"
    path = write(tmp_path / "t.csv", header + "a.wav,0.5,0.1,0.1,0.1,0.1,0.05,0.05\n")
    assert read_tone(path)["tone_neutral"].tolist() == [0.5]
    path = write(tmp_path / "p.csv", header + "a.wav,50,10,10,10,10,5,5\n")
    assert read_tone(path)["tone_happy"].tolist() == [0.1]


def test_what_vokaturi_prints(tmp_path):
    one = "Reading sound file...\nNeutral: 0.760\nHappy: 0.000\n"
    one += "Sad: 0.238\nAngry: 0.001\n"
    tone = read_tone(write(tmp_path / "anna_0.txt", one + "Fear: 0.001\n"))
    assert tone["file"].tolist() == ["anna_0"]
    assert tone["tone_sad"].tolist() == [0.238]
    several = one + "Not enough sonorancy to determine emotions\n" + one
    tone = read_tone(write(tmp_path / "all.txt", several))
    assert tone["talkturn"].tolist() == [0, 1, 2]
    assert tone["tone_neutral"].isna().tolist() == [False, True, False]


def test_by_time(tmp_path):
    path = write(
        tmp_path / "t.csv", "start,end,neutral,sad\n0,1,0.8,0.2\n1,3,0.2,0.8\n"
    )
    talkturns = pd.DataFrame({"start": [0.0, 2.0, 9.0], "end": [2.0, 3.0, 10.0]})
    told = add_tone(talkturns, read_tone(path))["tone_sad"]
    # Half of the first talkturn is in each row.
    assert told[:2].tolist() == pytest.approx([0.5, 0.8])
    assert np.isnan(told[2])


def test_scores_that_sum_to_anything(tmp_path):
    path = write(tmp_path / "t.csv", MONAH + "v,a,x,0,0.5,0.1,0,0,0\n")
    with pytest.warns(UserWarning, match=r"line 2: the tones sum to 0\.6"):
        assert read_tone(path)["tone_neutral"].tolist() == [0.5]


FIVE = "filename,neutral,happy,sad,angry,fear\n"


def test_classes_that_do_not_sum_to_one(tmp_path):
    """Classes left out, in percent; and scores of each class by itself."""
    path = write(tmp_path / "part.csv", FIVE + "a.wav,30,20,10,10,10\n")
    with pytest.warns(UserWarning, match=r"line 2: the tones sum to 80, not to 100"):
        assert read_tone(path).iloc[0, 1:].tolist() == [0.3, 0.2, 0.1, 0.1, 0.1]
    path = write(tmp_path / "own.csv", FIVE + "a.wav,0.9,0.8,0.7,0.1,0.1\n")
    with pytest.warns(UserWarning, match=r"sum to 2\.6, not to 1, .* as they are"):
        assert read_tone(path).iloc[0, 1:].tolist() == [0.9, 0.8, 0.7, 0.1, 0.1]
    path = write(tmp_path / "raw.csv", FIVE + "a.wav,-3.2,2.0,1.0,1.0,0.1\n")
    with pytest.raises(ValueError, match="line 2: the tones are not probabilities"):
        read_tone(path)


def test_short_names_and_more_classes(tmp_path):
    path = write(
        tmp_path / "tone.csv",
        "file;ang;hap;neu;sad;dis;other;unknown\na.wav;0,1;0,2;0,3;0,1;0,1;0,1;0,1\n",
    )
    tone = read_tone(path)
    assert tone.columns.tolist() == [
        *("file", "tone_neutral", "tone_happy", "tone_sad", "tone_angry")
    ]
    assert tone.iloc[0, 1:].tolist() == [0.3, 0.2, 0.1, 0.1]


@pytest.mark.parametrize(
    "times",
    ["onset,duration\n0.5,1.5", "start,end\n00:00:00.500,0:02", "Begin,End\n500ms,2s"],
)
def test_times(tmp_path, times):
    header, row = times.split("\n")
    path = write(
        tmp_path / "tone.csv",
        f"{header},neutral,happy,sad,angry,fear\n{row},0.2,0.2,0.2,0.2,0.2\n",
    )
    tone = read_tone(path)
    assert tone[["start", "end"]].to_numpy().tolist() == [[0.5, 2.0]]
    with pytest.raises(
        ValueError, match=r"line 2: (start|duration|end) must be a time"
    ):
        read_tone(write(path, path.read_text().replace(row, row[:-2] + "soon")))
