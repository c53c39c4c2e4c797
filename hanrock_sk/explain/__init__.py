"""What predictions rest on: words left out, attention, an HTML report, plots (A.5)."""

from __future__ import annotations

from hanrock_sk.explain import plots
from hanrock_sk.explain.changes import Occlusion
from hanrock_sk.explain.corpus_words import CorpusWord, word_list
from hanrock_sk.explain.effects import Effects, TalkturnEffect, WordEffect
from hanrock_sk.explain.faithfulness_result import Faithfulness
from hanrock_sk.explain.fusion_shares import FusionShares, fusion
from hanrock_sk.explain.leaving_out import occlusion
from hanrock_sk.explain.overall import OverallAttention, attention
from hanrock_sk.explain.readings import ContextTalkturn, Reading, Word
from hanrock_sk.explain.reporting.html_report import Report, report
from hanrock_sk.explain.testing_attention import faithfulness

__all__ = [
    "ContextTalkturn",
    "CorpusWord",
    "Effects",
    "Faithfulness",
    "FusionShares",
    "Occlusion",
    "OverallAttention",
    "Reading",
    "Report",
    "TalkturnEffect",
    "Word",
    "WordEffect",
    "attention",
    "faithfulness",
    "fusion",
    "occlusion",
    "plots",
    "report",
    "word_list",
]
