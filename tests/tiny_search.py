"""A search so small that tests can run, interrupt and repeat it."""

from __future__ import annotations

import numpy as np
from scipy.stats import loguniform, randint
from sklearn.model_selection import GroupKFold, RandomizedSearchCV
from sklearn.pipeline import Pipeline
from tiny_estimators import OLD_TRAINING

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    MonahNarrator,
)
from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import labelled_scorer


def data():
    """Talkturns, labels, and the groups to split by."""
    X, y = make_conversations(
        9, 8, n_classes=3, missing_labels=0.1, text_signal=0.9, random_state=0
    )
    return X, y, X["conversation"].to_numpy()


def tiny_pipeline(**params):
    """The pipeline of the design, with a network of a few units."""
    defaults = OLD_TRAINING | {
        "content_size": 2,
        "word_gru": 3,
        "pri_gru": 3,
        "attention_units": 4,
        "embedding_dim": 5,
        "max_epochs": 5,
        "lr": 0.01,
        # With these, half of the trials of a search get worse early.
        "direct": False,
        "direct_measured": False,
        "speaker_vectors": False,
        "gru_dropout": 0.2,
        "batch_size": 64,
        "run_length": 16,
        "label_smoothing": 0.0,
        "logit_adjustment": 0.0,
        "device": "cpu",
        "random_state": 0,
    }
    return Pipeline(
        [
            ("narrate", MonahNarrator()),
            # One target of each family: most of a fit so small is their weights.
            (
                "targets",
                AuxiliaryTargets(["au05"], ["tone_sad"], history=1, future=1),
            ),
            ("weights", AuxiliaryWeights(random_state=0)),
            ("model", HANRockClassifier(**(defaults | params))),
        ]
    )


def tiny_search(memory, n_iter=4, **params):
    """Four candidates on two folds, over parameters of three steps."""
    space = {
        "narrate__families": ["v", "vpa"],
        "weights__scheme": ["random", "linear", "softmax"],
        "model__lr": loguniform(1e-5, 1e-1),
        "model__content_size": randint(1, 4),
    }
    return RandomizedSearchCV(
        tiny_pipeline(memory=memory),
        space,
        n_iter=n_iter,
        cv=GroupKFold(2),
        scoring=labelled_scorer("neg_log_loss"),
        error_score="raise",
        random_state=0,
        **params,
    )


def comparable(search):
    """What has to be the same if two runs of a search are."""
    results = {
        name: np.asarray(values).tolist()
        for name, values in search.cv_results_.items()
        if not name.endswith("_time")
    }
    history = search.best_estimator_["model"].history_
    results["refit"] = [{**record, "seconds": None} for record in history]
    return results
