"""How well a model does: metrics, scorers that skip rows without a label, bootstrap."""

from __future__ import annotations

from hanrock_sk.evaluation.bootstrap import BootstrapComparison, bootstrap_comparison
from hanrock_sk.evaluation.finished_trials import FinishedTrials
from hanrock_sk.evaluation.metrics import (
    classwise_f1,
    mean_absolute_error,
    mean_accuracy,
    plain_accuracy,
)
from hanrock_sk.evaluation.result_tables import (
    ResultTable,
    classwise_table,
    hyperparameter_table,
    interval_table,
    settings_table,
)
from hanrock_sk.evaluation.scoring import labelled_scorer
from hanrock_sk.evaluation.task_trials import TaskTrials

__all__ = [
    "BootstrapComparison",
    "FinishedTrials",
    "ResultTable",
    "TaskTrials",
    "bootstrap_comparison",
    "classwise_f1",
    "classwise_table",
    "hyperparameter_table",
    "interval_table",
    "labelled_scorer",
    "mean_absolute_error",
    "mean_accuracy",
    "plain_accuracy",
    "settings_table",
]
