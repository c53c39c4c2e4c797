"""Scikit-learn's own scorers, which take no missing labels: what to use instead."""

from __future__ import annotations

from hanrock_sk._base.sklearn_private import labels_being_scored
from hanrock_sk.talkturns.values import is_missing


def refuse_plain_scorer(n_rows: int) -> None:
    """Refuse to predict for a scorer whose metric will stumble over missing labels.

    Parameters
    ----------
    n_rows : int
        Talkturns that are to be predicted.

    Raises
    ------
    ValueError
        If a scorer of scikit-learn's asks, and a label of these talkturns is missing;
        the error names the scorer that leaves such talkturns out.
    """
    y = labels_being_scored()
    if y is None or len(y) != n_rows:
        return
    missing = next((row for row, label in enumerate(y) if is_missing(label)), None)
    if missing is not None:
        raise ValueError(
            f"The label of talkturn {missing} is missing, and scikit-learn's own "
            "scorers take no missing labels. Use labelled_scorer of "
            "hanrock_sk.evaluation, which leaves such talkturns out: "
            "scoring=labelled_scorer('accuracy') instead of scoring='accuracy'."
        )
