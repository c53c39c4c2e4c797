"""What the model read: attention as tables, as an HTML report, as plots (A.5)."""

from __future__ import annotations

from hanrock_sk.explain import plots
from hanrock_sk.explain.overall import OverallAttention, attention
from hanrock_sk.explain.readings import ContextTalkturn, Reading, Word
from hanrock_sk.explain.reporting.html_report import Report, report

__all__ = [
    "ContextTalkturn",
    "OverallAttention",
    "Reading",
    "Report",
    "Word",
    "attention",
    "plots",
    "report",
]
