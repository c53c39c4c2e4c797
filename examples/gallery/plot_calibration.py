"""
Probabilities that are what they say
====================================

A network with few labels is surer than it is right. One temperature, told by
conversations that are held out, mends that and changes no prediction.
"""

# %%
# How sure, and how often right
# -----------------------------

import matplotlib.pyplot as plt
import numpy as np

from hanrock_sk import HANRockClassifier
from hanrock_sk.datasets import make_conversations
from hanrock_sk.evaluation import (
    expected_calibration_error,
    reliability_plot,
    uncertainty,
)

talkturns, y = make_conversations(60, text_signal=0.9, random_state=0)
train = talkturns["conversation"] < 15
new, y_new = talkturns[~train], y[~train]

params = {
    "content_size": 4, "word_gru": 16, "pri_gru": 16, "attention_units": 16,
    "max_epochs": 80, "device": "cpu", "random_state": 0,
}  # fmt: skip
figure, axes = plt.subplots(1, 2, figsize=(9, 4.5), layout="constrained")
models = {}
for calibrate, ax in zip((False, True), axes, strict=True):
    model = HANRockClassifier(calibrate=calibrate, **params)
    model.fit(talkturns[train], y[train])
    probabilities = model.predict_proba(new)
    error = expected_calibration_error(y_new, probabilities, model.classes_)
    reliability_plot(y_new, probabilities, model.classes_, ax=ax)
    ax.set_title(f"calibrate={calibrate}: error {error:.2f}")
    models[calibrate] = model
plt.show()

# %%
# The bars are how often the model is right, the line what it says. The temperature is
# what the logits were divided by, and every predicted class is as it was.

print(round(models[True].temperature_, 2))
print(np.array_equal(models[True].predict(new), models[False].predict(new)))

# %%
# Which talkturns to look at
# --------------------------
# The least certain ones are where a person's time is best spent.

doubt = uncertainty(models[True].predict_proba(new))
print(new.assign(doubt=doubt.round(4)).nlargest(5, "doubt")[["text", "doubt"]])
