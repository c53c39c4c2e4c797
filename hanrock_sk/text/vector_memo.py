"""The vectors of texts that a process has encoded, for when it needs them again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np

from hanrock_sk.text.word_pieces import Spans


@dataclass(frozen=True)
class TextVectors:
    """The vectors of a text.

    Attributes
    ----------
    vectors : ndarray of float16, shape (n_words, width)
        Read-only, as it may be in several hands.
    cut : bool
        Whether the encoder read only the beginning of the text.
    """

    vectors: np.ndarray
    cut: bool

    def __post_init__(self) -> None:
        self.vectors.flags.writeable = False


def text_key(row: int, text: str, words: Spans) -> bytes:
    """Name a text and its words; other words of it have other vectors.

    Parameters
    ----------
    row : int
        Where the text stands, for errors.
    text : str
        The text.
    words : sequence of (int, int)
        Spans of its words.

    Returns
    -------
    key : bytes
        A hash.

    Raises
    ------
    ValueError
        If the text is not a string, or a word is not within it.
    """
    if not isinstance(text, str):
        raise ValueError(
            f"Row {row}: expected a string, got {type(text).__name__} {text!r}."
        )
    spans = np.array(words, dtype="<i8").reshape(-1, 2)
    if len(spans) and not (
        spans.min() >= 0
        and spans.max() <= len(text)
        and (spans[:, 0] < spans[:, 1]).all()
    ):
        raise ValueError(f"Row {row}: a word is not within its text, {text!r}.")
    said = text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"%d %b" % (len(said), said + spans.tobytes())).digest()


class VectorMemo:
    """Vectors by key, those asked for last, up to a number of bytes.

    Parameters
    ----------
    max_bytes : int
        Of all arrays together.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes, self.n_bytes = max_bytes, 0
        self._held: OrderedDict[str, TextVectors] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> TextVectors | None:
        """Return the vectors of a key, if they are still held."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: str, vectors: TextVectors) -> None:
        """Hold vectors, and let go of those that nobody asked for."""
        with self._lock:
            if key in self._held:
                return
            self._held[key] = vectors
            self.n_bytes += vectors.vectors.nbytes
            while self.n_bytes > self.max_bytes:
                self.n_bytes -= self._held.popitem(last=False)[1].vectors.nbytes

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._held.clear()
            self.n_bytes = 0


MEMO = VectorMemo(max_bytes=256 << 20)
"""Of the process: copies of a `ContextualVectors` share it."""
