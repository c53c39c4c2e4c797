"""What is public: the names that the package and its parts list in ``__all__``."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import hanrock_sk


def public_modules() -> list[ModuleType]:
    """The parts that people import from; a part of a part is `plots` alone."""
    parts = [
        part.name
        for part in pkgutil.iter_modules(hanrock_sk.__path__, "hanrock_sk.")
        if "._" not in part.name
    ]
    modules = [importlib.import_module(name) for name in parts]
    modules.append(importlib.import_module("hanrock_sk.explain.plots"))
    return [module for module in modules if hasattr(module, "__all__")]
