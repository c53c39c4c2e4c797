"""Words of talkturns and their vectors, from the estimator to the network."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fake_encoder import FakeEncoder, vector_of
from tiny_estimators import talkturns, tiny_classifier, weights_of

from hanrock_sk.estimators.reading import Talkturns
from hanrock_sk.estimators.word_reader import WordReader, split_embeddings
from hanrock_sk.talkturns.conversations import Conversations
from hanrock_sk.text import ContextualVectors


def alone(texts, said=None):
    """Talkturns that are each a conversation of their own."""
    rows = np.arange(len(texts))
    return Talkturns(texts, Conversations(rows, rows), None, None, said)


def fitted(X, y, **params):
    return tiny_classifier(**params).fit(X, y)


class TestInAnEstimator:
    given = {"so": [1.0, 2.0, 3.0], "you": [4.0, 5.0, -6.0], "other": [0.0, 0.0, 1.0]}

    def vectors(self, model):
        matrix = weights_of(model)["inputs.embedding"]
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


GIVEN = {
    "often": [1.0, 0.0],
    "once": [0.0, 1.0],
    "never": [2.0, 2.0],
    "<unknown>": [9.0, 9.0],
}


class TestWordsThatTrainingDidNotHave:
    def reader(self, embeddings=GIVEN, min_count=2):
        texts = ["often often once", "often twice", "often hm hm"]
        return WordReader.learn(texts, embeddings, min_count, max_words=None)

    def test_rare_words_stay_if_they_have_a_vector(self):
        """`once` and `twice` are said once; one of them has a vector."""
        assert self.reader().vocabulary.words[2:] == ("often", "hm", "once")
        assert self.reader(None).vocabulary.words[2:] == ("often", "hm")

    def test_they_get_numbers_behind_the_vocabulary(self):
        table = self.reader().token_table(alone(["never once", "who never"]))
        # <unknown> 0, <empty> 1, often 2, hm 3, once 4
        assert table.ids.tolist() == [5, 4, 0, 5]
        assert table.beyond.tolist() == [[2.0, 2.0]]

    def test_without_given_vectors_they_are_unknown(self):
        table = self.reader(None).token_table(alone(["never often"]))
        assert (table.ids.tolist(), table.beyond) == ([0, 2], None)

    @pytest.mark.parametrize("repeats", [1, 9], ids=["looked up", "known products"])
    def test_they_are_predicted_by_their_own_vectors(self, repeats):
        """A new word with the vector of a known one reads like that one."""
        given = {"good": [1.0, 2.0], "bad": [-1.0, 0.5]}
        texts, y = ["good", "bad", "good bad bad"] * 4, ["a", "b", "b"] * 4
        model = fitted(
            texts,
            y,
            embeddings=given | {"fine": given["good"]},
            freeze_embeddings=True,
            direct=False,  # a bag of words knows no such likeness
        )
        talk = ["good bad", "fine bad", "what bad"] * repeats
        good, fine, unknown = model.predict_proba(talk)[:3]
        np.testing.assert_allclose(fine, good, rtol=1e-6)
        assert np.abs(unknown - good).max() > 1e-5
        live = model.live().add("fine bad").probabilities
        np.testing.assert_allclose(list(live.values()), fine, rtol=1e-5)


def test_the_direct_way_knows_the_words_of_labelled_talkturns():
    X = pd.DataFrame({"text": ["oh no", "well yes", "hm yes"] * 4, "conversation": "a"})
    y = ["bad", "good", None] * 4
    params = {"direct": True, "validation_fraction": 0.0}
    reader = fitted(X, y, **params).network_.reader
    assert "hm" in reader.vocabulary.words
    features = {"oh", "no", "oh no", "well", "yes", "well yes"}
    assert set(reader.bag.features) == features
    held_out = fitted(X, y, direct=True, validation_fraction=0.9).network_.reader
    assert set(held_out.bag.features) < features


class TestWithAnEncoder:
    """What is told has no vectors, what is said has those of the text."""

    texts = ["the doctor said how are YOU", "well", "", "nobody said how are YOU"]
    said = ["How  are YOU?", "well", "", "How  are YOU?"]

    def rows_of(self, texts, said=None, max_words=None, positions=None):
        encoder = FakeEncoder()
        reader = WordReader.learn(texts, encoder, 1, max_words)
        talk = alone(texts, said)
        if positions is None:
            return encoder, reader.token_table(talk)
        table = reader.token_table(talk, encode=False)
        return encoder, reader.with_contextual(table, talk, np.array(positions))

    def vectors(self, table, position):
        begin = table.contextual.starts[position]
        n_words = table.offsets[position + 1] - table.offsets[position]
        return table.contextual.vectors[begin : begin + n_words].tolist()

    def test_told_words_have_zeros(self):
        encoder, table = self.rows_of(self.texts, self.said)
        # `?` is a word of the text that the narrative has not: it is read as it is.
        assert table.contextual.told.tolist() == [0, 0, 0, 0]
        said = ["How  are YOU", "well", "", "How  are YOU"]
        encoder, table = self.rows_of(self.texts, said)
        assert table.contextual.told.tolist() == [3, 0, 0, 2]
        spoken = [vector_of(said[0], span) for span in [(0, 3), (5, 8), (9, 12)]]
        zeros = [[0.0] * 3]
        assert self.vectors(table, 0) == zeros * 3 + [v.tolist() for v in spoken]
        assert self.vectors(table, 3) == zeros * 2 + [v.tolist() for v in spoken]
        assert self.vectors(table, 1) == [vector_of("well", (0, 4)).tolist()]
        assert self.vectors(table, 2) == [vector_of("", (0, 0)).tolist()]
        assert "the doctor said how are YOU" not in encoder.read

    def test_without_a_narrative_nothing_is_told(self):
        encoder, table = self.rows_of(["How  are YOU", "well"])
        assert table.contextual.told.tolist() == [0, 0]
        assert self.vectors(table, 0) == [
            vector_of("How  are YOU", span).tolist()
            for span in [(0, 3), (5, 8), (9, 12)]
        ]

    def test_words_that_are_not_read_have_no_vector(self):
        _, table = self.rows_of(["she said how are you"], ["how are you"], max_words=4)
        assert table.contextual.told.tolist() == [2]
        spoken = [vector_of("how are you", span) for span in [(0, 3), (4, 7)]]
        expected = [[0.0] * 3] * 2 + [v.tolist() for v in spoken]
        assert self.vectors(table, 0) == expected
        assert len(table.contextual.vectors) == 4

    def test_where_nothing_said_is_read_the_narrative_is(self):
        _, table = self.rows_of(["she said how are you"], ["how are you"], max_words=2)
        assert table.contextual.told.tolist() == [0]
        assert self.vectors(table, 0) == [
            vector_of("she said how are you", span).tolist()
            for span in [(0, 3), (4, 8)]
        ]

    def test_each_text_is_read_once_and_only_where_asked(self):
        texts = ["a b", "c", "a b", "d e f", "c"]
        encoder, table = self.rows_of(texts)
        assert encoder.read == ["a b", "c", "d e f"]
        encoder, part = self.rows_of(texts, positions=[2, 4])
        assert encoder.read == ["a b", "c"]
        for position in (2, 4):
            assert self.vectors(part, position) == self.vectors(table, position)

    def test_an_encoder_that_is_changed_later(self, tiny_bert):
        encoder = ContextualVectors(tiny_bert)
        reader = WordReader.learn(["a b"], encoder, 1, None)
        encoder.layer = 0
        assert reader.encoder.layer == -1
        assert reader.encoder.fingerprint() == reader.fingerprint
        assert reader.token_table(alone(["a b"])).contextual is not None

    def test_one_of_each_kind(self):
        static, encoder = {"a": [1.0]}, FakeEncoder()
        for given, expected in [
            (None, (None, None)),
            (static, (static, None)),
            (encoder, (None, encoder)),
            ([encoder, static], (static, encoder)),
            ((static,), (static, None)),
            ([], (None, None)),
        ]:
            assert split_embeddings(given) == expected
        with pytest.raises(ValueError, match="got 2 and 0"):
            split_embeddings([encoder, encoder])
        with pytest.raises(ValueError, match="got 0 and 2"):
            tiny_classifier(embeddings=[static, "path.txt"]).fit(["a"], [1])

    def test_word_vectors_have_to_come_from_somewhere(self):
        texts, y = ["a b", "b", "a"] * 4, [0, 1, 1] * 4
        with pytest.raises(ValueError, match="embedding_dim=0 leaves no word vectors"):
            tiny_classifier(embedding_dim=0).fit(texts, y)
        with pytest.raises(ValueError, match="freeze_embeddings=True needs word vec"):
            tiny_classifier(embeddings=FakeEncoder(), freeze_embeddings=True).fit(
                texts, y
            )
        model = tiny_classifier(embedding_dim=0, embeddings=FakeEncoder()).fit(texts, y)
        assert np.isfinite(model.predict_proba(texts)).all()
