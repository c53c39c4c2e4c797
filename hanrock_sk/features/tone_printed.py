"""What Vokaturi prints: a line for each class, once for each sound file."""

from __future__ import annotations

import math
import re
from pathlib import PureWindowsPath
from typing import Any

import numpy as np

_CLASSES = {
    "neutral": "tone_neutral",
    "happ": "tone_happy",
    "sad": "tone_sad",
    "ang": "tone_angry",
    "fear": "tone_fear",
}
_LINE = re.compile(
    r"\s*(?:(neutral|happ|sad|ang|fear)(?:ity|y|iness|ness|ry|er|ful)?)"
    r"\s*[:= ]\s*([\d.]+)\s*(%?)\s*",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"\s*(?:(?:emotion analysis of|reading|processing|analy[sz]ing)\b)?"
    r"(?:\s*(?:wav|sound|audio)?\s*file(?:name)?\b)?\s*:?\s*"
    r"\"?(.+)\.(?:wav|mp3|flac|ogg|m4a|aiff?)\"?\s*(?:\.\.\.|:)?\s*",
    re.IGNORECASE,
)
_INVALID = "not enough sonoran"


def is_printed(text: str) -> bool:
    """Whether a text is what Vokaturi prints: one of its first lines tells a class."""
    return any(_LINE.fullmatch(line) for line in text[:10_000].splitlines()[:40])


def read_printed(text: str, path: Any) -> dict[str, Any]:
    """Read results one after another.

    Parameters
    ----------
    text : str
        What was printed.
    path : path-like
        The file it stands in.

    Returns
    -------
    columns : dict of str to list or ndarray
        ``file``, if each result stands below the name of its sound file, or if there
        is one result, which is about the sound file of this name; else ``talkturn``,
        counted from 0. And the five tones.

    Raises
    ------
    ValueError
        If a value is no probability.
    """
    results: list[dict[str, float]] = []
    files: list[str | None] = []
    name = None
    for line, content in enumerate(text.splitlines(), 1):
        sound = _FILE.fullmatch(content)
        if sound is not None:
            name = PureWindowsPath(sound[1]).name
            continue
        invalid = content.strip().lower().startswith(_INVALID)
        printed = _LINE.fullmatch(content)
        if printed is None and not invalid:
            continue
        tone = printed and _CLASSES[printed[1].lower()]
        begun = results and results[-1] and tone not in results[-1] and name is None
        if invalid or not begun:
            results.append({})
            files.append(name)
            name = None
        if printed is None:
            continue
        try:
            value = float(printed[2]) / (100 if printed[3] else 1)
        except ValueError:
            value = math.inf
        if not 0 <= value <= 1:
            raise ValueError(
                f"{path}, line {line}: {printed[2][:40]!r} is no probability."
            )
        results[-1][str(tone)] = value
    key: dict[str, Any] = {"talkturn": np.arange(len(results))}
    if all(files):
        key = {"file": files}
    elif len(results) == 1:
        key = {"file": [PureWindowsPath(path).stem]}
    return key | {
        tone: np.array([result.get(tone, math.nan) for result in results])
        for tone in _CLASSES.values()
    }
