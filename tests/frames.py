"""DataFrames of whichever library is installed, where it does not matter which."""

from __future__ import annotations

import importlib
from importlib.util import find_spec

LIBRARY = "pandas" if find_spec("pandas") else "polars"

DataFrame = importlib.import_module(LIBRARY).DataFrame
