"""A function that is called after every batch."""

from __future__ import annotations

from hanrock_sk.estimators.batch_end import BatchEnd


def test_after_every_batch():
    calls = []
    callback = BatchEnd(lambda: calls.append(1))
    for _ in range(3):
        callback.on_batch_end(None, batch=None, training=True)
    assert calls == [1, 1, 1]
