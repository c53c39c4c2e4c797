"""
Real values: regression
=======================

The label is a number, such as valence between 1 and 5. All auxiliary tasks are then
real-valued, in the range of the label.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import make_pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockRegressor,
    MonahNarrator,
)
from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import mean_absolute_error

talkturns, y = make_conversations(60, task="regression", random_state=0)
new_talkturns, new_y = make_conversations(20, task="regression", random_state=1)

pipeline = make_pipeline(
    MonahNarrator(),
    AuxiliaryTargets(target_range=(1, 5)),
    AuxiliaryWeights(random_state=0),
    HANRockRegressor(
        content_size=4,
        word_gru=32,
        pri_gru=32,
        attention_units=32,
        lr=0.005,
        max_epochs=8,
        device="cpu",
        random_state=0,
    ),
)
predicted = pipeline.fit(talkturns, y).predict(new_talkturns)

# %%
# The loss is the absolute error, in the label's unit, so the best constant to compare
# with is the median.

constant = np.full(len(new_y), np.median(y))
print(f"mean absolute error {mean_absolute_error(new_y, predicted):.2f}")
print(f"of the median       {mean_absolute_error(new_y, constant):.2f}")

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
left.plot(new_y, predicted, ".", alpha=0.5)
left.plot([1, 5], [1, 5], color="0.5", linestyle=":")
left.set_xlabel("valence")
left.set_ylabel("predicted")

# One conversation, talkturn by talkturn.
own = (new_talkturns["conversation"] == 0).to_numpy()
right.plot(new_y[own], "o-", label="valence")
right.plot(predicted[own], "s--", label="predicted")
right.set_xlabel("talkturn of the first conversation")
right.xaxis.get_major_locator().set_params(integer=True)
right.legend()
plt.show()

# %%
# Integer ratings look like classes to `~hanrock_sk.AuxiliaryTargets`: say what their
# range is, as above with ``target_range=(1, 5)``.
