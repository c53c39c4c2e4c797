"""ESConv: chats of emotional support, with the supporter's strategies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from hanrock_sk.datasets._corpus import check_choice, corpus_file, string_labels
from hanrock_sk.features._tables import check_backend, new_table
from hanrock_sk.files.text import read_json

TARGETS = ("strategy", "feedback")
SUBSETS = ("train", "dev", "test")
FILE = "ESConv.json"
ORIGIN = "https://github.com/thu-coai/Emotional-Support-Conversation"

SPEAKERS = {
    "seeker": "seeker",
    "supporter": "supporter",
    "speaker": "seeker",
    "listener": "supporter",
}
"""Who speaks; the chats that the authors set aside use the other two names."""

TENTHS = ("train",) * 8 + ("dev", "test")
"""Which part the first, second ... of ten conversations belongs to."""


def load_esconv(
    path: str | os.PathLike[str],
    target: str = "strategy",
    subset: str | None = None,
    backend: str = "pandas",
) -> tuple[Any, np.ndarray]:
    r"""Load ESConv as a talkturn table, one row per message.

    Parameters
    ----------
    path : path
        The folder with ``ESConv.json``, as published; or a file in its layout.
    target : {"strategy", "feedback"}, default="strategy"
        What `y` holds:

        - ``"strategy"``: which of eight strategies the supporter's message follows,
          such as "Questions" or "Self-disclosure". The seeker's messages have none.
        - ``"feedback"``: how helpful the seeker found the supporter's last messages,
          1 to 5, a real value. It was asked for at every second of the supporter's
          turns, and stands with the seeker's next message.
    subset : {"train", "dev", "test"} or None, default=None
        None for all. The authors publish no lists: of ten conversations in the order
        of the file the first eight are "train", the ninth "dev", the tenth "test".
    backend : {"pandas", "polars"}, default="pandas"
        Which library's table to return.

    Returns
    -------
    X : DataFrame
        In the order of the file. Columns ``conversation`` (its number in the file),
        ``speaker`` ("seeker" or "supporter"), ``text``, ``emotion`` and ``problem``
        (the seeker's, one for the conversation). There are no times: it is a chat.
    y : ndarray of shape (n_talkturns,)
        Strings as objects, None where missing; or float, NaN where missing.

    Raises
    ------
    FileNotFoundError
        If the file is not there.
    ValueError
        If `target`, `subset` or `backend` is unknown, the file is no JSON, or a
        conversation or a message lacks a field; the error says which.

    Notes
    -----
    Published for academic research (CC BY-NC 4.0). Supporters were asked to name the
    strategy before they wrote, so the label is theirs, not that of a second reader.

    References
    ----------
    Liu, S. et al. (2021). Towards Emotional Support Dialog Systems. ACL.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> from hanrock_sk.datasets import load_esconv
    >>> said = [
    ...     {"speaker": "seeker", "annotation": {}, "content": "Hello\n"},
    ...     {"speaker": "supporter", "annotation": {"strategy": "Questions"},
    ...      "content": "How are you?"},
    ... ]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "ESConv.json")
    ...     _ = file.write_text(json.dumps([{"dialog": said}]))
    ...     X, y = load_esconv(folder, backend="polars")
    >>> X["text"].to_list(), y.tolist()
    (['Hello', 'How are you?'], [None, 'Questions'])
    """
    check_choice("target", target, TARGETS)
    check_choice("subset", subset, (*SUBSETS, None))
    check_backend(backend)
    file = Path(path)
    if not file.is_file():
        file = corpus_file(path, FILE, ORIGIN)
    rows = [
        row for row in _read_messages(file) if subset in (None, _part_of(row["number"]))
    ]
    columns: dict[str, Any] = {
        "conversation": [row["number"] for row in rows],
        "speaker": [row["speaker"] for row in rows],
        "text": [row["text"] for row in rows],
        "emotion": [row["emotion"] for row in rows],
        "problem": [row["problem"] for row in rows],
    }
    if target == "strategy":
        y = string_labels([row["strategy"] for row in rows])
    else:
        y = np.array([row["feedback"] for row in rows], dtype=float)
    return new_table(columns, backend), y


def _part_of(number: int) -> str:
    return TENTHS[number % len(TENTHS)]


def _read_messages(file: Path) -> Iterator[dict[str, Any]]:
    """Read the messages of all conversations, in the order of the file."""
    conversations = read_json(file)
    if not isinstance(conversations, list):
        raise ValueError(f"{file} should hold a list of conversations.")
    for number, conversation in enumerate(conversations):
        where = f"{file}, conversation {number}"
        if not isinstance(conversation, dict) or "dialog" not in conversation:
            raise ValueError(f"{where} has no 'dialog'.")
        for place, message in enumerate(conversation["dialog"]):
            yield {
                "number": number,
                "emotion": conversation.get("emotion_type"),
                "problem": conversation.get("problem_type"),
                **_read_message(message, f"{where}, message {place}"),
            }


def _read_message(message: Any, where: str) -> dict[str, Any]:
    if not isinstance(message, dict):
        raise ValueError(f"{where} is no object with a speaker and a content.")
    lacking = [name for name in ("speaker", "content") if name not in message]
    if lacking:
        raise ValueError(f"{where} lacks {lacking}.")
    if message["speaker"] not in SPEAKERS:
        raise ValueError(
            f"{where}: speaker must be 'seeker' or 'supporter', got "
            f"{message['speaker']!r}."
        )
    told = message.get("annotation") or {}
    feedback = told.get("feedback")
    try:
        feedback = float(feedback) if feedback is not None else np.nan
    except (TypeError, ValueError):
        raise ValueError(
            f"{where}: feedback must be a number, got {feedback!r}."
        ) from None
    return {
        "speaker": SPEAKERS[message["speaker"]],
        "text": str(message["content"]).strip(),
        "strategy": told.get("strategy"),
        "feedback": feedback,
    }


def count_conversations(file: Path) -> int:
    """Count the conversations that can be read, to see whether the file is whole."""
    return len({row["number"] for row in _read_messages(file)})
