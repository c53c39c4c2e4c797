"""Table 6, as what RandomizedSearchCV draws."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.model_selection import ParameterSampler
from sklearn.pipeline import Pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    HANRockRegressor,
    MonahNarrator,
)
from hanrock_sk.tuning import search_space
from hanrock_sk.tuning.spaces import ZeroOrLogUniform

N_TRIALS = 3000


def draw(n_trials=N_TRIALS, **options):
    return list(ParameterSampler(search_space(**options), n_trials, random_state=0))


@pytest.fixture(scope="module")
def paper():
    return draw()


@pytest.fixture(scope="module")
def small():
    return draw(size="small")


def column(trials, name):
    return np.array([trial[name] for trial in trials])


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("model__lr", 2**-10, 2**-5),
        ("model__batch_size", 32, 256),
        ("model__content_size", 1, 30),
        ("model__gru_dropout", 0.01, 0.50),
        ("model__recurrent_dropout", 0.01, 0.50),
        ("weights__primary_weight", 0.50, 0.99),
    ],
)
def test_ranges_of_table_6_are_used_to_their_ends(paper, name, low, high):
    values = column(paper, name)
    assert low <= values.min()
    assert values.max() <= high
    if values.dtype.kind == "i":
        assert (values.min(), values.max()) == (low, high)
    else:
        reached = (values.min() - low, high - values.max())
        assert max(reached) < 0.01 * (high - low)


def test_learning_rate_is_uniform_on_the_logarithmic_scale(paper):
    octaves = np.floor(np.log2(column(paper, "model__lr"))).astype(int)
    counts = np.bincount(octaves + 10, minlength=5)
    assert len(counts) == 5
    assert np.abs(counts - N_TRIALS / 5).max() < 5 * np.sqrt(N_TRIALS / 5)


def test_auxiliary_units_are_what_the_primary_ones_leave(paper):
    primary, auxiliary = (column(paper, f"model__{n}_gru") for n in ("pri", "aux"))
    assert set(primary) == {1, 64, 128, 192, 256}
    assert set(primary + auxiliary) == {257}
    counts = np.unique(primary, return_counts=True)[1]
    assert np.abs(counts - N_TRIALS / 5).max() < 5 * np.sqrt(N_TRIALS / 5)


@pytest.mark.parametrize("space", ["paper", "small"])
def test_schemes_have_a_third_of_the_trials_each(space, request):
    schemes = column(request.getfixturevalue(space), "weights__scheme")
    names, counts = np.unique(schemes, return_counts=True)
    assert names.tolist() == ["linear", "random", "softmax"]
    assert np.abs(counts - N_TRIALS / 3).max() < 5 * np.sqrt(N_TRIALS / 3)


def test_the_optimiser_is_the_authors(paper, small):
    assert set(column(paper, "model__optimizer")) == {"sgd"}
    assert set(column(paper, "model__lr_decay")) == {1}
    assert "model__optimizer" not in small[0]


def test_the_papers_trials_have_what_the_paper_has(paper, small):
    """Nothing that this package adds, and an epoch chosen on held-out talkturns."""
    for name, value in {
        "fusion": "paper",
        "direct": False,
        "speaker_vectors": False,
        "train_unlabelled": False,
        "schedule": "plateau",
        "weight_average": None,
        "head_dropout": 0,
        "validation_fraction": 0.1,
    }.items():
        assert {trial[f"model__{name}"] for trial in paper} == {value}
    assert set(column(small, "model__validation_fraction")) == {0.1}


@pytest.mark.parametrize(
    ("space", "low", "high"), [("paper", 1e-6, 0.5), ("small", 1e-3, 0.5)]
)
def test_l2_is_exactly_zero_or_log_uniform(space, low, high, request):
    l2 = column(request.getfixturevalue(space), "model__l2")
    positive = l2[l2 != 0]
    assert abs(len(positive) - N_TRIALS / 2) < 5 * np.sqrt(N_TRIALS / 4)
    assert positive.min() >= low
    assert positive.max() <= high
    middle = np.sqrt(low * high)
    below = (positive < middle).sum()
    assert abs(below - len(positive) / 2) < 5 * np.sqrt(len(positive) / 4)


def test_zero_or_log_uniform_is_drawn_from_the_random_state():
    distribution = ZeroOrLogUniform(1e-3, 1e-1)
    draws = [distribution.rvs(np.random.RandomState(s)) for s in range(20)]
    again = [distribution.rvs(np.random.RandomState(s)) for s in range(20)]
    assert draws == again
    assert len(set(draws)) > 5
    assert pickle.loads(pickle.dumps(distribution)) == distribution


def test_the_small_space_lies_around_the_defaults(small):
    defaults = HANRockClassifier().get_params()
    for name in ("lr", "content_size", "gru_dropout", "recurrent_dropout"):
        values = column(small, f"model__{name}")
        assert values.min() < defaults[name] < values.max()
    assert {32, 64} == set(column(small, "model__batch_size"))
    assert column(small, "model__content_size").max() == 18


def test_steps_have_the_names_given():
    [trial] = draw(1, step="han", weights="shares")
    assert {name.partition("__")[0] for name in trial} == {"han", "shares"}
    [trial] = draw(1, weights=None)
    assert {name.partition("__")[0] for name in trial} == {"model"}


@pytest.mark.parametrize("estimator", [HANRockClassifier, HANRockRegressor])
@pytest.mark.parametrize("size", ["paper", "small"])
def test_every_draw_suits_the_pipeline(estimator, size):
    pipeline = Pipeline(
        [
            ("narrate", MonahNarrator()),
            ("targets", AuxiliaryTargets()),
            ("weights", AuxiliaryWeights()),
            ("model", estimator()),
        ]
    )
    for trial in draw(20, size=size):
        pipeline.set_params(**trial)
        pipeline["weights"]._validate_params()
        pipeline["model"]._validate_params()


@pytest.mark.parametrize(
    "options", [{"size": "large"}, {"step": None}, {"weights": 1}], ids=str
)
def test_wrong_options_are_refused(options):
    with pytest.raises(ValueError, match=f"The '{next(iter(options))}' parameter"):
        search_space(**options)
