"""Whose journal it is: the same search goes on with it, any other is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scripted_search import ONE_FOLD, Scripted, X, Y, journal_of, search_scripted
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    RandomizedSearchCV,
)

from hanrock_sk.tuning import MedianStopping


@pytest.mark.parametrize(
    "change",
    [
        {"curves": [(1,) * 9]},
        {"X": X + 1},
        {"cv": KFold(2)},
        {"stopping": {"min_epochs": 4}},
        {"stopping": {"interval": 1}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_journal_of_another_search_is_refused(trained, tmp_path, change):
    settings = {"curves": [(1,) * 9, (0,) * 9], "stopping": {}}

    def search(changed):
        options = dict(changed.pop("stopping"))
        search_scripted(
            changed.pop("curves"), MedianStopping(tmp_path, **options), **changed
        )

    search(dict(settings))
    search(dict(settings))
    before = journal_of(tmp_path)
    with pytest.raises(ValueError, match="journal of another search"):
        search(settings | change)
    assert journal_of(tmp_path) == before
    assert len(trained) == 4


@pytest.mark.parametrize("by", ["groups", "chance"])
def test_the_journal_of_other_folds_is_refused(trained, tmp_path, by):
    X, y = np.zeros((40, 1)), np.tile([0, 1], 20)
    cv = GroupKFold(2) if by == "groups" else KFold(2, shuffle=True)
    search = GridSearchCV(
        Scripted(), {"curve": [(1,) * 9, (0,) * 9]}, cv=cv, refit=False
    )
    search.set_callbacks(MedianStopping(tmp_path))
    one, other = np.repeat([0, 1], 20), np.repeat([0, 1, 0, 1], 10)
    search.fit(X, y, groups=one if by == "groups" else None)
    if by == "groups":
        search.fit(X, y, groups=one)
    before, n_trained = journal_of(tmp_path), len(trained)
    with pytest.raises(ValueError, match="journal of another search"):
        search.fit(X, y, groups=other if by == "groups" else None)
    assert journal_of(tmp_path) == before
    assert len(trained) == n_trained


def test_a_search_without_a_seed_cannot_go_on_with_its_journal(trained, tmp_path):
    for seed, other in ((0, 1), (None, None)):
        folder = tmp_path / str(seed)
        search = RandomizedSearchCV(
            Scripted(),
            {"curve": [(1,), (2,), (3,)]},
            n_iter=2,
            cv=ONE_FOLD,
            refit=False,
        )
        search.set_callbacks(MedianStopping(folder))
        search.set_params(random_state=seed).fit(X, Y)
        with pytest.raises(ValueError, match="random_state is an int"):
            search.set_params(random_state=other).fit(X, Y)


def test_a_random_state_instance_draws_what_it_would_have_drawn(trained):
    drawn = []
    for stopping in ([], [MedianStopping()]):
        search = RandomizedSearchCV(
            Scripted(), {"curve": [(1,), (2,), (3,), (4,)]}, n_iter=2, cv=ONE_FOLD,
            refit=False, random_state=np.random.RandomState(3),
        )  # fmt: skip
        search.set_callbacks(*stopping).fit(X, Y)
        drawn.append(search.cv_results_["params"])
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("foreign", [True, False])
def test_a_folder_that_will_not_do_is_refused_before_anything_is_trained(
    trained, tmp_path, foreign
):
    (tmp_path / "thesis.txt").write_text("")
    folder = tmp_path if foreign else tmp_path / "thesis.txt"
    error, words = (ValueError, "not a journal") if foreign else (OSError, "can write")
    with pytest.raises(error, match=words):
        search_scripted([(1,) * 9], MedianStopping(folder))
    assert trained == []
