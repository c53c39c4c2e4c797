"""Targets derived from measurements, against loops over the talkturns."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk import AuxiliaryTargets
from hanrock_sk.auxiliary.percentile import percentile_rank
from hanrock_sk.datasets import make_conversations

KINDS = ("change", "next", "listener")


@pytest.fixture
def talkturns():
    X, y = make_conversations(6, 12, random_state=0)
    X = X.sample(frac=1, random_state=0)  # conversations interleave
    X.loc[X.index[::7], "au05"] = np.nan
    return X.reset_index(drop=True), y


def by_hand(X, column, kind):
    """The derived measurement, row by row."""
    values, derived = X[column].to_numpy(), []
    for row in range(len(X)):
        same = X["conversation"] == X["conversation"][row]
        own = X["speaker"] == X["speaker"][row]
        rows = {
            "change": np.flatnonzero(same & own & (X.index < row))[-1:],
            "next": np.flatnonzero(same & (X.index > row))[:1],
            "listener": np.flatnonzero(same & ~own & (X.index > row))[:1],
        }[kind]
        value = values[rows[0]] if len(rows) else np.nan
        derived.append(values[row] - value if kind == "change" else value)
    return np.array(derived)


@pytest.mark.parametrize("column", ["au05", "tone_sad"])
@pytest.mark.parametrize("kind", KINDS)
def test_against_a_loop(talkturns, column, kind):
    X, y = talkturns
    targets = AuxiliaryTargets(
        actions=["au05"], prosody=["tone_sad"], history=1, future=0, derived=KINDS
    )
    wide = targets.fit_transform(X, y)
    family = "action" if column == "au05" else "prosody"
    expected = by_hand(X, column, kind)
    assert 0.05 < np.isnan(expected).mean() < 0.6
    training = np.sort(expected[~np.isnan(expected)])
    np.testing.assert_allclose(
        wide[f"aux__{family}__{column}_{kind}"], percentile_rank(expected, training)
    )
    new, _ = make_conversations(2, 9, random_state=1)
    np.testing.assert_allclose(
        targets.transform(new)[f"aux__{family}__{column}_{kind}"],
        percentile_rank(by_hand(new, column, kind), training),
    )


def test_they_follow_the_measurements_and_are_off_by_default(talkturns):
    X, y = talkturns

    def names(**params):
        targets = AuxiliaryTargets(
            ["au05"], ["tone_sad"], future=0, history=1, **params
        )
        return [n for n in targets.fit_transform(X, y).columns if n.startswith("aux")]

    assert names() == [
        "aux__action__au05", "aux__prosody__tone_sad", "aux__history__1",
    ]  # fmt: skip
    assert names(derived=["next"]) == [
        "aux__action__au05", "aux__prosody__tone_sad",
        "aux__action__au05_next", "aux__prosody__tone_sad_next", "aux__history__1",
    ]  # fmt: skip


def test_bad_input(talkturns):
    X, y = talkturns
    with pytest.raises(ValueError, match=r"derived names \['last'\]; there are"):
        AuxiliaryTargets(derived=["last"]).fit(X, y)
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['speaker'\]"):
        AuxiliaryTargets(derived=["change"]).fit(X.drop(columns="speaker"), y)
    AuxiliaryTargets(derived=["next"]).fit(X.drop(columns="speaker"), y)
    with pytest.raises(ValueError, match=r"named \['au05_next'\]: a column is named"):
        AuxiliaryTargets(["au05", "au05_next"], derived=["next"]).fit(
            X.assign(au05_next=0.0), y
        )


def test_two_hundred_candidates(talkturns):
    X, y = talkturns
    names = [f"egemaps_{number}" for number in range(200)]
    drawn = np.random.default_rng(0).normal(size=(len(X), 200))
    X = X.join(type(X)(drawn, columns=names))
    targets = AuxiliaryTargets([], names, history=0, future=0, derived=["change"])
    wide = targets.fit_transform(X, y)
    assert sum(name.startswith("aux__prosody") for name in wide.columns) == 400
