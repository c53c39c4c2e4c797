"""What can be read and is probably not what was meant: a warning for each, with rows.

Each is a warning that depends on the table alone, so that Python shows it once for a
Pipeline of which several steps see the same table.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.conversations import Conversations, read_conversations
from hanrock_sk.talkturns.values import is_missing

ROWS_NAMED = 5
"""Rows that a warning names; of the others it gives the number."""

CONVERSATION_WORDS = {
    "conversation", "convo", "conv", "dialogue", "dialog", "transcript", "session",
    "meeting", "call", "interview", "consultation", "encounter", "discussion",
    "debate", "chat", "thread", "recording", "video", "audio", "file", "filename",
}  # fmt: skip
"""Words that columns are named by which say what belongs together."""

IDENTIFIER_WORDS = {
    "id", "ids", "uid", "uuid", "no", "nr", "num", "number", "name", "key", "index",
    "idx", "code", "file", "filename",
}  # fmt: skip

TALKTURN_NUMBERS = re.compile(
    r"(talk_?turn|turn|utterance|utt|line|sentence)(_?(id|no|nr|number|index|idx))?"
)
"""Names of columns that number talkturns."""

MISSING_MARKS = {
    "", "-", "--", "---", "?", ".", "n/a", "na", "nan", "n.a.", "n.a", "<na>", "#n/a",
    "#na", "null", "nat", "<nan>", "(null)", "missing",
}  # fmt: skip
"""What stands for a missing value in other programs' files, in lower case."""

LONG_ENOUGH = 5
"""Words of a talkturn that nobody says twice in the same words."""

MOST_REPEATED = 0.1
"""Share of these that may be repetitions, in a table that does not number them."""


def name_rows(rows: Sequence[int] | np.ndarray) -> str:
    """Name some rows and count the others.

    Examples
    --------
    >>> from hanrock_sk.talkturns.doubts import name_rows
    >>> name_rows([3]), name_rows(range(9))
    ('row 3', 'rows 0, 1, 2, 3, 4 and 4 more')
    """
    named = ", ".join(str(row) for row in rows[:ROWS_NAMED])
    rest = len(rows) - ROWS_NAMED
    return f"row{'s' * (len(rows) > 1)} {named}" + (f" and {rest} more" * (rest > 0))


def warn_of_rows_alone(table: nw.DataFrame, column: str = "conversation") -> None:
    """Warn if no column says what belongs together, but one looks as if it did.

    Parameters
    ----------
    table : narwhals.DataFrame
        The training table.
    column : str
        The column that says which conversation a talkturn belongs to.
    """
    if column in table.columns:
        return
    alike = [name for name in table.columns if names_conversations(name)]
    alike = [name for name in alike if _has_repeated_values(table[name])]
    if not alike:
        return
    warnings.warn(
        f"There is no column {column!r}, so each of the {len(table)} talkturns is a "
        "conversation of its own, without a content context, a delay, history or "
        f"future. {_listed(alike)} as if it said which talkturns belong together: name "
        f"it with conversation={alike[0]!r} in every step, or rename it to "
        f"{column!r}.",
        UserWarning,
        stacklevel=1,
    )


def _listed(alike: list[str]) -> str:
    others = f" (or {', '.join(map(repr, alike[1:]))})" if alike[1:] else ""
    return f"The column {alike[0]!r}{others} looks"


def names_conversations(name: str) -> bool:
    """Whether a name such as "Dialogue_ID", "meetingId" or "call no." looks like it."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = [word.lower() for word in re.findall(r"[^\W_]+", apart)]
    words = [word.rstrip("0123456789") or word for word in words]
    singular = [
        word[:-1] if word not in IDENTIFIER_WORDS and word.endswith("s") else word
        for word in words
    ]
    joined = "".join(singular)
    for ending in ("id", "uuid", "no", "nr"):  # dialogueid, callno
        if joined.endswith(ending) and joined[: -len(ending)] in CONVERSATION_WORDS:
            return True
    return any(word in CONVERSATION_WORDS for word in singular) and all(
        word in CONVERSATION_WORDS | IDENTIFIER_WORDS for word in singular
    )


def _has_repeated_values(series: nw.Series) -> bool:
    """Whether some rows share a value, as talkturns of a conversation would."""
    try:
        values = [value for value in series.to_list() if not is_missing(value)]
        return len(set(values)) < len(values)
    except TypeError:  # lists and the like
        return False


def warn_of_backward_starts(
    table: nw.DataFrame, starts: np.ndarray, name: str, conversation: str
) -> None:
    """Warn if talkturns do not stand in order of time within their conversation.

    Parameters
    ----------
    table : narwhals.DataFrame
        The talkturn table.
    starts : ndarray of shape (n_rows,)
        When each talkturn starts, NaN where that is not known.
    name : str
        The column they are from.
    conversation : str
        The column that says which conversation a talkturn belongs to.
    """
    talkturns = read_conversations(table, conversation)
    backward: list[int] = []
    for first, behind in pairwise(talkturns.bounds):
        rows = talkturns.order[first:behind]
        rows = rows[~np.isnan(starts[rows])]
        backward += rows[1:][np.diff(starts[rows]) < 0].tolist()
    if backward:
        row = min(backward)
        warnings.warn(
            f"Column {name!r} runs backwards within a conversation: "
            f"{name_rows(sorted(backward))} start{'s' * (len(backward) == 1)} before "
            f"the talkturn above (row {row} at {starts[row]:g}). The order of rows is "
            "taken for their order in time: content context, delays, history and "
            "future follow it. Sort each conversation by its starts, unless another "
            "order is meant.",
            UserWarning,
            stacklevel=1,
        )


def warn_of_missing_ends(starts: np.ndarray, ends: np.ndarray, name: str) -> None:
    """Warn of talkturns that start and do not end: silences behind them are unknown.

    Parameters
    ----------
    starts, ends : ndarray of shape (n_rows,)
        Times, NaN where they are not known.
    name : str
        The column of the ends.
    """
    rows = np.flatnonzero(~np.isnan(starts) & np.isnan(ends))
    if len(rows):
        warnings.warn(
            f"Column {name!r} is missing at {name_rows(rows)}, which have a start. "
            "How long such a talkturn lasted is not known, nor is the silence behind "
            "it: its duration and speech rate, and the delay and overlap of the next "
            "talkturn, stay missing.",
            UserWarning,
            stacklevel=1,
        )


def warn_of_marks_as_classes(values: np.ndarray, present: np.ndarray) -> None:
    """Warn of classes that other programs write where a label is missing.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        Labels.
    present : ndarray of bool, shape (n_rows,)
        Which of them are there.
    """
    if values.dtype.kind not in "UO":
        return
    for label in sorted(set(values[present].tolist()), key=str):
        if _marks_missing(label):
            rows = np.flatnonzero(present & (values == label))
            warnings.warn(
                f"y: the class {label!r}, at {name_rows(rows)}, looks like the mark "
                "of a missing label, and is learnt as a class. Put None or NaN where "
                "there is no label; in an array of strings, numpy turns them into "
                "'None' and 'nan', so pass a list or an array with dtype=object.",
                UserWarning,
                stacklevel=1,
            )


def _marks_missing(label: Any) -> bool:
    # "none" in small letters is a class of many corpora; "None" is str(None).
    return isinstance(label, str) and (
        label.strip().lower() in MISSING_MARKS or label == "None"
    )


def warn_of_repeated_talkturns(
    table: nw.DataFrame,
    texts: Sequence[str],
    conversations: Conversations,
    speaker: str,
) -> None:
    """Warn if the same talkturn stands several times in its conversation.

    A talkturn is the same if speaker and text are, and whatever of the table numbers or
    times it. Of a table that does neither, long talkturns are looked at: people do
    say "yeah" twice, but not whole sentences all the time.

    Parameters
    ----------
    table : narwhals.DataFrame
        The training table.
    texts : sequence of str
        What was said.
    conversations : Conversations
        Which talkturns belong together.
    speaker : str
        The column that names the speakers.
    """
    of_conversation = conversations.first[conversations.position].tolist()
    identifying = [
        name
        for name in table.columns
        if name in ("start", "end") or TALKTURN_NUMBERS.fullmatch(name.lower())
    ]
    columns = [
        table[name].to_list()
        for name in [*identifying, speaker]
        if name in table.columns
    ]
    numbered = [
        row
        for row in range(len(texts))
        if identifying and not any(is_missing(column[row]) for column in columns)
    ]
    rows = numbered or [r for r, t in enumerate(texts) if len(t.split()) >= LONG_ENOUGH]
    try:
        repeated = _repeated(rows, of_conversation, texts, *columns)
    except TypeError:  # what is not hashable is complained of elsewhere
        return
    if len(repeated) > (0 if numbered else max(1, MOST_REPEATED * len(rows))):
        row, before = repeated[0]
        warnings.warn(
            f"The same talkturn stands several times in its conversation: "
            f"{name_rows([row for row, _ in repeated])} repeat an earlier row (row "
            f"{row} says what row {before} says). Each stands in the content context "
            "of the others. Keep one row for each talkturn; labels of several raters "
            "go into a column each.",
            UserWarning,
            stacklevel=1,
        )


def _repeated(
    rows: Iterable[int], *columns: Sequence[Any]
) -> list[tuple[int, int]]:  # fmt: skip
    """Return the rows in which all columns repeat an earlier row, and that row."""
    seen: dict[tuple, int] = {}
    repeated = []
    for row in rows:
        before = seen.setdefault(tuple(column[row] for column in columns), row)
        if before != row:
            repeated.append((row, before))
    return repeated
