"""Prosody of sounds whose pitch, loudness and regularity are known."""

from __future__ import annotations

import sys
import wave

import narwhals as nw
import numpy as np
import pytest

from hanrock_sk.features import add_prosody, prosody
from hanrock_sk.talkturns.values import is_missing

RATE = 16000
MEASURES = ["pitch_mean", "pitch_sd", "intensity_mean", "jitter", "shimmer", "hnr"]


@pytest.fixture
def praat():
    return pytest.importorskip(
        "parselmouth", reason="praat-parselmouth is not installed: hanrock-sk[audio]"
    )


def tone(frequency, amplitude, seconds=1.0):
    """A sine; amplitude 1 is the loudest that the file can hold."""
    return amplitude * np.sin(2 * np.pi * frequency * np.arange(seconds * RATE) / RATE)


def write(path, *parts, channels=1):
    """Write a WAV file of 16 bits; all channels alike unless they are given as 2D."""
    samples = np.concatenate(parts)
    if samples.ndim == 1:
        samples = np.repeat(samples[:, None], channels, axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).round().astype("<i2").tobytes())
    return path


def decibel(amplitude):
    """Level of a sine in dB above 20 micropascal."""
    return 20 * np.log10(amplitude / np.sqrt(2) / 2e-5)


def column(table, name):
    found = nw.from_native(table)[name].to_list()
    return [None if is_missing(value) else value for value in found]


def test_pitch_and_loudness_of_sines(praat, tmp_path, frame):
    path = write(
        tmp_path / "a.wav", tone(150, 0.1), np.zeros(RATE), tone(300, 0.5, 1.5)
    )
    talkturns = frame(
        {"text": ["a", "b", "c"], "start": [0.0, 1.0, 2.0], "end": [1.0, 2.0, 3.5]}
    )
    heard = add_prosody(talkturns, path)
    assert nw.from_native(heard).columns == ["text", "start", "end", *MEASURES]
    assert column(heard, "pitch_mean") == [
        pytest.approx(150, abs=0.1),
        None,
        pytest.approx(300, abs=0.1),
    ]
    assert column(heard, "intensity_mean") == [
        pytest.approx(decibel(0.1), abs=0.05),
        None,  # digital silence has no level
        pytest.approx(decibel(0.5), abs=0.05),
    ]
    for name in ("pitch_sd", "jitter", "shimmer"):
        assert column(heard, name) == [
            pytest.approx(0, abs=1e-3),
            None,
            pytest.approx(0, abs=1e-3),
        ]
    assert column(heard, "hnr")[1] is None
    assert min(column(heard, "hnr")[::2]) > 40


def test_jitter_shimmer_and_spread(praat, tmp_path):
    """Pulses whose distance and height change by a known share from one to the next."""
    import pandas as pd

    periods = np.tile([0.00975, 0.01025], 100)  # 97.56 ... 102.56 Hz, mean 10 ms
    heights = np.tile([0.4, 0.5], 100)
    samples = np.zeros(int(periods.sum() * RATE) + 400)
    shape = np.exp(-np.arange(100) / 12.0) * np.sin(2 * np.pi * np.arange(100) / 33)
    for place, height in zip(np.cumsum(periods) - periods[0], heights, strict=True):
        at = round(place * RATE)
        samples[at : at + 100] += height * shape
    path = write(tmp_path / "a.wav", samples)
    heard = add_prosody(
        pd.DataFrame({"start": [0.0], "end": [len(samples) / RATE]}), path
    )
    # Neighbouring periods differ by 0.5 of 10 ms, neighbouring heights by 0.1 of 0.45.
    assert heard["jitter"][0] == pytest.approx(0.05, rel=0.1)
    assert heard["shimmer"][0] == pytest.approx(0.1 / 0.45, rel=0.15)
    # A voice that glides from 100 to 200 Hz: mean 150, deviation 100 / sqrt(12).
    glide = np.sin(2 * np.pi * np.cumsum(np.linspace(100, 200, 2 * RATE)) / RATE)
    path = write(tmp_path / "b.wav", 0.5 * glide)
    heard = add_prosody(pd.DataFrame({"start": [0.0], "end": [2.0]}), path)
    assert heard["pitch_mean"][0] == pytest.approx(150, rel=0.02)
    assert heard["pitch_sd"][0] == pytest.approx(100 / np.sqrt(12), rel=0.05)


def test_harmonics_to_noise(praat, tmp_path):
    """With noise 20 dB below the sine, the ratio is about 20 dB."""
    import pandas as pd

    noise = np.random.default_rng(0).normal(0, 0.5 / np.sqrt(2) / 10, 3 * RATE)
    path = write(tmp_path / "a.wav", tone(150, 0.5, 3) + noise)
    heard = add_prosody(pd.DataFrame({"start": [0.0], "end": [3.0]}), path)
    assert heard["hnr"][0] == pytest.approx(20, abs=1.5)


def test_noise_has_no_voice(praat, tmp_path):
    import pandas as pd

    path = write(tmp_path / "a.wav", np.random.default_rng(0).normal(0, 0.1, RATE))
    heard = add_prosody(pd.DataFrame({"start": [0.0], "end": [1.0]}), path)
    assert heard["intensity_mean"][0] == pytest.approx(
        decibel(0.1 * np.sqrt(2)), abs=0.5
    )
    assert heard.drop(columns=["start", "end", "intensity_mean"]).isna().all(axis=None)


def test_too_short_to_measure(praat, tmp_path, frame):
    path = write(tmp_path / "a.wav", tone(150, 0.1))
    talkturns = frame(
        {"start": [0.1, 0.1, 0.1, 0.1, None], "end": [0.1, 0.13, 0.15, 0.2, 1.0]}
    )
    heard = add_prosody(talkturns, path)
    pitch, loudness = column(heard, "pitch_mean"), column(heard, "intensity_mean")
    assert [value is not None for value in pitch] == [False, False, True, True, False]
    assert [value is not None for value in loudness] == [
        *(False, False, False, True, False)
    ]


def test_speakers_offsets_and_what_lies_outside(praat, tmp_path, frame):
    path = write(tmp_path / "a.wav", tone(150, 0.1), tone(200, 0.1))
    talkturns = frame(
        {
            "speaker": ["Anna", "Ben", "Anna", "Anna"],
            "start": [10.0, 10.0, 11.5, 13.0],
            "end": [11.0, 11.0, 12.5, 14.0],
        }
    )
    with pytest.warns(UserWarning, match=r"a\.wav is 2 s long; 2 of 3 .* in row 2"):
        heard = add_prosody(talkturns, path, speaker="Anna", offset=10.0)
    assert column(heard, "pitch_mean") == [
        pytest.approx(150, abs=0.1),
        None,
        pytest.approx(200, abs=0.1),
        None,
    ]
    both = add_prosody(heard, path, speaker="Ben", offset=9.0)
    assert column(both, "pitch_mean")[:2] == [
        pytest.approx(150, abs=0.1),
        pytest.approx(200, abs=0.1),
    ]


def test_channels_are_averaged(praat, tmp_path, frame):
    talkturns = frame({"start": [0.0], "end": [1.0]})
    same = write(tmp_path / "a.wav", tone(150, 0.1), channels=2)
    one_sided = np.stack([tone(150, 0.1), np.zeros(RATE)], axis=1)
    half = write(tmp_path / "b.wav", one_sided)
    levels = [
        column(add_prosody(talkturns, p), "intensity_mean")[0] for p in (same, half)
    ]
    assert levels == pytest.approx([decibel(0.1), decibel(0.05)], abs=0.05)


def test_bad_sound_files(praat, tmp_path, frame):
    talkturns = frame({"start": [0.0], "end": [1.0]})
    path = tmp_path / "a.wav"
    path.write_text("speaker,word,start,end\n" * 99)
    with pytest.raises(ValueError, match=r"a\.wav cannot be opened as a sound file"):
        add_prosody(talkturns, path)
    with pytest.raises(FileNotFoundError, match="There is no file"):
        add_prosody(talkturns, tmp_path / "b.wav")
    with pytest.raises(ValueError, match="pitch_floor must be above 0"):
        add_prosody(talkturns, path, pitch_floor=600)


def test_a_sound_file_cut_short(praat, tmp_path, frame):
    path = write(tmp_path / "a.wav", tone(150, 0.1))
    path.write_bytes(path.read_bytes()[:-RATE])
    talkturns = frame({"start": [0.0], "end": [1.0]})
    with pytest.raises(ValueError, match=r"a\.wav is cut short: of .* bytes of sound"):
        add_prosody(talkturns, path)


def test_without_praat(monkeypatch, frame):
    monkeypatch.setitem(sys.modules, "parselmouth", None)
    with pytest.raises(ImportError, match=r"pip install 'hanrock-sk\[audio\]'"):
        add_prosody(frame({"start": [0.0], "end": [1.0]}), "a.wav")


def test_the_old_name_warns(praat, tmp_path, frame):
    path = write(tmp_path / "a.wav", tone(150, 0.1))
    talkturns = frame({"start": [0.0], "end": [1.0]})
    with pytest.warns(FutureWarning, match="is add_prosody"):
        old = prosody(path, talkturns)
    assert column(old, "hnr") == column(add_prosody(talkturns, path), "hnr")


def test_a_channel_for_each_speaker(praat, tmp_path, frame):
    pytest.importorskip("soundfile")
    both = np.stack([tone(150, 0.1), tone(250, 0.1)], axis=1)
    path = write(tmp_path / "a.wav", both)
    talkturns = frame({"start": [0.0], "end": [1.0]})
    for channel, pitch in ((0, 150), (1, 250)):
        heard = add_prosody(talkturns, path, channel=channel)
        assert column(heard, "pitch_mean") == pytest.approx([pitch], abs=1)
    with pytest.raises(ValueError, match=r"2 channel\(s\).* no channel 2"):
        add_prosody(talkturns, path, channel=2)
