"""Calibration by hand and bin by bin; doubt of known distributions."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.evaluation import expected_calibration_error, reliability, uncertainty

CLASSES = ["a", "b", "c"]


def naive_error(true, P, weights, n_bins):
    """Every bin's rows picked out."""
    confidence = P.max(axis=1)
    right = np.array(CLASSES)[P.argmax(axis=1)] == true
    error = 0.0
    for b in range(n_bins):
        upper = confidence <= 1 if b == n_bins - 1 else confidence < (b + 1) / n_bins
        rows = (confidence >= b / n_bins) & upper
        if rows.any():
            share = weights[rows].sum() / weights.sum()
            mean = np.average(confidence[rows], weights=weights[rows])
            error += share * abs(mean - np.average(right[rows], weights=weights[rows]))
    return error


@pytest.mark.parametrize("n_bins", [1, 7, 15])
@pytest.mark.parametrize("weighted", [False, True])
def test_against_a_twin(n_bins, weighted):
    random = np.random.default_rng(n_bins)
    P = random.dirichlet([0.7] * 3, 200)
    true = random.choice(CLASSES, 200)
    missing = random.random(200) < 0.2
    weights = random.random(200) + 0.1 if weighted else np.ones(200)
    found = expected_calibration_error(
        np.where(missing, None, true),
        P,
        CLASSES,
        n_bins=n_bins,
        sample_weight=weights if weighted else None,
    )
    there = ~missing
    expected = naive_error(true[there], P[there], weights[there], n_bins)
    assert found == pytest.approx(expected)


def test_by_hand():
    """0.9 twice, right once; 0.7 right; 1.0 right, in the last bin."""
    P = [[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.0, 1.0]]
    found = reliability(["a", "b", "b", "b"], P, n_bins=10)
    assert found.count.tolist() == [0] * 7 + [1, 0, 3]
    assert found.accuracy[9] == pytest.approx(2 / 3)
    assert found.confidence[9] == pytest.approx(2.8 / 3)
    expected = (abs(2.8 - 2) + abs(0.7 - 1)) / 4
    assert found.expected_calibration_error == pytest.approx(expected)


def test_probabilities_that_say_what_they_mean():
    random = np.random.default_rng(0)
    P = random.dirichlet([1] * 3, 20_000)
    true = [random.choice(CLASSES, p=p) for p in P[:5000]]
    assert expected_calibration_error(true, P[:5000], CLASSES) < 0.03
    bold = P[:5000] ** 3
    bold /= bold.sum(axis=1, keepdims=True)
    assert expected_calibration_error(true, bold, CLASSES) > 0.1


def test_a_label_of_weight_zero_is_missing():
    P = [[0.9, 0.1], [0.2, 0.8]]
    found = reliability(["a", "a"], P, ["a", "b"], sample_weight=[1, 0])
    expected = reliability(["a", None], P, ["a", "b"])
    assert found.count.tolist() == expected.count.tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["a", "b"], [0.5, 0.5]), r"of shape \(n_talkturns, n_classes\).* got \(2,\)"),
        ((["a"], [[0.5, 0.6]]), r"row 0: \[0.5, 0.6\] are no probabilities"),
        ((["a", "b"], [[0.5, 0.5], [1.5, -0.5]]), "row 1: .* are no probabilities"),
        ((["a"], [[np.nan, 0.5]]), "row 0: .* are no probabilities"),
        ((["a"], [[0.5, 0.5]]), "of 2 classes, but y_true has 1: pass classes"),
        ((["a"], [[0.5, 0.5]], ["a"]), "of 2 classes, but classes names 1"),
        (
            (["0", "1"], [[0.5, 0.5]] * 2, [0, 1]),
            r"labels such as '0', but classes names \[0, 1\].*as strings, or neither",
        ),
        (
            ([None, 1], [[0.5, 0.5]] * 2, np.array(["0", "1"], dtype=object)),
            r"labels such as 1, but classes names \['0', '1'\]",
        ),
        (([None], [[0.5, 0.5]]), "All 1 labels of y are missing"),
        ((["a", "b"], [[0.5, 0.5]]), "has 2 labels for 1"),
    ],
)
def test_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        expected_calibration_error(*arguments)


@pytest.mark.parametrize(
    ("true", "classes"),
    [
        ([True, False], [0, 1]),
        ([1, 0], np.array([False, True])),
        ([1.0, 0.0, None], [0, 1]),
        (np.array(["b", "a", None], dtype=object), np.array(["a", "b"])),
        ([np.str_("b"), "a"], np.array(["a", "b"], dtype=object)),
    ],
)
def test_labels_and_classes_of_one_kind(true, classes):
    P = [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]][: len(true)]
    assert expected_calibration_error(true, P, classes) == 0


def test_no_bins():
    with pytest.raises(ValueError, match="n_bins must be at least 1, got 0"):
        reliability(["a", "b"], [[0.5, 0.5]] * 2, n_bins=0)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("entropy", [0, 1, np.log(2) / np.log(3)]),
        ("margin", [0, 1, 1]),
        ("confidence", [0, 2 / 3, 0.5]),
    ],
)
def test_doubt(measure, expected):
    P = [[0, 1, 0], [1 / 3] * 3, [0.5, 0, 0.5]]
    np.testing.assert_allclose(uncertainty(P, measure), expected, atol=1e-12)


def test_doubt_by_a_measure_that_is_none():
    with pytest.raises(ValueError, match=r"measure must be one of .* got 'variance'"):
        uncertainty([[1, 0]], "variance")
