"""Which words are left, and what an encoder reads of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from fake_encoder import FakeEncoder
from tiny_estimators import tiny_classifier

from hanrock_sk.estimators.variants import VariantEncoder, Variants


def test_which_words_are_left():
    positions, lengths = np.array([4, 7]), np.array([3, 1])
    whole = Variants.whole(positions, lengths)
    assert (whole.kept.tolist(), whole.offsets.tolist()) == ([0, 1, 2, 0], [0, 3, 4])
    each = Variants.without_each_word(positions, lengths)
    assert each.positions.tolist() == [4, 4, 4, 7]
    assert each.kept.tolist() == [1, 2, 0, 2, 0, 1]
    assert each.offsets.tolist() == [0, 2, 4, 6, 6]
    silent = Variants.silent(positions)
    assert len(silent) == 2
    assert silent.offsets.tolist() == [0, 0, 0]


class CachingEncoder(FakeEncoder):
    def __init__(self):
        super().__init__()
        self.cache = "somewhere"
        self.caches = []

    def encode_words(self, texts, spans):
        self.caches.append(self.cache)
        return super().encode_words(texts, spans)


def test_variants_are_not_cached_on_disk():
    X = pd.DataFrame({"text": ["no no", "yes", "oh no", "yes yes"]})
    encoder = CachingEncoder()
    model = tiny_classifier(embeddings=encoder, min_count=1).fit(X, ["a", "b"] * 2)
    encoder.caches.clear()
    variants = VariantEncoder(model.network_, model._read_new(X))
    encoded = variants.encode(Variants.silent(np.array([0, 2])))
    assert encoder.caches == [None]
    assert encoder.read[-2:] == ["", ""]
    assert encoder.cache == "somewhere"
    assert encoded.sentences.shape == (2, 3)


def test_taken_and_followed():
    X = pd.DataFrame({"text": ["no no", "yes", "oh no", "yes yes"]})
    model = tiny_classifier(min_count=1).fit(X, ["a", "b"] * 2)
    variants = VariantEncoder(model.network_, model._read_new(X))
    whole = variants.encode(Variants.whole(np.arange(4), variants.lengths))
    both = whole.taken(np.array([3])).followed_by(whole.taken(np.array([0, 1])))
    assert len(both) == 3
    assert both.s.tolist() == whole.s[[3, 0, 1]].tolist()
    ids = [whole.bags.ids[slice(*whole.bags.offsets[i : i + 2])] for i in (3, 0, 1)]
    assert both.bags.ids.tolist() == np.concatenate(ids).tolist()
    assert both.bags.size == whole.bags.size
