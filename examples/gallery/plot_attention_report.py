"""
The attention report
====================

What did the model read? As tables, as plots, and as a page to open, send and print.
"""

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
from sklearn.pipeline import make_pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    MonahNarrator,
    explain,
)
from hanrock_sk.datasets import make_conversations

talkturns, y = make_conversations(60, random_state=0)
new_talkturns, new_y = make_conversations(12, random_state=1)
pipeline = make_pipeline(
    MonahNarrator(),
    AuxiliaryTargets(),
    AuxiliaryWeights(primary_weight=0.8, random_state=0),
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

# %%
# One talkturn
# ------------
# A reading has the window that a prediction was made from, each word with its overall
# attention and its bucket.

overall = explain.attention(pipeline, new_talkturns)
overall[7]

# %%
# Many talkturns
# --------------
# As tidy tables, one row per word, talkturn or task. These words stand out most often.

words = overall.table("words")
high = words[words["bucket"] == "high"]["word"].value_counts().head(12)

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.barh(high.index, high)
ax.invert_yaxis()
ax.set_xlabel("times with high attention")
plt.show()

# %%
# Attention over tasks says how much each task's vector adds to the fused one.

explain.plots.task_attention(overall)
plt.show()

# %%
# And the learning curves, a panel for each task:

explain.plots.learning_curves(pipeline)
plt.show()

# %%
# The page
# --------
# One file without links to anything outside. `conversations` limits it to what is worth
# a look.

with tempfile.TemporaryDirectory() as folder:
    page = Path(folder, "report.html")
    explain.report(pipeline, new_talkturns, new_y, page, conversations=[0, 1])
    print(f"{page.name}, {page.stat().st_size / 1e3:.0f} kB")

# %%
# .. image:: /images/attention_report.png
#    :alt: A report of what two models attended to
