"""What a scheme of loss weights is given: targets, labels, what they tell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from hanrock_sk.talkturns.conversations import Conversations, read_conversations
from hanrock_sk.talkturns.table import read_table
from hanrock_sk.talkturns.values import read_texts


@dataclass(frozen=True)
class Target:
    """An auxiliary target as it was read from the training table.

    Attributes
    ----------
    values : ndarray of shape (n_rows,)
        Classes or real values; what stands at a missing one means nothing.
    known : ndarray of bool, shape (n_rows,)
        Where there is a value.
    is_class : bool
        Whether the values are classes.

    Examples
    --------
    >>> from hanrock_sk.auxiliary import AuxiliaryWeights
    >>> import polars as pl
    >>> def equally(data):
    ...     print(data.targets["action__au05"])
    ...     return dict.fromkeys(data.targets, 1)
    >>> table = pl.DataFrame({"aux__action__au05": [0.5, None]})
    >>> weights = AuxiliaryWeights(equally).fit(table, ["yes", "no"])
    Target(values=array([0.5, nan]), known=array([ True, False]), is_class=False)
    """

    values: np.ndarray
    known: np.ndarray
    is_class: bool


@dataclass(frozen=True)
class SchemeData:
    """The training talkturns as a scheme of loss weights sees them.

    Attributes
    ----------
    X : DataFrame
        The talkturn table that `~hanrock_sk.AuxiliaryWeights` was given, pandas or
        polars.
    y : ndarray of shape (n_rows,)
        Labels of the primary task; what stands at a missing one means nothing.
    present : ndarray of bool, shape (n_rows,)
        Where there is a label.
    label_is_class : bool
        Whether the labels are classes.
    targets : dict of str to Target
        The auxiliary targets by task (``action__au05`` ...), in the order of the table.
    may_have_weight : dict of str to bool
        For each task, whether its family is on and it has rows with both its target and
        a label. Whatever a scheme answers for the others, they get 0.
    mutual_information : dict of str to float
        For each task, that of its target and the primary label, in nats.
    conversation : str
        Name of the column of conversations.
    random_state : int or RandomState instance
        What a scheme has to draw from, by :func:`sklearn.utils.check_random_state`.
    text, narrative : str
        Names of the columns of what was said; the narrative is read where there is one.

    Examples
    --------
    >>> from hanrock_sk.auxiliary import AuxiliaryWeights
    >>> import polars as pl
    >>> def squares(data):
    ...     print(data.groups, data.y, data.may_have_weight)
    ...     return {task: m**2 for task, m in data.mutual_information.items()}
    >>> table = pl.DataFrame(
    ...     {"conversation": ["a", "b", "a"], "aux__history__1": [None, None, "x"]}
    ... )
    >>> weights = AuxiliaryWeights(squares).fit(table, ["x", "y", "x"])
    [0 2 0] ['x' 'y' 'x'] {'history__1': True}
    >>> weights.weights_
    {'primary': 1.0, 'history__1': 0.0}
    """

    X: Any
    y: np.ndarray
    present: np.ndarray
    label_is_class: bool
    targets: dict[str, Target]
    may_have_weight: dict[str, bool]
    mutual_information: dict[str, float]
    conversation: str
    random_state: Any
    text: str = "text"
    narrative: str = "narrative"

    @cached_property
    def conversations(self) -> Conversations:
        """Which talkturns belong together, and in which order."""
        return read_conversations(read_table(self.X), self.conversation)

    @cached_property
    def texts(self) -> list[str]:
        """What the network will read of each talkturn: its narrative, or its text."""
        table = read_table(self.X)
        column = self.narrative if self.narrative in table.columns else self.text
        return read_texts(read_table(self.X, required=[column]), column)

    @cached_property
    def groups(self) -> np.ndarray:
        """Number of each row's conversation, shape (n_rows,), for splits by group.

        A table without the column has a conversation in each row.
        """
        return self.conversations.first[self.conversations.position]
