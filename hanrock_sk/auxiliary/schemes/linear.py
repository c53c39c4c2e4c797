"""Shares by the mutual information itself (section 4.4)."""

from __future__ import annotations

from hanrock_sk.auxiliary.schemes.scheme_data import SchemeData


def linear(data: SchemeData) -> dict[str, float]:
    """Share by the mutual information with the primary label.

    Parameters
    ----------
    data : SchemeData
        The training talkturns.

    Returns
    -------
    shares : dict of str to float
        For each task that may have a weight; all the same if no target tells anything.
    """
    shares = {
        task: data.mutual_information[task]
        for task, may in data.may_have_weight.items()
        if may
    }
    return shares if any(shares.values()) else dict.fromkeys(shares, 1.0)
