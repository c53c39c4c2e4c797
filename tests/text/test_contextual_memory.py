"""What contextual vectors remember, in a process and in a cache, and by which name."""

from __future__ import annotations

import copy
import json
import shutil

import numpy as np
import pytest
from naive_encoding import TEXTS, close, encode, naive
from tiny_encoders import save_tiny_bert

from hanrock_sk.text import ContextualVectors, contextual_vectors, encoder
from hanrock_sk.text.vector_memo import MEMO, VectorMemo

pytestmark = pytest.mark.usefixtures("nothing_remembered")


def test_fingerprint_says_what_vectors_depend_on(tiny_bert, tmp_path, monkeypatch):
    other = save_tiny_bert(tmp_path / "other", seed=1)
    same = shutil.copytree(tiny_bert, tmp_path / "same")
    one = ContextualVectors(tiny_bert)
    assert ContextualVectors(same, batch_size=3).fingerprint() == one.fingerprint()
    retold = shutil.copytree(tiny_bert, tmp_path / "retold")
    told = json.loads((retold / "tokenizer.json").read_text())
    told["normalizer"]["lowercase"] = False
    (retold / "tokenizer.json").write_text(json.dumps(told))
    fingerprints = {
        vectors.fingerprint()
        for vectors in (
            one,
            ContextualVectors(other),
            ContextualVectors(retold),
            ContextualVectors(tiny_bert, layer=1),
            ContextualVectors(tiny_bert, word_pieces="first"),
        )
    }
    monkeypatch.setattr(contextual_vectors, "TOKENIZER_VERSION", 99)
    fingerprints.add(one.fingerprint())
    monkeypatch.setattr(contextual_vectors, "library_version", lambda: "99")
    fingerprints.add(one.fingerprint())
    assert len(fingerprints) == 7


@pytest.fixture
def n_read(monkeypatch):
    """How many texts the encoder was given."""
    counted = []
    split = encoder.Encoder.split
    monkeypatch.setattr(
        encoder.Encoder,
        "split",
        lambda self, texts: (counted.append(len(texts)), split(self, texts))[1],
    )
    return lambda: sum(counted)


def test_a_process_remembers(vectors, n_read):
    encode(vectors, TEXTS)
    assert n_read() == len(set(TEXTS))
    encode(copy.deepcopy(vectors), [*TEXTS, "hello"])
    assert n_read() == len(set(TEXTS)) + 1
    encode(ContextualVectors(vectors.model, layer=0), ["hello"])
    assert n_read() == len(set(TEXTS)) + 2


def test_memory_is_bounded(vectors, monkeypatch):
    memo = VectorMemo(max_bytes=1000)
    monkeypatch.setattr(contextual_vectors, "MEMO", memo)
    encode(vectors, [f"say {number}" for number in range(100)])
    assert 0 < memo.n_bytes <= 1000
    assert memo.n_bytes == sum(held.vectors.nbytes for held in memo._held.values())


def test_a_cache_outlives_the_process(tiny_bert, tmp_path, n_read):
    vectors = ContextualVectors(tiny_bert, cache=tmp_path / "new" / "folder")
    before = encode(vectors, TEXTS)
    MEMO.clear()
    again = encode(vectors, TEXTS)
    assert n_read() == len(set(TEXTS))
    for one, other in zip(before, again, strict=True):
        assert other.dtype == np.float16
        assert not other.flags.writeable
        np.testing.assert_array_equal(one, other)


def test_a_long_text_is_told_from_the_cache_too(tiny_bert, tmp_path):
    vectors = ContextualVectors(tiny_bert, cache=tmp_path)
    for _ in range(2):
        MEMO.clear()
        with pytest.warns(UserWarning, match="1 of 1 texts"):
            encode(vectors, ["you " * 60])


def test_another_encoder_of_the_same_name_never_mixes(tmp_path, n_read):
    folder = save_tiny_bert(tmp_path / "model", seed=0)
    vectors = ContextualVectors(folder, cache=tmp_path / "cache")
    before = encode(vectors, TEXTS)
    shutil.rmtree(folder)
    save_tiny_bert(folder, seed=1)
    after = encode(vectors, TEXTS)
    assert n_read() == 2 * len(set(TEXTS))
    close(after[0], naive(folder, TEXTS[0]))
    assert not np.allclose(before[0], after[0])
    assert len(list((tmp_path / "cache").glob("*.sqlite"))) == 2
