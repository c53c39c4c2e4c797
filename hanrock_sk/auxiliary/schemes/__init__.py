"""Schemes of loss weights: how the auxiliary tasks share what the primary leaves.

A scheme is a function of `SchemeData`. Each has a file here and a line in `SCHEMES`.
"""

from hanrock_sk.auxiliary.schemes.linear import linear
from hanrock_sk.auxiliary.schemes.random_draws import random_draws
from hanrock_sk.auxiliary.schemes.scheme_data import SchemeData, Target
from hanrock_sk.auxiliary.schemes.shares import Scheme, Shares
from hanrock_sk.auxiliary.schemes.softmax import softmax
from hanrock_sk.auxiliary.schemes.usefulness import usefulness

SCHEMES: dict[str, Scheme] = {
    "softmax": softmax,
    "linear": linear,
    "random": random_draws,
    "usefulness": usefulness,
}

__all__ = ["SCHEMES", "Scheme", "SchemeData", "Shares", "Target"]
