"""Features to words: every talkturn told as MONAH tells it."""

from hanrock_sk.narrative.baseline import PopulationBaseline, RunningBaseline
from hanrock_sk.narrative.narrator import MonahNarrator
from hanrock_sk.narrative.phrases import PHRASES, merge_phrases
from hanrock_sk.narrative.sentence import tell_talkturn

__all__ = [
    "PHRASES",
    "MonahNarrator",
    "PopulationBaseline",
    "RunningBaseline",
    "merge_phrases",
    "tell_talkturn",
]
