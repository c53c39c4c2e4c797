"""What scikit-learn does with missing labels by itself: what to use instead."""

from __future__ import annotations

from hanrock_sk._base.sklearn_private import labels_being_numbered, labels_being_scored
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
            "scoring=labelled_scorer('accuracy') instead of scoring='accuracy', and "
            "around make_scorer(...) too."
        )


def refuse_numbered_labels() -> None:
    """Refuse to learn from numbers of labels among which missing ones have a number.

    Raises
    ------
    ValueError
        If `cross_val_predict` asks for probabilities, and labels are missing.
    """
    labels = labels_being_numbered()
    if labels is not None and any(is_missing(label) for label in labels.tolist()):
        raise ValueError(
            "For probabilities, cross_val_predict makes a class of missing labels. "
            "Fit a clone of the model in each fold instead: "
            "clone(model).fit(X_train, y_train).predict_proba(X_test)."
        )
