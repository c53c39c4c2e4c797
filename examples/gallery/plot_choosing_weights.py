"""
Choosing the weights
====================

How much should each auxiliary task count? Its mutual information with the label says
how much the two have to do with each other; three schemes turn it into weights.
"""

# %%
# What the tasks know of the label
# --------------------------------

import matplotlib.pyplot as plt
import numpy as np

from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights
from hanrock_sk.datasets import make_conversations
from hanrock_sk.explain import plots

talkturns, y = make_conversations(60, random_state=0)
wide = AuxiliaryTargets().fit_transform(talkturns, y)
weights = AuxiliaryWeights(scheme="linear", primary_weight=0.8, random_state=0)
weights.fit(wide, y)
plots.mutual_information(weights)
plt.show()

# %%
# The tones of voice were made to carry the label, and are found. History 2 and future 2
# tell more than history 1 and future 1: two talkturns away, it is mostly the same
# person who speaks.
#
# The three schemes
# -----------------
# "linear" shares by the mutual information, "softmax" by its exponential. As mutual
# information is small, the exponentials are almost equal: softmax is nearly an equal
# share. "random" is drawn, and is the paper's control.

schemes = ("linear", "softmax", "random")
found = {
    scheme: AuxiliaryWeights(scheme=scheme, primary_weight=0.8, random_state=0)
    .fit(wide, y)
    .weights_
    for scheme in schemes
}
tasks = [task for task in found["linear"] if task != "primary"]
figure, ax = plt.subplots(figsize=(8, 5), layout="constrained")
place = np.arange(len(tasks))
for shift, scheme in enumerate(schemes):
    shares = [found[scheme][task] for task in tasks]
    ax.barh(place + 0.27 * (shift - 1), shares, height=0.25, label=scheme)
ax.set_yticks(place, [task.replace("__", " ") for task in tasks])
ax.invert_yaxis()
ax.set_xlabel("weight in the loss; the primary task has 0.8")
ax.legend()
plt.show()

# %%
# Families that are off
# ---------------------
# Their tasks have a weight of exactly zero, and the others share what is left.

some = AuxiliaryWeights(families=("action", "prosody"), random_state=0).fit(wide, y)
for task, weight in some.weights_.items():
    print(f"{task:22} {weight:.3f}")
