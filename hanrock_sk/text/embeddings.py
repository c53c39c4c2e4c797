"""Pretrained word vectors, from a text file or a mapping."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from io import BufferedIOBase
from typing import Any

import numpy as np

LONGEST_LINE = 1 << 20
"""Bytes; a line of 300 numbers has about 3,000."""

WIDEST_VECTOR = 1 << 14
"""Numbers. A vector per word of the vocabulary is allocated, so a single line must not
say that they are of a hundred thousand numbers each."""


class NoVectors(ValueError):
    """Not one of the words that were asked for has a vector."""


def load_embeddings(
    source: str | os.PathLike[str] | Mapping[str, Any],
    words: Sequence[str],
    *,
    expected_width: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Collect the vectors of the words of a vocabulary.

    Parameters
    ----------
    source : path or mapping
        A text file in GloVe or word2vec format (one word and its numbers per line,
        separated by single spaces; word2vec has a line of counts above), plain or
        gzipped; or a mapping from word to vector. Files are read line by line, and
        only the vectors of `words` are kept; where a word occurs twice, the first
        vector counts. Words are compared as they stand, and talkturns are tokenised
        in lower case.
    words : sequence of str
        The words wanted, each once.
    expected_width : int or None, default=None
        Numbers per vector, if they must be that many.

    Returns
    -------
    matrix : ndarray of float32, shape (n_words, width)
        A vector per word; zeros for words that the source does not have.
    known : ndarray of bool, shape (n_words,)
        Which words the source has.

    Raises
    ------
    TypeError
        If `source` is neither a path nor a mapping.
    ValueError
        If a line has more or fewer numbers than the first, a vector that is wanted
        holds something that is not a finite number, a line is longer than a megabyte,
        the file ends before the counts of its header do, the width is not
        `expected_width`, or not one of the words has a vector. The error names the
        file and the line, or the word.

    Notes
    -----
    A word may have spaces in it, as some have in GloVe's 840B file: a line is read
    from its right end.

    Examples
    --------
    >>> from hanrock_sk.text import load_embeddings
    >>> matrix, known = load_embeddings({"yes": [1, 2], "no": [3, 4]}, ["no", "hm"])
    >>> matrix
    array([[3., 4.],
           [0., 0.]], dtype=float32)
    >>> known
    array([ True, False])
    """
    rows = {word: row for row, word in enumerate(words)}
    if len(rows) != len(words):
        raise ValueError("Each word must be asked for once; some occur twice.")
    if isinstance(source, Mapping):
        name, vectors = "the mapping", _read_mapping(source, rows)
    elif isinstance(source, str | os.PathLike):
        name = os.fspath(source)
        vectors = _read_file(name, rows, expected_width)
    else:
        raise TypeError(
            "Word vectors come from a path or from a mapping of word to vector, got "
            f"{type(source).__name__}."
        )
    width = expected_width
    matrix = np.zeros((len(words), width or 0), dtype=np.float32)
    known = np.zeros(len(words), dtype=bool)
    for row, values, where in vectors:
        if known[row]:
            continue
        vector = _read_vector(values, where)
        if width is None:
            width = len(vector)
            matrix = np.zeros((len(words), width), dtype=np.float32)
        if len(vector) != width:
            raise ValueError(f"{where}: {len(vector)} numbers, expected {width}.")
        matrix[row] = vector
        known[row] = True
    if not known.any():
        raise NoVectors(f"Not one of the {len(words)} words has a vector in {name}.")
    return matrix, known


def _read_vector(values: Any, where: str) -> np.ndarray:
    """Turn the numbers of one word into float32, or say where they are not numbers."""
    try:
        with np.errstate(over="ignore"):
            vector = np.asarray(values).astype(np.float32)
    except (TypeError, ValueError):
        raise ValueError(
            f"{where}: the vector holds something else than numbers."
        ) from None
    if vector.ndim != 1 or not len(vector):
        raise ValueError(f"{where}: a vector is a list of numbers, got {values!r}.")
    if len(vector) > WIDEST_VECTOR:
        raise ValueError(
            f"{where}: a vector of {len(vector):,} numbers; {WIDEST_VECTOR:,} are the "
            "most there may be."
        )
    if not np.isfinite(vector).all():
        raise ValueError(f"{where}: the vector holds NaN or an infinite number.")
    return vector


def _read_mapping(
    source: Mapping[str, Any], rows: Mapping[str, int]
) -> Iterator[tuple[int, Any, str]]:
    """Yield the row, the vector and the provenance of every word that is there."""
    for word, row in rows.items():
        if word in source:
            yield row, source[word], f"Word {word!r}"


def _read_file(
    path: str, rows: Mapping[str, int], width: int | None
) -> Iterator[tuple[int, list[bytes], str]]:
    """Yield the row, the numbers and the provenance of every wanted line.

    Words are compared as bytes, so that a line that is not UTF-8 is merely a word
    that nobody asked for.
    """
    wanted = {word.encode("utf-8", "surrogatepass"): row for word, row in rows.items()}
    promised, n_vectors = None, 0
    for number, line in _read_lines(path):
        where = f"{path}, line {number}"
        n_numbers = line.count(b" ")
        if number == 1 and n_numbers == 1 and line.replace(b" ", b"").isdigit():
            promised, header_width = map(int, line.split())
            if width is not None and width != header_width:
                raise ValueError(f"{where}: width {header_width}, expected {width}.")
            width = header_width
            continue
        if width is None:
            width = n_numbers
        n_vectors += 1
        if n_numbers == width > 0:
            word, _, vector = line.partition(b" ")
        else:
            word, vector = _split_from_the_right(line, width, where)
        row = wanted.get(word)
        if row is not None:
            yield row, vector.split(b" "), where
    if not n_vectors:
        raise ValueError(f"{path} holds no word vectors.")
    if promised is not None and n_vectors < promised:
        raise ValueError(
            f"{path} ends after {n_vectors} of the {promised} vectors that its first "
            "line announces; is the download complete?"
        )


def _split_from_the_right(line: bytes, width: int, where: str) -> tuple[bytes, bytes]:
    """Split a line from the right; a number left over means that it is ragged."""
    pieces = line.split(b" ")
    word, numbers = pieces[:-width], pieces[-width:]
    if width == 0 or not word or _is_number(word[-1]):
        raise ValueError(
            f"{where}: {len(pieces) - 1} numbers, expected {width or 'some'}. Word "
            "vectors are text, one word and its numbers per line, separated by single "
            "spaces."
        )
    return b" ".join(word), b" ".join(numbers)


def _is_number(piece: bytes) -> bool:
    try:
        float(piece)
    except ValueError:
        return False
    return True


def _read_lines(path: str) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the content of every line that is not blank."""
    number = 0
    with _open(path) as handle:
        while True:
            try:
                line = handle.readline(LONGEST_LINE)
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise ValueError(f"{path}, after line {number}: {error}") from error
            if not line:
                return
            number += 1
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                raise ValueError(
                    f"{path}, line {number} is longer than {LONGEST_LINE:,} bytes. "
                    "Word vectors are read from text files; is this one binary?"
                )
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            line = line.rstrip(b" \t\r\n")
            if line:
                yield number, line


def _open(path: str) -> BufferedIOBase:
    """Open a plain or gzipped file; its first bytes tell which, not its name."""
    with open(path, "rb") as handle:
        magic = handle.read(2)
    if magic == b"PK":
        raise ValueError(f"{path} is a zip archive; unpack it first.")
    return gzip.open(path, "rb") if magic == b"\x1f\x8b" else open(path, "rb")
