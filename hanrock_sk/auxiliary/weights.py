"""The weights of the tasks in the overall loss (section 4.4)."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import Any, ClassVar

import numpy as np

from hanrock_sk._base.callbacks import fit_task
from hanrock_sk._base.sklearn_private import Interval, StrOptions, _fit_context
from hanrock_sk.auxiliary.schemes import SCHEMES
from hanrock_sk.auxiliary.schemes.shares import Scheme, ask_scheme, scale_shares
from hanrock_sk.auxiliary.training_tasks import read_scheme_data
from hanrock_sk.talkturns.auxiliary_names import FAMILIES, WEIGHT_PREFIX
from hanrock_sk.talkturns.live_half import LiveHalf, Unchanged
from hanrock_sk.talkturns.table_transformer import TableTransformer


class AuxiliaryWeights(TableTransformer):
    """Add the weight of each task in the overall loss to a table of talkturns.

    The primary task has `primary_weight`; the auxiliary tasks, which are the columns
    ``aux__*`` of the training table, share what is left (section 4.4 of the paper). The
    columns added are ``weight__primary`` and ``weight__<family>__<name>`` in the order
    of the table; they are the same in each row.

    Parameters
    ----------
    scheme : {"softmax", "linear", "random", "usefulness"} or callable, \
default="softmax"
        How the auxiliary tasks share. With m the mutual information between each
        auxiliary target and the primary label: "softmax" by exp(m), "linear" by m
        (equally, if every m is 0), "random" by uniform draws. "usefulness" by what a
        target, and its prediction from the text, tell of the label beyond the text's
        own prediction; exactly 0 for those no better than chance, see Notes. A
        function is called with a :class:`~hanrock_sk.auxiliary.SchemeData` and returns
        a mapping of task to share, or :class:`~hanrock_sk.auxiliary.Shares`; shares are
        not negative, and need not sum to anything.
    primary_weight : float, default=0.8
        Weight of the primary task, above 0 and at most 1. The paper draws it between
        0.50 and 0.99.
    families : array-like of str, default=("action", "prosody", "history", "future")
        The families that are on. Tasks of the others have a weight of exactly 0, and so
        has a task whose target is missing wherever there is a label; with none left,
        the primary task has 1.
    random_state : int, RandomState instance or None, default=None
        Draws the weights of "random", and the tiny noise by which the estimators of
        mutual information part equal values. Pass an int for weights that can be
        reproduced. NumPy's global generator is never used.
    conversation : str, default="conversation"
        Column that says which conversation a talkturn belongs to, for schemes that
        hold out whole conversations: "usefulness".
    text, narrative : str
        Columns of what was said, which "usefulness" reads: the narrative where the
        table has one, else the text, as the network does.

    Attributes
    ----------
    mutual_information_ : dict of str to float
        For each auxiliary task (``action__au05`` ...), its mutual information with the
        primary label, in nats. All tasks have it, also those that are off, and under
        every scheme.
    weights_ : dict of str to float
        For ``primary`` and each auxiliary task, its weight. They sum to 1.
    report_ : dict of str to list
        Of "usefulness" alone: columns of a table with a row for each auxiliary task,
        see Notes.
    text_explains_ : float
        Of "usefulness" alone: share of the label's variance that the text explains.
    n_features_in_ : int
        Number of columns of the training table.
    feature_names_in_ : ndarray of str
        Columns of the training table.

    See Also
    --------
    AuxiliaryTargets : Makes the auxiliary targets.

    Notes
    -----
    The mutual information is scikit-learn's, with its three neighbours, over the rows
    in which both the auxiliary target and the primary label are present. Fewer than
    four such rows, or a constant among the two, give 0.

    What a scheme tells besides shares, such as why a task has its share, are further
    fitted attributes.

    A task without any such row cannot be learnt: its loss has no rows, so its weight is
    0 under every scheme and the other tasks share what is left. If no auxiliary task
    can be learnt, the primary task has 1.

    Labels are real values if at least one of them is not a whole number, else classes:
    the rule of `AuxiliaryTargets`. History and future are of the same kind as the
    primary label, action and prosody always real values. Integer ratings are thus
    counted as classes whether a classifier or a regressor follows. That needs no
    parameter: it is the estimate that suits values which repeat, whereas nearest
    neighbours at distance 0 would leave the result to the noise that parts them.

    *Usefulness.* A branch that learns a target passes on what the text tells of it. So
    ridge regressions on TF-IDF (reduced to 192 dimensions, with the talkturns before)
    predict each target in conversations held out, from all talkturns that have it, and
    likewise the label, from other conversations than the target. ``by_prediction`` is
    the share of the label's variance that the target's prediction explains beyond the
    label's own; ``by_itself`` the share that the target itself does. Each is compared
    with 199 permutations, which move the target to other conversations and keep its
    course; ``chance`` and ``chance_itself`` are their means. A gain counts if it is
    half as much again, in standard deviations, as the best of all targets'
    permutations: by chance that is rare, however many targets there are. A task's
    share is ``by_prediction`` and, times the square root of ``text_explains_``,
    ``by_itself``, as far as they count and less chance. ``predictable`` is the
    correlation of target and prediction; ``kept`` and ``why`` say what became of the
    task. Two hundred targets of ten thousand talkturns take a minute on one core.

    On 100,000 rows with sixteen targets `fit` takes some seconds under the other
    schemes, so all rows are used.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk import AuxiliaryWeights
    >>> talkturns = pl.DataFrame(
    ...     {"text": ["a", "b", "c", "d"],
    ...      "aux__history__1": ["yes", "yes", "no", "no"],
    ...      "aux__future__1": ["yes", "no", "yes", "no"]}
    ... )
    >>> weights = AuxiliaryWeights(scheme="linear").fit(
    ...     talkturns, ["yes", "yes", "no", "no"]
    ... )
    >>> {task: round(m, 3) for task, m in weights.mutual_information_.items()}
    {'history__1': 0.693, 'future__1': 0.0}
    >>> {task: round(weight, 3) for task, weight in weights.weights_.items()}
    {'primary': 0.8, 'history__1': 0.2, 'future__1': 0.0}
    >>> weights.transform(talkturns)["weight__history__1"].round(3).to_list()
    [0.2, 0.2, 0.2, 0.2]

    A scheme of your own:

    >>> def history_first(data):
    ...     return {task: 2 if task.startswith("history") else 1
    ...             for task in data.targets}
    >>> weights = AuxiliaryWeights(history_first, primary_weight=0.7).fit(
    ...     talkturns, ["yes", "yes", "no", "no"]
    ... )
    >>> {task: round(weight, 3) for task, weight in weights.weights_.items()}
    {'primary': 0.7, 'history__1': 0.2, 'future__1': 0.1}
    """

    _parameter_constraints: ClassVar[dict[str, list]] = {
        "scheme": [StrOptions(set(SCHEMES)), callable],
        "primary_weight": [Interval(Real, 0, 1, closed="right")],
        "families": ["array-like"],
        "random_state": ["random_state"],
        "conversation": [str],
        "text": [str],
        "narrative": [str],
    }

    def __init__(
        self,
        scheme: str | Scheme = "softmax",
        *,
        primary_weight: float = 0.8,
        families: Iterable[str] = FAMILIES,
        random_state: Any = None,
        conversation: str = "conversation",
        text: str = "text",
        narrative: str = "narrative",
    ) -> None:
        self.scheme = scheme
        self.primary_weight = primary_weight
        self.families = families
        self.random_state = random_state
        self.conversation = conversation
        self.text = text
        self.narrative = narrative

    # Whoever weighs labels means them here, too: none is asked twice.
    __metadata_request__fit: ClassVar[dict[str, bool]] = {"sample_weight": True}

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> AuxiliaryWeights:
        """Estimate the mutual information and set the weights.

        Parameters
        ----------
        X : DataFrame
            Table of talkturns with the columns ``aux__*``, as
            ``AuxiliaryTargets.fit_transform`` gives it.
        y : array-like of shape (n_rows,)
            Labels of the primary task; None, NaN or pandas.NA where there is none.
        sample_weight : array-like of shape (n_rows,), default=None
            How much each label counts; one of weight zero is as good as missing.

        Returns
        -------
        self : AuxiliaryWeights
            The fitted transformer.

        Raises
        ------
        ValueError
            If a family is unknown, a column ``aux__*`` is of none, holds something
            else than its family does, all labels are missing, a column of
            conversations was named that the table lacks, or a function as scheme
            answers with something else than shares of the tasks.
        """
        with fit_task(self, X, y):
            self._learn(X, y, sample_weight)
        return self

    def _learn(self, X: Any, y: Any, sample_weight: Any) -> None:
        unknown = [family for family in self.families if family not in FAMILIES]
        if unknown:
            raise ValueError(f"Unknown families {unknown}; there are {list(FAMILIES)}.")
        data = read_scheme_data(
            X,
            y,
            sample_weight,
            families=list(self.families),
            conversation=self.conversation,
            random_state=self.random_state,
            text=self.text,
            narrative=self.narrative,
        )
        scheme = self.scheme if callable(self.scheme) else SCHEMES[self.scheme]
        answer = ask_scheme(scheme, data)
        weights = scale_shares(answer.shares, data, self.primary_weight)

        # Nothing is stored before everything has been found in order.
        self._read_training(X)
        for name in getattr(self, "_scheme_attributes", ()):
            delattr(self, name)  # of an earlier fit
        self.mutual_information_ = data.mutual_information
        self.weights_ = weights
        self._columns_read = []
        self._columns_added = [WEIGHT_PREFIX + task for task in weights]
        self._scheme_attributes = list(answer.attributes)
        for name, value in answer.attributes.items():
            setattr(self, name, value)

    def transform(self, X: Any) -> Any:
        """Add the weights to a table.

        Parameters
        ----------
        X : DataFrame
            Table of talkturns; it need not have the columns ``aux__*``.

        Returns
        -------
        X_wide : DataFrame
            The table with the columns ``weight__*`` added.
        """
        table = self._read_new(X)
        columns = {
            WEIGHT_PREFIX + task: np.full(len(table), weight)
            for task, weight in self.weights_.items()
        }
        return self._write(table, columns)

    def live_half(self) -> LiveHalf:
        """Return a half that adds nothing: these columns are of use in training alone.

        Returns
        -------
        half : LiveHalf
            Leaves each talkturn as it is.
        """
        return Unchanged()

    def __sklearn_tags__(self) -> Any:
        """Say that labels are needed."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
