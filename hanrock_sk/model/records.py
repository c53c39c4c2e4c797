"""What goes into a network and what comes out: sizes, masks, weights, predictions.

Shapes: D distinct talkturns in a batch, n targets, U attention units, C classes.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Sizes:
    """The sizes of a network.

    Attributes
    ----------
    primary : int
        Width of the primary prediction: its number of classes, or 1 for a real value.
    auxiliary : tuple of int
        For each auxiliary task its number of classes (one number for all that have
        classes), or 0 for a real value.
    word_gru, pri_gru, aux_gru : int
        GRU units of one direction: of the word encoders, of the primary talkturn
        encoder (P), of each auxiliary talkturn encoder (A).
    attention_units : int
        Width of every attention's perceptron, hence of s, of v and of the fusion.
    gru_dropout, recurrent_dropout : float
        Share of GRU inputs, and of recurrent states, dropped in training.
    contextual : int
        Width of the vectors that an encoder gives each word; 0 without an encoder.
    fusion : {"anchored", "paper"}
        How HAN-ROCK fuses its tasks; see `hanrock_sk.model.heads`.
    direct : bool
        Whether there is a direct way to the head; see `hanrock_sk.model.direct`.
    bag : int
        Features of the direct way's bags of words.
    speakers : bool
        Whether the talkturn encoders know who speaks.
    head_dropout : float
        Share of the primary head's inputs dropped in training.
    measured : tuple of int
        Which real-valued auxiliary tasks' predictions the primary head reads; see
        `hanrock_sk.model.measured_way`.
    features : int
        Width of the vector of numbers and codes that a talkturn has beside its words.
    """

    primary: int
    auxiliary: tuple[int, ...] = ()
    word_gru: int = 128
    pri_gru: int = 256
    aux_gru: int = 1
    attention_units: int = 128
    gru_dropout: float = 0.0
    recurrent_dropout: float = 0.0
    contextual: int = 0
    fusion: str = "anchored"
    direct: bool = False
    bag: int = 0
    speakers: bool = False
    head_dropout: float = 0.0
    measured: tuple[int, ...] = ()
    features: int = 0


@dataclass(frozen=True)
class Masks:
    """Dropout masks of one training step; None where nothing is dropped.

    Attributes
    ----------
    word_input : Tensor of shape (D, width of a word's vector)
        One mask per talkturn, constant over its words, shared by the branches.
    word_state : Tensor of shape (D, 2 * branches, word_gru)
        One mask per direction, branch and talkturn.
    talkturn_input : Tensor of shape (D, branches, U)
        One mask per distinct talkturn.
    primary_state : Tensor of shape (n, 2, pri_gru)
        One mask per direction and window.
    auxiliary_state : Tensor of shape (n, 2 * tasks, aux_gru)
        One mask per direction, task and window.
    """

    word_input: Tensor | None = None
    word_state: Tensor | None = None
    talkturn_input: Tensor | None = None
    primary_state: Tensor | None = None
    auxiliary_state: Tensor | None = None


@dataclass(frozen=True)
class Attentions:
    """The weights of the three levels of attention.

    Attributes
    ----------
    words : Tensor of shape (n_words, branches)
        alpha_ait, packed as the batch's talkturns, read from the left.
    talkturns : Tensor of shape (rows, 1 + auxiliary encoders)
        alpha_abi, packed as the batch's windows; the primary task first.
    tasks : Tensor of shape (n, 1 + auxiliary encoders)
        alpha_c of the fusion; all 1 where there is no fusion.
    """

    words: Tensor
    talkturns: Tensor
    tasks: Tensor


@dataclass(frozen=True)
class Predictions:
    """What a network says of each target.

    Attributes
    ----------
    primary : Tensor of shape (n, C) or (n, 1)
        Logits of the classes, or the value.
    values : Tensor of shape (real-valued auxiliary tasks, n)
        Their predictions.
    logits : Tensor of shape (auxiliary tasks with classes, n, C)
        Their logits.
    attentions : Attentions
        What was attended to.
    """

    primary: Tensor
    values: Tensor
    logits: Tensor
    attentions: Attentions
