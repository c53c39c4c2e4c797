"""What predictions rest on: words left out, attention, an HTML report, plots (A.5)."""

from __future__ import annotations

from hanrock_sk.explain import plots
from hanrock_sk.explain.changes import Occlusion
from hanrock_sk.explain.effects import Effects, TalkturnEffect, WordEffect
from hanrock_sk.explain.leaving_out import occlusion
from hanrock_sk.explain.overall import OverallAttention, attention
from hanrock_sk.explain.readings import ContextTalkturn, Reading, Word
from hanrock_sk.explain.reporting.html_report import Report, report

__all__ = [
    "ContextTalkturn",
    "Effects",
    "Occlusion",
    "OverallAttention",
    "Reading",
    "Report",
    "TalkturnEffect",
    "Word",
    "WordEffect",
    "attention",
    "occlusion",
    "plots",
    "report",
]
