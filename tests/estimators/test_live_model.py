"""A conversation that an estimator hears; as in a batch: `tests/test_live.py`."""

from __future__ import annotations

import pytest
from live_talkturns import SMALL, one_conversation

from hanrock_sk import HANRockClassifier


def test_each_talkturn_is_encoded_once(live_talkturns, monkeypatch):
    X, y = live_talkturns
    model = HANRockClassifier(**SMALL).fit(X, y)
    module = model.net_.module_
    calls = []
    encode = module.encode
    monkeypatch.setattr(
        module,
        "encode",
        lambda batch, *rest: calls.append(batch.n_talkturns) or encode(batch, *rest),
    )
    live = model.live()
    for text in list(one_conversation(X)["text"])[:6]:
        live.add(text)
    assert calls == [1] * 6


def test_a_talkturn_that_is_no_string():
    model = HANRockClassifier(**SMALL).fit(["yes", "no"] * 4, ["a", "b"] * 4)
    with pytest.raises(TypeError, match="must be a string, got 3"):
        model.live().add(3)
