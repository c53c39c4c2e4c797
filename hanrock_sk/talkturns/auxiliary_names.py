"""How the columns of auxiliary targets and of loss weights are named."""

from __future__ import annotations

from collections.abc import Iterable

FAMILIES = ("action", "prosody", "history", "future")
"""The four families of auxiliary targets, in the paper's order (section 2)."""

LABEL_FAMILIES = ("history", "future")
"""The families whose targets are labels of the primary task."""

TARGET_PREFIX = "aux__"
"""Auxiliary target columns are ``aux__<family>__<name>``."""

WEIGHT_PREFIX = "weight__"
"""Loss weight columns are ``weight__primary`` and ``weight__<family>__<name>``."""


def is_of_labels(task: str) -> bool:
    """Whether the targets of a task are labels of the primary task.

    Examples
    --------
    >>> from hanrock_sk.talkturns.auxiliary_names import is_of_labels
    >>> is_of_labels("history__1"), is_of_labels("prosody__tone")
    (True, False)
    """
    return task.partition("__")[0] in LABEL_FAMILIES


def auxiliary_columns(names: Iterable[str]) -> list[str]:
    """Return the names of the auxiliary targets among column names, prefix removed.

    Examples
    --------
    >>> from hanrock_sk.talkturns.auxiliary_names import auxiliary_columns
    >>> auxiliary_columns(["text", "aux__action__au05", "aux__history__1"])
    ['action__au05', 'history__1']
    """
    tasks = [
        name[len(TARGET_PREFIX) :] for name in names if name.startswith(TARGET_PREFIX)
    ]
    for task in tasks:
        family, _, rest = task.partition("__")
        if family not in FAMILIES or not rest:
            raise ValueError(
                f"Column '{TARGET_PREFIX}{task}': auxiliary targets are named "
                f"'{TARGET_PREFIX}<family>__<name>' with a family of {list(FAMILIES)}."
            )
    return tasks
