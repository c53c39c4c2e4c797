"""Bags of words, against scikit-learn's TF-IDF."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer

from hanrock_sk.text import bag_of_words, tokenize
from hanrock_sk.text.bag_of_words import BagOfWords

TEXTS = [
    "Oh no, not again!",
    "yes yes yes, oh yes",
    "",
    "no no no! Why not?",
    "again and again and again",
]
NEW = ["oh no, never again", "hm", "", "yes? yes!"]


def words_of(texts):
    return [tokenize(text) for text in texts]


@pytest.mark.parametrize("least", [1, 2])
def test_weights_are_those_of_scikit_learn(least, monkeypatch):
    monkeypatch.setattr(bag_of_words, "FEW_TALKTURNS", 100 if least == 1 else 3)
    theirs = TfidfVectorizer(
        analyzer=lambda text: bag_of_words._features(tokenize(text)),
        sublinear_tf=True,
        min_df=least,
    ).fit(TEXTS)
    bag = BagOfWords.learn(words_of(TEXTS))
    assert set(bag.features) == set(theirs.get_feature_names_out())
    for texts in (TEXTS, NEW):
        ids, offsets, weights = bag.encode(words_of(texts))
        shape = len(texts), len(bag)
        ours = csr_array((weights, ids, offsets), shape=shape).toarray()
        columns = [theirs.vocabulary_[feature] for feature in bag.features]
        expected = theirs.transform(texts).toarray()[:, columns]
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-7)


def test_pairs_are_of_neighbours():
    assert bag_of_words._features(["a", "b", "a"]) == ["a", "b", "a", "a b", "b a"]


def test_the_most_frequent_are_kept(monkeypatch):
    monkeypatch.setattr(bag_of_words, "MOST_FEATURES", 3)
    bag = BagOfWords.learn([["a", "b"], ["a", "c"], ["c"]])
    assert bag.features == ("a", "c", "a b")


def test_the_order_of_talkturns_does_not_matter():
    one, other = (BagOfWords.learn(words_of(t)) for t in (TEXTS, TEXTS[::-1]))
    assert one.features == other.features
    assert one.idf.tolist() == other.idf.tolist()


def test_nothing_to_learn_from():
    bag = BagOfWords.learn([])
    ids, offsets, weights = bag.encode([["a"]])
    assert (len(bag), ids.tolist(), offsets.tolist()) == (0, [], [0, 0])


def test_a_pickle_has_features_and_frequencies():
    bag = BagOfWords.learn(words_of(TEXTS))
    loaded = pickle.loads(pickle.dumps(bag))
    assert (loaded.features, loaded.before) == (bag.features, bag.before)
    for ours, theirs in zip(
        loaded.encode(words_of(NEW)), bag.encode(words_of(NEW)), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_bag_of_before_it_kept_what_talkturns_before_count():
    bag = BagOfWords.learn(words_of(TEXTS))
    state = bag.__getstate__()
    del state["before"]
    bag.__setstate__(state)
    assert bag.before == 0.5
