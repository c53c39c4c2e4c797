"""
Bring your own features
=======================

Any number per talkturn can be told in words, and any can be an auxiliary target. Here:
heart rate and the share of time a speaker looks at the other.
"""

# %%
# Measurements of one's own
# -------------------------
# They are columns of the table. These two are made up from the label, as if they had
# been measured.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import make_pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    MonahNarrator,
)
from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import mean_accuracy


def with_measurements(n_conversations: int, seed: int) -> tuple:
    """Conversations with a heart rate and a gaze."""
    talkturns, y = make_conversations(n_conversations, random_state=seed)
    random = np.random.default_rng(seed)
    noise = random.standard_normal((2, len(y)))
    excited = np.isin(y, ["angry", "happy"])
    talkturns["heart_rate"] = 70 + 12 * excited + 6 * noise[0]
    talkturns["gaze"] = np.clip(0.6 - 0.3 * (y == "sad") + 0.1 * noise[1], 0, 1)
    return talkturns, y


talkturns, y = with_measurements(60, seed=0)
new_talkturns, new_y = with_measurements(20, seed=1)

# %%
# In words
# --------
# What was seen or not takes the place of an action: name the column and the phrase.
# The eight actions are places with default phrases, and each can be given another
# meaning.

talkturns["looked_away"] = talkturns["gaze"] < 0.4
new_talkturns["looked_away"] = new_talkturns["gaze"] < 0.4
narrator = MonahNarrator(
    lean_forward="looked_away",
    phrases={"actions": {"lean_forward": "looked away"}},
)
told = narrator.fit_transform(talkturns)
print(told["narrative"][talkturns["looked_away"]].iloc[0])

# %%
# As targets
# ----------
# The family is a name for what belongs together; action and prosody take any columns.

pipeline = make_pipeline(
    narrator,
    AuxiliaryTargets(actions=["gaze"], prosody=["heart_rate"], history=2, future=2),
    AuxiliaryWeights(scheme="linear", random_state=0),
    HANRockClassifier(
        content_size=4,
        word_gru=32,
        pri_gru=32,
        attention_units=32,
        lr=0.005,
        max_epochs=8,
        device="cpu",
        random_state=0,
    ),
).fit(talkturns, y)
predicted = pipeline.predict(new_talkturns)
print(f"balanced accuracy {mean_accuracy(new_y, predicted):.2f}")

# %%
# What the network makes of them
# ------------------------------
# `predict_auxiliary` predicts every task. Targets are percentile ranks, so the
# prediction is one, too: 0 is the lowest heart rate in training, 1 the highest. It is
# read from words alone.

wide = pipeline[:-1].transform(new_talkturns)
rank = wide["aux__prosody__heart_rate"]
guessed = pipeline[-1].predict_auxiliary(wide)["prosody__heart_rate"]

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
emotions = np.unique(new_y)
ax.boxplot([guessed[new_y == emotion] for emotion in emotions])
ax.plot(
    range(1, 1 + len(emotions)),
    [np.median(rank[new_y == emotion]) for emotion in emotions],
    "D",
    label="median of what was measured",
)
ax.set_xticks(range(1, 1 + len(emotions)), emotions)
ax.set_ylabel("heart rate, predicted percentile rank")
ax.legend()
plt.show()
