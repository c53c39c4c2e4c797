"""The word vectors a network starts from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tiny_estimators import talkturns, tiny_classifier, weights_of

from hanrock_sk.estimators.word_vectors import start_vectors
from hanrock_sk.text import Vocabulary

VOCABULARY = Vocabulary.build(["yes no maybe perhaps " * 2])
GIVEN = {"yes": [1.0, 2.0, 3.0], "no": [-3.0, 0.0, 3.0], "never": [9.0, 9.0, 9.0]}


def start(embeddings, width=5, seed=0, vocabulary=VOCABULARY):
    return start_vectors(vocabulary, embeddings, width, np.random.default_rng(seed))


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


def fitted(X, y, **params):
    return tiny_classifier(**params).fit(X, y)


class TestInAnEstimator:
    given = {"so": [1.0, 2.0, 3.0], "you": [4.0, 5.0, -6.0], "other": [0.0, 0.0, 1.0]}

    def vectors(self, model):
        matrix = weights_of(model)["embedding"]
        return dict(zip(model.vocabulary_.words, matrix, strict=True))

    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "vectors.txt"
        lines = [f"{word} {' '.join(map(str, v))}" for word, v in self.given.items()]
        path.write_text("\n".join(lines))
        return path

    @pytest.mark.parametrize("kind", ["mapping", "path", "string"])
    def test_frozen_ones_stay(self, path, kind):
        embeddings = {"mapping": self.given, "path": path, "string": str(path)}[kind]
        columns, y = talkturns()
        X = pd.DataFrame(columns)
        model = fitted(X, y, embeddings=embeddings, freeze_embeddings=True, lr=0.1)
        found = self.vectors(model)
        assert found["so"].tolist() == self.given["so"]
        assert found["you"].tolist() == self.given["you"]
        assert not found["<unknown>"].any()

    def test_others_are_trained(self):
        columns, y = talkturns()
        X = pd.DataFrame(columns)
        found = self.vectors(fitted(X, y, embeddings=self.given, lr=0.1))
        moved = np.abs(found["so"] - self.given["so"])
        assert 0.01 < moved.max() < 2

    def test_a_file_that_is_broken(self, tmp_path):
        columns, y = talkturns()
        path = tmp_path / "ragged.txt"
        path.write_text("so 1 2 3\nyou 1 2\n")
        with pytest.raises(ValueError, match=r"ragged\.txt"):
            fitted(pd.DataFrame(columns), y, embeddings=path)
        with pytest.raises(FileNotFoundError, match=r"nowhere\.txt"):
            fitted(pd.DataFrame(columns), y, embeddings=tmp_path / "nowhere.txt")

    def test_words_that_nobody_says(self):
        columns, y = talkturns()
        with pytest.raises(ValueError, match="Not one of the"):
            fitted(pd.DataFrame(columns), y, embeddings={"xyzzy": [1.0]})

    def test_rare_words_are_unknown(self):
        texts = ["often often once", "often twice twice"] * 1 + ["often"] * 4
        words = {
            n: fitted(texts, list("ababab"), min_count=n, validation_fraction=0.0)
            for n in (1, 2, 3)
        }
        found = {n: set(model.vocabulary_.words[2:]) for n, model in words.items()}
        assert found[1] == {"often", "once", "twice"}
        assert found[2] == {"often", "twice"}
        assert found[3] == {"often"}

    def test_long_talkturns_are_cut_with_a_warning(self):
        texts = ["a b c d e", "b a", "a", "b"]
        with pytest.warns(
            UserWarning, match="1 of 4 talkturns have more than max_words"
        ):
            cut = fitted(texts, list("xyxy"), max_words=2, min_count=1)
        with pytest.warns(UserWarning, match="max_words"):
            first, second = cut.predict_proba(["a b c d e", "a b e d c"])
        assert first.tolist() == second.tolist()
