"""The tasks of a training table: targets, labels, and what one tells of the other."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import narwhals as nw
import numpy as np

from hanrock_sk.auxiliary.mutual_information import mutual_information
from hanrock_sk.auxiliary.primary_task import is_real_valued, read_primary_labels
from hanrock_sk.auxiliary.schemes.scheme_data import SchemeData, Target
from hanrock_sk.talkturns.auxiliary_names import (
    TARGET_PREFIX,
    auxiliary_columns,
    is_of_labels,
)
from hanrock_sk.talkturns.labels import read_labels
from hanrock_sk.talkturns.table import read_table, require_named
from hanrock_sk.talkturns.values import read_numbers


def read_scheme_data(
    X: Any,
    y: Any,
    sample_weight: Any = None,
    *,
    families: Collection[str],
    conversation: str,
    random_state: Any,
    text: str = "text",
    narrative: str = "narrative",
) -> SchemeData:
    """Read the auxiliary targets of a table, and estimate what they tell of the labels.

    Parameters
    ----------
    X : DataFrame
        Talkturn table with the columns ``aux__*``.
    y : array-like of shape (n_rows,)
        Labels of the primary task; None, NaN or pandas.NA where there is none.
    sample_weight : array-like of shape (n_rows,), default=None
        How much each label counts; one of weight zero is as good as missing.
    families : collection of str
        The families that are on.
    conversation : str
        Name of the column of conversations, which may be absent if it is the default.
    random_state : int, RandomState instance or None
        Draws the tiny noise that parts equal values.
    text, narrative : str
        Names of the columns of what was said, which only some schemes read.

    Returns
    -------
    data : SchemeData
        What a scheme is given.

    Raises
    ------
    ValueError
        If a column ``aux__*`` is of no family or holds something else than its family
        does, or if all labels are missing.
    """
    table = read_table(X)
    require_named(table, conversation=conversation, narrative=narrative)
    values, present = read_primary_labels(y, len(table), sample_weight)
    label_is_class = not is_real_valued(values[present])
    # Left to itself, None would stand for NumPy's global generator.
    if random_state is None:
        random_state = np.random.RandomState()
    targets, may_have_weight, information = {}, {}, {}
    for task in auxiliary_columns(table.columns):
        target = _read_target(table, task, label_is_class)
        both = target.known & present
        targets[task] = target
        may_have_weight[task] = bool(both.any()) and _family(task) in families
        information[task] = mutual_information(
            target.values[both],
            values[both],
            target_is_class=target.is_class,
            label_is_class=label_is_class,
            random_state=random_state,
        )
    return SchemeData(
        X=X,
        y=values,
        present=present,
        label_is_class=label_is_class,
        targets=targets,
        may_have_weight=may_have_weight,
        mutual_information=information,
        conversation=conversation,
        random_state=random_state,
        text=text,
        narrative=narrative,
    )


def _family(task: str) -> str:
    """Return the family of a task."""
    return task.partition("__")[0]


def _read_target(table: nw.DataFrame, task: str, label_is_class: bool) -> Target:
    """Read the target of a task: labels beside classes, else real values."""
    column = TARGET_PREFIX + task
    if label_is_class and is_of_labels(task):
        values, known = read_labels(table[column], name=f"Column {column!r}")
        return Target(values, known, is_class=True)
    values = read_numbers(table, column)
    return Target(values, ~np.isnan(values), is_class=False)
