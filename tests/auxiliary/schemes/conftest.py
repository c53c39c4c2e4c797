"""What schemes are given, made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.auxiliary import SchemeData, Target


@pytest.fixture
def tasks():
    """Make the data of tasks that may have a weight or not."""

    def make(information=None, **may_have_weight):
        target = Target(np.zeros(2), np.ones(2, dtype=bool), is_class=False)
        return SchemeData(
            X=None,
            y=np.array(["a", "b"]),
            present=np.ones(2, dtype=bool),
            label_is_class=True,
            targets=dict.fromkeys(may_have_weight, target),
            may_have_weight=may_have_weight,
            mutual_information=information or dict.fromkeys(may_have_weight, 0.0),
            conversation="conversation",
            random_state=7,
        )

    return make
