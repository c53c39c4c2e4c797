"""What the HAN-ROCK classifier and regressor share: parameters, `fit`, `predict`."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from typing import TYPE_CHECKING, Any, Self

import narwhals as nw
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from hanrock_sk._base.callbacks import CallbackSupportMixin, with_callbacks
from hanrock_sk._base.saved_state import SavedState
from hanrock_sk._base.short_repr import ShortRepr
from hanrock_sk._base.sklearn_private import _clone_parametrized, _fit_context
from hanrock_sk.estimators.parameters import CONSTRAINTS
from hanrock_sk.talkturns.missing_labels import refuse_plain_scorer
from hanrock_sk.text import Vocabulary

if TYPE_CHECKING:  # torch is imported where it is needed, not with the package
    from hanrock_sk.estimators.attention_weights import Attention
    from hanrock_sk.estimators.fitted import FittedNetwork
    from hanrock_sk.estimators.live_model import LiveModel
    from hanrock_sk.estimators.net import MultiTaskNet
    from hanrock_sk.estimators.reading import Talkturns
    from hanrock_sk.estimators.talkturn_data import TalkturnData


class BaseHANRock(
    CallbackSupportMixin, SavedState, ShortRepr, BaseEstimator, metaclass=ABCMeta
):
    """Base of the estimators; see `HANRockClassifier` and `HANRockRegressor`."""

    _parameter_constraints: dict = CONSTRAINTS

    _classifies: bool
    calibrate: bool
    device: str
    text: str
    network_: FittedNetwork

    @abstractmethod
    def _learn_labels(
        self,
        values: np.ndarray,
        present: np.ndarray,
        kept: np.ndarray,
        weights: np.ndarray | None,
        table: nw.DataFrame | None,
    ) -> None:
        """Learn classes from all labels, location and scale from those `kept`.

        Labels that are held out have no say in what is learnt; others as much as their
        weights say. The table may have distributions beside the labels.
        """

    @abstractmethod
    def _keep_labels(
        self, before: dict[str, Any], values: np.ndarray, present: np.ndarray
    ) -> None:
        """Keep what an earlier fit learnt of labels; refuse labels it cannot have."""

    @abstractmethod
    def _encode_labels(
        self, values: np.ndarray, present: np.ndarray, name: str
    ) -> np.ndarray:
        """Turn labels into what the network is to predict."""

    @abstractmethod
    def _criterion_params(self, data: TalkturnData) -> dict[str, Any]:
        """Parameters of the loss on these data."""

    @abstractmethod
    def _calibration_factor(
        self, answers: np.ndarray, labels: np.ndarray, weights: np.ndarray | None
    ) -> float:
        """Find what to multiply primary answers by, from those of held-out labels."""

    @abstractmethod
    def _keep_calibration(self, factor: float) -> None:
        """Keep the factor, as the fitted attribute that users know."""

    @abstractmethod
    def _n_outputs(self) -> int:
        """Width of the primary prediction."""

    @abstractmethod
    def _decode_primary(self, raw: np.ndarray) -> np.ndarray:
        """Turn the network's primary output into predictions."""

    def _decode_values(self, values: np.ndarray) -> np.ndarray:
        """Take real values back to the user's unit."""
        return values

    def _name_probabilities(self, raw: np.ndarray) -> dict[Any, float] | None:
        """Name the probabilities of one talkturn's classes, if there are classes."""
        return None

    def _value_scale(self) -> float:
        """Factor from the network's real values to the user's."""
        return 1.0

    def _scale_auxiliary(self, values: np.ndarray) -> np.ndarray:
        """Bring real-valued auxiliary targets to the network's scale."""
        return values

    @with_callbacks
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight: Any = None,
    ) -> Self:
        """Train the network.

        Parameters
        ----------
        X : DataFrame or sequence of str
            A talkturn table: the narrative (or else the text) is read, ``aux__*``
            columns are the auxiliary targets, ``weight__*`` columns the loss weights;
            ``soft__*`` columns are what a classifier takes for the truth, a
            probability for each class, where they are not missing. Or a sequence of
            strings, each a conversation of its own.
        y : array-like of shape (n_talkturns,)
            Labels of the primary task. Talkturns whose label is missing (None, NaN)
            are content context, never targets.
        X_val : DataFrame or sequence of str, default=None
            Talkturns to validate on, instead of some conversations of `X`.
        y_val : array-like, default=None
            Their labels.
        sample_weight : array-like of shape (n_talkturns,), default=None
            How much each label counts: the loss weights of its talkturn are multiplied
            by it. A label of weight zero is as good as missing, so that its talkturn is
            content context alone. Weights of talkturns without a label mean nothing.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If the input cannot be trained on; the message says why. The estimator
            then is as it was before.
        FloatingPointError
            If a loss is not finite before the first epoch is over (later, the best
            weights until then are kept, with a ConvergenceWarning), or in any epoch
            if there is no validation to tell which weights are the best.
        """
        from hanrock_sk.estimators.fitting import fit_network

        before = self._learnt()
        try:
            self._forget()
            fit_network(self, X, y, X_val, y_val, sample_weight, before)
        except BaseException:
            self._forget()
            self.__dict__.update(before)
            raise
        return self

    def _learnt(self) -> dict[str, Any]:
        """Return the attributes that an earlier fit has given."""
        return {n: value for n, value in self.__dict__.items() if n.endswith("_")}

    def _forget(self) -> None:
        """Take away what an earlier fit has learnt."""
        for name in self._learnt():
            del self.__dict__[name]

    @property
    def net_(self) -> MultiTaskNet:
        """The trained skorch net."""
        return self.network_.net

    @property
    def vocabulary_(self) -> Vocabulary:
        """The words known from training."""
        return self.network_.reader.vocabulary

    def _read_new(self, X: Any) -> Talkturns:
        """Read talkturns to predict, with the columns that training had."""
        check_is_fitted(self)
        return self.network_.read(X)

    def _warn_if_torn(self, X: Any) -> None:
        """Warn if some talkturns of a conversation trained on are to be scored."""
        from hanrock_sk.estimators.doubtful_training import warn_of_torn_scoring

        if self.__sklearn_is_fitted__():
            warn_of_torn_scoring(self.network_, X)

    def _predict_primary(self, X: Any) -> np.ndarray:
        """Logits or values of the primary task, by row."""
        talkturns = self._read_new(X)
        refuse_plain_scorer(len(talkturns))
        return self.network_.predict_primary(talkturns)

    def predict(self, X: Any) -> np.ndarray:
        """Predict the primary task of every talkturn.

        Parameters
        ----------
        X : DataFrame or sequence of str
            Talkturns, with the columns that were read in training. Give whole
            conversations: the talkturns before a talkturn are its content context.

        Returns
        -------
        y : ndarray of shape (n_talkturns,)
            Classes, or values.
        """
        return self._decode_primary(self._predict_primary(X))

    def predict_auxiliary(self, X: Any) -> dict[str, np.ndarray]:
        """Predict every task of every talkturn.

        Parameters
        ----------
        X : DataFrame or sequence of str
            See `predict`.

        Returns
        -------
        predictions : dict of str to ndarray of shape (n_talkturns,)
            "primary", and each auxiliary task by its name, such as "action__au05" (in
            the range of its targets) or "history__1" (in the classes of the primary
            task, for a classifier).
        """
        talkturns = self._read_new(X)
        primary, values, logits = self.network_.predict_tasks(talkturns)
        trained_on = self.network_.trained_on
        predictions = {"primary": self._decode_primary(primary)}
        predictions |= dict(
            zip(trained_on.valued, self._decode_values(values), strict=True)
        )
        predictions |= {
            name: self._decode_primary(raw)
            for name, raw in zip(trained_on.labelled, logits, strict=True)
        }
        return predictions

    def attention(self, X: Any) -> Attention:
        """Return what the network attended to, at all three levels.

        Parameters
        ----------
        X : DataFrame or sequence of str
            See `predict`.

        Returns
        -------
        attention : Attention
            The weights of words, talkturns and tasks, by row of `X`.
        """
        from hanrock_sk.estimators.attention_weights import collect_attention

        talkturns = self._read_new(X)
        return collect_attention(talkturns, self.network_)

    def live(self) -> LiveModel:
        """Start predicting a conversation while it happens.

        Returns
        -------
        conversation : LiveModel
            Its method ``add`` takes one talkturn after the other. For a whole Pipeline,
            narrating included, see
            `hanrock_sk.live.LiveConversation`.
        """
        from hanrock_sk.estimators.live_model import LiveModel

        return LiveModel(self)

    def __sklearn_clone__(self) -> Self:
        """Clone it with the very model that it begins with, which is fitted."""
        clone = _clone_parametrized(self)
        clone.init_from = self.init_from
        return clone

    def __sklearn_is_fitted__(self) -> bool:
        """Whether there is a network to predict with."""
        return hasattr(self, "network_")

    def __getstate__(self) -> dict[str, Any]:
        """Return parameters and history, and the network as plain arrays."""
        state = super().__getstate__()
        if "network_" in state:
            state["network_"] = state["network_"].state()
        return state

    def _restore(self, state: dict[str, Any]) -> None:
        """Rebuild the network, on the device asked for or else on the CPU."""
        if "network_" in state or "_fitted" in state:
            from hanrock_sk.estimators.fitted import FittedNetwork, state_of_version_1

            if "_fitted" in state:
                state = state_of_version_1(state)
            network = FittedNetwork.from_state(state["network_"], state["device"])
            state = state | {"network_": network}
        super()._restore(state)

    def __sklearn_tags__(self) -> Any:
        """Say that the input is a table or strings, not an array of numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.non_deterministic = False
        return tags
