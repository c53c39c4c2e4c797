"""
First pipeline
==============

From a table of talkturns to predicted emotions, one step at a time.
"""

# %%
# The table
# ---------
# A row is a talkturn: who said what, when, and whatever was measured about voice and
# face. The label is what the speaker felt.

import matplotlib.pyplot as plt
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.pipeline import Pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    MonahNarrator,
)
from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import labelled_scorer

talkturns, y = make_conversations(60, random_state=0)
new_talkturns, new_y = make_conversations(20, random_state=1)
new_talkturns["conversation"] += 60  # other conversations have other names
talkturns[["conversation", "speaker", "text", "delay", "tone_sad", "smile"]].head()

# %%
# The pipeline
# ------------
# The narrator tells every talkturn in words; the next two steps make auxiliary targets
# of the same measurements, and weigh their losses; the network reads and learns.

pipeline = Pipeline(
    [
        ("narrate", MonahNarrator()),
        ("targets", AuxiliaryTargets()),
        ("weights", AuxiliaryWeights(primary_weight=0.84, random_state=0)),
        (
            "model",
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
        ),
    ]
)
pipeline.fit(talkturns, y)

# %%
# Stop after any step and look: this is what the network reads.

for sentence in pipeline[:1].transform(new_talkturns)["narrative"].head(4):
    print(sentence)

# %%
# How good is it?
# ---------------
# On conversations that it has not seen. The scorer would leave out talkturns without a
# label, if there were any.

score = labelled_scorer("balanced_accuracy")(pipeline, new_talkturns, new_y)
print(f"balanced accuracy {score:.2f}; guessing reaches 0.25")

figure, ax = plt.subplots(figsize=(5, 4), layout="constrained")
ConfusionMatrixDisplay.from_predictions(
    new_y, pipeline.predict(new_talkturns), normalize="true", ax=ax, colorbar=False
)
ax.set_title("Share of each emotion's talkturns")
plt.show()
