"""Auxiliary targets worked out by hand, and many that are drawn."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.values import is_missing

Y = ["yes", "yes", "no", "no"]


WORKED = {
    "text": ["hi"] * 4,
    # Log 2 nats with Y, none, and log 2 nats again.
    "aux__history__1": ["yes", "yes", "no", "no"],
    "aux__history__2": ["yes", "no", "yes", "no"],
    "aux__future__1": ["no", "no", "yes", "yes"],
}


def many(n_rows=60, seed=0):
    """A table with real and label targets, some missing, and the labels."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 3, size=n_rows)
    table = {
        "aux__action__au05": (label + rng.normal(size=n_rows)).tolist(),
        "aux__prosody__tone_sad": rng.random(n_rows).tolist(),
        "aux__history__1": np.where(rng.random(n_rows) < 0.6, label, 0).tolist(),
        "aux__future__1": rng.integers(0, 3, size=n_rows).tolist(),
    }
    for values in table.values():
        for row in rng.choice(n_rows, size=8, replace=False):
            values[row] = None
    y = label.tolist()
    for row in rng.choice(n_rows, size=10, replace=False):
        y[row] = None
    return table, y


LABEL_COLUMNS = [
    f"aux__{when}__{k}" for when in ("history", "future") for k in (1, 2, 3, 4)
]


def read(table, column):
    """The values of a column; None where missing."""
    values = nw.from_native(table)[column].to_list()
    return [None if is_missing(value) else value for value in values]


def talkturns(frame, **columns):
    n_rows = len(next(iter(columns.values())))
    return frame({"conversation": ["c"] * n_rows, "text": ["hi"] * n_rows, **columns})
