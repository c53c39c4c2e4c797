"""Conversations made up so that words, voice and face carry the label."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from hanrock_sk._base.sklearn_private import Interval, StrOptions, validate_params
from hanrock_sk.datasets._corpus import string_labels
from hanrock_sk.datasets._small_talk import FEELINGS, speak
from hanrock_sk.features._tables import BACKENDS, new_table

EMOTIONS = tuple(FEELINGS)
SPEAKERS = ("woman", "man")

# How each emotion of EMOTIONS moves a measurement, in standard deviations.
EFFECTS = {
    #                     happy  sad  angry  neutral  fearful  surprised
    "delay":               (-0.4, 1.2, -1.0,  0.0,  0.6, -0.4),
    "speech_rate":         ( 0.6, -1.2, 1.0,  0.0,  0.8,  0.2),
    "tone_happy":          ( 1.5, -1.0, -1.0,  0.0, -0.6,  0.5),
    "tone_sad":            (-0.8, 1.5, -0.4,  0.0,  0.3, -0.4),
    "tone_angry":          (-0.8, -0.4, 1.5,  0.0, -0.3, -0.2),
    "tone_fear":           (-0.6, 0.2, 0.2,  0.0,  1.5,  0.6),
    "au05":                ( 0.0, -0.5, 0.8,  0.0,  1.0,  1.5),
    "au17":                (-0.6, 1.2, 0.6,  0.0,  0.0, -0.4),
    "au20":                ( 0.2, 0.2, 0.2,  0.0,  1.5, -0.2),
    "au25":                ( 0.6, -0.8, 0.4,  0.0,  0.3,  1.2),
    "positive_expression": ( 1.5, -1.0, -1.0,  0.0, -0.6,  0.3),
    "smile":               ( 1.5, -0.8, -0.8,  0.0, -0.5,  0.2),
    "head_nod":            ( 0.6, -0.4, -0.2,  0.2, -0.2,  0.0),
    "lean_forward":        ( 0.2, -0.8, 0.8,  0.0, -0.4,  0.6),
}  # fmt: skip
TONES = ("tone_happy", "tone_sad", "tone_angry", "tone_fear")
ACTION_UNITS = ("au05", "au17", "au20", "au25")
GESTURES = ("positive_expression", "smile", "head_nod", "lean_forward")

VALENCES = np.array([EMOTIONS.index(name) for name in ("sad", "neutral", "happy")])
"""In regression, from negative to positive."""


@validate_params(
    {
        "n_conversations": [Interval(Integral, 1, None, closed="left")],
        "n_talkturns": [Interval(Integral, 2, None, closed="left")],
        "task": [StrOptions({"classification", "regression"})],
        "n_classes": [Interval(Integral, 2, len(EMOTIONS), closed="both")],
        "persistence": [Interval(Real, 0, 1, closed="both")],
        "text_signal": [Interval(Real, 0, 1, closed="both")],
        "feature_signal": [Interval(Real, 0, None, closed="left")],
        "label_noise": [Interval(Real, 0, None, closed="left")],
        "missing_labels": [Interval(Real, 0, 1, closed="left")],
        "random_state": ["random_state"],
        "backend": [StrOptions(set(BACKENDS))],
    },
    prefer_skip_nested_validation=True,
)
def make_conversations(
    n_conversations: int = 60,
    n_talkturns: int = 20,
    *,
    task: str = "classification",
    n_classes: int = 4,
    persistence: float = 0.7,
    text_signal: float = 0.7,
    feature_signal: float = 1.0,
    label_noise: float = 0.1,
    missing_labels: float = 0.0,
    random_state: int | np.random.RandomState | None = None,
    backend: str = "pandas",
) -> tuple[Any, np.ndarray]:
    """Make up conversations in which words, voice and face carry the label.

    Each of two speakers has a hidden emotion that lasts from talkturn to talkturn.
    It chooses words, moves timing, tone of voice and facial actions, and is the
    label. How much each of them tells is a parameter, so that one can see whether a
    model uses what is there, and finds nothing where there is nothing.

    Parameters
    ----------
    n_conversations : int, default=60
        How many conversations.
    n_talkturns : int, default=20
        Talkturns per conversation on average; lengths vary by a quarter.
    task : {"classification", "regression"}, default="classification"
        Whether the hidden emotion is one of `n_classes` or a valence between
        negative and positive, and the labels strings or numbers in [1, 5].
    n_classes : int, default=4
        From "happy", "sad", "angry", "neutral", "fearful", "surprised", the first
        so many. Not used in regression.
    persistence : float, default=0.7
        How much of a speaker's emotion lasts until their next talkturn, in [0, 1].
        Classification: probability of keeping it; otherwise a new one is drawn from
        all. Regression: autocorrelation of the valence. With 0, the content context
        tells nothing.
    text_signal : float, default=0.7
        Probability that the feeling a talkturn speaks of is the speaker's, in [0, 1];
        otherwise it is any. With 0, the text tells nothing. About one talkturn in
        seven is a backchannel and speaks of no feeling.
    feature_signal : float, default=1.0
        Strength of the emotion in each measurement of voice, face and timing,
        relative to its noise. With 0, measurements are independent of the emotion.
    label_noise : float, default=0.1
        Classification: share of labels that are replaced by another class, at most 1.
        Regression: standard deviation of what is added to the label.
    missing_labels : float, default=0.0
        Share of talkturns without a label, in [0, 1).
    random_state : int, RandomState instance or None, default=None
        Seed; the same seed makes the same conversations.
    backend : {"pandas", "polars"}, default="pandas"
        Which library's table to return.

    Returns
    -------
    X : DataFrame
        A talkturn per row. Columns ``conversation``, ``speaker``, ``text``, ``start``,
        ``end``, ``delay`` (seconds; missing for the first talkturn, which nothing
        precedes), ``speech_rate`` (words per minute), ``tone_happy``, ``tone_sad``,
        ``tone_angry``, ``tone_fear`` (0 to 1), ``au05``, ``au17``, ``au20``, ``au25``
        (0 to 5), and booleans: ``au05_shown`` ... ``au25_shown``,
        ``positive_expression``, ``smile``, ``head_nod``, ``lean_forward``. Times,
        delay and speech rate agree with one another.
    y : ndarray of shape (n_talkturns_in_all,)
        Strings as objects, None where missing; or float, NaN where missing.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from hanrock_sk.datasets import make_conversations
    >>> X, y = make_conversations(2, 3, random_state=0, backend="polars")
    >>> X.shape, y.tolist()
    ((5, 23), ['neutral', 'sad', 'angry', 'sad', 'sad'])
    >>> X["text"][3]
    'Well, there was the lesson, it was rather pitiful.'
    """
    if task == "classification" and label_noise > 1:
        raise ValueError(
            f"label_noise is a share of the labels, at most 1, got {label_noise}."
        )
    random = check_random_state(random_state)
    lengths = random.randint(
        round(n_talkturns * 0.75), round(n_talkturns * 1.25) + 1, size=n_conversations
    )
    conversation = np.repeat(np.arange(n_conversations), lengths)
    speaker = _take_turns(conversation, random)
    if task == "classification":
        pool = np.arange(n_classes)
        emotion = _emotions(conversation, speaker, n_classes, persistence, random)
        profile = np.eye(len(EMOTIONS))[emotion]
        y = _label(emotion, n_classes, label_noise, random)
    else:
        pool = VALENCES
        valence = _valences(conversation, speaker, persistence, random)
        emotion, profile = _emotions_of(valence)
        y = 3 + 2 * valence + label_noise * random.standard_normal(len(valence))
        y = np.clip(y, 1, 5)
    unlabelled = random.random_sample(len(y)) < missing_labels
    y[unlabelled] = None if task == "classification" else np.nan

    other = pool[random.randint(len(pool), size=len(y))]
    truthful = random.random_sample(len(y)) < text_signal
    text = speak(conversation, np.where(truthful, emotion, other), random)
    columns = {
        "conversation": conversation,
        "speaker": np.array(SPEAKERS)[speaker].tolist(),
        "text": text,
        **_measure(conversation, text, feature_signal * profile, random),
    }
    return new_table(columns, backend), y


def _take_turns(conversation: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    """Which speaker has each talkturn; mostly the one who did not have the last."""
    changes = random.random_sample(len(conversation)) < 0.8
    return np.cumsum(changes) % len(SPEAKERS)


def _emotions(
    conversation: np.ndarray,
    speaker: np.ndarray,
    n_classes: int,
    persistence: float,
    random: np.random.RandomState,
) -> np.ndarray:
    """Per speaker, a Markov chain that keeps its state or draws any."""
    keeps = random.random_sample(len(speaker)) < persistence
    emotion = random.randint(n_classes, size=len(speaker))
    for row, before in _own_last(conversation, speaker):
        if keeps[row]:
            emotion[row] = emotion[before]
    return emotion


def _valences(
    conversation: np.ndarray,
    speaker: np.ndarray,
    persistence: float,
    random: np.random.RandomState,
) -> np.ndarray:
    """Per speaker, an autoregression with a standard deviation of a half."""
    valence = 0.5 * random.standard_normal(len(speaker))
    innovation = np.sqrt(1 - persistence**2)
    for row, before in _own_last(conversation, speaker):
        valence[row] = persistence * valence[before] + innovation * valence[row]
    return np.clip(valence, -1, 1)


def _own_last(
    conversation: np.ndarray, speaker: np.ndarray
) -> Iterator[tuple[int, int]]:
    """Yield each row with the speaker's row before it, in order of time."""
    last: dict[tuple[int, int], int] = {}
    for row, who in enumerate(
        zip(conversation.tolist(), speaker.tolist(), strict=True)
    ):
        if who in last:
            yield row, last[who]
        last[who] = row


def _emotions_of(valence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Say which words suit a valence, and how much of each emotion shows."""
    emotion = VALENCES[np.digitize(valence, [-1 / 3, 1 / 3])]
    profile = np.zeros((len(valence), len(EMOTIONS)))
    profile[:, VALENCES] = np.column_stack(
        [np.maximum(-valence, 0), 1 - np.abs(valence), np.maximum(valence, 0)]
    )
    return emotion, profile


def _label(
    emotion: np.ndarray, n_classes: int, noise: float, random: np.random.RandomState
) -> np.ndarray:
    """Name the emotions, a share of them wrongly."""
    wrong = random.random_sample(len(emotion)) < noise
    shift = random.randint(1, n_classes, size=len(emotion))
    named = np.where(wrong, (emotion + shift) % n_classes, emotion)
    return string_labels([EMOTIONS[number] for number in named])


def _measure(
    conversation: np.ndarray,
    text: list[str],
    strength: np.ndarray,
    random: np.random.RandomState,
) -> dict[str, np.ndarray]:
    """Measure timing, voice and face; `strength` has a column per emotion."""
    effects = np.array(list(EFFECTS.values()))
    noise = random.standard_normal((len(text), len(effects)))
    moved = dict(zip(EFFECTS, (strength @ effects.T + noise).T, strict=True))
    rate = 160 * np.exp(0.2 * moved["speech_rate"])
    tones = np.exp([moved[name] for name in TONES])
    measured = _clock(conversation, text, 0.3 + 0.4 * moved["delay"], rate)
    # Next to the four tones there is a neutral one, which is not told.
    measured |= dict(zip(TONES, tones / (1 + tones.sum(axis=0)), strict=True))
    measured |= {name: np.clip(1 + 0.8 * moved[name], 0, 5) for name in ACTION_UNITS}
    measured |= {f"{name}_shown": moved[name] > 1 for name in ACTION_UNITS}
    measured |= {name: moved[name] > 0.8 for name in GESTURES}
    return measured


def _clock(
    conversation: np.ndarray, text: list[str], delay: np.ndarray, rate: np.ndarray
) -> dict[str, np.ndarray]:
    """Lay the talkturns out in time, to the millisecond, in order of their start."""
    words = np.array([len(said.split()) for said in text])
    duration = np.round(words * 60 / rate, 3)
    start = np.empty(len(text))
    silence = np.full(len(text), np.nan)
    over = begun = 0.0
    for row in range(len(text)):
        if row == 0 or conversation[row] != conversation[row - 1]:
            begun, over = abs(delay[row]), 0.0
        else:
            begun = max(begun, over + delay[row])
        begun = round(begun, 3)
        if over:
            silence[row] = round(begun - over, 3)
        start[row] = begun
        over = max(over, round(begun + duration[row], 3))
    return {
        "start": start,
        "end": np.round(start + duration, 3),
        "delay": silence,
        "speech_rate": words * 60 / duration,
    }
