"""Distributions that a classifier is trained on, from the columns ``soft__*``."""

from __future__ import annotations

import narwhals as nw
import numpy as np

from hanrock_sk.talkturns.soft_labels import (
    label_of_text,
    read_probabilities,
    soft_columns,
)


def with_soft_classes(table: nw.DataFrame | None, classes: np.ndarray) -> np.ndarray:
    """Add the classes that have a probability, if nobody's label.

    Parameters
    ----------
    table : narwhals.DataFrame or None
        The training table.
    classes : ndarray of shape (n_classes,)
        The classes of the labels.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted; the same without such columns.

    Raises
    ------
    ValueError
        If a class has no column though others have one, or a column's name stands for
        no label of their kind.
    """
    named = soft_columns(table)
    if not named:
        return classes
    kind = classes.dtype.kind
    labels = [label_of_text(text, kind) for text in named]
    lacking = [label for label in classes.tolist() if label not in labels]
    if lacking:
        raise ValueError(
            f"The talkturn table has {sorted(named.values())}, but y holds {lacking}, "
            "too: every label needs a column of probabilities, if only of zeros."
        )
    return np.unique(np.array(labels))


def read_soft_targets(
    table: nw.DataFrame | None, classes: np.ndarray, encoded: np.ndarray
) -> np.ndarray | None:
    """Read the probability of each class, where the table has some.

    Parameters
    ----------
    table : narwhals.DataFrame or None
        A talkturn table.
    classes : ndarray of shape (n_classes,)
        The classes.
    encoded : ndarray of int64, shape (n_rows,)
        Class indices of the labels, -1 where there is none.

    Returns
    -------
    soft : ndarray of float32, shape (n_classes, n_rows), or None
        A label without probabilities has all of it; a talkturn without a label means
        nothing. None without such columns.

    Raises
    ------
    ValueError
        If a class has no column, a column no class, or probabilities cannot be read.
    """
    named = soft_columns(table)
    if table is None or not named:
        return None
    kind = classes.dtype.kind
    columns = {label_of_text(text, kind): name for text, name in named.items()}
    if set(columns) != set(classes.tolist()):
        raise ValueError(
            f"The columns {sorted(named.values())} are to give a probability to each "
            f"class seen in training, {classes.tolist()}, and to no other."
        )
    soft = read_probabilities(table, [columns[label] for label in classes.tolist()])
    alone = np.isnan(soft[:, 0])
    soft[alone] = np.eye(len(classes))[encoded[alone]]
    return np.ascontiguousarray(soft.T, dtype=np.float32)
