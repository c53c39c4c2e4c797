"""Tuning: the paper's search space, and trials that are stopped early."""

from hanrock_sk.tuning.median_stopping import MedianStopping
from hanrock_sk.tuning.spaces import search_space

__all__ = ["MedianStopping", "search_space"]
