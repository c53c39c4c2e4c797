"""How well a model does: metrics, scorers that skip rows without a label, bootstrap."""

from __future__ import annotations

from hanrock_sk.evaluation.bootstrap import BootstrapComparison, bootstrap_comparison
from hanrock_sk.evaluation.calibration import (
    Reliability,
    expected_calibration_error,
    reliability,
    uncertainty,
)
from hanrock_sk.evaluation.calibration_plot import reliability_plot
from hanrock_sk.evaluation.metrics import (
    classwise_f1,
    mean_absolute_error,
    mean_accuracy,
    plain_accuracy,
)
from hanrock_sk.evaluation.scoring import labelled_scorer

__all__ = [
    "BootstrapComparison",
    "Reliability",
    "bootstrap_comparison",
    "classwise_f1",
    "expected_calibration_error",
    "labelled_scorer",
    "mean_absolute_error",
    "mean_accuracy",
    "plain_accuracy",
    "reliability",
    "reliability_plot",
    "uncertainty",
]
