"""Shares by chance: the paper's control (section 4.4)."""

from __future__ import annotations

from sklearn.utils import check_random_state

from hanrock_sk.auxiliary.schemes.scheme_data import SchemeData


def random_draws(data: SchemeData) -> dict[str, float]:
    """Share by uniform draws.

    Parameters
    ----------
    data : SchemeData
        The training talkturns.

    Returns
    -------
    shares : dict of str to float
        For every task: switching a family off, or a target that is missing, leaves the
        others in the same proportion.
    """
    draws = check_random_state(data.random_state).uniform(size=len(data.targets))
    return dict(zip(data.targets, draws.tolist(), strict=True))
