"""The auxiliary targets: what is already there, used a second time (section 4.3)."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any, ClassVar

import narwhals as nw
import numpy as np

from hanrock_sk._base.callbacks import fit_task
from hanrock_sk._base.sklearn_private import Interval, StrOptions, _fit_context
from hanrock_sk.auxiliary.measured import (
    ACTIONS,
    PROSODY,
    family_columns,
    measured_targets,
    read_measured,
)
from hanrock_sk.auxiliary.neighbours import neighbour_rows
from hanrock_sk.auxiliary.percentile import percentile_rank
from hanrock_sk.auxiliary.primary_task import read_primary_labels
from hanrock_sk.auxiliary.target_range import read_target_range
from hanrock_sk.talkturns.auxiliary_names import TARGET_PREFIX
from hanrock_sk.talkturns.conversations import Conversations, read_conversations
from hanrock_sk.talkturns.doubts import warn_of_rows_alone
from hanrock_sk.talkturns.labels import label_series
from hanrock_sk.talkturns.live_half import LiveHalf, Unchanged
from hanrock_sk.talkturns.table import (
    check_roles,
    read_table,
    require_columns,
    require_named,
)
from hanrock_sk.talkturns.table_transformer import TableTransformer


class AuxiliaryTargets(TableTransformer):
    """Add the auxiliary targets to a table of talkturns.

    Four families (sections 2 and 4.3 of the paper): action and prosody reuse the
    measurements of face and voice, history and future the labels of the talkturns
    around. Added are, in this order, ``aux__action__<column>``,
    ``aux__prosody__<column>``, ``aux__history__1`` ... and ``aux__future__1`` ...

    Parameters
    ----------
    actions : array-like of str or None, default=None
        Columns of the action family; any numeric columns will do. None takes those of
        ``au05, au17, au20, au25`` that the training table has.
    prosody : array-like of str or None, default=None
        Columns of the prosody family. None takes those of ``tone_happy, tone_sad,
        tone_angry, tone_fear`` that the training table has. No column is in both.
    history : int, default=4
        The labels up to this many talkturns ago are targets; 0 for none.
    future : int, default=4
        The labels up to this many talkturns later are targets; 0 for none.
    target_range : "auto" or (float, float), default="auto"
        Lowest and highest value of action and prosody targets, meant to be those of
        the primary label (appendix A.2), so that no task's loss dwarfs another's.
        "auto" is (0, 1) if the labels are classes, and their lowest and highest value
        in training if at least one is not a whole number. Whole numbers count as
        classes: a regressor of integer ratings needs its scale here, e.g. ``(1, 5)``.
    derived : array-like of {"change", "next", "listener"}, default=()
        Further targets of every column of the two families, see Notes.
    conversation : str, default="conversation"
        Column that says which conversation a talkturn belongs to; the order of the
        rows is the order in time. Without it each row is a conversation of its own,
        and its history and future are its own label: set both to 0 then.
    speaker : str, default="speaker"
        Column that says who speaks, which "change" and "listener" need.

    Attributes
    ----------
    actions_ : list of str
        Columns of the action family.
    prosody_ : list of str
        Columns of the prosody family.
    target_range_ : tuple of (float, float)
        Lowest and highest value of action and prosody targets.
    training_values_ : dict of str to ndarray
        Of all that is ranked, the training rows' values, sorted.
    n_features_in_ : int
        Number of columns of the training table.
    feature_names_in_ : ndarray of str
        Columns of the training table.

    See Also
    --------
    AuxiliaryWeights : How much the loss of each auxiliary target counts.

    Notes
    -----
    *Action and prosody* are percentile ranks against the training rows: the share of
    training values below, plus half the share of those equal. With training values
    1, 3, 3, 7 the value 3 ranks (1 + 3) / (2 x 4) = 0.5, and an unseen 5 ranks 0.75.
    A rank r becomes r x (high - low) + low. Where the measurement is missing, so is
    the target, and the loss leaves that row out; a column without any measurement in
    training has no targets.

    *Derived* targets are ranked in the same way. ``aux__action__au05_change`` is the
    difference from the same speaker's talkturn before, ``..._next`` the measurement of
    the next talkturn, whoever speaks, and ``..._listener`` that of the next talkturn of
    somebody else: what the listener shows when they come to speak.

    *History k and future k* are the label k talkturns earlier and later in the same
    conversation. If there is no such talkturn, or it has no label, the label of the
    conversation nearest to that place stands in. With labels a, b, c, d, history 1 is
    a, a, b, c: the first talkturn's own label is nearest to the place before it. A
    talkturn's own label counts like any other: at an end of the conversation all
    others are farther away, and as auxiliary targets serve in training only, it gives
    nothing away. Where few talkturns have labels, though, many a history 1 and
    future 1 is its own, which raises their mutual information with it. Of two labels
    equally near, history takes the earlier and future the later.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk import AuxiliaryTargets
    >>> talkturns = pl.DataFrame(
    ...     {"text": ["hi", "hello", "well", "bye"],
    ...      "conversation": [1, 1, 1, 1],
    ...      "au05": [0.0, 2.0, None, 5.0]}
    ... )
    >>> targets = AuxiliaryTargets(history=1, future=1)
    >>> wide = targets.fit_transform(talkturns, ["calm", "calm", None, "glad"])
    >>> wide["aux__action__au05"].round(2).to_list()
    [0.17, 0.5, None, 0.83]
    >>> wide["aux__history__1"].to_list()
    ['calm', 'calm', 'calm', 'calm']
    >>> wide["aux__future__1"].to_list()
    ['calm', 'glad', 'glad', 'glad']
    """

    _parameter_constraints: ClassVar[dict[str, list]] = {
        "actions": ["array-like", None],
        "prosody": ["array-like", None],
        "history": [Interval(Integral, 0, None, closed="left")],
        "future": [Interval(Integral, 0, None, closed="left")],
        "target_range": [StrOptions({"auto"}), tuple, list],
        "derived": ["array-like"],
        "conversation": [str],
        "speaker": [str],
    }

    def __init__(
        self,
        actions: Iterable[str] | None = None,
        prosody: Iterable[str] | None = None,
        *,
        history: int = 4,
        future: int = 4,
        target_range: str | tuple[float, float] = "auto",
        derived: Iterable[str] = (),
        conversation: str = "conversation",
        speaker: str = "speaker",
    ) -> None:
        self.actions = actions
        self.prosody = prosody
        self.history = history
        self.future = future
        self.target_range = target_range
        self.derived = derived
        self.conversation = conversation
        self.speaker = speaker

    # Whoever weighs labels means them here, too: none is asked twice.
    __metadata_request__fit: ClassVar[dict[str, bool]] = {"sample_weight": True}

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> AuxiliaryTargets:
        """Learn the training values of the measurements and the range of the targets.

        ``fit(X, y).transform(X)`` does not equal ``fit_transform(X, y)``, which alone
        fills the history and future columns.

        Parameters
        ----------
        X : DataFrame
            Table of talkturns.
        y : array-like of shape (n_rows,)
            Labels of the primary task; None, NaN or pandas.NA where there is none.
        sample_weight : array-like of shape (n_rows,), default=None
            How much each label counts; one of weight zero is as good as missing.

        Returns
        -------
        self : AuxiliaryTargets
            The fitted transformer.

        Raises
        ------
        ValueError
            If a column named is absent or named twice, holds strings or infinities, if
            a talkturn does not say which conversation it belongs to, or if all labels
            are missing.
        """
        with fit_task(self, X, y):
            self._learn(X, y, sample_weight)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Learn from the training table and add its auxiliary targets, all of them.

        ``fit_transform(X, y)`` does not equal ``fit(X, y).transform(X)``, which leaves
        the history and future columns missing, because they need `y`.

        Parameters
        ----------
        X : DataFrame
            Table of talkturns.
        y : array-like of shape (n_rows,)
            Labels of the primary task; None, NaN or pandas.NA where there is none.
        sample_weight : array-like of shape (n_rows,), default=None
            How much each label counts; one of weight zero is as good as missing.

        Returns
        -------
        X_wide : DataFrame
            The table with the columns ``aux__*`` added.

        Raises
        ------
        ValueError
            As `fit` does.
        """
        with fit_task(self, X, y):
            table, talkturns, values, present = self._learn(X, y, sample_weight)
        columns = self._measured_targets(table, talkturns)
        for name, steps in self._steps():
            rows = neighbour_rows(talkturns, present, steps)
            # Where there is no row (-1), any label may stand: it is marked missing.
            columns[name] = label_series(values[rows], rows >= 0, name, table)
        return self._write(table, columns)

    def transform(self, X: Any) -> Any:
        """Add the same columns to a table; history and future are missing.

        ``fit(X, y).transform(X)`` does not equal ``fit_transform(X, y)``: history and
        future need `y`, which is unknown here. Their columns keep the kind of the
        training labels, without values.

        Parameters
        ----------
        X : DataFrame
            Table of talkturns with the columns of the action and prosody family.

        Returns
        -------
        X_wide : DataFrame
            The table with the columns ``aux__*`` added.

        Raises
        ------
        ValueError
            If a column of the two families is absent, or holds strings or infinities.
        """
        table = self._read_new(X)
        talkturns = read_conversations(table, self.conversation)
        columns = self._measured_targets(table, talkturns)
        present = np.zeros(len(table), dtype=bool)
        values = np.zeros(len(table), dtype=self._label_dtype)
        for name in self._columns_added:
            if name not in columns:
                columns[name] = label_series(values, present, name, table)
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

    def _learn(
        self, X: Any, y: Any, sample_weight: Any
    ) -> tuple[nw.DataFrame, Conversations, np.ndarray, np.ndarray]:
        """Fit; return table, conversations, labels and which labels are present."""
        table = read_table(X)
        actions = family_columns(table, self.actions, ACTIONS)
        prosody = family_columns(table, self.prosody, PROSODY)
        check_roles(
            conversation=self.conversation,
            **{f"actions[{place}]": column for place, column in enumerate(actions)},
            **{f"prosody[{place}]": column for place, column in enumerate(prosody)},
        )
        require_columns(table, actions + prosody)
        require_named(table, conversation=self.conversation)
        warn_of_rows_alone(table, self.conversation)
        talkturns = read_conversations(table, self.conversation)
        values, present = read_primary_labels(y, len(table), sample_weight)
        families = {"action": actions, "prosody": prosody}
        targets = measured_targets(table, families, self.derived, self.speaker)
        measured = read_measured(table, targets, talkturns, self.speaker)
        target_range = read_target_range(
            self.target_range, values[present], needed=bool(measured)
        )

        # Nothing is stored before everything has been found in order.
        self._read_training(X)
        self.actions_ = actions
        self.prosody_ = prosody
        self.target_range_ = target_range
        self.training_values_ = {
            key: np.sort(known[~np.isnan(known)]) for key, known in measured.items()
        }
        self._label_dtype = values.dtype.str  # a string is plain enough to be saved
        self._derived = list(self.derived)
        self._columns_read = actions + prosody
        self._columns_added = [each.name for each in targets]
        self._columns_added += [name for name, _ in self._steps()]
        return table, talkturns, values, present

    def _steps(self) -> list[tuple[str, int]]:
        """Name the targets that are labels, each with how many talkturns away it is."""
        history = [
            (f"{TARGET_PREFIX}history__{k}", -k) for k in range(1, self.history + 1)
        ]
        future = [(f"{TARGET_PREFIX}future__{k}", k) for k in range(1, self.future + 1)]
        return history + future

    def _measured_targets(
        self, table: nw.DataFrame, talkturns: Conversations
    ) -> dict[str, Any]:
        """Compute the targets that are percentile ranks."""
        low, high = self.target_range_
        families = {"action": self.actions_, "prosody": self.prosody_}
        # Of the fit, whatever the parameter is by now; 0.1.0 had none.
        derived = getattr(self, "_derived", [])
        targets = measured_targets(table, families, derived, self.speaker)
        measured = read_measured(table, targets, talkturns, self.speaker)
        columns: dict[str, Any] = {}
        for each in targets:
            ranks = percentile_rank(measured[each.key], self.training_values_[each.key])
            columns[each.name] = ranks * (high - low) + low
        return columns
