"""Talkturn tables of any size, made of random words, for the benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise, product

import numpy as np
import polars as pl

VOCABULARY, WIDTH = 5000, 300
CLASSES = np.array(["angry", "happy", "neutral", "sad"])
CONVERSATION = 200  # talkturns
CHUNK = 10_000  # rows made at a time, so that making a table takes little memory

_SYLLABLES = ["".join(pair) for pair in product("bdfghjklmnprstvwz", "aeiou")]
WORDS = ["".join(pair) for pair in islice(product(_SYLLABLES, repeat=2), VOCABULARY)]


def word_vectors() -> dict[str, np.ndarray]:
    """Make a random vector for every word."""
    generator = np.random.default_rng(0)
    vectors = generator.normal(scale=0.1, size=(VOCABULARY, WIDTH)).astype(np.float32)
    return dict(zip(WORDS, vectors, strict=True))


def make_texts(
    n_talkturns: int, words: tuple[int, int], generator: np.random.Generator
) -> list[str]:
    """Say random words: of each talkturn at least and at most so many.

    What is said first is the vocabulary from end to end, so that training on it knows
    every word.
    """
    lengths = generator.integers(words[0], words[1] + 1, size=n_talkturns)
    bounds = [0, *np.cumsum(lengths).tolist()]
    ids = generator.integers(VOCABULARY, size=bounds[-1])
    first = ids[:VOCABULARY]
    first[:] = np.arange(len(first))
    said = [WORDS[word] for word in ids]
    return [" ".join(said[begin:end]) for begin, end in pairwise(bounds)]


def make_table(n_talkturns: int, words: tuple[int, int] = (15, 15)) -> pl.DataFrame:
    """Make a table of conversations of 200 talkturns, with texts alone."""
    generator = np.random.default_rng(0)

    def chunks() -> Iterator[pl.DataFrame]:
        for begin in range(0, n_talkturns, CHUNK):
            rows = np.arange(begin, min(begin + CHUNK, n_talkturns))
            texts = make_texts(len(rows), words, generator)
            yield pl.DataFrame({"conversation": rows // CONVERSATION, "text": texts})

    return pl.concat(chunks())


def with_targets(table: pl.DataFrame, share: float) -> tuple[pl.DataFrame, list]:
    """Add the sixteen auxiliary targets; return labels, too.

    Only a share of the conversations has labels, and so label-based targets; the
    others are read for their words, and could be context.
    """
    generator = np.random.default_rng(1)
    n_rows = len(table)
    conversations = np.arange(n_rows) // CONVERSATION
    labelled = conversations < max(1, round(share * (conversations[-1] + 1)))

    def labels() -> list[str | None]:
        drawn = CLASSES[generator.integers(len(CLASSES), size=n_rows)]
        return np.where(labelled, drawn, None).tolist()

    columns = {}
    for family in ("action", "prosody"):
        for number in range(1, 5):
            columns[f"aux__{family}__{number}"] = generator.random(n_rows)
    for family in ("history", "future"):
        for number in range(1, 5):
            values = pl.Series(labels(), dtype=pl.String)
            columns[f"aux__{family}__{number}"] = values
    return table.with_columns(**columns), labels()
