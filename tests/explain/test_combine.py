import numpy as np
import pytest

from hanrock_sk.explain.combine import (
    BUCKETS,
    branch_weights,
    standardize,
    weighted_average,
)


def test_branches_have_the_weights_of_their_tasks():
    tasks = np.array([[0.5, 0.1], [0.3, 0.6], [0.2, 0.3]])
    np.testing.assert_allclose(branch_weights(tasks, 2), [[0.5, 0.1], [0.5, 0.9]])


def test_a_single_branch_has_all_the_weight():
    tasks = np.array([[0.5, 1.0], [0.5, 0.0]])
    np.testing.assert_array_equal(branch_weights(tasks, 1), [[1.0, 1.0]])


def test_weighted_average_by_hand():
    attention = np.array([[0.2, 0.8], [0.5, 0.5], [1.0, 0.0]], dtype=np.float32)
    weights = np.array([[0.5, 0.5], [0.3, 0.3], [0.2, 0.2]])
    # 0.5 * 0.2 + 0.3 * 0.5 + 0.2 * 1 = 0.45;  0.5 * 0.8 + 0.3 * 0.5 = 0.55
    result = weighted_average(attention, weights)
    assert result.dtype == np.float64
    np.testing.assert_allclose(result, [0.45, 0.55], rtol=1e-7)


def twin(weights):
    """z-scores and buckets of one window, in plain Python."""
    mean = sum(weights) / len(weights)
    spread = (sum((w - mean) ** 2 for w in weights) / len(weights)) ** 0.5
    scores = [(w - mean) / spread for w in weights]
    names = [
        "none" if z < 0 else "low" if z < 1 else "medium" if z < 2 else "high"
        for z in scores
    ]
    return scores, names


def test_each_window_is_standardized_by_itself():
    random = np.random.default_rng(0)
    windows = [random.dirichlet(np.full(n, 0.3)) for n in (3, 17, 40, 7)]
    offsets = np.cumsum([0, *map(len, windows)])
    result = standardize(np.concatenate(windows), offsets)
    for window, start, stop in zip(windows, offsets[:-1], offsets[1:], strict=True):
        scores, names = twin(window.tolist())
        np.testing.assert_allclose(result.z[start:stop], scores, atol=1e-6)
        assert [BUCKETS[bucket] for bucket in result.buckets[start:stop]] == names
    assert set(result.buckets) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("z", "bucket"),
    [(-0.5, "none"), (0.0, "low"), (1.0, "medium"), (2.0, "high")],
)
def test_a_bucket_begins_at_its_bound(z, bucket):
    # Mean 0.5 and spread 0.1 exactly: four that cancel out, and the one looked at.
    others = {
        -0.5: [0.5, 0.5, 0.5, 1.0],
        0.0: [0.25, 0.75, 0.25, 0.75],
        1.0: [0.25],
        2.0: [0.25, 0.25, 0.25, 0.25],
    }[z]
    one = {-0.5: 0.5, 0.0: 0.5, 1.0: 0.75, 2.0: 1.0}[z]
    weights = np.array([one, *others], dtype=np.float32)
    result = standardize(weights, np.array([0, len(weights)]))
    assert (result.z[0], BUCKETS[result.buckets[0]]) == (z, bucket)


def test_two_float32_weights_never_fall_short_of_one():
    random = np.random.default_rng(0)
    first = random.uniform(0.51, 0.99, size=500).astype(np.float32)
    pairs = np.stack([first, 1 - first], axis=1).ravel()
    result = standardize(pairs, np.arange(0, 1001, 2))
    assert result.z.tolist() == [1.0, -1.0] * 500


def test_equal_weights_do_not_stand_out():
    third = np.float32(1) / np.float32(3)
    equal = [third, np.nextafter(third, np.float32(1)), third]
    result = standardize(np.array([1.0, *equal]), np.array([0, 1, 4]))
    assert result.z.tolist() == [0, 0, 0, 0]
    assert result.buckets.tolist() == [1, 1, 1, 1]
