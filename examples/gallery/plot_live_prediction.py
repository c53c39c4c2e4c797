"""
Live prediction
===============

A fitted pipeline at work while a conversation happens: a talkturn goes in, a prediction
comes out, and nothing waits for the end.
"""

# %%
import time

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
from hanrock_sk.live import LiveConversation

talkturns, y = make_conversations(60, random_state=0)
pipeline = make_pipeline(
    MonahNarrator(),
    AuxiliaryTargets(),
    AuxiliaryWeights(random_state=0),
    HANRockClassifier(
        content_size=6,
        word_gru=32,
        pri_gru=32,
        attention_units=32,
        lr=0.005,
        max_epochs=8,
        device="cpu",
        random_state=0,
    ),
).fit(talkturns, y)

# %%
# One conversation, as it is heard
# --------------------------------
# The auxiliary steps are of use in training alone, and are passed over.

heard, true = make_conversations(1, 24, random_state=5)
conversation = LiveConversation(pipeline)
classes = pipeline[-1].classes_.tolist()
probabilities, milliseconds = [], []
for talkturn in heard.to_dict("records"):
    began = time.perf_counter()
    said = conversation.add(talkturn)
    milliseconds.append(1000 * (time.perf_counter() - began))
    probabilities.append([said.probabilities[label] for label in classes])

# %%
# It is what `predict` says of the whole conversation: nothing looks ahead.

batch = pipeline.predict_proba(heard)
print(f"largest difference: {np.abs(batch - probabilities).max():.1e}")

# %%
# The probabilities over time. The stripe below has the colour of the true label.

figure, ax = plt.subplots(figsize=(9, 4), layout="constrained")
colours = plt.colormaps["tab10"].colors
ax.stackplot(
    range(len(heard)), np.transpose(probabilities), labels=classes, colors=colours
)
for row, label in enumerate(true):
    ax.plot(row, -0.05, "s", color=colours[classes.index(label)], clip_on=False)
ax.set_xlim(0, len(heard) - 1)
ax.xaxis.get_major_locator().set_params(integer=True)
ax.set_xlabel("talkturn")
ax.set_ylabel("probability")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %%
# How long a talkturn takes, on this small network and one core:

print(f"median {np.median(milliseconds):.1f} ms a talkturn")
