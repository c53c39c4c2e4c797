"""Ratings to combine: five raters whose skill is known."""

from __future__ import annotations

import numpy as np
import pytest

SKILLS = (0.95, 0.9, 0.4, 0.35, 0.35)


@pytest.fixture(scope="session")
def rated_by_five():
    """Truth and ratings of 600 talkturns, three classes; a tenth is not rated."""
    random = np.random.default_rng(0)
    truth = random.integers(3, size=600)
    ratings = np.empty((600, len(SKILLS)), dtype=object)
    for rater, skill in enumerate(SKILLS):
        wrong = (truth + random.integers(1, 3, size=600)) % 3
        ratings[:, rater] = np.where(random.random(600) < skill, truth, wrong)
    ratings[random.random(ratings.shape) < 0.1] = None
    return truth, ratings
