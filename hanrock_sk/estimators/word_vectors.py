"""The word vectors a network starts from."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike

import numpy as np

from hanrock_sk.text import Vocabulary, load_embeddings

RANDOM_SPREAD = 0.1


def start_vectors(
    vocabulary: Vocabulary,
    embeddings: str | PathLike | Mapping | None,
    width: int,
    generator: np.random.Generator,
) -> np.ndarray:
    """Take the given vectors, and draw the others.

    Parameters
    ----------
    vocabulary : Vocabulary
        The words.
    embeddings : str, path-like, mapping or None
        Where given vectors are; see `load_embeddings`.
    width : int
        Width of the vectors if none are given.
    generator : numpy.random.Generator
        Draws normal vectors, with the spread of the given ones.

    Returns
    -------
    vectors : ndarray of float32, shape (n_words, width)
        Unknown words and empty talkturns, about which nothing is known, are zeros.
    """
    if embeddings is None:
        given = np.zeros((len(vocabulary), width), dtype=np.float32)
        found = np.zeros(len(vocabulary), dtype=bool)
        spread = RANDOM_SPREAD
    else:
        given, found = load_embeddings(embeddings, vocabulary.words)
        spread = float(given[found].std())
    vectors = generator.normal(scale=spread, size=given.shape).astype(np.float32)
    vectors[found] = given[found]
    vectors[:2] = 0
    return vectors
