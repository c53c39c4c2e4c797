"""
Tuning with median stopping
===========================

A random search, with and without the rule by which the paper stops trials that do worse
than the median of the others.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import loguniform, randint
from sklearn.model_selection import GroupKFold, RandomizedSearchCV
from sklearn.pipeline import Pipeline

from hanrock_sk import HANRockClassifier, MonahNarrator
from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import labelled_scorer
from hanrock_sk.tuning import MedianStopping

talkturns, y = make_conversations(20, 16, random_state=0)
pipeline = Pipeline(
    [
        ("narrate", MonahNarrator()),
        (
            "model",
            HANRockClassifier(
                word_gru=16,
                pri_gru=16,
                attention_units=16,
                schedule="plateau",
                lr_decay=1,
                validation_fraction=0.1,
                max_epochs=15,
                patience=None,
                device="cpu",
                random_state=0,
            ),
        ),
    ]
)


class Epochs:
    """Scores, and remembers how many epochs each trial was given."""

    def __init__(self) -> None:
        self.score = labelled_scorer("balanced_accuracy")
        self.histories: list[list[dict]] = []

    def __call__(self, estimator, X, y) -> float:
        """Score a trial."""
        history = estimator["model"].history_
        if not self.histories or history is not self.histories[-1]:
            self.histories.append(history)
        return self.score(estimator, X, y)


def search(*callbacks) -> tuple:
    """Search over nine settings, split by conversation."""
    epochs = Epochs()
    found = RandomizedSearchCV(
        pipeline,
        {
            "model__lr": loguniform(3e-4, 3e-2),
            "model__content_size": randint(1, 9),
            "model__gru_dropout": [0.05, 0.2, 0.4],
        },
        n_iter=9,
        cv=GroupKFold(2),
        scoring=epochs,
        random_state=0,
    )
    if callbacks:
        found.set_callbacks(*callbacks)
    found.fit(talkturns, y, groups=talkturns["conversation"])
    return found, epochs.histories


patient, all_epochs = search()
hasty, some_epochs = search(MedianStopping())

# %%
# What it saves, and what it costs.

for name, found, histories in (
    ("all epochs", patient, all_epochs),
    ("median stopping", hasty, some_epochs),
):
    print(
        f"{name:16s} {sum(map(len, histories)):4d} epochs, "
        f"best score {found.best_score_:.3f}, lr {found.best_params_['model__lr']:.4f}"
    )

# %%
# A line is a trial on one fold. Stopped ones end in a cross.

figure, axes = plt.subplots(
    1, 2, figsize=(9, 4), sharex=True, sharey=True, layout="constrained"
)
for ax, histories, title in zip(
    axes, (all_epochs, some_epochs), ("all epochs", "median stopping"), strict=True
):
    for history in histories:
        best = np.maximum.accumulate([record["valid_score"] for record in history])
        ax.plot(range(1, 1 + len(best)), best, color="C0", alpha=0.6)
        if history[-1].get("stopped") == "callback":
            ax.plot(len(best), best[-1], "kx")
    ax.set_title(title)
    ax.set_xlabel("epoch")
axes[0].set_ylabel("best validation accuracy by then")
plt.show()
