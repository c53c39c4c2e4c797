"""Private names of scikit-learn's scorers; see `sklearn_private` for all others."""

from __future__ import annotations

# The base of scorers: shares predictions where there are several, and routes weights.
from sklearn.metrics._scorer import _BaseScorer

__all__ = ["_BaseScorer"]
