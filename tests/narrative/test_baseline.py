"""z-scores against a naive twin that keeps every earlier value."""

from __future__ import annotations

import pickle
import random
import statistics
from collections import defaultdict
from math import inf, isnan, nan

import numpy as np
import pytest

from hanrock_sk.narrative.baseline import PopulationBaseline, RunningBaseline


def naive_z(value, earlier):
    """Return the z-score against a list of earlier values, NaN where there is none."""
    earlier = [other for other in earlier if not isnan(other)]
    if isnan(value) or len(earlier) < 2 or len(set(earlier)) == 1:
        return nan
    return (value - statistics.fmean(earlier)) / statistics.stdev(earlier)


def test_running_z_scores_equal_naive_ones_for_interleaved_keys():
    random.seed(0)
    baseline, earlier = RunningBaseline(), defaultdict(list)
    compared = 0
    for _ in range(300):
        key = (random.choice("ab"), random.choice(["anna", "ben", None]))
        values = [
            random.choice([nan, 0.5, random.gauss(0, 1)]),
            random.gauss(1e6, 1),
        ]
        expected = [
            naive_z(value, [row[feature] for row in earlier[key]])
            for feature, value in enumerate(values)
        ]
        result = baseline.update(key, values)
        np.testing.assert_allclose(result, expected, rtol=1e-6)
        compared += sum(not isnan(z) for z in result)
        earlier[key].append(values)
    assert compared > 400


def test_nothing_to_compare_with():
    baseline = RunningBaseline()
    assert np.isnan(baseline.update("anna", [1.0])).all()
    assert np.isnan(baseline.update("anna", [5.0])).all(), "one earlier value"
    assert baseline.update("anna", [3.0]) == [0.0]
    assert np.isnan(baseline.update("ben", [3.0])).all(), "another speaker"


@pytest.mark.parametrize("noise", [0.0, 1e-16, -3e-14])
def test_equal_values_are_no_spread_even_if_rounded(noise):
    baseline = RunningBaseline()
    for value in (0.3, 0.3 + noise, 0.3):
        assert isnan(baseline.update("anna", [value])[0])
    assert isnan(baseline.update("anna", [0.9])[0])
    assert not isnan(baseline.update("anna", [0.4])[0]), "0.9 is a spread"

    population = PopulationBaseline.learn(np.array([[0.3], [0.3 + noise], [0.3]]))
    assert np.isnan(population.z_scores(np.array([[0.9]]))).all()


def test_missing_values_are_not_remembered():
    plain, holes = RunningBaseline(), RunningBaseline()
    for value in (1.0, 2.0, 4.0):
        plain.update("anna", [value])
        holes.update("anna", [value])
        assert isnan(holes.update("anna", [None])[0])
        assert isnan(holes.update("anna", [nan])[0])
    assert plain.update("anna", [3.0]) == holes.update("anna", [3.0])


def test_bad_values_change_nothing():
    baseline, twin = RunningBaseline(), RunningBaseline()
    for values in ([1.0, 1.0], [2.0, 4.0]):
        baseline.update("anna", values)
        twin.update("anna", values)
    with pytest.raises(ValueError, match="'anna' is infinite"):
        baseline.update("anna", [3.0, inf])
    with pytest.raises(ValueError, match="shorter"):
        baseline.update("anna", [3.0])
    assert baseline.update("anna", [3.0, 3.0]) == twin.update("anna", [3.0, 3.0])


def test_running_baseline_goes_on_after_pickling():
    baseline = RunningBaseline()
    baseline.update("anna", [1.0])
    baseline.update("anna", [2.0])
    again = pickle.loads(pickle.dumps(baseline))
    assert again.update("anna", [3.0]) == baseline.update("anna", [3.0])


def test_population_equals_naive_z_scores():
    rng = np.random.default_rng(0)
    values = rng.normal(1e6, 1, size=(50, 4))
    values[rng.random(values.shape) < 0.3] = nan
    values[:, 2] = nan
    values[1:, 3] = nan
    new = rng.normal(1e6, 1, size=(5, 4))
    new[0, 0] = nan
    expected = [
        [naive_z(value, values[:, feature]) for feature, value in enumerate(row)]
        for row in new
    ]
    result = PopulationBaseline.learn(values).z_scores(new)
    np.testing.assert_allclose(result, expected, rtol=1e-6)
    assert np.isnan(result[:, 2:]).all()
    assert not np.isnan(result[1:, :2]).any()


def test_population_without_features():
    baseline = PopulationBaseline.learn(np.empty((3, 0)))
    assert baseline.z_scores(np.empty((2, 0))).shape == (2, 0)
