"""What a scheme of loss weights answers, and the weights that follow from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np

from hanrock_sk.auxiliary.schemes.scheme_data import SchemeData


@dataclass(frozen=True)
class Shares:
    """The answer of a scheme that has more to tell than shares.

    Attributes
    ----------
    shares : mapping of str to float
        For each task, its share of the loss relative to the other auxiliary tasks':
        not negative; a task that is not named has none.
        `~hanrock_sk.AuxiliaryWeights` scales them.
        If all are 0, the primary task has a weight of 1.
    attributes : mapping of str to object
        What `~hanrock_sk.AuxiliaryWeights` is to have as fitted attributes besides,
        such as why a task has its share; names end in ``_``.

    Examples
    --------
    >>> from hanrock_sk.auxiliary import AuxiliaryWeights, Shares
    >>> def by_rows(data):
    ...     n_rows = {t: int(target.known.sum()) for t, target in data.targets.items()}
    ...     return Shares(n_rows, {"n_rows_": n_rows})
    >>> import polars as pl
    >>> columns = {"aux__history__1": [None, "a", "b"], "aux__future__1": [None] * 3}
    >>> weights = AuxiliaryWeights(by_rows).fit(pl.DataFrame(columns), ["a", "b", "a"])
    >>> weights.n_rows_
    {'history__1': 2, 'future__1': 0}
    """

    shares: Mapping[str, float]
    attributes: Mapping[str, Any] = field(default_factory=dict)


TAKEN = ("mutual_information_", "weights_", "n_features_in_", "feature_names_in_")
"""Attributes that `AuxiliaryWeights` has under every scheme."""

Scheme = Callable[[SchemeData], Mapping[str, float] | Shares]
"""A scheme: returns the shares by task, alone or with attributes."""


def ask_scheme(scheme: Scheme, data: SchemeData) -> Shares:
    """Call a scheme and check its answer.

    A scheme is not asked if no task may have a weight.

    Raises
    ------
    TypeError
        If it answers with no mapping.
    ValueError
        If a share is no finite number or negative, or of a task that there is not; or
        if the name of an attribute does not end in ``_`` or is taken.
    """
    if not any(data.may_have_weight.values()):
        return Shares({})
    answer = scheme(data)
    if not isinstance(answer, Shares):
        answer = Shares(answer)
    name = getattr(scheme, "__name__", scheme)
    if not isinstance(answer.shares, Mapping):
        raise TypeError(
            f"The scheme {name!r} returned {answer.shares!r}; expected a mapping of "
            "tasks to shares, or Shares."
        )
    for task, share in answer.shares.items():
        if task not in data.targets:
            raise ValueError(
                f"The scheme {name!r} gave a share to {task!r}, which is no auxiliary "
                f"task; there are {list(data.targets)}."
            )
        if not isinstance(share, Real) or not 0 <= share < math.inf:
            raise ValueError(
                f"The scheme {name!r} gave {task!r} a share of {share!r}; a share is a "
                "finite number, at least 0."
            )
    for attribute in answer.attributes:
        if not attribute.endswith("_") or attribute in TAKEN:
            raise ValueError(
                f"The scheme {name!r} names the attribute {attribute!r}. Names of "
                f"fitted attributes end in '_', and {list(TAKEN)} are taken."
            )
    return answer


def scale_shares(
    shares: Mapping[str, float], data: SchemeData, primary_weight: float
) -> dict[str, float]:
    """Return the weights of all tasks, the primary first; they sum to 1.

    The tasks that may have a weight share ``1 - primary_weight``; with no shares, the
    primary task has 1.
    """
    kept = np.array(
        [
            shares.get(task, 0.0) if may else 0.0
            for task, may in data.may_have_weight.items()
        ],
        dtype=float,
    )
    if not kept.any():
        return {"primary": 1.0, **dict.fromkeys(data.targets, 0.0)}
    kept *= (1 - primary_weight) / kept.sum()
    return {
        "primary": float(primary_weight),
        **dict(zip(data.targets, kept.tolist(), strict=True)),
    }
