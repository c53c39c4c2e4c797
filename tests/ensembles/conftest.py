"""Conversations to give to an ensemble."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def conversations():
    """Six of five talkturns; a talkturn says what the next one's label is.

    Of the fifth conversation nobody has a label; of others every fourth has none.
    """
    random = np.random.default_rng(0)
    rows = [(c, t, random.choice(["no", "yes"])) for c in range(6) for t in range(5)]
    X = pd.DataFrame(rows, columns=["conversation", "turn", "word"])
    X["text"] = [f"{c}.{t} {word}" for c, t, word in rows]
    y = X.groupby("conversation")["word"].shift(1, fill_value="no").to_numpy(object)
    y[(np.arange(30) % 4 == 3) | (X["conversation"] == 4)] = None
    return X[["conversation", "text"]], y
