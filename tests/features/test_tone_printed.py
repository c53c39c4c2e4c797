"""What Vokaturi prints, as its samples print it."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.features import read_tone

RESULT = "Neutral: 0.760\nHappy: 0.000\nSad: 0.238\nAngry: 0.001\nFear: 0.001\n"
INVALID = "Not enough sonorancy to determine emotions\n"
TONES = [0.76, 0.0, 0.238, 0.001, 0.001]


def read(folder, text):
    path = folder / "anna_0.txt"
    path.write_text(text)
    return read_tone(path)


def test_one_file(tmp_path):
    tone = read(tmp_path, f"Loading library...\nAnalyzed by: OpenVokaturi\n{RESULT}")
    assert tone.iloc[0].tolist() == ["anna_0", *TONES]


def test_results_without_names_are_numbered(tmp_path):
    tone = read(tmp_path, RESULT + INVALID + RESULT)
    assert tone["talkturn"].tolist() == [0, 1, 2]
    assert tone["tone_sad"].tolist()[::2] == [0.238, 0.238]
    assert np.isnan(tone.iloc[1, 1:].to_numpy(dtype=float)).all()


@pytest.mark.parametrize(
    "line",
    ["{}", "{}:", "Emotion analysis of WAV file {}:", "File: {}", "Reading {}..."],
)
def test_results_below_the_names_of_their_files(tmp_path, line):
    names = [line.format(f"C:\\turns\\anna {place}.wav") for place in range(3)]
    long = RESULT.replace("Neutral:", "Neutrality").replace("Happy:", "Happiness")
    long = long.replace("Sad:", "Sadness").replace("Angry:", "Anger")
    tone = read(
        tmp_path,
        f"{names[0]}\n{RESULT}{names[1]}\n{INVALID}{names[2]}\n"
        + long.replace("Fear:", "Fear"),
    )
    assert tone["file"].tolist() == ["anna 0", "anna 1", "anna 2"]
    assert tone.iloc[0, 1:].tolist() == tone.iloc[2, 1:].tolist() == TONES
    assert np.isnan(tone.iloc[1, 1:].to_numpy(dtype=float)).all()


def test_what_is_refused(tmp_path):
    for value in ("1.5", "0.2.3"):
        with pytest.raises(ValueError, match=f"line 2: '{value}' is no probability"):
            read(tmp_path, RESULT.replace("0.000", value))
