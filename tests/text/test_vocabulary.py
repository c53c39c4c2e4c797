"""Vocabulary and tokens against hand-worked examples and a naive twin."""

from __future__ import annotations

import pickle
import random
import warnings
from collections import Counter

import numpy as np
import pytest

from hanrock_sk.text import Vocabulary, tokenize

TEXTS = ["b a b", "c a", "", "B d d!", "..."]
RESERVED = ("<unknown>", "<empty>")


def naive_vocabulary(texts, min_count):
    counts = Counter(word for text in texts for word in tokenize(text))
    words = sorted(word for word in counts if counts[word] >= min_count)
    return [*RESERVED, *sorted(words, key=lambda word: counts[word], reverse=True)]


def test_words_by_falling_frequency_then_alphabet():
    assert Vocabulary.build(TEXTS).words == (*RESERVED, "b", "a", "d", "!", "c")


def test_min_count_leaves_rare_words_out():
    vocabulary = Vocabulary.build(TEXTS, min_count=2)
    assert vocabulary.words == (*RESERVED, "b", "a", "d")
    assert vocabulary.encode(["c d"]).ids.tolist() == [0, 4]


def test_build_does_not_depend_on_the_order_of_texts():
    assert Vocabulary.build(TEXTS[::-1]).words == Vocabulary.build(TEXTS).words


@pytest.mark.parametrize("min_count", [1, 3])
def test_naive_twin(min_count):
    rng = random.Random(0)
    alphabet = ["the", "a", "don't", "{gap}", "we're", "tv", "?", "x", "y", "z"]
    texts = [" ".join(rng.choices(alphabet, k=rng.randrange(8))) for _ in range(60)]
    vocabulary = Vocabulary.build(iter(texts[:40]), min_count)
    words = naive_vocabulary(texts[:40], min_count)
    assert list(vocabulary.words) == words
    with pytest.warns(UserWarning, match="max_words=5"):
        tokens = vocabulary.encode(iter(texts), max_words=5)
    for number, text in enumerate(texts):
        expected = (tokenize(text) or ["<empty>"])[:5]
        ids = tokens.ids[tokens.offsets[number] : tokens.offsets[number + 1]]
        assert [words[i] if i else "<unknown>" for i in ids] == [
            word if word in words else "<unknown>" for word in expected
        ]
        assert vocabulary.tokens_of(text, max_words=5) == expected
    assert tokens.lengths.tolist() == np.diff(tokens.offsets).tolist()
    assert tokens.lengths.min() == 1


def test_empty_talkturns_have_one_word():
    tokens = Vocabulary.build(TEXTS).encode(["", "a", " . "])
    assert tokens.ids.tolist() == [1, 3, 1]
    assert tokens.offsets.tolist() == [0, 1, 2, 3]
    assert tokens.offsets.dtype == np.int64
    assert len(tokens) == 3


def test_no_talkturns():
    tokens = Vocabulary.build(TEXTS).encode([])
    assert len(tokens) == 0
    assert tokens.ids.shape == (0,)
    assert tokens.offsets.tolist() == [0]


@pytest.mark.parametrize(
    ("n_words", "dtype"), [(256, "u1"), (257, "u2"), (65536, "u2"), (65537, "u4")]
)
def test_ids_are_as_small_as_they_can_be(n_words, dtype):
    words = [*RESERVED, *(f"w{number}" for number in range(2, n_words))]
    tokens = Vocabulary(words).encode([words[-1]])
    assert tokens.ids.dtype == dtype
    assert tokens.ids.tolist() == [n_words - 1]


def test_truncation_is_counted_and_told_once():
    vocabulary = Vocabulary.build(["a b c d e"])
    message = "2 of 3 talkturns have more than max_words=2 words .the longest 4."
    with pytest.warns(UserWarning, match=message) as told:
        tokens = vocabulary.encode(["a b c", "a b", "e d c b"], max_words=2)
    assert len(told) == 1
    assert tokens.n_truncated == 2
    shown = [vocabulary.words[number] for number in tokens.ids]
    assert shown == ["a", "b", "a", "b", "e", "d"]


def test_nothing_is_told_where_nothing_is_cut():
    vocabulary = Vocabulary.build(TEXTS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert vocabulary.encode(TEXTS, max_words=4).n_truncated == 0
        assert vocabulary.encode(TEXTS).n_truncated == 0


def test_reserved_words_in_a_text_are_not_learnt_twice():
    vocabulary = Vocabulary.build(["<unknown> <empty> a"])
    assert vocabulary.words == (*RESERVED, "a")


def test_contains_length_and_repr():
    vocabulary = Vocabulary.build(TEXTS)
    assert "b" in vocabulary
    assert "z" not in vocabulary
    assert len(vocabulary) == 7
    assert repr(vocabulary) == "<Vocabulary of 7 words>"


def test_pickle_holds_the_words_alone():
    vocabulary = Vocabulary.build(TEXTS)
    assert vocabulary.__getstate__() == {"words": list(vocabulary.words)}
    again = pickle.loads(pickle.dumps(vocabulary))
    assert again.words == vocabulary.words
    assert again.encode(TEXTS).ids.tolist() == vocabulary.encode(TEXTS).ids.tolist()


@pytest.mark.parametrize("method", ["build", "encode"])
def test_texts_must_be_strings(method):
    call = getattr(Vocabulary.build(TEXTS), method)
    with pytest.raises(ValueError, match="Row 1: expected a string, got float nan"):
        call(["a", float("nan")])
    with pytest.raises(ValueError, match="one string; put it in a list"):
        call("a b c")


def test_bad_numbers():
    with pytest.raises(ValueError, match="min_count must be at least 1, got 0"):
        Vocabulary.build(TEXTS, min_count=0)
    vocabulary = Vocabulary.build(TEXTS)
    for call in (vocabulary.encode, vocabulary.tokens_of):
        with pytest.raises(ValueError, match="max_words must be at least 1, got 0"):
            call("a", max_words=0)


def test_bad_words():
    with pytest.raises(ValueError, match="starts with"):
        Vocabulary(["a", "b"])
    with pytest.raises(ValueError, match=r"words twice: \['a'\]"):
        Vocabulary([*RESERVED, "a", "b", "a"])


def vectors_of(words):
    """Words with an "e" have a vector: their length."""
    has_one = np.array(["e" in word for word in words])
    vectors = np.array([[len(word) if "e" in word else 0] for word in words])
    return vectors, has_one


class TestWordsWithVectorsOfTheirOwn:
    vocabulary = Vocabulary.build(["yes yes no"], 2, lambda w: vectors_of(w)[1])

    def test_rare_ones_are_kept(self):
        assert self.vocabulary.words[2:] == ("yes",)
        kept = Vocabulary.build(["hello no no"], 2, lambda w: vectors_of(w)[1])
        assert kept.words[2:] == ("no", "hello")

    def test_new_ones_follow_the_vocabulary(self):
        tokens = self.vocabulary.encode(
            ["never no", "yes hello never", ""], look_up=vectors_of
        )
        assert tokens.ids.tolist() == [3, 0, 2, 4, 3, 1]
        assert tokens.beyond.tolist() == [[5], [5]]
        assert tokens.ids.dtype == np.uint8

    def test_none_is_new(self):
        tokens = self.vocabulary.encode(["yes no"], look_up=vectors_of)
        assert (tokens.ids.tolist(), tokens.beyond) == ([2, 0], None)
