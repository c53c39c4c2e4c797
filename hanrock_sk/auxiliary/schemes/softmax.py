"""Shares by the exponential of the mutual information (section 4.4)."""

from __future__ import annotations

import numpy as np
import scipy.special

from hanrock_sk.auxiliary.schemes.scheme_data import SchemeData


def softmax(data: SchemeData) -> dict[str, float]:
    """Share by exp(m), m being a task's mutual information with the primary label.

    Parameters
    ----------
    data : SchemeData
        The training talkturns.

    Returns
    -------
    shares : dict of str to float
        For each task that may have a weight; they sum to 1.
    """
    tasks = [task for task, may in data.may_have_weight.items() if may]
    information = np.array([data.mutual_information[task] for task in tasks])
    return dict(zip(tasks, scipy.special.softmax(information).tolist(), strict=True))
