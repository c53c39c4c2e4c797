"""Permutations of targets: who gets whose, and what stays together."""

from __future__ import annotations

import numpy as np

from hanrock_sk.auxiliary.permutation import permuted_rows


def test_a_permutation_of_the_known_rows():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(12), rng.integers(2, 9, size=12))
    known = rng.random(len(groups)) < 0.8
    source = permuted_rows(groups, known, 50, rng)
    assert source.shape == (51, len(groups))
    assert (source[0] == np.arange(len(groups))).all()
    for each in source:
        assert (each[~known] == np.flatnonzero(~known)).all()
        assert sorted(each[known]) == np.flatnonzero(known).tolist()
    assert len(np.unique(source, axis=0)) == 51


def test_a_target_keeps_its_course_and_leaves_its_conversation():
    groups = np.repeat(np.arange(20), 10)
    source = permuted_rows(groups, np.ones(200, bool), 100, np.random.default_rng(1))[
        1:
    ]
    follows = np.diff(source, axis=1) == 1
    within = groups[1:] == groups[:-1]
    assert follows[:, within].mean() > 0.85  # cut where a conversation ends
    assert (groups[source] == groups).mean() < 0.1


def test_a_single_conversation_is_moved_as_a_circle():
    source = permuted_rows(
        np.zeros(9, int), np.ones(9, bool), 20, np.random.default_rng(2)
    )
    for each in source[1:]:
        shift = each[0]
        assert shift != 0
        assert (each == (np.arange(9) + shift) % 9).all()
