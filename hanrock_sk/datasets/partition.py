"""The paper's partitions of IEMOCAP and SEMAINE (Table 5)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import PredefinedSplit

from hanrock_sk.datasets._corpus import check_choice
from hanrock_sk.talkturns.table import read_table

SUBSETS = ("train", "dev", "test")

IEMOCAP_RECORDINGS = {
    "train": ("Ses01F", "Ses01M", "Ses02F", "Ses02M", "Ses03F", "Ses03M"),
    "dev": ("Ses04F", "Ses04M"),
    "test": ("Ses05F", "Ses05M"),
}

SEMAINE_RECORDINGS = {
    "train": (
        "2008.12.05.16.03.15",
        "2009.01.30.12.00.35",
        "2009.02.12.10.49.45",
        "2009.05.15.15.04.29",
        "2009.05.29.14.30.05",
        "2009.05.22.15.17.45",
        "2009.05.25.11.23.09",
        "2009.05.26.10.19.53",
        "2009.06.05.10.14.28",
        "2009.06.15.12.13.06",
        "2009.06.19.14.01.24",
        "2009.10.27.16.17.38",
    ),
    "dev": (
        "2008.12.19.11.03.11",
        "2009.01.06.14.53.49",
        "2009.05.12.15.02.01",
        "2009.05.08.11.28.48",
    ),
    "test": (
        "2008.12.14.14.47.07",
        "2009.01.06.12.41.42",
        "2009.01.28.15.35.20",
        "2009.06.26.14.09.45",
    ),
}

DOUBLE_LISTED = "2009.06.26.14.38.17"
"""Listed in Dev (with 404 talkturns) and in Test (with 440): one must be a misprint."""


@dataclass(frozen=True)
class Partition:
    """Rows of a talkturn table that the paper trains, selects and tests on.

    Attributes
    ----------
    train, dev, test : ndarray of int
        Row numbers. A row of a recording that the paper does not list is in none.

    Examples
    --------
    Search on the development rows, each candidate trained on Train and scored on Dev:

    >>> import polars as pl
    >>> from hanrock_sk.datasets import iemocap_partition
    >>> X = pl.DataFrame({"recording": ["Ses05M", "Ses01F", "Ses04F", "Ses03M"]})
    >>> partition = iemocap_partition(X)
    >>> partition.development.tolist(), partition.test.tolist()
    ([1, 2, 3], [0])
    >>> [(a.tolist(), b.tolist()) for a, b in partition.split.split()]
    [([0, 2], [1])]
    """

    train: np.ndarray
    dev: np.ndarray
    test: np.ndarray

    @property
    def development(self) -> np.ndarray:
        """Row numbers of Train and Dev together, in the order of the table."""
        return np.sort(np.concatenate([self.train, self.dev]))

    @property
    def split(self) -> PredefinedSplit:
        """One split of the `development` rows, numbered anew: Train against Dev."""
        return PredefinedSplit(np.where(np.isin(self.development, self.dev), 0, -1))


def iemocap_partition(X: Any) -> Partition:
    """Find the rows of the paper's partition of IEMOCAP (Table 5).

    Parameters
    ----------
    X : DataFrame
        Talkturns with a column ``recording``, as `load_iemocap` returns them.

    Returns
    -------
    partition : Partition
        Sessions 1 to 3 train, session 4 selects, session 5 tests.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.datasets import iemocap_partition
    >>> iemocap_partition(pl.DataFrame({"recording": ["Ses01F", "Ses05M"]})).test
    array([1])
    """
    return _partition(X, IEMOCAP_RECORDINGS)


def semaine_partition(X: Any, *, double_listed: str | None = None) -> Partition:
    """Find the rows of the paper's partition of SEMAINE (Table 5).

    The table lists the recording 2009.06.26.14.38.17 twice, in Dev (404 talkturns) and
    in Test (440). It is left out of all three, with a warning, unless the user decides.

    Parameters
    ----------
    X : DataFrame
        Talkturns with a column ``recording``, as `load_semaine` returns them.
    double_listed : {"dev", "test"} or None, default=None
        Where the double-listed recording goes.

    Returns
    -------
    partition : Partition
        The rows by recording.

    Warns
    -----
    UserWarning
        If the double-listed recording is there and nobody decided where it goes.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.datasets import semaine_partition
    >>> recordings = ["2008.12.05.16.03.15", "2009.06.26.14.38.17"]
    >>> X = pl.DataFrame({"recording": recordings})
    >>> partition = semaine_partition(X, double_listed="dev")
    >>> partition.train.tolist(), partition.dev.tolist()
    ([0], [1])
    """
    check_choice("double_listed", double_listed, ("dev", "test", None))
    partition = _partition(X, semaine_recordings(double_listed))
    if double_listed is None:
        n_talkturns = _recordings(X).count(DOUBLE_LISTED)
        if n_talkturns:
            warn_double_listed(n_talkturns)
    return partition


def semaine_recordings(double_listed: str | None) -> dict[str, tuple[str, ...]]:
    """Return the recordings of each subset, the double-listed one where it goes."""
    recordings = dict(SEMAINE_RECORDINGS)
    if double_listed is not None:
        recordings[double_listed] += (DOUBLE_LISTED,)
    return recordings


def warn_double_listed(n_talkturns: int) -> None:
    """Warn that the talkturns of the double-listed recording are left out."""
    warnings.warn(
        f"Table 5 of the paper lists {DOUBLE_LISTED} both in Dev (404 talkturns) and "
        f"in Test (440). Its {n_talkturns} talkturns here are left out of train, dev "
        "and test; decide with double_listed='dev' or 'test'.",
        stacklevel=3,
    )


def _recordings(X: Any) -> list[Any]:
    return read_table(X, required=["recording"])["recording"].to_list()


def _partition(X: Any, recordings: dict[str, tuple[str, ...]]) -> Partition:
    values = _recordings(X)
    return Partition(
        **{
            subset: np.array(
                [row for row, value in enumerate(values) if value in members], dtype=int
            )
            for subset, members in recordings.items()
        }
    )
