"""Prosody from the recording itself: pitch, loudness and quality of the voice."""

from __future__ import annotations

import math
import warnings
from os import PathLike
from typing import Any

import numpy as np

from hanrock_sk.features._spans import fill_rows, rows_of, spans
from hanrock_sk.features.sound import open_sound
from hanrock_sk.files.text import existing_file
from hanrock_sk.talkturns.table import add_columns, read_table

MEASURES = ("pitch_mean", "pitch_sd", "intensity_mean", "jitter", "shimmer", "hnr")

# Praat's own defaults: no period shorter or longer than these counts as voice (s), nor
# neighbouring periods that differ by more than these factors in length or amplitude.
_PERIODS = (0.0001, 0.02, 1.3)
_AMPLITUDE_FACTOR = 1.6
_SILENT_FRAME = -200.0
_DIGITAL_SILENCE = -300.0


def add_prosody(
    talkturns: Any,
    audio: str | PathLike[str],
    *,
    speaker: Any = None,
    conversation: Any = None,
    offset: float = 0.0,
    channel: int | None = None,
    pitch_floor: float = 75.0,
    pitch_ceiling: float = 600.0,
) -> Any:
    """Measure the voice in each talkturn with Praat.

    It gives users without a classifier for the tone of voice a prosody family: name the
    columns in ``AuxiliaryTargets(prosody=...)``. Needs ``hanrock-sk[audio]``.

    Parameters
    ----------
    talkturns : DataFrame
        Talkturns with ``start`` and ``end`` in seconds.
    audio : path-like
        A sound file that libsndfile reads: WAV, AIFF, FLAC, OGG, MP3, NIST. Only the
        talkturns' own parts are read, so length does not matter.
    speaker : hashable or None, default=None
        Whose microphone it is: only this speaker's talkturns are measured. None
        measures everyone's.
    conversation : hashable or None, default=None
        Which conversation was recorded, if the table has several.
    offset : float, default=0.0
        Seconds to add to the recording's times to arrive at the talkturns' clock.
    channel : int or None, default=None
        The channel to measure, counted from 0, where each speaker has one; None
        averages all.
    pitch_floor, pitch_ceiling : float, default=75.0, 600.0
        Voices lie between these (Hz).

    Returns
    -------
    talkturns : DataFrame
        The same rows, with these columns added:

        - ``pitch_mean``, ``pitch_sd`` (Hz): over the voiced frames;
        - ``intensity_mean`` (dB re 20 micropascal, if the samples are in pascal);
        - ``jitter``, ``shimmer``: mean difference between neighbouring periods in
          length and amplitude, relative to their mean (Praat's "local");
        - ``hnr`` (dB): harmonics-to-noise ratio over the frames that are not silent.

        Missing where nothing can be measured: no voice in the talkturn, too short
        (three periods of `pitch_floor`, 40 ms, are needed; six for the loudness), or
        outside of the recording. Talkturns of other speakers keep what they had.

    Raises
    ------
    ImportError
        If praat-parselmouth or soundfile is not installed.
    ValueError
        If the file is no sound file or cut short, the speaker or conversation does not
        occur, or a talkturn ends before it starts.

    Warns
    -----
    UserWarning
        If talkturns lie outside of the recording, wholly or in part.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.features import add_prosody
    >>> talkturns = pl.DataFrame({"start": [0.0, 2.5], "end": [2.0, 4.0]})
    >>> heard = add_prosody(talkturns, "anna.wav")  # doctest: +SKIP
    >>> heard["pitch_mean"].to_list()  # doctest: +SKIP
    [203.1, 187.4]
    """
    try:
        import parselmouth
    except ImportError as error:
        raise ImportError(
            "Measuring prosody needs Praat: pip install 'hanrock-sk[audio]'."
        ) from error
    if not 0 < pitch_floor < pitch_ceiling:
        raise ValueError(
            "pitch_floor must be above 0 and below pitch_ceiling, got "
            f"{pitch_floor!r} and {pitch_ceiling!r}."
        )
    table = read_table(talkturns, required=["start", "end"])
    rows = rows_of(table, conversation, speaker)
    start, end = (times - offset for times in spans(table, rows))
    measured = np.full((len(rows), len(MEASURES)), np.nan)
    path = existing_file(audio)
    with open_sound(path, channel) as sound:
        _warn_outside(path, rows, start, end, sound.duration)
        for place, (first, last) in enumerate(
            zip(np.maximum(start, 0), np.minimum(end, sound.duration), strict=True)
        ):
            if last > first:
                samples = sound.part(first, last)
                if len(samples) > 1:
                    part = parselmouth.Sound(samples, sound.rate)
                    measured[place] = _measure(part, pitch_floor, pitch_ceiling)
    columns = {
        name: fill_rows(table, name, rows, measured[:, place])
        for place, name in enumerate(MEASURES)
    }
    return add_columns(table, columns).to_native()


def prosody(audio: str | PathLike[str], talkturns: Any, **options: Any) -> Any:
    """Measure the voice in each talkturn, by the name that went before `add_prosody`.

    .. deprecated:: 0.2.0
        Will be removed in 0.3; call `add_prosody(talkturns, audio)`, with the talkturns
        first.

    Parameters
    ----------
    audio : path-like
        A sound file.
    talkturns : DataFrame
        Talkturns with ``start`` and ``end`` in seconds.
    **options : object
        Those of `add_prosody`.

    Returns
    -------
    talkturns : DataFrame
        What `add_prosody` returns.

    Examples
    --------
    >>> from hanrock_sk.features import prosody
    >>> prosody("anna.wav", talkturns)  # doctest: +SKIP
    """
    warnings.warn(
        "prosody(audio, talkturns) is add_prosody(talkturns, audio) now; the old name "
        "goes with the next release.",
        FutureWarning,
        stacklevel=2,
    )
    return add_prosody(talkturns, audio, **options)


def _warn_outside(
    path: Any, rows: np.ndarray, start: np.ndarray, end: np.ndarray, duration: float
) -> None:
    outside = rows[(start < -1e-3) | (end > duration + 1e-3)]
    if len(outside):
        warnings.warn(
            f"{path} is {duration:g} s long; {len(outside)} of {len(rows)} talkturns "
            f"lie wholly or in part outside of it, the first in row {outside[0]}. "
            "Does the clock need an offset?",
            stacklevel=3,
        )


def _measure(part: Any, pitch_floor: float, pitch_ceiling: float) -> list[float]:
    """Return the measures of one talkturn, NaN where Praat finds no voice."""
    from parselmouth.praat import call

    values = dict.fromkeys(MEASURES, math.nan)
    # The mean is taken off: a constant voltage of the recorder is no sound.
    part.subtract_mean()
    if part.duration >= 6.4 / pitch_floor:
        intensity = part.to_intensity(pitch_floor).get_average()
        if intensity > _DIGITAL_SILENCE:
            values["intensity_mean"] = intensity
    if part.duration >= 3 / pitch_floor:
        pitch = part.to_pitch(pitch_floor=pitch_floor, pitch_ceiling=pitch_ceiling)
        pitch_mean = call(pitch, "Get mean", 0, 0, "Hertz")
        if math.isnan(pitch_mean):
            return [values[name] for name in MEASURES]
        pulses = call([part, pitch], "To PointProcess (cc)")
        harmonicity = part.to_harmonicity_cc(minimum_pitch=pitch_floor).values
        sounding = harmonicity[harmonicity != _SILENT_FRAME]
        values |= {
            "pitch_mean": pitch_mean,
            "pitch_sd": call(pitch, "Get standard deviation", 0, 0, "Hertz"),
            "jitter": call(pulses, "Get jitter (local)", 0, 0, *_PERIODS),
            "shimmer": call(
                [part, pulses],
                "Get shimmer (local)",
                0,
                0,
                *_PERIODS,
                _AMPLITUDE_FACTOR,
            ),
            "hnr": sounding.mean() if len(sounding) else math.nan,
        }
    return [values[name] for name in MEASURES]
