"""Parts of a sound file, read in a way that fails as an error.

Praat's own readers end the process on some broken files, so Praat is given samples.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

_UNKNOWN_LENGTHS = (0, 0xFFFFFFFF, 0x7FFFFFFF)  # of what was streamed into a pipe


class Sound:
    """An open sound file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    file : soundfile.SoundFile
        The same, open.
    channel : int or None
        The channel to read, counted from 0; None averages all.
    """

    def __init__(self, path: Path, file: Any, channel: int | None) -> None:
        self.path, self._file, self._channel = path, file, channel
        self.rate: int = file.samplerate
        self.duration: float = file.frames / file.samplerate
        if channel is not None and not 0 <= channel < file.channels:
            raise ValueError(
                f"{path} has {file.channels} channel(s), numbered from 0; there is no "
                f"channel {channel!r}."
            )

    def part(self, first: float, last: float) -> np.ndarray:
        """Return the samples from `first` to `last` (seconds), one channel.

        Raises
        ------
        ValueError
            If the file does not hold them, though it says so.
        """
        place = round(first * self.rate)
        count = min(round(last * self.rate), self._file.frames) - place
        try:
            self._file.seek(place)
            samples = self._file.read(max(count, 0), dtype="float64", always_2d=True)
        except (RuntimeError, OSError) as error:
            raise ValueError(
                f"{self.path} is broken or cut short at {first:g} s: {error}"
            ) from None
        if len(samples) < count:
            raise ValueError(
                f"{self.path} is cut short: it should be {self.duration:g} s long, but "
                f"ends after {(place + len(samples)) / self.rate:g} s."
            )
        if self._channel is not None:
            return samples[:, self._channel]
        return samples.mean(axis=1)


@contextmanager
def open_sound(path: Path, channel: int | None = None) -> Iterator[Sound]:
    """Open a sound file of any format that libsndfile reads.

    Raises
    ------
    ImportError
        If soundfile is not installed.
    ValueError
        If the file is no sound file, is cut short, or lacks the channel.
    """
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise ImportError(
            "Reading sound files needs soundfile: pip install 'hanrock-sk[audio]'."
        ) from error
    _check_wav(path)
    try:
        file = soundfile.SoundFile(os.fspath(path))
    except (RuntimeError, TypeError, ValueError, OSError) as error:
        raise ValueError(
            f"{path} cannot be opened as a sound file (WAV, AIFF, FLAC, OGG, MP3, "
            "NIST), or is cut short."
        ) from error
    with file:
        if file.frames <= 0 or file.frames > 1 << 40:
            raise ValueError(f"{path} is cut short: no sound is in it.")
        yield Sound(path, file, channel)


def _check_wav(path: Path) -> None:
    """Refuse a WAV file that ends before its samples: libsndfile would not say so."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return
        while len(chunk := file.read(8)) == 8:
            length = int.from_bytes(chunk[4:], "little")
            if chunk[:4] == b"data":
                there = size - file.tell()
                if length > there and length not in _UNKNOWN_LENGTHS:
                    raise ValueError(
                        f"{path} is cut short: of {length:,} bytes of sound {there:,} "
                        "are there."
                    )
                return
            file.seek(length + length % 2, os.SEEK_CUR)
