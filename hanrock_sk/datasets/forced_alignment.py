"""Forced alignments by Sphinx: in which frames of a turn each word was said."""

from __future__ import annotations

from pathlib import Path

from hanrock_sk.features.transcripts.sphinx import spoken_word
from hanrock_sk.files.text import read_text

FRAMES_PER_SECOND = 100


def word_frames(file: Path) -> list[tuple[int, int]]:
    """Return first and last frame of each word, counted from the start of the turn.

    Silence and noise are no words.

    Raises
    ------
    ValueError
        If the file is cut short, a line is not what it should be, or frames run
        backwards; the error names file and line.
    """
    lines = read_text(file, replace=True).splitlines()
    if not lines or not lines[-1].strip().startswith("Total score"):
        raise ValueError(
            f"{file}, line {len(lines)}: the alignment does not end with its total "
            "score; the file is cut short."
        )
    words: list[tuple[int, int]] = []
    latest = 0
    for number, line in enumerate(lines[1:-1], 2):
        fields = line.split()
        if len(fields) != 4 or not (fields[0] + fields[1]).isdigit():
            raise ValueError(
                f"{file}, line {number}: expected first frame, last frame, score and "
                f"word, got {line!r}."
            )
        first, last = int(fields[0]), int(fields[1])
        if last < first or first < latest:
            raise ValueError(f"{file}, line {number}: the frames run backwards.")
        latest = first
        if spoken_word(fields[3]) is not None:
            words.append((first, last))
    return words
