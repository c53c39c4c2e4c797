"""HAN-ROCK as scikit-learn estimators: conversations in, a label per talkturn out."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from hanrock_sk._base.version import __version__

if TYPE_CHECKING:
    from hanrock_sk.auxiliary import AuxiliaryTargets, AuxiliaryWeights
    from hanrock_sk.estimators import HANRockClassifier, HANRockRegressor
    from hanrock_sk.features import Timings
    from hanrock_sk.narrative import MonahNarrator
    from hanrock_sk.pipelines import SuitedColumns, conversation_pipeline
    from hanrock_sk.raters import Raters
    from hanrock_sk.versions import show_versions

__all__ = [
    "AuxiliaryTargets",
    "AuxiliaryWeights",
    "HANRockClassifier",
    "HANRockRegressor",
    "MonahNarrator",
    "Raters",
    "SuitedColumns",
    "Timings",
    "__version__",
    "conversation_pipeline",
    "show_versions",
]

# Imported when first asked for, so that reading a table does not wait for torch.
_HOMES = {
    "AuxiliaryTargets": "hanrock_sk.auxiliary",
    "AuxiliaryWeights": "hanrock_sk.auxiliary",
    "HANRockClassifier": "hanrock_sk.estimators",
    "HANRockRegressor": "hanrock_sk.estimators",
    "MonahNarrator": "hanrock_sk.narrative",
    "Raters": "hanrock_sk.raters",
    "SuitedColumns": "hanrock_sk.pipelines",
    "conversation_pipeline": "hanrock_sk.pipelines",
    "Timings": "hanrock_sk.features",
    "show_versions": "hanrock_sk.versions",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
