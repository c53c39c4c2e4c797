"""ConvoKit's corpora: to talkturns, and predictions back to their utterances.

A corpus brings all that is needed, so ConvoKit itself is never imported.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hanrock_sk.features._tables import check_backend, new_table
from hanrock_sk.talkturns.table import read_table, require_columns
from hanrock_sk.talkturns.values import is_missing


def from_convokit(
    corpus: Any,
    *,
    start: str | None = None,
    end: str | None = None,
    meta: Sequence[str] = (),
    backend: str = "pandas",
) -> Any:
    """Make a talkturn table of a corpus of ConvoKit.

    Parameters
    ----------
    corpus : convokit.Corpus
        The corpus.
    start, end : str or None, default=None
        Metadata of the utterances that tell when they begin and end (s); "timestamp"
        takes that of the utterance, if it is in seconds.
    meta : sequence of str, default=()
        Further metadata of the utterances, each a column of its name: labels, for
        example. None where an utterance has none.
    backend : {"pandas", "polars"}, default="pandas"
        The library of the returned table.

    Returns
    -------
    talkturns : DataFrame
        ``utterance`` (its id), ``conversation``, ``speaker``, ``text``, and what was
        asked for. The utterances of a conversation stand together, by timestamp if all
        of them have one, else as in the corpus.

    Raises
    ------
    ValueError
        If the corpus has no utterances, or none has the metadata asked for.

    Examples
    --------
    >>> from convokit import Corpus, download  # doctest: +SKIP
    >>> from hanrock_sk.features import from_convokit  # doctest: +SKIP
    >>> corpus = Corpus(download("friends-corpus"))  # doctest: +SKIP
    >>> talkturns = from_convokit(corpus, meta=["emotion"])  # doctest: +SKIP
    """
    check_backend(backend)
    conversations: dict[Any, list[Any]] = {}
    for utterance in corpus.iter_utterances():
        conversations.setdefault(utterance.conversation_id, []).append(utterance)
    spoken = [said for group in conversations.values() for said in _in_order(group)]
    if not spoken:
        raise ValueError("The corpus has no utterances.")
    columns: dict[str, Any] = {
        "utterance": [str(said.id) for said in spoken],
        "conversation": [str(said.conversation_id) for said in spoken],
        "speaker": [str(said.speaker.id) for said in spoken],
        "text": [said.text or "" for said in spoken],
    }
    for column, name in (("start", start), ("end", end)):
        if name is not None:
            columns[column] = np.array(
                [_seconds(said, value) for said, value in _values(spoken, name)]
            )
    for name in meta:
        if name in columns:
            raise ValueError(f"The metadata {name!r} has the name of a column.")
        columns[name] = _column([value for _, value in _values(spoken, name)])
    return new_table(columns, backend)


def to_convokit(
    corpus: Any, talkturns: Any, predictions: Sequence[Any], *, name: str = "prediction"
) -> Any:
    """Write predictions into the metadata of the utterances they are about.

    Parameters
    ----------
    corpus : convokit.Corpus
        The corpus, which is changed in place.
    talkturns : DataFrame
        What `from_convokit` returned, or some of its rows.
    predictions : sequence
        One for each row; a missing one writes None.
    name : str, default="prediction"
        The metadata's name.

    Returns
    -------
    corpus : convokit.Corpus
        The same corpus.

    Raises
    ------
    ValueError
        If there are more or fewer predictions than rows.

    Examples
    --------
    >>> from hanrock_sk.features import to_convokit  # doctest: +SKIP
    >>> to_convokit(corpus, talkturns, model.predict(talkturns))  # doctest: +SKIP
    """
    table = read_table(talkturns)
    require_columns(table, ["utterance"])
    names = table["utterance"].to_list()
    values = np.asarray(predictions, dtype=object).tolist()
    if len(values) != len(names):
        raise ValueError(
            f"{len(values)} predictions for {len(names)} talkturns; one for each is "
            "needed."
        )
    for utterance, value in zip(names, values, strict=True):
        value = value.item() if isinstance(value, np.generic) else value
        missing = is_missing(value)
        corpus.get_utterance(utterance).add_meta(name, None if missing else value)
    return corpus


def _in_order(group: list[Any]) -> list[Any]:
    """By timestamp if all have one: a number, or a string that holds one."""
    try:
        times = np.array([said.timestamp for said in group], dtype=float)
    except (TypeError, ValueError):
        return group
    if not np.isfinite(times).all():
        return group
    return [group[place] for place in np.argsort(times, kind="stable")]


def _values(spoken: list[Any], name: str) -> list[tuple[Any, Any]]:
    if name == "timestamp":
        return [(said, said.timestamp) for said in spoken]
    values = [(said, _of(said.meta, name)) for said in spoken]
    if all(value is None for _, value in values):
        known = sorted({key for said in spoken[:1000] for key in said.meta})
        raise ValueError(f"No utterance has the metadata {name!r}; known are {known}.")
    return values


def _of(meta: Mapping[str, Any], name: str) -> Any:
    return meta.get(name)


def _seconds(said: Any, value: Any) -> float:
    try:
        return math.nan if value is None else float(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"Utterance {said.id!r}: {value!r} is no number of seconds."
        ) from None


def _column(values: list[Any]) -> Any:
    """Return numbers as an array, else the values as they are."""
    if all(type(value) in (int, float, type(None)) for value in values) and any(
        type(value) is float for value in values
    ):
        return np.array([math.nan if v is None else float(v) for v in values])
    return values
