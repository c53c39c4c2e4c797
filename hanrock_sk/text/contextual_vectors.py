"""Contextual word vectors: those of a pretrained encoder that reads the whole text.

Unlike a static vector, that of a word depends on what stands around it in its text.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hanrock_sk.text.encoder import (
    Encoder,
    library_version,
    load_encoder,
    read_width,
)
from hanrock_sk.text.encoder_files import content_hash, encoder_folder
from hanrock_sk.text.progress_line import ProgressLine
from hanrock_sk.text.tokenizer import TOKENIZER_VERSION
from hanrock_sk.text.vector_cache import TEXTS_IN_CLAIM, VectorCache
from hanrock_sk.text.vector_memo import MEMO, TextVectors, text_key
from hanrock_sk.text.word_pieces import Spans, merge_pieces

VECTORS_VERSION = 1
"""Raised when the same encoder gives other vectors than before."""


class ContextualVectors:
    """Word vectors of a pretrained encoder, which stays as it is.

    The encoder reads the raw text, capitals and punctuation included. Its word pieces
    are merged into the words of `tokenize` by the characters they stand for, so that
    there is one vector for each word that attention can point to.

    Pickles, copies and clones hold the encoder's name, never its weights. They are
    loaded when they are first needed, once for the process, and all copies share them.

    Parameters
    ----------
    model : str or path-like
        A folder as transformers saves it, with a fast tokenizer and weights as
        safetensors; or the name of a model on the Hugging Face hub, or of the package
        of `minilm_l6`. No code of the folder's is ever run.
    layer : int, default=-1
        Which layer's vectors: 0 is the embeddings, -1 the last layer.
    word_pieces : {"mean", "first"}, default="mean"
        Whether a word has the mean of its pieces' vectors, or that of its first piece.
    device : str or None, default=None
        Where the encoder computes, such as ``"cuda"``; None is the CPU.
    batch_size : int, default=64
        Texts that are read at a time, at most; of long texts fewer.
    cache : path-like or None, default=None
        A folder for vectors. With it, each text is encoded once, over all trials and
        folds of a search and over all processes. It may hold vectors of several
        encoders. It grows with the texts; delete it when you are done.
    local_files_only : bool, default=True
        Whether a model of the hub must be on this machine already. If False, it is
        fetched.

    See Also
    --------
    minilm_l6 : An encoder that comes as a package.

    Notes
    -----
    A piece that belongs to two words counts for both. A word without a piece, because
    the encoder's tokenizer drops its characters or because the text goes on longer
    than the encoder reads, has the mean of its text's pieces. A text without words has
    one vector, the mean of all pieces, those included that mark its beginning and end.

    Vectors are computed in single precision and kept in half precision. Texts are read
    in batches of equally many pieces, without padding, so that a vector does not depend
    on the texts beside it.

    Examples
    --------
    >>> from hanrock_sk.text import ContextualVectors, token_spans
    >>> vectors = ContextualVectors("path/to/encoder", word_pieces="first")
    >>> texts = ["I can't.", "Wow!"]
    >>> words = [token_spans(text)[1] for text in texts]
    >>> [len(v) for v in vectors.encode_words(texts, words)]  # doctest: +SKIP
    [3, 2]
    """

    def __init__(
        self,
        model: str | os.PathLike[str],
        layer: int = -1,
        word_pieces: str = "mean",
        device: Any = None,
        batch_size: int = 64,
        cache: str | os.PathLike[str] | None = None,
        local_files_only: bool = True,
    ) -> None:
        if not isinstance(model, str | os.PathLike):
            raise TypeError(
                "model is the path or the name of an encoder, got "
                f"{type(model).__name__}. Save yours with save_pretrained, with its "
                "tokenizer, and pass the folder."
            )
        if word_pieces not in ("mean", "first"):
            raise ValueError(
                f"word_pieces must be 'mean' or 'first', got {word_pieces!r}."
            )
        if not isinstance(layer, int | np.integer) or isinstance(layer, bool):
            raise TypeError(f"layer must be an int, got {layer!r}.")
        if not isinstance(batch_size, int | np.integer) or batch_size < 1:
            raise ValueError(
                f"batch_size must be an int from 1 on, got {batch_size!r}."
            )
        self.model = model
        self.layer = layer
        self.word_pieces = word_pieces
        self.device = device
        self.batch_size = batch_size
        self.cache = cache
        self.local_files_only = local_files_only
        self._folder: Path | None = None
        self._width: int | None = None

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        if self._width is None:
            self._width = read_width(self._files())
        return self._width

    def fingerprint(self) -> str:
        """Return what the vectors depend on, as a short text.

        Returns
        -------
        fingerprint : str
            64 hexadecimal digits. They change with the weights, the tokenizer, the
            layer, the merging of pieces, the major version of transformers, and with
            what this package takes for a word.
        """
        depends_on = {
            "files": content_hash(self._files()),
            "layer": int(self.layer),
            "word_pieces": self.word_pieces,
            "transformers": library_version(),
            "words": TOKENIZER_VERSION,
            "vectors": VECTORS_VERSION,
        }
        told = json.dumps(depends_on, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()

    def encode_words(
        self,
        texts: Sequence[str],
        words: Sequence[Spans],
        *,
        progress: bool = False,
    ) -> list[np.ndarray]:
        """Encode texts, and return a vector for each of their words.

        Parameters
        ----------
        texts : sequence of str
            Raw texts. Equal ones are encoded once and share their array.
        words : sequence of sequence of (int, int)
            The words of each text, as spans of its characters; see `token_spans`.
        progress : bool, default=False
            Whether to show a line on stderr if it takes long.

        Returns
        -------
        vectors : list of ndarray of float16, shape (n_words, width)
            An array for each text, read-only. A text without words has one vector.

        Raises
        ------
        OSError
            If the encoder is not there, or the cache cannot be written.
        ImportError
            If transformers is not installed.
        ValueError
            If the encoder cannot be used as it is, a span is not in its text, or a
            vector is beyond half precision.

        Warns
        -----
        UserWarning
            Once, if texts are longer than the encoder reads, and how many.
        """
        if len(texts) != len(words):
            raise ValueError(f"{len(texts)} texts, but words of {len(words)}.")
        fingerprint = self.fingerprint()
        keys = [
            text_key(row, *pair)
            for row, pair in enumerate(zip(texts, words, strict=True))
        ]
        distinct = dict(zip(keys, zip(texts, words, strict=True), strict=True))
        vectors = {
            key: held
            for key in distinct
            if (held := MEMO.get(fingerprint + key.hex())) is not None
        }
        absent = sorted(
            distinct.keys() - vectors, key=lambda k: (len(distinct[k][0]), k)
        )
        if absent:
            total = sum(len(distinct[key][0]) + 1 for key in absent)
            line = ProgressLine("Encoding texts", total, progress)

            def encode(
                some: list[bytes], alive: Callable[[], None]
            ) -> dict[bytes, TextVectors]:
                found = {}
                pairs = [distinct[key] for key in some]
                for number, of_text in self._encode(pairs):
                    found[some[number]] = of_text
                    line.advance(len(pairs[number][0]) + 1)
                    alive()
                return found

            try:
                new = self._fill(fingerprint, absent, encode)
            finally:
                line.end()
            for key, found in new.items():
                MEMO.put(fingerprint + key.hex(), found)
            vectors |= new
        self._warn_of_cuts(sum(vectors[key].cut for key in keys), len(texts))
        return [vectors[key].vectors for key in keys]

    def _fill(
        self, fingerprint: str, keys: list[bytes], encode: Any
    ) -> dict[bytes, TextVectors]:
        """Take vectors from the cache, if there is one, and encode the others."""
        if self.cache is not None:
            return VectorCache(self.cache, fingerprint, self.width).fill(keys, encode)
        vectors: dict[bytes, TextVectors] = {}
        for begin in range(0, len(keys), TEXTS_IN_CLAIM):
            vectors |= encode(keys[begin : begin + TEXTS_IN_CLAIM], lambda: None)
        return vectors

    def _encode(
        self, pairs: Sequence[tuple[str, Spans]]
    ) -> Iterator[tuple[int, TextVectors]]:
        """Encode texts; yield their numbers and vectors, the shortest texts first."""
        encoder = self._encoder()
        pieces = encoder.split([text for text, _ in pairs])
        for numbers, hidden in encoder.read(pieces, self.layer, self.batch_size):
            merged = merge_pieces(
                hidden,
                [pieces[number] for number in numbers],
                [pairs[number][1] for number in numbers],
                self.word_pieces,
            )
            for number, of_text in zip(numbers, merged, strict=True):
                with np.errstate(over="ignore"):
                    half = of_text.astype(np.float16)
                if not np.isfinite(half).all():
                    raise ValueError(
                        f"Layer {self.layer} of {self.model} gives numbers that are "
                        "not finite in half precision. Take another layer."
                    )
                yield number, TextVectors(half, pieces[number].cut)

    def encode_sentences(self, texts: Sequence[str]) -> np.ndarray:
        """Encode whole texts: the mean over pieces, scaled to length 1.

        What sentence-transformers computes of models with mean pooling and
        normalisation, such as all-MiniLM-L6-v2.

        Parameters
        ----------
        texts : sequence of str
            Raw texts.

        Returns
        -------
        vectors : ndarray of float32, shape (n_texts, width)
            Not kept in the cache.
        """
        distinct = sorted(set(texts), key=len)
        means = self._encoder().means(distinct, self.layer, self.batch_size)
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
        rows = {text: row for row, text in enumerate(distinct)}
        return means[[rows[text] for text in texts]]

    def _files(self) -> Path:
        if self._folder is None or not self._folder.is_dir():
            self._folder = encoder_folder(self.model, self.local_files_only)
        return self._folder

    def _encoder(self) -> Encoder:
        device = None if self.device is None else str(self.device)
        return load_encoder(self._files(), device)

    def _warn_of_cuts(self, n_cut: int, n_texts: int) -> None:
        if n_cut:
            warnings.warn(
                f"{n_cut} of {n_texts} texts are longer than {self.model} reads "
                f"({self._encoder().max_pieces} word pieces). The rest of them is cut: "
                "its words have the mean vector of what was read.",
                UserWarning,
                stacklevel=3,
            )

    def _parameters(self) -> dict[str, Any]:
        """Return the parameters as they can be compared and saved: without objects."""
        return {
            "model": os.fspath(self.model),
            "layer": int(self.layer),  # a search may have drawn an integer of numpy's
            "word_pieces": self.word_pieces,
            "device": None if self.device is None else str(self.device),
            "batch_size": int(self.batch_size),
            "cache": None if self.cache is None else os.fspath(self.cache),
            "local_files_only": self.local_files_only,
        }

    def __getstate__(self) -> dict[str, Any]:
        """Keep the parameters alone."""
        return self._parameters()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the parameters; the encoder is loaded when it is needed."""
        self.__init__(**state)  # type: ignore[misc]

    def __eq__(self, other: object) -> bool:
        """Whether the other one has the same parameters."""
        return (
            isinstance(other, ContextualVectors)
            and self._parameters() == other._parameters()
        )

    def __hash__(self) -> int:
        """Hash the parameters."""
        return hash(tuple(self._parameters().items()))

    def __repr__(self) -> str:
        """Show the name, and parameters that are not the defaults."""
        defaults = ContextualVectors("")._parameters()
        told = [
            f"{name}={value!r}"
            for name, value in self._parameters().items()
            if name != "model" and value != defaults[name]
        ]
        return f"ContextualVectors({', '.join([repr(os.fspath(self.model)), *told])})"
