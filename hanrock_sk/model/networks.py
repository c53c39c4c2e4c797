"""The three networks: HAN, flat-MTL HAN (Fig. 2) and HAN-ROCK (Fig. 3).

Shapes: D distinct talkturns in a batch, n targets, U attention units, C classes.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from hanrock_sk.model.direct import DirectWay
from hanrock_sk.model.dropout import draw_mask, dropout
from hanrock_sk.model.encoders import (
    Rows,
    TalkturnEncoder,
    WordEncoder,
    encode_words,
    word_products,
)
from hanrock_sk.model.feature_map import FeatureMap
from hanrock_sk.model.heads import FUSIONS, AuxiliaryHeads
from hanrock_sk.model.inputs import WordInputs, WordProducts
from hanrock_sk.model.layout.batches import Batch
from hanrock_sk.model.measured_way import MeasuredWay
from hanrock_sk.model.records import Attentions, Masks, Predictions, Sizes
from hanrock_sk.model.task_weighting import TaskWeighting, weighed


class Branch(nn.Module):
    """A word encoder and the talkturn encoders that read it.

    Parameters
    ----------
    embedding_dim, word_gru, units : int
        Sizes of the word encoder.
    tasks : int
        How many talkturn encoders.
    hidden : int
        Their GRU units: P or A.
    speakers : bool
        Whether they know who speaks.
    """

    def __init__(
        self,
        embedding_dim: int,
        word_gru: int,
        units: int,
        tasks: int,
        hidden: int,
        speakers: bool,
    ) -> None:
        super().__init__()
        self.word_encoder = WordEncoder(embedding_dim, word_gru, units)
        self.talkturn_encoder = TalkturnEncoder(tasks, units, hidden, speakers)


class Network(nn.Module):
    """What the three networks share: word vectors, a primary branch, its head.

    Parameters
    ----------
    embedding : Tensor of shape (n_words, embedding_dim)
        Word vectors W_e to start from.
    sizes : Sizes
        The other sizes.
    freeze_embedding : bool, default=False
        Whether the word vectors stay as they are.
    """

    fuses = False
    weighting: TaskWeighting | None = None  # of auxiliary gradients, in training

    def __init__(
        self, embedding: Tensor, sizes: Sizes, freeze_embedding: bool = False
    ) -> None:
        super().__init__()
        self.sizes = sizes
        self.inputs = WordInputs(embedding, sizes.contextual, freeze_embedding)
        self.primary = Branch(
            self.inputs.width,
            sizes.word_gru,
            sizes.attention_units,
            1,
            sizes.pri_gru,
            sizes.speakers,
        )
        self.primary_head = nn.Linear(sizes.attention_units, sizes.primary)
        nn.init.xavier_uniform_(self.primary_head.weight)
        nn.init.zeros_(self.primary_head.bias)
        self.features = FeatureMap.of(sizes)
        self.direct = DirectWay.of(sizes)

    @property
    def branches(self) -> list[Branch]:
        """The branches, the primary one first."""
        return [self.primary]

    def parts(self) -> list[list[nn.Parameter]]:
        """Return the parameters that are trained apart: all of them together."""
        return [list(self.parameters())]

    def draw_masks(self, batch: Batch) -> Masks:
        """Draw the dropout masks of one training step."""
        sizes, like = self.sizes, self.inputs.embedding
        n_branches, n_talkturns = len(self.branches), batch.n_talkturns

        draw = partial(draw_mask, like)
        auxiliary_state = None
        if self.fuses:
            auxiliary_state = draw(
                sizes.recurrent_dropout,
                len(batch),
                2 * len(sizes.auxiliary),
                sizes.aux_gru,
            )
        return Masks(
            word_input=draw(sizes.gru_dropout, n_talkturns, self.inputs.width),
            word_state=draw(
                sizes.recurrent_dropout, n_talkturns, 2 * n_branches, sizes.word_gru
            ),
            talkturn_input=draw(
                sizes.gru_dropout, n_talkturns, n_branches, sizes.attention_units
            ),
            primary_state=draw(sizes.recurrent_dropout, len(batch), 2, sizes.pri_gru),
            auxiliary_state=auxiliary_state,
        )

    @property
    def word_encoders(self) -> list[WordEncoder]:
        """The branches' word encoders."""
        return [branch.word_encoder for branch in self.branches]

    def know_words(self, words: Tensor, beyond: Tensor | None = None) -> WordProducts:
        """Compute the input products of some words; see `WordInputs.products`."""
        return self.inputs.products(self.word_encoders, words, beyond)

    def encode(
        self, batch: Batch, masks: Masks, products: WordProducts | None = None
    ) -> tuple[Tensor, Tensor]:
        """Encode each distinct talkturn once.

        Returns
        -------
        s : Tensor of shape (D, branches, U)
            Talkturn vectors, features added, dropout for the talkturn encoders applied.
        alpha : Tensor of shape (n_words, branches)
            Word attention.
        """
        gates: Tensor | Rows
        if products is not None:
            gates = products.of(batch.words)
        else:
            x = self.inputs(batch, masks.word_input)  # x_it = W_e w_it
            gates = word_products(self.word_encoders, x, self.inputs.trained)
        s, alpha = encode_words(self.word_encoders, gates, masks.word_state, batch)
        if self.features is not None:
            s = self.features(s, batch.features)
        if masks.talkturn_input is not None:
            s = s * masks.talkturn_input
        return s, alpha

    def forward(
        self,
        batch: Batch,
        masks: Masks | None = None,
        products: WordProducts | None = None,
    ) -> Predictions:
        """Predict the targets of a batch.

        Parameters
        ----------
        batch : Batch
            What is read.
        masks : Masks or None, default=None
            Dropout masks; by default they are drawn in training mode, and nothing is
            dropped otherwise.
        products : WordProducts or None, default=None
            Input products of all words of the batch, if they are known; without
            input dropout, and without a gradient.

        Returns
        -------
        predictions : Predictions
            In the order of `batch.targets`.
        """
        if masks is None:
            masks = self.draw_masks(batch) if self.training else Masks()
        s, words = self.encode(batch, masks, products)
        return self.read_windows(s, words, batch, masks)

    def read_windows(
        self, s: Tensor, words: Tensor, batch: Batch, masks: Masks
    ) -> Predictions:
        """Predict from talkturn vectors; what follows the word encoder."""
        v, talkturns = self.primary.talkturn_encoder(
            s[:, 0], masks.primary_state, batch
        )
        v, for_heads = weighed(v, len(self.sizes.auxiliary), self.weighting)
        values, logits = self.auxiliary_predictions(for_heads)
        attentions = Attentions(words, talkturns, torch.ones_like(v[..., 0]))
        primary = self.predict_primary(v[:, 0], s[:, 0], batch)
        return Predictions(primary, values, logits, attentions)

    def predict_primary(self, v: Tensor, s: Tensor, batch: Batch) -> Tensor:
        """Predict from the content context v (n, U) and, directly, from s (D, U)."""
        rate = self.sizes.head_dropout
        primary = self.primary_head(dropout(v, rate, self.training))
        if self.direct is not None:
            primary = primary + self.direct(dropout(s, rate, self.training), batch)
        return primary

    def auxiliary_predictions(self, v: Tensor) -> tuple[Tensor, Tensor]:
        """Predict the auxiliary tasks from (n, tasks, U): there are none."""
        n_targets = len(v)
        return v.new_empty(0, n_targets), v.new_empty(0, n_targets, 0)


class HAN(Network):
    """The hierarchical attention network, with the primary task alone (sec. 3.1)."""


class FlatHAN(Network):
    """Flat multi-task learning: all heads read the same vector (Fig. 2).

    Parameters
    ----------
    embedding, sizes, freeze_embedding : Tensor, Sizes, bool
        See `Network`.
    """

    def __init__(
        self, embedding: Tensor, sizes: Sizes, freeze_embedding: bool = False
    ) -> None:
        super().__init__(embedding, sizes, freeze_embedding)
        self.auxiliary_heads = AuxiliaryHeads(sizes.auxiliary, sizes.attention_units)

    def auxiliary_predictions(self, v: Tensor) -> tuple[Tensor, Tensor]:
        """Predict the auxiliary tasks from (n, tasks, U), which are all the same."""
        return self.auxiliary_heads(v)


class HANRock(Network):
    """HAN-ROCK: auxiliary supervision below the primary one (Fig. 3, section 3.2).

    Auxiliary heads read the auxiliary branch; the fusion reads both branches. So the
    primary loss reaches everything, and an auxiliary loss nothing but its branch: not
    even the word vectors, which the auxiliary branch reads detached.

    Parameters
    ----------
    embedding, sizes, freeze_embedding : Tensor, Sizes, bool
        See `Network`.
    """

    fuses = True

    def __init__(
        self, embedding: Tensor, sizes: Sizes, freeze_embedding: bool = False
    ) -> None:
        super().__init__(embedding, sizes, freeze_embedding)
        self.auxiliary = Branch(
            self.inputs.width,
            sizes.word_gru,
            sizes.attention_units,
            len(sizes.auxiliary),
            sizes.aux_gru,
            sizes.speakers,
        )
        self.auxiliary_heads = AuxiliaryHeads(sizes.auxiliary, sizes.attention_units)
        self.fusion = FUSIONS[sizes.fusion](sizes.attention_units)
        self.measured = None
        if sizes.measured:
            self.measured = MeasuredWay(
                sizes.measured, sizes.primary, sizes.gru_dropout
            )

    @property
    def branches(self) -> list[Branch]:
        """The branches, the primary one first."""
        return [self.primary, self.auxiliary]

    def parts(self) -> list[list[nn.Parameter]]:
        """Return what auxiliary losses do not reach, and what they do."""
        auxiliary = [*self.auxiliary.parameters(), *self.auxiliary_heads.parameters()]
        theirs = set(map(id, auxiliary))
        return [[p for p in self.parameters() if id(p) not in theirs], auxiliary]

    def read_windows(
        self, s: Tensor, words: Tensor, batch: Batch, masks: Masks
    ) -> Predictions:
        """Predict from talkturn vectors; what follows the word encoders."""
        v_primary, alpha_primary = self.primary.talkturn_encoder(
            s[:, 0], masks.primary_state, batch
        )
        v_auxiliary, alpha_auxiliary = self.auxiliary.talkturn_encoder(
            s[:, 1], masks.auxiliary_state, batch
        )
        v_auxiliary, for_heads = weighed(
            v_auxiliary, len(self.sizes.auxiliary), self.weighting
        )
        values, logits = self.auxiliary_heads(for_heads)
        v, alpha_tasks = self.fusion(torch.cat([v_primary, v_auxiliary], dim=1))
        attentions = Attentions(
            words, torch.cat([alpha_primary, alpha_auxiliary], dim=1), alpha_tasks
        )
        primary = self.predict_primary(v, s[:, 0], batch)
        if self.measured is not None:
            primary = primary + self.measured(values)
        return Predictions(primary, values, logits, attentions)


def make_network(
    architecture: str, embedding: Tensor, sizes: Sizes, freeze_embedding: bool = False
) -> Network:
    """Make the network of that name.

    Parameters
    ----------
    architecture : {"rock", "flat", "han"}
        Which one. "rock" without any auxiliary task is "han": nothing to fuse.
    embedding : Tensor of shape (n_words, embedding_dim)
        See `Network`.
    sizes : Sizes
        See `Network`.
    freeze_embedding : bool, default=False
        See `Network`.

    Returns
    -------
    network : Network
        Freshly initialised.
    """
    if architecture == "flat":
        return FlatHAN(embedding, sizes, freeze_embedding)
    if architecture == "rock" and sizes.auxiliary:
        return HANRock(embedding, sizes, freeze_embedding)
    return HAN(embedding, sizes, freeze_embedding)
