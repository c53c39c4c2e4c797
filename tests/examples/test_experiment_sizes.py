"""Sizes of an experiment: units of the branches, and whole conversations kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(autouse=True)
def examples(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)


def test_the_papers_units():
    import paper_tables

    result = [
        tuple(paper_tables.units(setting, 257).values())
        for setting in ("aphf", "three-quarters", "half", "quarter", "one", "flat")
    ]
    assert result == [(256, 1), (192, 65), (128, 129), (64, 193), (1, 256), (256, 1)]


@pytest.mark.parametrize("size", ["paper", "small", "narrow", "core", "recipe"])
def test_every_draw_suits_the_pipeline(size):
    import paper_tables
    from experiment_sizes import SIZES

    options = paper_tables.argparse.Namespace(
        size=size, max_epochs=None, patience=None, words="none", device="cpu"
    )
    corpus = paper_tables.CORPORA["synthetic"](None, None, 5)
    pipeline = paper_tables.make_pipeline(corpus, options)
    for params in paper_tables.draw_trials(6, SIZES[size].space):
        pipeline.set_params(**params)
        assert not {"model__pri_gru", "model__aux_gru"} & set(params)
    assert pipeline["model"].max_epochs == SIZES[size].max_epochs


def test_whole_conversations_are_kept():
    from carved_corpora import CORPORA, PARTS
    from experiment_sizes import shrink

    whole, small = (CORPORA["synthetic"](None, None, 20) for _ in range(2))
    shrink(small, {"train": 100, "test": 1})
    for part in PARTS:
        rows, kept = getattr(whole, part), getattr(small, part)
        assert set(kept) <= set(rows)
        names = whole.X["conversation"].to_numpy()
        of_kept = np.isin(names[rows], names[kept])
        np.testing.assert_array_equal(rows[of_kept], kept)
    longest = whole.X["conversation"].value_counts().max()
    assert 100 - longest < len(small.train) <= 100
    np.testing.assert_array_equal(small.dev, whole.dev)
    assert len(set(whole.X["conversation"].iloc[small.test])) == 1


@pytest.mark.parametrize("target", ["classification", "regression"])
def test_labels_are_kept_in_whole_conversations(target):
    import pandas as pd
    from carved_corpora import CORPORA
    from experiment_sizes import keep_labels

    whole, few = (CORPORA["synthetic"](None, target, 20) for _ in range(2))
    keep_labels(few, 50)
    there = ~pd.isna(few.y)
    assert there[few.train].sum() == 50
    kept = few.train[there[few.train]]
    assert (few.y[kept] == whole.y[kept]).all()
    for part in (few.dev, few.test):
        assert (few.y[part] == whole.y[part]).all()
    # Only the conversation at which the number is reached has lost a part.
    names = few.X["conversation"].to_numpy()
    share = [
        there[few.train[names[few.train] == name]].mean() for name in set(names[kept])
    ]
    assert sum(value < 1 for value in share) <= 1
    keep_labels(few, None)
    assert there[few.train].sum() == 50
