"""AuxiliaryTargets: worked examples, a naive twin, bad input, and manners."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import percentileofscore
from sklearn.base import clone
from worked_targets import LABEL_COLUMNS, read, talkturns

from hanrock_sk import AuxiliaryTargets


def test_the_paper_s_sixteen_targets_in_order(frame):
    # The order of the table's own columns does not matter.
    names = ["tone_fear", "au25", "tone_sad", "au05", "tone_angry", "au17", "au20"]
    table = talkturns(frame, **{name: [0.1, 0.2] for name in [*names, "tone_happy"]})
    wide = AuxiliaryTargets().fit_transform(table, ["a", "b"])
    assert list(wide.columns) == [
        *table.columns,
        *[f"aux__action__{name}" for name in ("au05", "au17", "au20", "au25")],
        *[f"aux__prosody__tone_{name}" for name in ("happy", "sad", "angry", "fear")],
        *LABEL_COLUMNS,
    ]


def test_none_takes_what_is_there(frame):
    targets = AuxiliaryTargets(history=0, future=0)
    wide = targets.fit_transform(
        talkturns(frame, au17=[1, 2], tone_fear=[0.0, 0.1]), [0, 1]
    )
    assert targets.actions_ == ["au17"]
    assert targets.prosody_ == ["tone_fear"]
    assert list(wide.columns)[-2:] == ["aux__action__au17", "aux__prosody__tone_fear"]
    nothing = AuxiliaryTargets(history=0, future=0)
    table = talkturns(frame, other=[1, 2])
    assert list(nothing.fit_transform(table, [0, 1]).columns) == list(table.columns)


def test_any_numeric_columns_may_be_named(frame):
    table = talkturns(frame, nods=[3, 0], loud=[True, False], au05=[1.0, 2.0])
    targets = AuxiliaryTargets(["nods"], ["loud"], history=0, future=0)
    wide = targets.fit_transform(table, ["a", "b"])
    assert list(wide.columns)[-2:] == ["aux__action__nods", "aux__prosody__loud"]
    assert read(wide, "aux__action__nods") == [0.75, 0.25]
    assert read(wide, "aux__prosody__loud") == [0.75, 0.25]


@pytest.mark.parametrize(
    ("target_range", "y", "expected"),
    [
        # Ranks 1/8, 4/8, 4/8, 7/8.
        ("auto", ["a", "b", "b", "a"], [0.125, 0.5, 0.5, 0.875]),
        ("auto", [5, 1, 2, 2], [0.125, 0.5, 0.5, 0.875]),
        ("auto", [1.0, 5.0, 2.5, None], [1.5, 3.0, 3.0, 4.5]),
        ((1, 5), [1.0, 2.0, 2.5, 3.0], [1.5, 3.0, 3.0, 4.5]),
        ((1, 5), [1, 2, 3, 2], [1.5, 3.0, 3.0, 4.5]),
        ([-1, 1], [0.1, 0.2, None, -0.1], [-0.75, 0.0, 0.0, 0.75]),
        ((0.0, 1.0), [0.1, 0.7, None, -0.1], [0.125, 0.5, 0.5, 0.875]),
    ],
)
def test_scaling(frame, target_range, y, expected):
    targets = AuxiliaryTargets(history=0, future=0, target_range=target_range)
    wide = targets.fit_transform(talkturns(frame, au05=[0.0, 2.0, 2.0, 3.0]), y)
    assert_allclose(read(wide, "aux__action__au05"), expected, rtol=1e-12)


def test_new_talkturns_are_ranked_against_the_training_talkturns(frame):
    targets = AuxiliaryTargets(target_range=(-1, 1))
    targets.fit(talkturns(frame, au05=[0.0, 2.0, None, 2.0, 3.0]), list("ababa"))
    wide = targets.transform(talkturns(frame, au05=[-5.0, 1.0, 2.0, None, 99.0]))
    assert read(wide, "aux__action__au05") == [-1.0, -0.5, 0.0, None, 1.0]


def test_missing_measurements_are_missing_targets(frame):
    table = talkturns(
        frame, au05=[None, 1.0, float("nan"), 2.0], tone_sad=[None, None, None, None]
    )
    targets = AuxiliaryTargets(prosody=["tone_sad"], history=0, future=0)
    wide = targets.fit_transform(table, ["a", "b", "a", "b"])
    assert read(wide, "aux__action__au05") == [None, 0.25, None, 0.75]
    assert read(wide, "aux__prosody__tone_sad") == [None] * 4
    later = targets.transform(talkturns(frame, au05=[1.0], tone_sad=[0.5]))
    assert read(later, "aux__prosody__tone_sad") == [None]


def test_history_and_future_by_hand(frame):
    # Conversation x says a b - d, conversation y says - c, interleaved.
    table = frame({"conversation": list("xyxxyx"), "text": ["hi"] * 6})
    y = ["a", None, "b", None, "c", "d"]
    wide = AuxiliaryTargets(history=2, future=2).fit_transform(table, y)
    assert read(wide, "aux__history__1") == ["a", "c", "a", "b", "c", "b"]
    assert read(wide, "aux__history__2") == ["a", "c", "a", "a", "c", "b"]
    assert read(wide, "aux__future__1") == ["b", "c", "d", "d", "c", "d"]
    assert read(wide, "aux__future__2") == ["d", "c", "d", "d", "c", "d"]


def test_a_conversation_without_labels_has_neither_history_nor_future(frame):
    table = frame({"conversation": ["x", "x", "y"], "text": ["hi"] * 3})
    wide = AuxiliaryTargets(history=1, future=1).fit_transform(table, [None, None, "a"])
    assert read(wide, "aux__history__1") == [None, None, "a"]
    assert read(wide, "aux__future__1") == [None, None, "a"]


def test_without_conversations_each_talkturn_stands_alone(frame):
    wide = AuxiliaryTargets().fit_transform(
        frame({"text": ["hi"] * 3}), ["a", None, "b"]
    )
    for column in LABEL_COLUMNS:
        assert read(wide, column) == ["a", None, "b"]


@pytest.mark.parametrize(
    ("y", "kind"),
    [
        (["a", "b", None], str),
        ([3, 1, None], int),
        ([3, 1, 2], int),
        ([True, False, None], bool),
        ([0.5, 1.0, None], float),
        ([0.5, 1.0, 1.5], float),
    ],
)
def test_labels_keep_their_kind_also_where_all_are_missing(frame, y, kind):
    table = talkturns(frame, au05=[1.0, 2.0, 3.0])
    targets = AuxiliaryTargets()
    filled = targets.fit_transform(table, y)
    empty = targets.transform(table)
    assert list(empty.columns) == list(filled.columns)
    for column in LABEL_COLUMNS:
        assert {type(value) for value in read(filled, column)} == {kind}
        assert read(empty, column) == [None] * 3
        assert filled[column].dtype == empty[column].dtype
    assert read(empty, "aux__action__au05") == read(filled, "aux__action__au05")


def naive(columns, y, target_range, k):
    """Targets one talkturn at a time, in plain Python."""
    low, high = target_range
    seen = [value for value in columns["au05"] if value is not None]
    ranks = [
        None
        if value is None
        else low + (high - low) * percentileofscore(seen, value, kind="mean") / 100
        for value in columns["au05"]
    ]
    labels = {}
    for name, steps in (("history", -k), ("future", k)):
        away = -1 if name == "history" else 1
        labels[name] = []
        for row, conversation in enumerate(columns["conversation"]):
            rows = [
                other
                for other, its in enumerate(columns["conversation"])
                if its == conversation
            ]
            wanted = rows.index(row) + steps
            known = [place for place, at in enumerate(rows) if y[at] is not None]
            # Nearest first; among the equally near, the one farther from the talkturn.
            known.sort(key=lambda place: (abs(place - wanted), -away * place))
            labels[name].append(y[rows[known[0]]] if known else None)
    return ranks, labels


@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_a_naive_twin(frame, seed):
    rng = np.random.default_rng(seed)
    n_rows = int(rng.integers(1, 60))
    columns = {
        "conversation": rng.integers(0, 6, size=n_rows).tolist(),
        "text": ["hi"] * n_rows,
        "au05": [
            None if rng.random() < 0.2 else float(rng.integers(0, 9) / 2)
            for _ in range(n_rows)
        ],
    }
    columns["au05"][0] = 1.0
    y = [None if rng.random() < 0.4 else str(rng.integers(3)) for _ in range(n_rows)]
    y[-1] = "1"
    wide = AuxiliaryTargets(target_range=(-2, 3)).fit_transform(frame(columns), y)
    for k in (1, 2, 3, 4):
        ranks, labels = naive(columns, y, (-2, 3), k)
        result = read(wide, "aux__action__au05")
        assert [value is None for value in result] == [rank is None for rank in ranks]
        assert_allclose(
            [value for value in result if value is not None],
            [rank for rank in ranks if rank is not None],
        )
        assert read(wide, f"aux__history__{k}") == labels["history"]
        assert read(wide, f"aux__future__{k}") == labels["future"]


def test_table_and_labels_stay_as_they_were(frame):
    columns = {
        "conversation": [2, 1, 2],
        "text": ["a", "b", "c"],
        "au05": [3.0, None, 1.0],
    }
    table, y = frame(columns), ["a", None, "b"]
    wide = AuxiliaryTargets().fit_transform(table, y)
    assert y == ["a", None, "b"]
    assert list(table.columns) == list(columns)
    for column, values in columns.items():
        assert read(table, column) == values
        assert read(wide, column) == values


def test_a_pandas_index_stays():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"text": ["a", "b", "c"], "au05": [1.0, 2.0, 3.0]})
    table.index = [7, 7, 3]
    y = pandas.Series(["a", "b", "c"], index=[0, 1, 2])
    wide = AuxiliaryTargets(history=1).fit_transform(table, y)
    assert wide.index.tolist() == [7, 7, 3]
    assert read(wide, "aux__history__1") == ["a", "b", "c"]


@pytest.mark.parametrize("wanted", ["pandas", "polars"])
def test_set_output(frame, wanted):
    library = pytest.importorskip(wanted)
    targets = AuxiliaryTargets(history=1, future=1).set_output(transform=wanted)
    table = talkturns(frame, au05=[1.0, None])
    for wide in (targets.fit_transform(table, ["a", "b"]), targets.transform(table)):
        assert isinstance(wide, library.DataFrame)
        assert list(wide.columns) == list(targets.get_feature_names_out())
        assert read(wide, "aux__action__au05") == [0.5, None]


def test_names_of_the_columns_out(frame):
    table = talkturns(frame, au05=[1.0, 2.0])
    targets = AuxiliaryTargets(history=1, future=0)
    wide = targets.fit_transform(table, ["a", "b"])
    assert targets.get_feature_names_out().tolist() == list(wide.columns)


def test_parameters_set_after_fit_wait_for_the_next_fit(frame):
    table = talkturns(frame, au05=[1.0, 2.0])
    targets = AuxiliaryTargets(history=1, future=1).fit(table, ["a", "b"])
    columns = list(targets.transform(table).columns)
    targets.set_params(history=3, actions=[])
    assert list(targets.transform(table).columns) == columns


def test_clone_and_pickle(frame):
    table = talkturns(frame, au05=[1.0, 2.0])
    targets = AuxiliaryTargets(actions=("au05",), target_range=(1, 5)).fit(
        table, [1.5, 2]
    )
    twin = clone(targets)
    assert twin.get_params() == targets.get_params()
    assert not hasattr(twin, "target_range_")
    loaded = pickle.loads(pickle.dumps(targets))
    for column in ("aux__action__au05", *LABEL_COLUMNS):
        assert read(loaded.transform(table), column) == read(
            targets.transform(table), column
        )


def test_the_difference_between_the_two_ways_is_documented():
    for method in ("fit", "fit_transform", "transform"):
        text = " ".join(getattr(AuxiliaryTargets, method).__doc__.split())
        assert "does not equal" in text
