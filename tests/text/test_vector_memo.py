"""What a process remembers, and how much of it."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.text.vector_memo import TextVectors, VectorMemo, text_key


def vectors(n_bytes):
    return TextVectors(np.zeros((n_bytes // 2, 1), np.float16), cut=False)


def test_those_asked_for_last_stay():
    memo = VectorMemo(max_bytes=300)
    for name in "abc":
        memo.put(name, vectors(100))
    assert memo.get("a") is not None  # so b is the one to go
    memo.put("d", vectors(100))
    assert [memo.get(name) is not None for name in "abcd"] == [True, False, True, True]
    assert memo.n_bytes == 300
    memo.put("d", vectors(100))  # is there already
    assert memo.n_bytes == 300
    memo.clear()
    assert (memo.get("d"), memo.n_bytes) == (None, 0)


def test_what_is_larger_than_all_of_it():
    memo = VectorMemo(max_bytes=300)
    memo.put("a", vectors(400))
    assert (memo.get("a"), memo.n_bytes) == (None, 0)


def test_vectors_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        vectors(4).vectors[0] = 1


def test_keys_tell_texts_and_words_apart():
    keys = {
        text_key(0, "a b", [(0, 1), (2, 3)]),
        text_key(0, "a b", [(0, 1)]),
        text_key(0, "a b", []),
        text_key(0, "a c", [(0, 1), (2, 3)]),
        text_key(0, "\ud800 b", [(0, 1), (2, 3)]),
        text_key(0, "a b\0", [(0, 1), (2, 3)]),
    }
    assert len(keys) == 6
    assert text_key(5, "a b", np.array([[0, 1]])) in keys
