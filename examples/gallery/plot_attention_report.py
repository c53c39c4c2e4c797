"""
What predictions rest on
========================

What changed them, what was weighted, and a page to open, send and print.
"""

# %%
import tempfile
import textwrap
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
# What changed a prediction
# -------------------------
# Each word, and each talkturn of the context, is left out, and the talkturn predicted
# anew. Bars to the right raised the probability of the predicted class.

occlusion = explain.occlusion(pipeline, new_talkturns, context_words=False)
occlusion[7]

# %%
# Over all talkturns: the words that changed each class most, and how often each was
# said.

explain.plots.word_list(explain.word_list(occlusion, n_words=8))
plt.show()

# %%
# What was weighted
# -----------------
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
# Does attention tell what predictions rest on?
# ---------------------------------------------
# Not always: it is put to the test for the model at hand.

faithfulness = explain.faithfulness(pipeline, new_talkturns, new_y, rows=range(100))
print(textwrap.fill(str(faithfulness), 80))

# %%
faithfulness.plot()
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
#    :alt: A report: what was predicted, and what mattered
