"""A scheme of loss weights is added as docs/contributing.md says, to a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

from pages import blocks
from scripts import run

import hanrock_sk

(FILE,) = [block for _, block in blocks("python") if "schemes/equal.py" in block]
IMPORT = "from hanrock_sk.auxiliary.schemes.equal import equal\n"
LINE = '    "equal": equal,\n'

USE = """
import pandas as pd
from hanrock_sk import AuxiliaryWeights

columns = {"aux__history__1": ["a", "b"], "aux__future__1": ["b", "a"]}
weights = AuxiliaryWeights("equal", primary_weight=0.5)
weights.fit(pd.DataFrame(columns), [1, 2])
print(weights.weights_)
try:
    AuxiliaryWeights("unequal").fit(pd.DataFrame(columns), [1, 2])
except ValueError as error:
    print("'equal'" in str(error))
"""


def test_one_file_and_a_line_of_the_table(tmp_path):
    package = tmp_path / "hanrock_sk"
    ignored = shutil.ignore_patterns("__pycache__", "compiled")
    shutil.copytree(Path(hanrock_sk.__file__).parent, package, ignore=ignored)
    schemes = package / "auxiliary" / "schemes"
    (schemes / "equal.py").write_text(FILE)
    table = (schemes / "__init__.py").read_text()
    before, brace, after = table.partition("SCHEMES: dict[str, Scheme] = {\n")
    assert brace
    (schemes / "__init__.py").write_text(before + IMPORT + "\n" + brace + LINE + after)
    done = run("-c", USE, folder=tmp_path)
    weights = {"primary": 0.5, "history__1": 0.25, "future__1": 0.25}
    assert (done.stdout, done.stderr) == (f"{weights}\nTrue\n", "")
