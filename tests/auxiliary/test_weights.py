"""AuxiliaryWeights: worked examples, scikit-learn's numbers, bad input, and manners."""

from __future__ import annotations

import math
import pickle

import narwhals as nw
import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline
from sklearn.utils._param_validation import InvalidParameterError
from worked_targets import WORKED, Y, many

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights
from hanrock_sk.auxiliary import Shares


def global_generator():
    """The state of NumPy's global generator."""
    _, keys, *rest = np.random.get_state()  # noqa: NPY002
    return keys.tolist(), rest


def test_linear_by_hand(frame):
    weights = AuxiliaryWeights("linear", primary_weight=0.6).fit(frame(WORKED), Y)
    assert_allclose(
        list(weights.mutual_information_.values()),
        [math.log(2), 0, math.log(2)],
        atol=1e-12,
    )
    assert list(weights.weights_) == [
        "primary",
        "history__1",
        "history__2",
        "future__1",
    ]
    assert_allclose(list(weights.weights_.values()), [0.6, 0.2, 0, 0.2], atol=1e-12)


def test_softmax_by_hand(frame):
    # exp(log 2), exp(0), exp(log 2) = 2, 1, 2.
    weights = AuxiliaryWeights(primary_weight=0.5).fit(frame(WORKED), Y)
    assert_allclose(list(weights.weights_.values()), [0.5, 0.2, 0.1, 0.2])


def test_softmax_over_the_families_that_are_on(frame):
    weights = AuxiliaryWeights(primary_weight=0.7, families=["history"])
    weights.fit(frame(WORKED), Y)
    assert_allclose(list(weights.weights_.values()), [0.7, 0.2, 0.1, 0])
    assert weights.weights_["future__1"] == 0
    assert weights.mutual_information_["future__1"] > 0


def test_linear_without_any_information_shares_equally(frame):
    table = frame({"aux__history__1": ["a"] * 4, "aux__action__au05": [0.5] * 4})
    weights = AuxiliaryWeights("linear", primary_weight=0.8).fit(table, Y)
    assert weights.mutual_information_ == {"history__1": 0, "action__au05": 0}
    assert_allclose(list(weights.weights_.values()), [0.8, 0.1, 0.1])


def test_random_by_hand(frame):
    draws = np.random.RandomState(5).uniform(size=3)
    weights = AuxiliaryWeights("random", primary_weight=0.9, random_state=5)
    weights.fit(frame(WORKED), Y)
    assert_allclose(
        list(weights.weights_.values()), [0.9, *(0.1 * draws / draws.sum())]
    )


def test_random_keeps_proportions_when_a_family_is_off(frame):
    table = frame(WORKED)
    all_on = AuxiliaryWeights("random", random_state=5).fit(table, Y).weights_
    some = AuxiliaryWeights("random", families=["history"], random_state=5)
    weights = some.fit(table, Y).weights_
    assert weights["future__1"] == 0
    assert_allclose(
        weights["history__1"] / weights["history__2"],
        all_on["history__1"] / all_on["history__2"],
    )


def by_length(data):
    """A scheme of a user: longer names get more."""
    return {task: len(task) for task in data.targets}


@pytest.mark.parametrize("scheme", ["softmax", "linear", "random", by_length])
@pytest.mark.parametrize(
    "families",
    [("action", "prosody", "history", "future"), ("action", "prosody"), ["future"], []],
)
@pytest.mark.parametrize("primary_weight", [0.01, 0.84, 1])
def test_weights_sum_to_one_and_families_off_have_none(
    frame, scheme, families, primary_weight
):
    table, y = many()
    weights = AuxiliaryWeights(
        scheme, primary_weight=primary_weight, families=families, random_state=0
    )
    wide = nw.from_native(weights.fit_transform(frame(table), y))
    assert_allclose(sum(weights.weights_.values()), 1, rtol=1e-12)
    assert weights.weights_["primary"] == (primary_weight if families else 1)
    for task, weight in weights.weights_.items():
        assert set(wide[f"weight__{task}"].to_list()) == {weight}
        if task != "primary":
            off = task.split("__")[0] not in families or primary_weight == 1
            assert (weight == 0) if off else (weight >= 0)
    on = [w for task, w in weights.weights_.items() if task.split("__")[0] in families]
    assert_allclose(sum(on), (1 - primary_weight) if families else 0, atol=1e-12)


def test_without_auxiliary_targets_the_primary_task_has_it_all(frame):
    weights = AuxiliaryWeights().fit(frame({"text": ["a", "b"]}), ["x", "y"])
    assert weights.weights_ == {"primary": 1.0}
    assert weights.mutual_information_ == {}
    weights = AuxiliaryWeights(families=["action"]).fit(frame(WORKED), Y)
    assert weights.weights_ == {
        "primary": 1.0,
        "history__1": 0.0,
        "history__2": 0.0,
        "future__1": 0.0,
    }


def test_a_scheme_of_ones_own(frame):
    seen = []

    def scheme(data):
        seen.append(data)
        return {"history__1": 3, "future__1": 1}

    table = frame({"conversation": list("abab"), **WORKED})
    weights = AuxiliaryWeights(scheme, primary_weight=0.6, random_state=3)
    weights.fit(table, [*Y[:3], None])
    assert weights.weights_ == pytest.approx(
        {"primary": 0.6, "history__1": 0.3, "history__2": 0, "future__1": 0.1}
    )
    (data,) = seen
    assert data.X is table
    assert data.y[:3].tolist() == Y[:3]
    assert data.present.tolist() == [True] * 3 + [False]
    assert data.label_is_class
    assert data.groups.tolist() == [0, 2, 0, 2]
    assert data.random_state == 3
    assert data.mutual_information == weights.mutual_information_
    assert data.targets["future__1"].values.tolist() == WORKED["aux__future__1"]
    assert data.targets["future__1"].known.all()
    assert data.targets["future__1"].is_class
    assert data.may_have_weight == dict.fromkeys(data.targets, True)


def test_what_a_scheme_tells_besides(frame):
    def scheme(data):
        reasons = dict.fromkeys(data.targets, "all are the same")
        return Shares(dict.fromkeys(data.targets, 1), {"reasons_": reasons})

    weights = AuxiliaryWeights(scheme).fit(frame(WORKED), Y)
    assert weights.reasons_["future__1"] == "all are the same"
    weights.set_params(scheme="linear").fit(frame(WORKED), Y)
    assert not hasattr(weights, "reasons_")


def test_a_scheme_that_gives_nothing_leaves_all_to_the_primary_task(frame):
    weights = AuxiliaryWeights(lambda data: {}).fit(frame(WORKED), Y)
    assert weights.weights_ == {"primary": 1.0} | dict.fromkeys(
        ["history__1", "history__2", "future__1"], 0.0
    )


@pytest.mark.parametrize("scheme", ["softmax", "linear", "random"])
def test_a_target_that_cannot_be_learnt_has_no_weight(frame, scheme):
    """Missing everywhere, or wherever there is a label: its loss has no rows."""
    y = [*Y[:3], None]
    table = dict(
        WORKED,
        aux__action__au05=[None] * 4,
        aux__prosody__tone_sad=[None, None, None, 0.5],
    )
    weights = AuxiliaryWeights(scheme, random_state=5).fit(frame(table), y).weights_
    assert weights["action__au05"] == weights["prosody__tone_sad"] == 0
    alone = AuxiliaryWeights(scheme, random_state=5).fit(frame(WORKED), y).weights_
    if scheme != "random":  # the draws are for all tasks, see above
        for task, weight in alone.items():
            assert weights[task] == pytest.approx(weight), task
    assert_allclose(sum(weights.values()), 1)

    nothing = frame({"aux__future__1": [None] * 4})
    weights = AuxiliaryWeights(scheme).fit(nothing, Y)
    assert weights.weights_ == {"primary": 1.0, "future__1": 0.0}
    assert weights.mutual_information_ == {"future__1": 0.0}


def test_weights_follow_targets_in_a_pipeline(frame):
    rng = np.random.default_rng(0)
    n_rows = 30
    table = frame(
        {
            "conversation": (np.arange(n_rows) // 10).tolist(),
            "text": ["hi"] * n_rows,
            "au05": rng.random(n_rows).tolist(),
        }
    )
    y = rng.choice(["a", "b"], size=n_rows).tolist()
    y[3] = None
    pipeline = Pipeline(
        [("targets", AuxiliaryTargets()), ("weights", AuxiliaryWeights(random_state=0))]
    )
    trained = pipeline.fit_transform(table, y)
    new = pipeline.transform(table)
    assert list(trained.columns) == list(new.columns)
    tasks = ["primary", "action__au05"]
    tasks += [f"{when}__{k}" for when in ("history", "future") for k in (1, 2, 3, 4)]
    assert [name for name in new.columns if name.startswith("weight__")] == [
        f"weight__{task}" for task in tasks
    ]
    assert pipeline.get_feature_names_out().tolist() == list(new.columns)


def test_transform_needs_no_targets(frame):
    weights = AuxiliaryWeights("linear").fit(frame(WORKED), Y)
    wide = nw.from_native(weights.transform(frame({"text": ["a", "b"]})))
    assert wide.columns == ["text", *(f"weight__{task}" for task in weights.weights_)]
    assert wide["weight__primary"].to_list() == [0.8, 0.8]
    assert all(wide[name].dtype == nw.Float64 for name in wide.columns[1:])


@pytest.mark.parametrize("scheme", ["softmax", "random"])
def test_random_state(frame, scheme):
    table, y = many()
    before = global_generator()
    first, again, other = (
        AuxiliaryWeights(scheme, random_state=seed).fit(frame(table), y).weights_
        for seed in (3, 3, 4)
    )
    assert first == again
    if scheme == "random":
        assert first != other
    AuxiliaryWeights(scheme).fit(frame(table), y)
    instances = [np.random.RandomState(3) for _ in range(2)]
    drawn = [
        AuxiliaryWeights(scheme, random_state=instance).fit(frame(table), y).weights_
        for instance in instances
    ]
    assert drawn[0] == drawn[1]
    assert global_generator() == before


def test_without_random_state_the_weights_are_drawn_anew(frame):
    drawn = [
        AuxiliaryWeights("random").fit(frame(WORKED), Y).weights_["history__1"]
        for _ in range(3)
    ]
    assert len(set(drawn)) == 3


def test_an_unknown_family(frame):
    with pytest.raises(
        ValueError, match=r"Unknown families \['face'\]; there are \['act"
    ):
        AuxiliaryWeights(families=["action", "face"]).fit(frame(WORKED), Y)


@pytest.mark.parametrize(
    "parameters",
    [
        {"scheme": "equal"},
        {"primary_weight": 0},
        {"primary_weight": 1.01},
        {"primary_weight": -0.5},
        {"primary_weight": float("nan")},
        {"families": "action"},
        {"families": None},
        {"random_state": "now"},
    ],
)
def test_parameters_of_the_wrong_kind(frame, parameters):
    with pytest.raises(InvalidParameterError, match=next(iter(parameters))):
        AuxiliaryWeights(**parameters).fit(frame(WORKED), Y)


def test_transform_needs_fit(frame):
    with pytest.raises(NotFittedError):
        AuxiliaryWeights().transform(frame(WORKED))


@pytest.mark.parametrize("wanted", ["pandas", "polars"])
def test_set_output(frame, wanted):
    library = pytest.importorskip(wanted)
    weights = AuxiliaryWeights().set_output(transform=wanted)
    wide = weights.fit_transform(frame(WORKED), Y)
    assert isinstance(wide, library.DataFrame)
    assert list(wide.columns) == weights.get_feature_names_out().tolist()


def test_table_and_index_stay():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(WORKED, index=[5, 5, 1, 0])
    wide = AuxiliaryWeights().fit_transform(table, Y)
    assert wide.index.tolist() == [5, 5, 1, 0]
    assert list(table.columns) == list(WORKED)
    pandas.testing.assert_frame_equal(wide[list(WORKED)], table)


def test_clone_and_pickle(frame):
    table = frame(WORKED)
    families = ["history", "future"]
    weights = AuxiliaryWeights("linear", families=families, random_state=0).fit(
        table, Y
    )
    twin = clone(weights)
    assert twin.get_params() == weights.get_params()
    assert not hasattr(twin, "weights_")
    loaded = pickle.loads(pickle.dumps(weights))
    assert loaded.weights_ == weights.weights_
    assert list(loaded.transform(table).columns) == list(
        weights.transform(table).columns
    )
