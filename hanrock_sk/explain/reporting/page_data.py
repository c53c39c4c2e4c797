"""What the report's page knows: talkturns, predictions, attention, as compact JSON.

Talkturns are numbered conversation by conversation, in order of time; a window is then
a talkturn and so many before it, and only its size is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.explain.fitted_model import split_pipeline
from hanrock_sk.explain.reporting.page_model import model_data
from hanrock_sk.explain.reporting.page_task import find_task
from hanrock_sk.talkturns.conversations import read_conversations
from hanrock_sk.talkturns.table import is_table, read_table
from hanrock_sk.talkturns.values import is_missing, read_numbers


def page_data(
    models: Mapping[str, Any],
    X: Any,
    y: Any = None,
    *,
    chosen: Iterable[Any] | None = None,
    speaker: str = "speaker",
    text: str = "text",
    start: str = "start",
    maps: bool | str = "auto",
    occlusion: bool | str = "auto",
) -> dict[str, Any]:
    """Collect what the page shows.

    Parameters
    ----------
    models : mapping of str to estimator
        Fitted models by the name that the page calls them.
    X : DataFrame or sequence of str
        Talkturns.
    y : array-like of shape (n_talkturns,) or None
        Their true labels.
    chosen : iterable or None
        The conversations to show; None for all.
    speaker, text, start : str
        Columns of `X`, each of which may be missing.
    maps, occlusion : bool or "auto"
        See `hanrock_sk.explain.report`.

    Returns
    -------
    data : dict
        Nothing but what JSON knows.
    """
    parts = {name: split_pipeline(estimator) for name, estimator in models.items()}
    column = _agreed_column(parts)
    if is_table(X):
        table = read_table(X)
        rows_of = _read_rows_by_conversation(table, column)
        if rows_of is None and chosen is not None:
            raise ValueError(
                "Conversations can be chosen only if the table has the column "
                f"{column!r} that says which they are."
            )
        n_rows = len(table)
    else:
        X = list(X)
        table, rows_of, n_rows = None, None, len(X)
        if chosen is not None:
            raise ValueError("Conversations can be chosen only from a table.")
    # Without conversations, one list is easier to read than one for each talkturn;
    # windows hold a single talkturn in any case.
    rows_of = rows_of or {"": np.arange(n_rows)}
    if chosen is not None:
        rows_of = _choose_conversations(rows_of, chosen, column)
    task = find_task({name: model for name, (_, model) in parts.items()}, y, n_rows)
    shown = np.concatenate(list(rows_of.values()))
    return {
        "conversations": [
            {"name": str(name), "size": len(rows)} for name, rows in rows_of.items()
        ],
        "classes": task.names,
        "talkturns": {
            "row": shown.tolist(),
            "label": task.write(task.true[shown]),
            **_read_columns(table, X, shown, speaker, text, start),
            "labelled": _labelled_speakers(table, speaker, task.present, shown),
        },
        "models": [
            model_data(
                name,
                model,
                X if steps is None else steps.transform(X),
                task,
                list(rows_of.values()),
                maps,
                occlusion,
            )
            for name, (steps, model) in parts.items()
        ],
    }


def _agreed_column(parts: Mapping[str, Any]) -> str:
    """Return the column of conversations, which all models must name alike."""
    columns = {model.network_.trained_on.conversation for _, model in parts.values()}
    if len(columns) > 1:
        raise ValueError(
            f"The models name different columns for conversations: {sorted(columns)}."
        )
    return columns.pop()


def _read_rows_by_conversation(
    table: nw.DataFrame, column: str
) -> dict[Any, np.ndarray] | None:
    """Return the rows of each conversation, if the table tells them apart."""
    if column not in table.columns:
        return None
    talkturns = read_conversations(table, column)
    names = table[column].to_list()
    return {
        names[rows[0]]: rows for rows in np.split(talkturns.order, talkturns.starts[1:])
    }


def _choose_conversations(
    rows_of: Mapping[Any, np.ndarray], chosen: Iterable[Any], column: str
) -> dict[Any, np.ndarray]:
    """Return the chosen conversations, each of which must have talkturns."""
    if isinstance(chosen, str | bytes):
        raise TypeError(f"conversations must be a list, got the string {chosen!r}.")
    wanted = list(dict.fromkeys(chosen))
    if not wanted:
        raise ValueError("conversations is empty; at least one is needed.")
    for name in wanted:
        if name not in rows_of:
            raise ValueError(
                f"Conversation {name!r} has no talkturns: it is not in the column "
                f"{column!r} of the table."
            )
    return {name: rows_of[name] for name in wanted}


def _read_columns(
    table: nw.DataFrame | None,
    X: Any,
    shown: np.ndarray,
    speaker: str,
    text: str,
    start: str,
) -> dict[str, Any]:
    """Return what was said, by whom and when, None where nothing says so."""
    if table is None:
        said = [X[row] for row in shown.tolist()]
        return {"text": said, "speakers": None, "speaker": None, "time": None}
    speakers = _read_strings(table, speaker, shown)
    codes: dict[str, int] = {}
    return {
        "text": _read_strings(table, text, shown),
        "speaker": speakers
        and [codes.setdefault(name, len(codes)) for name in speakers],
        "speakers": speakers and list(codes),
        "time": _read_times(table, start, shown),
    }


def _labelled_speakers(
    table: nw.DataFrame | None, speaker: str, present: np.ndarray, shown: np.ndarray
) -> list[str] | None:
    """Return the speakers shown who have labels; None if it does not tell them apart.

    Where some have labels and others none, the model was trained to answer for the
    former; what it says of the others is no verdict.
    """
    if table is None or speaker not in table.columns or not present[shown].any():
        return None
    names = _read_strings(table, speaker, shown)
    assert names is not None
    return sorted(
        {name for name, there in zip(names, present[shown], strict=True) if there}
    )


def _read_strings(
    table: nw.DataFrame, column: str, shown: np.ndarray
) -> list[str] | None:
    if column not in table.columns:
        return None
    values = table[column].to_list()
    return [
        "" if is_missing(values[row]) else str(values[row]) for row in shown.tolist()
    ]


def _read_times(
    table: nw.DataFrame, column: str, shown: np.ndarray
) -> list[float | None] | None:
    if column not in table.columns or not table[column].dtype.is_numeric():
        return None
    seconds = read_numbers(table, column)[shown]
    return [None if np.isnan(value) else round(value, 1) for value in seconds.tolist()]
