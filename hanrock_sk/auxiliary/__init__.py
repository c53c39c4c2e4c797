"""Auxiliary targets and the weights of their losses (sections 4.3 and 4.4)."""

from hanrock_sk.auxiliary.schemes import SchemeData, Shares, Target
from hanrock_sk.auxiliary.targets import AuxiliaryTargets
from hanrock_sk.auxiliary.weights import AuxiliaryWeights

__all__ = ["AuxiliaryTargets", "AuxiliaryWeights", "SchemeData", "Shares", "Target"]
