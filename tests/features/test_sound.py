"""Sound files of several formats, whole and broken; none ends the process."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.features.sound import open_sound

soundfile = pytest.importorskip("soundfile")
RATE = 16000
WAVE = np.sin(np.arange(RATE) / 20) / 2


@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac", "ogg", "mp3"])
def test_parts(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, WAVE, RATE)
    with open_sound(path) as sound:
        assert sound.duration == pytest.approx(1.0, abs=0.1)
        part = sound.part(0.25, 0.5)
    assert len(part) == RATE // 4
    if suffix in ("wav", "aiff", "flac"):
        np.testing.assert_allclose(part, WAVE[RATE // 4 : RATE // 2], atol=1e-4)


@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac", "ogg", "mp3"])
def test_broken_files_are_errors(tmp_path, suffix):
    """Cut anywhere, with bytes changed, a file is read or refused."""
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, WAVE, RATE)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(40):
        content = bytearray(whole[: rng.integers(1, len(whole))])
        for place in rng.integers(0, len(content), 3):
            content[place] = rng.integers(256)
        path.write_bytes(content)
        said = str(path)
        try:
            with open_sound(path) as sound:
                sound.part(0.0, min(sound.duration, 2.0))
        except ValueError as error:
            said = str(error)
        assert str(path) in said


@pytest.mark.parametrize(
    "content",
    [
        b"ID3\x03\x00\x00\x00\x0c\x1a\x00APIC" + b" " * 5000,
        b"\xff\xfe" + "speaker,text\r\n".encode("utf-16-le") * 30,
        b"RIFF",
    ],
)
def test_what_ends_praat(tmp_path, content):
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    with (
        pytest.raises(ValueError, match=r"a\.mp3 .*(sound file|cut short)"),
        open_sound(path),
    ):
        pass
