"""Merging word pieces into words, against loops over words and pieces."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.text.word_pieces import Pieces, merge_pieces


def pieces_of(offsets, special):
    offsets = np.array(offsets, np.int64).reshape(-1, 2)
    return Pieces(
        np.zeros(len(offsets), np.int64), offsets, np.array(special, bool), cut=False
    )


def by_hand(hidden, pieces, words, how):
    vectors = []
    for start, end in words:
        own = [
            vector
            for vector, (a, b), special in zip(
                hidden, pieces.offsets, pieces.special, strict=True
            )
            if not special and set(range(a, b)) & set(range(start, end))
        ]
        if not own:
            own = [np.mean(hidden[~pieces.special], axis=0)]
        vectors.append(own[0] if how == "first" else np.mean(own, axis=0))
    return np.array(vectors) if words else hidden.mean(axis=0)[None]


@pytest.mark.parametrize("how", ["mean", "first"])
def test_random_pieces_and_words(how):
    generator = np.random.default_rng(0)
    for _ in range(50):
        n_texts, n_pieces = generator.integers(1, 5), generator.integers(3, 9)
        hidden = generator.normal(size=(n_texts, n_pieces, 3)).astype(np.float32)
        pieces, words = [], []
        for _ in range(n_texts):
            begins = np.sort(generator.integers(0, 20, n_pieces))
            ends = begins + generator.integers(0, 6, n_pieces)  # some stand for nothing
            special = [True, *[False] * (n_pieces - 2), True]
            pieces.append(pieces_of(np.stack([begins, ends], axis=1), special))
            starts = generator.integers(0, 24, generator.integers(0, 6))
            words.append([(s, s + generator.integers(1, 5)) for s in np.sort(starts)])
        found = merge_pieces(hidden, pieces, words, how)
        assert len(found) == n_texts
        for of_text, *rest in zip(found, hidden, pieces, words, strict=True):
            np.testing.assert_allclose(of_text, by_hand(*rest, how), rtol=1e-5)


def test_a_worked_example():
    """ "[CLS] can't ##s stop [SEP]" against "ca", "n'ts", "stop"."""
    hidden = np.array([[[9], [1], [3], [5], [9]]], np.float32)
    pieces = pieces_of([(0, 0), (0, 5), (5, 6), (7, 11), (0, 0)], [1, 0, 0, 0, 1])
    words = [[(0, 2), (2, 6), (7, 11)]]
    assert merge_pieces(hidden, [pieces], words, "mean")[0].tolist() == [[1], [2], [5]]
    assert merge_pieces(hidden, [pieces], words, "first")[0].tolist() == [[1], [1], [5]]


def test_words_without_pieces():
    hidden = np.array([[[8], [1], [3], [12]]], np.float32)
    pieces = [pieces_of([(0, 0), (0, 1), (1, 2), (0, 0)], [1, 0, 0, 1])]
    assert merge_pieces(hidden, pieces, [[(5, 6)]], "mean")[0].tolist() == [[2]]
    assert merge_pieces(hidden, pieces, [[]], "first")[0].tolist() == [[6]]
    special = [pieces_of([(0, 0)] * 4, [1] * 4)]
    assert merge_pieces(hidden, special, [[(0, 1)]], "mean")[0].tolist() == [[6]]


def test_no_pieces_at_all():
    nothing = pieces_of([], [])
    found = merge_pieces(np.zeros((2, 0, 3)), [nothing] * 2, [[], [(0, 1)]], "mean")
    for of_text in found:
        np.testing.assert_array_equal(of_text, np.zeros((1, 3)))


def test_a_word_does_not_see_the_texts_beside_it():
    """To the last bit."""
    generator = np.random.default_rng(1)
    hidden = generator.normal(size=(30, 12, 8)).astype(np.float32)
    pieces = [
        pieces_of([(2 * i, 2 * i + 2) for i in range(12)], [0] * 12) for _ in range(30)
    ]
    words = [[(0, 7), (7, 8 + number % 9), (20, 24)] for number in range(30)]
    together = merge_pieces(hidden, pieces, words, "mean")
    for number in range(30):
        some = slice(number, number + 1)
        (alone,) = merge_pieces(hidden[some], pieces[some], words[some], "mean")
        np.testing.assert_array_equal(together[number], alone)
