"""What every operation is given and returns, whatever computes it.

A module that implements an operation has functions of these signatures. Tables are
packed (`hanrock_sk.model.layout.packing.Packing`) and contiguous. No gradient is
recorded inside; `run_back` is given what `run` returned.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from torch import Tensor

from hanrock_sk.model.layout.packing import Packing


class RecurrenceGradients(NamedTuple):
    """Gradients of what the recurrence is given."""

    gates: Tensor  # (rows, groups, 3 * hidden)
    weight: Tensor  # of the shape of the weight
    bias_new: Tensor  # (groups, hidden)


class RecurrenceKernels(Protocol):
    """Many GRUs side by side; the equations are in `hanrock_sk.model.recurrence`.

    `weight` is (groups, hidden, 3 * hidden), or (groups, 3 * hidden) if it is diagonal.
    """

    def run(
        self,
        gates: Tensor,
        weight: Tensor,
        bias_new: Tensor,
        mask: Tensor | None,
        packing: Packing,
    ) -> tuple[Tensor, Tensor]:
        """Run all steps; the gates (rows, groups, 3 * hidden) become r, z, c in place.

        Returns the states, and inner = a_n + b_n: both (rows, groups, hidden).
        """

    def run_rows(
        self,
        table: Tensor,
        index: Tensor,
        weight: Tensor,
        bias_new: Tensor,
        packing: Packing,
    ) -> Tensor:
        """Run all steps on rows of a table (2 * sources, groups / 2 * 3 * hidden).

        The table stays as it is; `index` (2 * rows,) says which rows. Returns the
        states; nothing is kept for a backward pass.
        """

    def run_back(
        self,
        grad_states: Tensor,
        gates: Tensor,
        inner: Tensor,
        states: Tensor,
        weight: Tensor,
        mask: Tensor | None,
        packing: Packing,
        *,
        may_overwrite: bool,
    ) -> RecurrenceGradients:
        """Run all steps backwards.

        With `may_overwrite`, gradients may take the place of `gates` and `inner`.
        """


class AttentionGradients(NamedTuple):
    """Gradients of what attention is given."""

    states: Tensor
    weight: Tensor
    bias: Tensor
    query: Tensor


class AttentionKernels(Protocol):
    """Pooling by attention; the equations are in `hanrock_sk.model.attention`.

    states (rows, 2, groups, hidden), weight (2, groups, hidden, units), bias and query
    (groups, units).
    """

    def run(
        self,
        states: Tensor,
        weight: Tensor,
        bias: Tensor,
        query: Tensor,
        packing: Packing,
        *,
        keeps: bool,
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Pool every sequence.

        Returns what is pooled (sequences, groups, units), the weights alpha (rows,
        groups), and what `run_back` takes as `kept`, where `keeps` asks for it.
        """

    def run_back(
        self,
        grad: Tensor,
        states: Tensor,
        weight: Tensor,
        bias: Tensor,
        query: Tensor,
        alpha: Tensor,
        kept: Tensor | None,
        packing: Packing,
    ) -> AttentionGradients:
        """From the gradient of what was pooled to all others."""


class Given(NamedTuple):
    """Vectors that an encoder gave the words, behind those of the table.

    Attributes
    ----------
    vectors : Tensor of shape (n_words, width)
        Read from the left; a row of zeros is none, and stays so.
    mean, spread : Tensor of shape (width,)
        By which they are standardised.
    mirror : Tensor of int64, shape (n_words,)
        The row that stands there when a talkturn is read from the right.
    """

    vectors: Tensor
    mean: Tensor
    spread: Tensor
    mirror: Tensor

    def standardised(self) -> Tensor:
        """Return the vectors, standardised."""
        is_there = (self.vectors != 0).any(-1, keepdim=True)
        return (self.vectors - self.mean) / self.spread * is_there


class WordsKernels(Protocol):
    """Rows of word vectors that the input product reads; see `hanrock_sk.model.words`.

    embedding (vocabulary, width), words (2, n_words), mask (talkturns, row's width) or
    None, talkturn (n_words,). Without an encoder a row is as wide as the embedding.
    """

    def run(
        self,
        embedding: Tensor,
        words: Tensor,
        mask: Tensor | None,
        talkturn: Tensor,
        given: Given | None = None,
    ) -> Tensor:
        """Write the rows (2, n_words, aligned(width of a row))."""

    def run_back(
        self,
        grad: Tensor,
        words: Tensor,
        mask: Tensor | None,
        talkturn: Tensor,
        n_rows: int,
    ) -> Tensor:
        """Sum the gradient of the rows (2, n_words, width) up for each word."""


class ProductKernels(Protocol):
    """The product of two large matrices, of any strides; without a gradient."""

    def run(self, left: Tensor, right: Tensor, out: Tensor) -> Tensor:
        """Write left (rows, inner) . right (inner, columns) to `out`."""

    def run_each(self, left: Tensor, right: Tensor, out: Tensor) -> Tensor:
        """Do so for the matrices of each group (groups, ...)."""
