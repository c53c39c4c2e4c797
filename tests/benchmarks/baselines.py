"""What people would use instead: logistic regressions on words and sentence vectors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from labelled_corpora import is_label
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold

from hanrock_sk.text import minilm_l6, tokenize

BASELINES = ("tfidf", "tfidf3", "sentences5")
MANY_LABELS = 15_000
"""With more, C stays 1: 25 fits of a regression on 40,000 labels take an hour."""


def before(X: pd.DataFrame, steps: int) -> np.ndarray:
    """Return the row of the talkturn some steps earlier in the conversation, or -1."""
    rows = np.full(len(X), -1)
    for members in X.groupby("conversation", sort=False).indices.values():
        rows[members[steps:]] = members[:-steps] if len(members) > steps else []
    return rows


class Sentences:
    """Sentence vectors, each distinct text encoded once."""

    def __init__(self, cache: str | None) -> None:
        self.encoder = minilm_l6(layer=-1)
        self.file = Path(cache, "sentences.joblib") if cache else None
        self.known: dict[str, np.ndarray] = {}
        if self.file is not None and self.file.exists():
            self.known = joblib.load(self.file)

    def __call__(self, texts: list[str]) -> np.ndarray:
        """Look up, or encode."""
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        if new:
            self.known |= dict(
                zip(new, self.encoder.encode_sentences(new), strict=True)
            )
        return np.stack([self.known[text] for text in texts])


def context_of(X: pd.DataFrame, own: Any, n_before: int) -> list[Any]:
    """Return features of the talkturn, and of each of those before it."""
    parts = [own]
    for steps in range(1, n_before + 1):
        rows = before(X, steps)
        part = own[np.maximum(rows, 0)]
        parts.append(part.multiply((rows >= 0)[:, None]).tocsr()) if hasattr(
            part, "multiply"
        ) else parts.append(part * (rows >= 0)[:, None])
    return parts


def fit_baseline(
    name: str, data: list, y: np.ndarray, sentences: Callable
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a baseline; classes, and probabilities of the development talkturns."""
    (X, _), (X_new, y_new) = data
    there, wanted = is_label(y), is_label(y_new)
    if name == "sentences5":
        features = [
            np.hstack(context_of(table, sentences(table["text"].tolist()), 4))
            for table in (X, X_new)
        ]
    else:
        tfidf = TfidfVectorizer(
            tokenizer=tokenize, token_pattern=None, lowercase=False,
            ngram_range=(1, 2), sublinear_tf=True,
        ).fit(X["text"][there])  # fmt: skip
        n_before = 2 if name == "tfidf3" else 0
        features = [
            hstack(context_of(table, tfidf.transform(table["text"]), n_before)).tocsr()
            for table in (X, X_new)
        ]
    groups = X["conversation"][there]
    folds = min(5, groups.nunique())
    model = LogisticRegression(max_iter=300)
    if folds > 1 and there.sum() <= MANY_LABELS:
        model = GridSearchCV(
            model, {"C": [0.3, 1, 3, 10, 30]}, cv=GroupKFold(folds),
            scoring="f1_weighted", error_score=0.0,
        )  # fmt: skip
        model.fit(features[0][there], y[there].astype(str), groups=groups)
    else:
        model.fit(features[0][there], y[there].astype(str))
    return model.classes_, model.predict_proba(features[1][wanted])
