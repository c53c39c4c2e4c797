"""Usefulness: controls in which it is known which targets must be kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights
from hanrock_sk.auxiliary.permutation import permuted_rows
from hanrock_sk.datasets import make_conversations

VOICE = ["tone_happy", "tone_sad", "tone_angry", "tone_fear"]


def talk(seed, task="classification", **params):
    """Conversations, with a noisy copy of the label and the voice shuffled."""
    X, y = make_conversations(60, 20, task=task, random_state=seed, **params)
    rng = np.random.default_rng(seed)
    missing = pd.isna(y)
    value = np.where(missing, 0, y == "happy") if task == "classification" else y
    copy = np.where(missing, np.nan, value.astype(float))
    X = X.assign(copy=copy + rng.normal(scale=np.nanstd(copy), size=len(X)))
    groups = X["conversation"].to_numpy()
    for name in VOICE:
        source = permuted_rows(groups, np.ones(len(X), bool), 1, rng)[1]
        X[f"{name}_shuffled"] = X[name].to_numpy()[source]
    return X, y


def fit(X, y, columns, **params):
    wide = AuxiliaryTargets(
        actions=[], prosody=columns, history=0, future=0
    ).fit_transform(X, y)
    return AuxiliaryWeights("usefulness", random_state=0, **params).fit(wide, y)


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_noisy_copy_is_chosen_and_shuffled_targets_are_not(task):
    X, y = talk(0, task, missing_labels=0.3, label_noise=0.3)
    shuffled = [f"{name}_shuffled" for name in VOICE]
    weights = fit(X, y, [*shuffled, "copy"]).weights_
    assert weights["prosody__copy"] == pytest.approx(0.2)
    assert [weights[f"prosody__{name}"] for name in shuffled] == [0] * 4


def test_with_shuffled_targets_alone_the_primary_task_has_everything():
    X, y = talk(1)
    weights = fit(X, y, [f"{name}_shuffled" for name in VOICE])
    assert weights.weights_["primary"] == 1
    report = pd.DataFrame(weights.report_)
    assert not report["kept"].any()
    assert report["why"].str.startswith("dropped").all()
    assert (report["by_itself"] < 0.02).all()


def test_unlabelled_talkturns_make_a_prediction_useful():
    """A voice that carries the feeling is learnt where there are no labels."""
    X, y = talk(2, feature_signal=4.0, missing_labels=0.75, text_signal=1.0)
    report = pd.DataFrame(fit(X, y, VOICE).report_).set_index("task")
    happy = report.loc["prosody__tone_happy"]
    assert happy["kept"]
    assert happy["by_prediction"] > 3 * happy["chance"]
    assert happy["predictable"] > 0.3


def test_history_that_is_the_label_itself_is_not_taken_for_a_copy():
    """The first and last talkturns' neighbour is their own label."""
    X, y = make_conversations(120, 2, persistence=0.0, random_state=3)
    wide = AuxiliaryTargets(actions=[], prosody=[], history=1, future=1).fit_transform(
        X, y
    )
    own = (wide["aux__history__1"] == y).mean()
    assert own > 0.5  # two talkturns have one neighbour each
    weights = AuxiliaryWeights("usefulness", random_state=0).fit(wide, y)
    assert weights.weights_["primary"] == 1


def test_what_cannot_be_measured_says_why():
    X, y = talk(4)
    X["late"] = np.where(np.arange(len(X)) < 20, 0.5, np.nan)
    wide = AuxiliaryTargets(
        actions=["au05"], prosody=["late"], history=0, future=0
    ).fit_transform(X, y)
    weights = AuxiliaryWeights("usefulness", families=["prosody"], random_state=0)
    why = dict(zip(*(weights.fit(wide, y).report_[c] for c in ("task", "why")),
                   strict=True))  # fmt: skip
    assert why["action__au05"].startswith("off")
    assert why["prosody__late"].startswith("dropped: fewer than 30 labels")
    few = np.where(np.arange(len(X)) < 20, y, None)
    why = weights.fit(wide, few).report_["why"]
    assert why[1].startswith("dropped: fewer than 30 labels")
    assert weights.weights_["primary"] == 1


def test_the_same_seed_gives_the_same():
    X, y = talk(5)
    first = fit(X, y, VOICE)
    again = fit(X, y, VOICE)
    assert first.report_ == again.report_
    assert first.weights_ == again.weights_


def test_it_reads_the_text():
    X, y = talk(6)
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['text'\]"):
        fit(X.drop(columns="text"), y, VOICE)
    renamed = X.rename(columns={"text": "said"})
    assert fit(renamed, y, VOICE, text="said").report_ == fit(X, y, VOICE).report_
    told = X.assign(narrative="the same")
    assert fit(told, y, VOICE).text_explains_ < fit(X, y, VOICE).text_explains_


def test_targets_missing_in_places_of_their_own():
    X, y = talk(7, label_noise=0.3)
    rng = np.random.default_rng(0)
    names = [f"c{k}" for k in range(4)]
    for name in names:
        X[name] = X["copy"].where(rng.random(len(X)) < 0.6)
    report = fit(X, y, names).report_
    assert report["kept"] == [True] * 4
