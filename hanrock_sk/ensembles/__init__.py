"""Scikit-learn's ensembles and calibrators, where not every talkturn has a label."""

from __future__ import annotations

from hanrock_sk.ensembles.with_unlabelled import WithUnlabelled

__all__ = ["WithUnlabelled"]
