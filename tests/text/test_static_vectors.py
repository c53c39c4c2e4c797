"""Static vectors: looked up, drawn, kept."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from hanrock_sk.text import Vocabulary
from hanrock_sk.text.static_vectors import StaticVectors

VOCABULARY = Vocabulary.build(["yes no maybe perhaps " * 2])
GIVEN = {"yes": [1.0, 2.0, 3.0], "no": [-3.0, 0.0, 3.0], "never": [9.0, 9.0, 9.0]}


def start(embeddings, width=5, seed=0, vocabulary=VOCABULARY):
    generator = np.random.default_rng(seed)
    return StaticVectors(embeddings).start(vocabulary, width, generator)


def test_random_vectors():
    many = Vocabulary.build([" ".join(f"word{'x' * i}" for i in range(400))])
    vectors = start(None, width=20, vocabulary=many)
    assert vectors.shape == (402, 20)
    assert vectors.dtype == np.float32
    assert vectors[2:].std() == pytest.approx(0.1, rel=0.05)
    assert (vectors == start(None, width=20, vocabulary=many)).all()
    assert (vectors[2:] != start(None, width=20, seed=1, vocabulary=many)[2:]).all()


def test_given_vectors_stay_and_others_are_drawn_with_their_spread():
    vectors = start(GIVEN)
    row = {word: vectors[i] for i, word in enumerate(VOCABULARY.words)}
    assert vectors.shape == (6, 3)
    assert row["yes"].tolist() == GIVEN["yes"]
    assert row["no"].tolist() == GIVEN["no"]
    drawn = np.random.default_rng(0).normal(size=(6, 3))
    spread = np.std([GIVEN["yes"], GIVEN["no"]])
    for word in ("maybe", "perhaps"):
        expected = spread * drawn[VOCABULARY.words.index(word)]
        np.testing.assert_allclose(row[word], expected, rtol=1e-6)


@pytest.mark.parametrize("embeddings", [None, GIVEN])
def test_reserved_words_say_nothing(embeddings):
    assert VOCABULARY.words[:2] == ("<unknown>", "<empty>")
    assert (start(embeddings)[:2] == 0).all()


def test_none_of_the_words_given():
    with pytest.raises(ValueError, match="Not one of the 6 words"):
        start({"never": [1.0]})


class Counting(dict):
    """A mapping that counts how often a word is asked for."""

    asked = 0

    def __contains__(self, word):
        self.asked += 1
        return super().__contains__(word)


def test_a_word_is_looked_up_once():
    source = Counting(GIVEN)
    vectors = StaticVectors(source)
    for _ in range(2):
        matrix, known = vectors.look_up(["no", "hm"])
        assert matrix.tolist() == [GIVEN["no"], [0, 0, 0]]
        assert known.tolist() == [True, False]
    assert source.asked == 2
    assert vectors.look_up(["hm"])[0].shape == (1, 0)


def test_a_source_without_any_of_the_words():
    matrix, known = StaticVectors(GIVEN).look_up(["hm"])
    assert (matrix.shape, known.tolist()) == ((1, 0), [False])


def test_a_file_that_is_gone(tmp_path):
    """It was there in training; on the machine that predicts it is not."""
    vectors = StaticVectors(str(tmp_path / "gone.txt"))
    with pytest.warns(UserWarning, match=r"2 words .* unknown .*gone\.txt"):
        _, known = vectors.look_up_new(["yes", "hm"])
    assert not known.any()


def test_a_file_that_is_away_for_a_moment(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("yes 1 2\nno 3 4\n")
    vectors = StaticVectors(str(path))
    assert vectors.look_up(["yes"])[1].all()
    path.rename(tmp_path / "away.txt")
    with pytest.warns(UserWarning, match="1 words that training did not have"):
        matrix, known = vectors.look_up_new(["yes", "no"])
    assert known.tolist() == [True, False]
    assert matrix[0].tolist() == [1, 2]
    (tmp_path / "away.txt").rename(path)
    assert vectors.look_up_new(["yes", "no"])[0].tolist() == [[1, 2], [3, 4]]


def test_only_the_source_is_saved():
    vectors = StaticVectors(GIVEN)
    vectors.look_up(["yes"])
    loaded = pickle.loads(pickle.dumps(vectors))
    assert loaded.source == GIVEN
    assert vars(loaded).keys() == vars(vectors).keys()
    assert loaded.look_up(["no"])[0].tolist() == [GIVEN["no"]]
