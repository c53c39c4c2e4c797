"""What a fit trains on: which rows, whose labels, targets and weights."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from tiny_estimators import (
    BOTH,
    KINDS,
    fitted,
    have_same_weights,
    is_labelled,
    supervised,
    talkturns,
)

from hanrock_sk.estimators.talkturn_data import TalkturnData
from hanrock_sk.estimators.training_data import only_auxiliary
from hanrock_sk.model.layout.batches import TokenTable


class TestMissingLabels:
    def changed(self, name, values):
        columns, y = supervised()
        unlabelled = np.flatnonzero(~is_labelled(y))
        assert len(unlabelled) > 2
        column = list(columns[name])
        for row, value in zip(unlabelled, itertools.cycle(values), strict=False):
            assert column[row] != value
            column[row] = value
        X, other = pd.DataFrame(columns), pd.DataFrame(columns | {name: column})
        return fitted(X, y), fitted(other, y)

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("aux__action__au05", [17.0, None]),
            ("aux__history__1", [None]),
            ("weight__primary", [123.0]),
            ("weight__history__1", [123.0]),
        ],
    )
    def test_their_rows_are_no_targets(self, name, values):
        assert have_same_weights(*self.changed(name, values))

    def test_their_rows_are_context(self):
        assert not have_same_weights(*self.changed("text", ["so sad", "so happy"]))

    def test_with_labels_they_are_targets(self):
        columns, y = supervised()
        X = pd.DataFrame(columns)
        filled = ["sad" if label is None else label for label in y]
        assert not have_same_weights(fitted(X, y), fitted(X, filled))

    def test_left_out_their_neighbours_lose_their_context(self, frame):
        columns, y = supervised()
        X, known = frame(columns), is_labelled(y)
        model = fitted(X, y, lr=0.05)
        kept = np.flatnonzero(known)
        fewer = frame({name: [v[i] for i in kept] for name, v in columns.items()})
        whole = model.predict_proba(X)[kept]
        punctured = model.predict_proba(fewer)
        other = np.flatnonzero(np.abs(whole - punctured).max(axis=1) > 1e-6)
        conversation = np.array(columns["conversation"])
        expected = [
            place
            for place, row in enumerate(kept)
            if any(
                not known[i] and conversation[i] == conversation[row]
                for i in range(max(0, row - 2), row)
            )
        ]
        assert expected
        assert other.tolist() == expected

    def test_a_conversation_without_labels_lends_its_words(self):
        columns = {"text": ["yes", "no", "unheard"] * 4, "conversation": [0, 1, 2] * 4}
        model = fitted(pd.DataFrame(columns), ["a", "b", None] * 4)
        assert "unheard" in model.vocabulary_


@BOTH
def test_interleaved_conversations_are_trained_on_as_they_are(frame, task):
    """Labels, targets and weights stay with their talkturns."""
    columns, y = supervised(task)
    weights = np.random.default_rng(0).random(len(y)).round(2).tolist()
    columns["weight__primary"] = weights
    whole = np.argsort(columns["conversation"], kind="stable")
    assert (np.diff(whole) == 1).all(), "one conversation after the other"
    # One talkturn of each in turn; which conversation begins first stays.
    place = [columns["conversation"][:row].count(columns["conversation"][row])
             for row in whole]  # fmt: skip
    rows = np.argsort(place, kind="stable")
    one = KINDS[task]().fit(frame(columns), y)
    mixed = {name: [values[row] for row in rows] for name, values in columns.items()}
    other = KINDS[task]().fit(frame(mixed), [y[row] for row in rows])
    assert have_same_weights(one, other)


class TestWeights:
    @pytest.mark.parametrize("architecture", ["rock", "flat"])
    def test_without_columns_the_defaults_hold(self, frame, architecture):
        columns, y = supervised()
        named = [name for name in columns if name.startswith("weight__")]
        for name in named:
            del columns[name]
        default = fitted(frame(columns), y, architecture=architecture)
        share = 0.2 / (len(named) - 1)
        weights = {name: [share] * len(y) for name in named}
        weights["weight__primary"] = [0.8] * len(y)
        given = fitted(frame(columns | weights), y, architecture=architecture)
        assert have_same_weights(default, given)

    def test_each_row_has_its_own(self):
        columns, y = supervised()
        X = pd.DataFrame(columns)
        other = [0.5 + 0.01 * (i % 3) for i in range(len(y))]
        assert not have_same_weights(
            fitted(X, y), fitted(X.assign(weight__primary=other), y)
        )

    def test_a_task_that_weighs_nothing_is_not_learnt(self):
        columns, y = supervised()
        X = pd.DataFrame(columns).assign(weight__action__au05=0.0)
        known = is_labelled(y)  # the median, where its head starts, stays the same
        target = X["aux__action__au05"].to_numpy(copy=True)
        target[known] = target[known][::-1]
        other = X.assign(aux__action__au05=target)
        params = {"lr": 0.1, "validation_fraction": 0.0}
        one, two = fitted(X, y, **params), fitted(other, y, **params)
        assert have_same_weights(one, two)

    def test_han_reads_neither_targets_nor_weights(self):
        columns, y = supervised()
        bare = pd.DataFrame(
            {name: columns[name] for name in ("text", "conversation", "speaker")}
        )
        junk = pd.DataFrame(columns).assign(
            aux__history__1="junk", weight__history__1=-1.0, weight__primary=1.0
        )
        one = fitted(bare, y, architecture="han")
        assert have_same_weights(one, fitted(junk, y, architecture="han"))

    def test_rock_without_targets_is_han(self):
        columns, y = talkturns()
        X = pd.DataFrame(columns)
        assert have_same_weights(fitted(X, y), fitted(X, y, architecture="han"))

    @pytest.mark.parametrize("architecture", ["rock", "flat"])
    def test_targets_make_a_difference(self, architecture):
        columns, y = supervised()
        X = pd.DataFrame(columns)
        shuffled = X["aux__action__au05"].to_numpy()[::-1]
        other = X.assign(aux__action__au05=shuffled)
        one = fitted(X, y, architecture=architecture)
        assert not have_same_weights(one, fitted(other, y, architecture=architecture))


class TestTalkturnsWithoutALabel:
    """One conversation of twelve talkturns, the third labelled, and another of two."""

    def data(self, values=None, labels=None):
        first = np.repeat([0, 12], [12, 2])
        return TalkturnData(
            TokenTable(np.zeros(14, np.uint8), np.arange(15), first),
            targets=np.array([2]),
            primary=np.full(14, -1),
            values=np.full((0, 14), np.nan) if values is None else values,
            labels=np.full((0, 14), -1) if labels is None else labels,
            weights=np.ones((2, 14), np.float32),
        )

    def test_history_is_learnt_near_a_label(self):
        labels = np.zeros((1, 14), int)
        labels[0, :2] = -1  # no label before them
        nobody = np.zeros(14, bool)
        data = self.data(labels=labels)
        assert only_auxiliary(data, nobody, []).tolist() == [3, 4]
        data = self.data(values=np.where(labels < 0, np.nan, 0.5))
        assert only_auxiliary(data, nobody, ["history__1"]).tolist() == [3, 4]

    def test_what_was_measured_is_learnt_everywhere(self):
        values = np.zeros((1, 14))
        values[0, 5:9] = np.nan
        held_out = np.arange(14) == 13
        found = only_auxiliary(self.data(values=values), held_out, ["action__au05"])
        assert found.tolist() == [0, 1, 3, 4, 9, 10, 11, 12]
