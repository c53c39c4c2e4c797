"""
Several raters
==============

Two people who code the same talkturn do not always agree. Their labels become one, or a
distribution to train on, and their agreement says how good a model can be at all.
"""

# %%
# Three raters, of whom one is careless
# -------------------------------------

import matplotlib.pyplot as plt
import numpy as np

from hanrock_sk import HANRockClassifier, Raters
from hanrock_sk.datasets import make_conversations
from hanrock_sk.raters import cohen_kappa, krippendorff_alpha, rater_ceiling

talkturns, truth = make_conversations(20, n_classes=3, label_noise=0.0, random_state=0)
random = np.random.default_rng(0)
skills = {"ann": 0.9, "ben": 0.8, "cem": 0.5}
for name, skill in skills.items():
    wrong = random.choice(np.unique(truth), len(truth))
    talkturns[name] = np.where(random.random(len(truth)) < skill, truth, wrong)

# %%
# How far they agree
# ------------------
# By Cohen's kappa for each two of them, and by Krippendorff's alpha for all. What a
# rater scores against the others is the ceiling to read a model's score by.

kappas = cohen_kappa(talkturns, list(skills))
print({pair: round(kappa, 2) for pair, kappa in kappas.items()})
print(round(krippendorff_alpha(talkturns, list(skills)), 2))
scores = rater_ceiling(talkturns, list(skills)).scores
print({name: round(score, 2) for name, score in scores.items()})

# %%
# One label, or a distribution
# ----------------------------
# `method="soft"` learns from the ratings alone how often each rater is right, and adds
# a column per class with its probability, on which a classifier trains; `y` is the most
# probable label, to score with.

raters = Raters(list(skills), method="soft")
print({name: round(often, 2) for name, often in raters.reliability(talkturns).items()})
combined, y = raters.combine(talkturns)
probable = combined[[name for name in combined.columns if name.startswith("soft__")]]
plt.figure(figsize=(7, 3), layout="constrained")
plt.hist(probable.max(axis=1), bins=np.linspace(0.3, 1.03, 12))
plt.xlabel("probability of the most probable label")
plt.ylabel("talkturns")
plt.show()

model = HANRockClassifier(
    content_size=4, word_gru=8, pri_gru=8, attention_units=8, max_epochs=10,
    device="cpu", random_state=0,
).fit(combined, y)  # fmt: skip
print(round(model.score(combined, y), 2))
