"""Altered windows; tests of occlusion compare them with altered tables."""

from __future__ import annotations

import numpy as np
from tiny_estimators import tiny_classifier

from hanrock_sk.datasets import make_conversations
from hanrock_sk.estimators.altered_windows import AlteredWindows
from hanrock_sk.estimators.variants import Variants


def test_nothing_altered_is_the_prediction():
    X, y = make_conversations(3, 6, random_state=0)
    model = tiny_classifier(content_size=3).fit(X, y)
    altered = AlteredWindows(model, model._read_new(X))
    targets = np.array([5, 0, 3, 3])
    expected = model.predict_proba(X)[targets]
    np.testing.assert_allclose(altered.unchanged(targets), expected, atol=1e-6)
    whole = Variants.whole(targets, altered.encoder.lengths[targets])
    result = altered.with_variants(whole, np.arange(4), targets)
    np.testing.assert_allclose(result, expected, atol=1e-6)


def test_a_window_of_one_still_reads_bags_before_it():
    X, y = make_conversations(3, 6, random_state=0)
    model = tiny_classifier(content_size=1).fit(X, y)
    altered = AlteredWindows(model, model._read_new(X))
    everything = np.arange(len(X))
    np.testing.assert_allclose(
        altered.unchanged(everything), model.predict_proba(X), atol=1e-6
    )
