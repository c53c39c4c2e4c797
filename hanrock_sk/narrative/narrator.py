"""MonahNarrator: adds to every talkturn the sentence that tells it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.utils.validation import check_is_fitted

from hanrock_sk._base.callbacks import fit_task
from hanrock_sk._base.sklearn_private import StrOptions, _fit_context
from hanrock_sk.narrative.baseline import PopulationBaseline, RunningBaseline
from hanrock_sk.narrative.phrases import merge_phrases
from hanrock_sk.narrative.sentence import called, tell_talkturn
from hanrock_sk.narrative.told_columns import (
    ACTIONS,
    PROSODY,
    read_actions,
    read_prosody,
    read_speakers,
)
from hanrock_sk.talkturns.conversations import read_conversations
from hanrock_sk.talkturns.doubts import warn_of_rows_alone
from hanrock_sk.talkturns.live_half import CarryingHalf, LiveHalf
from hanrock_sk.talkturns.table import (
    check_roles,
    read_table,
    require_columns,
    require_named,
)
from hanrock_sk.talkturns.table_transformer import TableTransformer
from hanrock_sk.talkturns.values import read_texts

NARRATIVE = "narrative"
ROLES = ("conversation", "speaker", "text", *PROSODY, *ACTIONS)


class MonahNarrator(TableTransformer):
    """Tell every talkturn in words: who did what, how it sounded, what was said.

    Adds the column ``narrative``, the multimodal text of section 4.2 that is the sole
    input of the networks. A sentence reads

    ``[the SPEAKER did ACTIONS] [after N hundred milliseconds DELAY] the SPEAKER [TONE]
    [and] [RATE] said VERBATIM``

    in lower case, a bracket being there only where its features speak.

    Parameters
    ----------
    families : {"v", "vp", "va", "vpa"}, default="vpa"
        What is told: verbatim, prosody (delay, tone, speech rate), actions.
    baseline : {"speaker", "population"}, default="speaker"
        What prosody is compared with. ``"speaker"``: the same speaker's earlier
        talkturns in the same conversation, so that no sentence depends on what comes
        later. ``"population"``: the training talkturns.
    phrases : mapping or None, default=None
        Phrases and thresholds to replace, see
        :data:`hanrock_sk.narrative.PHRASES`.
    conversation : str or None, default="conversation"
        Column that says which conversation a talkturn belongs to. Without it each
        talkturn is a conversation of its own and has no earlier ones.
    speaker : str or None, default="speaker"
        Column of speakers: strings, or whole numbers. Where a speaker is missing, it
        is "the speaker", one and the same throughout a conversation.
    text : str, default="text"
        Column of what was said.
    delay : str or None, default="delay"
        Column of the silence before the talkturn, in seconds. Told from 200 ms.
    speech_rate : str or None, default="speech_rate"
        Column of the speech rate, in words per minute.
    tone_happy, tone_angry, tone_sad, tone_fear : str or None, default=their own names
        Columns of the tone of voice, from 0 to 1. Of several with a z-score above 2,
        the greatest is told.
    smile, positive_expression : str or None, default=their own names
        Columns of booleans: the action was seen in the talkturn. Missing is not seen.
    au05_shown, au17_shown, au20_shown, au25_shown : str or None, default=their own names
        The same, for facial action units: upper lid raiser, chin raiser, lip stretcher,
        lips part.
    head_nod, lean_forward : str or None, default=their own names
        The same, for movements of the head and body.

    Attributes
    ----------
    columns_ : dict of str to str
        What is told, and from which column of the training table.
    phrases_ : dict
        The complete table of phrases.
    population_ : PopulationBaseline
        Mean and deviation of each prosody feature told; with ``baseline="population"``
        only.
    n_features_in_ : int
        Number of columns of the training table.
    feature_names_in_ : ndarray of str
        Names of the columns of the training table.

    Raises
    ------
    ValueError
        If there is no text column, a column named by the user is not in the table, a
        text is missing, a measurement is not a finite number, or an action is neither
        true nor false.

    See Also
    --------
    hanrock_sk.Timings : Delay and speech rate from start and end times.

    Notes
    -----
    A z-score needs two earlier values that differ. Until then tone and rate are not
    told, and a delay is told in milliseconds alone: these need no comparison. A missing
    measurement is not told and does not enter the baseline.

    With ``families="v"`` the sentence still begins with the speaker: the four settings
    then differ by nothing but the words that their families add. To learn from the bare
    words, give the estimator the text column instead.

    A feature whose column the training table lacks is never told. ``narrative`` is
    replaced if the table already has it.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk import MonahNarrator
    >>> talkturns = pl.DataFrame(
    ...     {
    ...         "conversation": ["queue"] * 4,
    ...         "speaker": ["man", "man", "woman", "man"],
    ...         "text": ["Next", "Papers please", "Here", "Let me see them"],
    ...         "delay": [0.1, 0.3, 0.4, 0.2],
    ...         "speech_rate": [150.0, 170.0, 160.0, 195.0],
    ...         "head_nod": [False, False, True, False],
    ...     }
    ... )
    >>> for sentence in MonahNarrator().fit_transform(talkturns)["narrative"]:
    ...     print(sentence)
    the man said next
    after three hundred milliseconds the man said papers please
    the woman nodded after four hundred milliseconds the woman said here
    after two hundred milliseconds a slightly long delay the man very quickly said let me see them
    """  # noqa: E501

    _columns_added = [NARRATIVE]

    _parameter_constraints: dict = {
        "families": [StrOptions({"v", "vp", "va", "vpa"})],
        "baseline": [StrOptions({"speaker", "population"})],
        "phrases": [Mapping, None],
        **{role: [str, None] for role in ROLES},
        "text": [str],
    }

    def __init__(
        self,
        families: str = "vpa",
        baseline: str = "speaker",
        phrases: Mapping[str, Any] | None = None,
        *,
        conversation: str | None = "conversation",
        speaker: str | None = "speaker",
        text: str = "text",
        delay: str | None = "delay",
        speech_rate: str | None = "speech_rate",
        tone_happy: str | None = "tone_happy",
        tone_angry: str | None = "tone_angry",
        tone_sad: str | None = "tone_sad",
        tone_fear: str | None = "tone_fear",
        smile: str | None = "smile",
        positive_expression: str | None = "positive_expression",
        au05_shown: str | None = "au05_shown",
        au17_shown: str | None = "au17_shown",
        au20_shown: str | None = "au20_shown",
        au25_shown: str | None = "au25_shown",
        head_nod: str | None = "head_nod",
        lean_forward: str | None = "lean_forward",
    ) -> None:
        self.families = families
        self.baseline = baseline
        self.phrases = phrases
        self.conversation = conversation
        self.speaker = speaker
        self.text = text
        self.delay = delay
        self.speech_rate = speech_rate
        self.tone_happy = tone_happy
        self.tone_angry = tone_angry
        self.tone_sad = tone_sad
        self.tone_fear = tone_fear
        self.smile = smile
        self.positive_expression = positive_expression
        self.au05_shown = au05_shown
        self.au17_shown = au17_shown
        self.au20_shown = au20_shown
        self.au25_shown = au25_shown
        self.head_nod = head_nod
        self.lean_forward = lean_forward

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> MonahNarrator:
        """Learn which features there are to tell, and the population baseline.

        Parameters
        ----------
        X : DataFrame
            The talkturn table, pandas or polars.
        y : object
            Ignored.

        Returns
        -------
        self : MonahNarrator
            The fitted narrator.
        """
        with fit_task(self, X, y):
            self._learn(X)
        return self

    def _learn(self, X: Any) -> None:
        phrases = merge_phrases(self.phrases)
        table = read_table(X)
        columns = self._find_columns(table)
        if "p" in self.families and self.baseline == "speaker" and self.conversation:
            warn_of_rows_alone(table, self.conversation)
        read_texts(table, self.text)
        read_speakers(table, columns.get("speaker"))
        measured = read_prosody(table, columns)
        read_actions(table, columns)

        # Nothing is stored before everything has been found in order.
        self._read_training(X)
        self.columns_ = columns
        self._columns_read = list(columns.values())
        self.phrases_ = phrases
        if self.baseline == "population":
            self.population_ = PopulationBaseline.learn(measured)
        elif hasattr(self, "population_"):
            del self.population_

    def transform(self, X: Any) -> Any:
        """Add the column ``narrative``.

        Parameters
        ----------
        X : DataFrame
            A talkturn table with the columns that `fit` used.

        Returns
        -------
        talkturns : DataFrame
            The table with the narrative, same rows in the same order.

        Raises
        ------
        ValueError
            If the table lacks a column that `fit` used.
        """
        table = self._read_new(X)
        return self._write(table, {NARRATIVE: self._narrate(table, RunningBaseline())})

    def live_half(self) -> LiveHalf:
        """Return a half that remembers how the talkturns heard before sounded.

        Returns
        -------
        half : LiveHalf
            Narrates each talkturn as `transform` does.
        """
        check_is_fitted(self)
        # Without conversations, no talkturn is compared with earlier ones.
        alone = "conversation" not in self.columns_

        required = [c for role, c in self.columns_.items() if role != "conversation"]
        columns = partial(self._narrate_live, alone)
        return CarryingHalf(self.columns_["text"], required, RunningBaseline(), columns)

    def _narrate_live(
        self, alone: bool, talkturn: nw.DataFrame, running: RunningBaseline
    ) -> tuple[dict[str, list[str]], RunningBaseline]:
        told = {NARRATIVE: self._narrate(talkturn, running)}
        return told, RunningBaseline() if alone else running

    def _narrate(self, table: nw.DataFrame, running: RunningBaseline) -> list[str]:
        """Tell every talkturn; `running` has heard the earlier ones, if any."""
        words = read_texts(table, self.columns_["text"])
        speakers = read_speakers(table, self.columns_.get("speaker"))
        told = [feature for feature in PROSODY if feature in self.columns_]
        measured = read_prosody(table, self.columns_)
        z_scores = self._z_scores(table, speakers, measured, running)
        delays = measured[:, 0] if "delay" in told else np.full(len(words), np.nan)
        return [
            tell_talkturn(
                said,
                speaker=speaker,
                delay=delay,
                z_scores=dict(zip(told, z, strict=True)),
                actions=actions,
                phrases=self.phrases_,
            )
            for said, speaker, delay, z, actions in zip(
                words,
                speakers,
                delays.tolist(),
                z_scores,
                read_actions(table, self.columns_),
                strict=True,
            )
        ]

    def _find_columns(self, table: nw.DataFrame) -> dict[str, str]:
        """Say which column each role is read from, as far as the families need it.

        Default columns may be absent; those that the user named may not.
        """
        named = {role: getattr(self, role) for role in ROLES}
        check_roles(**named, **{"the column added": NARRATIVE})
        wanted = ["speaker", "text"]
        if "p" in self.families:
            wanted += PROSODY
            if self.baseline == "speaker":
                wanted.append("conversation")
        if "a" in self.families:
            wanted += ACTIONS
        require_columns(table, [self.text])
        require_named(table, **{role: named[role] for role in wanted})
        return {role: named[role] for role in wanted if named[role] in table.columns}

    def _z_scores(
        self,
        table: nw.DataFrame,
        speakers: list[str | None],
        measured: np.ndarray,
        running: RunningBaseline,
    ) -> list[list[float]]:
        """Compare every talkturn with its baseline; one list per row."""
        population = getattr(self, "population_", None)  # as fitted, not as set since
        if population is not None:
            return population.z_scores(measured).tolist()
        # Without the column, each row of the table is a conversation of its own.
        talkturns = read_conversations(table, self.columns_.get("conversation", ""))
        conversation = talkturns.first[talkturns.position].tolist()
        return [
            running.update((place, called(speaker)), values)
            for place, speaker, values in zip(
                conversation, speakers, measured.tolist(), strict=True
            )
        ]
