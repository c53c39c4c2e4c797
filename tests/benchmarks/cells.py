"""Results of a benchmark, a cell each: kept in a file, and averaged to tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))

from result_tables import ResultTable

Cell = dict[str, Any]
"""What was predicted, ``labels``, ``model``, ``draw``, and a score for each metric."""


def read_cells(path: Path) -> list[Cell]:
    """Read what an earlier run has written, if there was one."""
    return json.loads(path.read_text())["cells"] if path.exists() else []


def write_cells(
    path: Path, cells: Sequence[Cell], tables: Sequence[ResultTable]
) -> None:
    """Write all cells, and the tables that pages show."""
    content = {"tables": [asdict(table) for table in tables], "cells": cells}
    path.write_text(json.dumps(content, indent=1) + "\n")


def mean_tables(
    cells: Sequence[Cell],
    by: str,
    titles: Mapping[str, str],
    models: Mapping[str, str],
    metrics: Mapping[str, str],
) -> list[ResultTable]:
    """Average over draws.

    Parameters
    ----------
    cells : sequence of dict
        The results.
    by : str
        The key of what was predicted: with the number of labels, it makes a row.
    titles, models, metrics : mapping of str to str
        From key to what a table calls it: the rows, the columns, and the tables.
    """
    rows_of = dict.fromkeys((cell[by], cell["labels"]) for cell in cells)
    tables = []
    for metric, title in metrics.items():
        rows = []
        for what, n in rows_of:
            row = [f"{titles[what]}, {n:,}"]
            for name in models:
                of_model = [
                    cell[metric]
                    for cell in cells
                    if (cell[by], cell["labels"], cell["model"]) == (what, n, name)
                ]
                row.append(f"{np.mean(of_model):.3f}" if of_model else "")
            rows.append(row)
        tables.append(ResultTable(title, [f"{by}, labels", *models.values()], rows))
    return tables
