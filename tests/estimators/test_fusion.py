"""What the fusion does to training, on made-up conversations."""

from __future__ import annotations

import pytest
from sklearn.pipeline import make_pipeline
from tiny_estimators import tiny_classifier

from hanrock_sk import AuxiliaryTargets
from hanrock_sk.datasets import make_conversations


@pytest.fixture(scope="module")
def trained():
    """Primary branch alone, and both fusions: training loss, share of the primary."""
    X, y = make_conversations(10, 12, random_state=0)
    models = {}
    for name, params in {
        "han": {"architecture": "han"},
        "anchored": {"fusion": "anchored"},
        "paper": {"fusion": "paper"},
    }.items():
        model = tiny_classifier(
            **params, word_gru=16, pri_gru=16, attention_units=16, content_size=4,
            embedding_dim=16, lr=0.01, max_epochs=15, validation_fraction=0,
            gru_dropout=0, recurrent_dropout=0,
        )  # fmt: skip
        pipeline = make_pipeline(AuxiliaryTargets(), model).fit(X, y)
        share = model.attention(pipeline[:-1].transform(X)).task_weights[0].mean()
        models[name] = model.history_[-1]["train_loss"]["primary"], share
    return models


def test_the_anchored_fusion_learns_as_the_primary_branch_alone(trained):
    loss, share = trained["anchored"]
    assert share > 0.5
    assert loss < trained["han"][0] + 0.15


def test_the_papers_fusion_leaves_the_primary_branch(trained):
    """The fault that the anchored fusion is for: it is still there to look at."""
    _, share = trained["paper"]
    assert share < 0.5
