"""A raw text from which words are taken out."""

from __future__ import annotations

import numpy as np


def leave_out(
    text: str, spans: list[tuple[int, int]], kept: list[int]
) -> tuple[str, list[tuple[int, int]]]:
    """Take the pieces of all other words out of a text.

    A space is taken out too where the word had one on both sides, or stood first.

    Parameters
    ----------
    text : str
        The text.
    spans : list of (int, int)
        Where its words stand.
    kept : list of int
        Which of them stay.

    Returns
    -------
    text : str
        What is left.
    spans : list of (int, int)
        Where the words that stay stand in it.

    Examples
    --------
    >>> from hanrock_sk.estimators.text_without_words import leave_out
    >>> leave_out("I feel sad today", [(0, 1), (2, 6), (7, 10), (11, 16)], [0, 1, 3])
    ('I feel today', [(0, 1), (2, 6), (7, 12)])
    """
    stays = np.ones(len(text), dtype=bool)
    words = set(kept)
    dropped = [span for number, span in enumerate(spans) if number not in words]
    for begin, end in dropped:
        stays[begin:end] = False
    for number in kept:  # a character may be part of several words
        stays[slice(*spans[number])] = True
    for begin, end in dropped:
        if stays[begin:end].any():
            continue
        is_first = not stays[:begin].any() or text[begin - 1].isspace()
        if end < len(text) and text[end].isspace() and is_first:
            stays[end] = False
    place = np.concatenate([[0], np.cumsum(stays)])
    left = "".join(char for char, stay in zip(text, stays, strict=True) if stay)
    return left, [(int(place[spans[i][0]]), int(place[spans[i][1]])) for i in kept]
