"""
The effect of auxiliary targets
===============================

Voice and face are used twice: in words as input, as numbers as targets. Here the same
network is trained with and without the second use, over several seeds, so that the
difference can be told from luck.
"""

# %%
# Conversations in which the words say little, and voice and face say a lot. The network
# below reads the bare words: whatever it knows of the voice, it has learnt from the
# auxiliary targets.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import make_pipeline

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, HANRockClassifier
from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import mean_accuracy

talkturns, y = make_conversations(20, random_state=0, text_signal=0.8, label_noise=0.4)
new_talkturns, new_y = make_conversations(
    60, random_state=1, text_signal=0.8, label_noise=0.0
)

# %%
# Only the families differ. With none on, the primary task has all of the weight; the
# network and its size are the same, as in the paper's hypothesis H1.

FAMILIES = {
    "none": (),
    "action, prosody": ("action", "prosody"),
    "all four": ("action", "prosody", "history", "future"),
}
SEEDS = range(4)


def score(families: tuple, seed: int) -> float:
    """Balanced accuracy on new conversations."""
    pipeline = make_pipeline(
        AuxiliaryTargets(),
        AuxiliaryWeights(primary_weight=0.6, families=families, random_state=0),
        HANRockClassifier(
            content_size=4,
            word_gru=16,
            pri_gru=16,
            attention_units=16,
            lr=0.005,
            max_epochs=10,
            device="cpu",
            random_state=seed,
        ),
    )
    return mean_accuracy(new_y, pipeline.fit(talkturns, y).predict(new_talkturns))


scores = {
    name: np.array([score(families, seed) for seed in SEEDS])
    for name, families in FAMILIES.items()
}
for name, found in scores.items():
    print(f"{name:16s} {found.mean():.3f}, from {found.min():.3f} to {found.max():.3f}")

# %%
# A dot is a seed.

figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
for place, found in enumerate(scores.values()):
    ax.plot(found, np.full(len(found), place), "o", alpha=0.6)
    ax.plot(found.mean(), place, "k|", markersize=18)
ax.set_yticks(range(len(scores)), scores)
ax.set_ylim(len(scores) - 0.5, -0.5)
ax.set_xlabel("balanced accuracy on new conversations")
ax.set_ylabel("families on")
plt.show()

# %%
# Where the dots of two rows overlap, a handful of seeds does not tell them apart.
# Auxiliary targets are no free gain: the paper found that history and future helped
# some tasks and harmed others. `bootstrap_comparison` of `hanrock_sk.evaluation` tells
# whether a difference between two tuned settings is significant.
