"""The bootstrap of appendix A.4 against a plain loop and exact probabilities."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from hanrock_sk.evaluation import bootstrap_comparison


def resampled_test_results(dev, test, n_resamples, generator, best):
    """Appendix A.4, sentence by sentence."""
    results = []
    for _ in range(n_resamples):
        drawn = [int(generator.randint(len(dev))) for _ in dev]
        selected = best(drawn, key=lambda trial: dev[trial])
        results.append(test[selected])
    return results


def trials(seed, n_trials=12, lift=0.0):
    """Development and test results of a setting, related but not the same."""
    random = np.random.default_rng(seed)
    dev = random.uniform(0.4, 0.7, n_trials).round(2) + lift
    return dev, dev + random.normal(0, 0.05, n_trials)


@pytest.mark.parametrize("greater_is_better", [True, False])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_matches_the_plain_loop(seed, greater_is_better):
    baseline, challenger = trials(seed), trials(seed + 10, lift=0.03)
    result = bootstrap_comparison(
        baseline,
        challenger,
        greater_is_better=greater_is_better,
        n_resamples=1000,
        random_state=seed,
    )
    generator = np.random.RandomState(seed)
    best = max if greater_is_better else min
    expected_baseline = resampled_test_results(*baseline, 1000, generator, best)
    expected_challenger = resampled_test_results(*challenger, 1000, generator, best)
    differences = sorted(
        c - b for b, c in zip(expected_baseline, expected_challenger, strict=True)
    )
    kept = differences[25:-25]
    assert result.baseline.tolist() == expected_baseline
    assert result.challenger.tolist() == expected_challenger
    assert result.interval == (kept[0], kept[-1])
    assert result.significant == (kept[0] > 0 or kept[-1] < 0)


def test_selected_as_often_as_probability_says():
    """Of n trials, the r worst hold the best drawn with probability (r / n) ** n."""
    n_trials = 4
    dev = np.array([0.3, 0.1, 0.4, 0.2])
    rank = np.array([3.0, 1.0, 4.0, 2.0])
    result = bootstrap_comparison(
        (dev, rank), (dev, rank), n_resamples=20_000, random_state=0
    )
    for r in range(1, n_trials + 1):
        expected = (r / n_trials) ** n_trials
        assert np.mean(result.baseline <= r) == pytest.approx(expected, abs=0.012)
    joint = np.mean((result.baseline == 4) & (result.challenger == 4))
    assert joint == pytest.approx(np.mean(result.baseline == 4) ** 2, abs=0.012)


def test_selection_is_by_development_results():
    """The trial with the best test result is never looked at for it."""
    dev, test = [0.9] + [0.1] * 29, [0.5] + [1.0] * 29
    result = bootstrap_comparison((dev, test), (dev, test), random_state=0)
    assert result.baseline_result == result.challenger_result == 0.5
    assert set(result.baseline.tolist()) == {0.5, 1.0}
    # Trial 0 is missed with probability (29 / 30) ** 30.
    assert np.mean(result.baseline == 1.0) == pytest.approx((29 / 30) ** 30, abs=0.05)


@pytest.mark.parametrize(
    ("baseline", "challenger", "greater_is_better", "verdict"),
    [
        (0.5, 0.6, True, "the challenger is significantly better"),
        (0.6, 0.5, True, "the challenger is significantly worse"),
        (0.5, 0.6, False, "the challenger is significantly worse"),
        (0.6, 0.5, False, "the challenger is significantly better"),
        (0.5, 0.5, True, "includes zero: no significant difference"),
    ],
)
def test_verdict(baseline, challenger, greater_is_better, verdict):
    result = bootstrap_comparison(
        ([1, 2, 3], [baseline] * 3),
        ([3, 2, 1], [challenger] * 3),
        greater_is_better=greater_is_better,
        random_state=0,
    )
    assert result.interval == (challenger - baseline,) * 2
    assert result.significant == (baseline != challenger)
    assert result.challenger_is_better == ("better" in verdict)
    assert verdict in str(result)


def test_two_and_a_half_percent_go_at_each_end():
    """Forty samples lose exactly one at each end."""
    result = bootstrap_comparison(trials(0), trials(1), n_resamples=40, random_state=0)
    ordered = sorted((result.challenger - result.baseline).tolist())
    assert ordered[0] < ordered[1]
    assert result.interval == (ordered[1], ordered[-2])


def test_zero_at_the_edge_is_included():
    result = bootstrap_comparison(
        ([1, 2], [0.0, 0.0]), ([1, 2], [1.0, 0.0]), random_state=0
    )
    assert result.interval == (0.0, 1.0)
    assert not result.significant


def test_seed_decides():
    first, again, other = (
        bootstrap_comparison(trials(0), trials(1), random_state=seed).baseline
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_repr_is_short():
    result = bootstrap_comparison(([1, 2], [0, 0]), ([1, 2], [1, 1]), random_state=0)
    assert repr(result) == "BootstrapComparison(interval=(1, 1), significant=True)"


def test_plot_shows_all_differences_and_the_interval():
    figure = pytest.importorskip("matplotlib.figure").Figure()
    ax = figure.subplots()
    result = bootstrap_comparison(trials(0), trials(1), random_state=0)
    assert result.plot(ax) is ax
    bars = ax.containers[0]
    assert sum(bar.get_height() for bar in bars) == 1000
    low, high = result.interval
    spans = [patch for patch in ax.patches if patch not in list(bars)]
    assert [spans[0].get_x(), spans[0].get_x() + spans[0].get_width()] == pytest.approx(
        [low, high]
    )
    assert ax.get_title() == "no significant difference"


def test_plot_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = bootstrap_comparison(trials(0), trials(1), random_state=0)
    with pytest.raises(ImportError, match=r"pip install hanrock-sk\[plot\]"):
        result.plot()


GOOD = ([0.1, 0.2, 0.3], [0.1, 0.2, 0.3])


@pytest.mark.parametrize(
    ("baseline", "challenger", "message"),
    [
        (GOOD, ([0.1, 0.2], [0.1, 0.2]), "baseline has 3 trials and the challenger 2"),
        (GOOD, ([0.1, 0.2, 0.3], [0.1, 0.2]), "challenger: 3 development .* 2 test"),
        (([0.1], [0.1]), ([0.1], [0.1]), "baseline: at least two trials"),
        (([], []), ([], []), "baseline: at least two trials"),
        (GOOD, ([0.1, np.nan, 0.3], GOOD[1]), "challenger: .* trial 1 is nan"),
        ((GOOD[0], [0.1, 0.2, np.inf]), GOOD, "baseline: the test .* trial 2 is inf"),
        (GOOD, GOOD[0], "challenger must be a pair"),
        (np.ones((3, 2)), GOOD, "baseline must be a pair"),
        (([[0.1], [0.2]], [[0.1], [0.2]]), GOOD, "baseline: .* one-dimensional"),
    ],
)
def test_bad_trials(baseline, challenger, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_comparison(baseline, challenger)


def test_too_few_resamples():
    with pytest.raises(ValueError, match="at least 40, got 39"):
        bootstrap_comparison(GOOD, GOOD, n_resamples=39)


def test_errors_in_a_small_unit():
    (dev, test), (better_dev, better) = trials(0), trials(1, lift=-0.3)
    pair = (1e-5 * dev, 1e-5 * test), (1e-5 * better_dev, 1e-5 * better)
    result = bootstrap_comparison(*pair, greater_is_better=False, random_state=0)
    assert "0.0000" not in str(result)
    assert f"baseline {result.baseline_result:.4g}" in str(result)
