"""What a network is, and what it was trained on, in the types of JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from hanrock_sk.estimators.reading import Columns
from hanrock_sk.model.records import Sizes


@dataclass(frozen=True)
class TrainedOn:
    """What a network is, and what it was trained on.

    Attributes
    ----------
    architecture : {"rock", "flat", "han"}
        Which network.
    sizes : Sizes
        Its sizes.
    content_size : int
        Talkturns in a window.
    max_words : int or None
        Words read of a talkturn.
    column : str or None
        The column of the texts; None if they came as a sequence of strings.
    conversation, narrative, text, speaker : str
        The columns that were named in `fit`.
    in_conversations : bool
        Whether the table had that column.
    valued, labelled : tuple of str
        The auxiliary tasks: with real values, and with classes.
    """

    architecture: str
    sizes: Sizes
    content_size: int
    max_words: int | None
    column: str | None
    conversation: str
    in_conversations: bool
    valued: tuple[str, ...] = ()
    labelled: tuple[str, ...] = ()
    narrative: str = "narrative"
    text: str = "text"
    speaker: str = "speaker"

    def state(self) -> dict[str, Any]:
        """Return it in the types of JSON."""
        state = asdict(self)
        for name in ("auxiliary", "measured"):
            state["sizes"][name] = list(state["sizes"][name])
        return state | {"valued": list(self.valued), "labelled": list(self.labelled)}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> TrainedOn:
        """Take what `state` returned."""
        sizes = dict(state["sizes"])
        for name in ("auxiliary", "measured"):
            sizes[name] = tuple(sizes.get(name, ()))
        tasks = {name: tuple(state[name]) for name in ("valued", "labelled")}
        return cls(**{**state, "sizes": Sizes(**sizes), **tasks})

    @property
    def columns(self) -> Columns:
        """The names of the columns that are read."""
        return Columns(self.narrative, self.text, self.conversation, self.speaker)

    @property
    def tasks(self) -> tuple[str, ...]:
        """All tasks, the primary one first."""
        return ("primary", *self.valued, *self.labelled)

    @property
    def encoded_tasks(self) -> tuple[str, ...]:
        """The tasks that have a talkturn encoder of their own."""
        return self.tasks if self.architecture == "rock" else ("primary",)
