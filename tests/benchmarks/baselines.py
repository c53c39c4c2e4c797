"""What people would use instead: linear models on words and sentence vectors."""

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
from sklearn.linear_model import LogisticRegression, Ridge
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


def features_of(
    name: str, X: pd.DataFrame, X_new: pd.DataFrame, there: np.ndarray, sentences: Any
) -> list[Any]:
    """Return what a baseline reads: of all talkturns, and of new ones."""
    if name == "sentences5":
        return [
            np.hstack(context_of(table, sentences(table["text"].tolist()), 4))
            for table in (X, X_new)
        ]
    tfidf = TfidfVectorizer(
        tokenizer=tokenize, token_pattern=None, lowercase=False,
        ngram_range=(1, 2), sublinear_tf=True,
    ).fit(X["text"][there])  # fmt: skip
    n_before = 2 if name == "tfidf3" else 0
    return [
        hstack(context_of(table, tfidf.transform(table["text"]), n_before)).tocsr()
        for table in (X, X_new)
    ]


def tune(model: Any, grid: dict[str, list], scoring: str, groups: pd.Series) -> Any:
    """Search by groups for the best of a grid, unless there are too many labels."""
    folds = min(5, groups.nunique())
    if folds < 2 or len(groups) > MANY_LABELS:
        return model
    cv = list(GroupKFold(folds).split(groups, groups=groups))
    return GridSearchCV(model, grid, cv=cv, scoring=scoring, error_score=0.0)


def fit_baseline(
    name: str, data: list, y: np.ndarray, sentences: Callable
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a baseline; classes, and probabilities of the development talkturns."""
    (X, _), (X_new, y_new) = data
    there = is_label(y)
    known, new = features_of(name, X, X_new, there, sentences)
    model = tune(
        LogisticRegression(max_iter=300), {"C": [0.3, 1, 3, 10, 30]}, "f1_weighted",
        X["conversation"][there],
    )  # fmt: skip
    model.fit(known[there], y[there].astype(str))
    return model.classes_, model.predict_proba(new[is_label(y_new)])


def fit_ridge(name: str, data: list, y: np.ndarray, sentences: Callable) -> np.ndarray:
    """Fit a baseline for real values; predictions of the development talkturns."""
    (X, _), (X_new, y_new) = data
    there = is_label(y)
    known, new = features_of(name, X, X_new, there, sentences)
    model = tune(
        Ridge(), {"alpha": [0.3, 1, 3, 10, 30, 100, 300]}, "r2",
        X["conversation"][there],
    )  # fmt: skip
    model.fit(known[there], y[there].astype(float))
    return model.predict(new[is_label(y_new)])
