"""The model of Dawid and Skene, fitted by crowd-kit."""

from __future__ import annotations

import warnings

import numpy as np

from hanrock_sk.raters.ratings import Ratings
from hanrock_sk.raters.reliability import ROUNDS


def dawid_skene(ratings: Ratings) -> np.ndarray:
    """Estimate how probable each label is, by whom the raters prove to be.

    Every rater has a table of how often which label is given for which; that and the
    labels are estimated in turn (EM) from the ratings alone.

    Parameters
    ----------
    ratings : Ratings
        What each rater said.

    Returns
    -------
    probabilities : ndarray of float64, shape (n_talkturns, n_labels)
        Rows sum to 1; 0 where nobody rated.

    Raises
    ------
    ImportError
        If crowd-kit is not installed.

    Examples
    --------
    >>> import polars as pl
    >>> from hanrock_sk.raters.dawid_skene import dawid_skene
    >>> from hanrock_sk.raters.ratings import read_ratings
    >>> rated = pl.DataFrame({"ann": ["yes", "no"] * 4, "ben": ["yes", "no"] * 4})
    >>> dawid_skene(read_ratings(rated, ["ann", "ben"]))[:2].round(2).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    try:
        from crowdkit.aggregation import DawidSkene
    except ImportError as error:
        raise ImportError(
            "method='dawid_skene' uses crowd-kit. Get it with: "
            "pip install hanrock-sk[raters]"
        ) from error
    import pandas

    rows, raters = np.nonzero(ratings.given)
    given = pandas.DataFrame(
        {"task": rows, "worker": raters, "label": ratings.codes[rows, raters]}
    )
    with warnings.catch_warnings():
        # Of its use of pandas, which whoever calls this can do nothing about.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        estimated = DawidSkene(n_iter=ROUNDS).fit_predict_proba(given)
    probabilities = np.zeros((len(ratings.codes), len(ratings.labels)))
    places = np.ix_(estimated.index.to_numpy(), estimated.columns.to_numpy())
    probabilities[places] = estimated.to_numpy()
    totals = probabilities.sum(axis=1, keepdims=True)
    return probabilities / np.where(totals > 0, totals, 1)
